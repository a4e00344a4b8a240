"""Profiles of servers: their settings, and what no profile may hold."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd

from toolkit.cassettes.redaction.names import Names
from toolkit.configuration import (
    SETTINGS,
    Profile,
    ProfileFile,
    Setting,
    find_file,
    read_file,
)
from toolkit.configuration.table import LIMITS, Layer, unknown, variable
from toolkit.configuration.values import has_user
from toolkit.frames import Column, frame
from toolkit.http import Limits
from toolkit.outcomes import InvalidArgument
from toolkit.services import load, offered
from toolkit.services.base.described import described
from toolkit.services.base.options import expected, option_settings

COLUMNS = (
    Column("profile", about="the name that connect() takes"),
    Column("service", "category"),
    Column("url", about="empty where the service has an address of its own"),
    Column("user", about="who logs in"),
    Column("where", about="the file and its table"),
)
PASSED = frozenset(("limits", "options", "transport"))
"""Arguments that are objects, which no other layer can give."""

_SHARED = frozenset(("url", "verify", "proxy", "headers", *PASSED))
_NAMES = Names(("answer", "answers"))


def profiles() -> pd.DataFrame:
    """The profiles of the profile file that counts here, one row each.

    Returns
    -------
    DataFrame
        ``profile`` str, ``service`` category, ``url``, ``user``, ``where`` str (the file and its
        table). Without a profile file it has no rows.

    Raises
    ------
    InvalidArgument
        The file cannot be read, or a profile holds a secret.

    Examples
    --------
    >>> toolkit.profiles().columns.tolist()
    ['profile', 'service', 'url', 'user', 'where']
    """
    rows = (
        (one.name, one.service or None, one.values.get("url"), one.user, one.where)
        for one in profile_file().profiles.values()
    )
    return frame(COLUMNS, rows)


def profile_file() -> ProfileFile:
    """The profile file that counts here. No profile of it holds a secret.

    Raises
    ------
    InvalidArgument
        It cannot be read; a profile holds a secret; or two names are one in the environment.
    """
    file = read_file(find_file())
    spelled: dict[str, str] = {}
    for name, profile in file.profiles.items():
        refuse_secrets(profile)
        other = spelled.setdefault(variable(name), name)
        if other != name:
            raise InvalidArgument(
                f"{file.path}: the profiles {other!r} and {name!r} would have the same environment "
                "variables; rename one"
            )
    return file


def refuse_secrets(profile: Profile) -> None:
    """See that a profile holds no secret: a file is copied and shared, so none belongs there.

    Raises
    ------
    InvalidArgument
        It holds one, which is not repeated; the sentence says where it belongs.
    """
    for key, value in _entries(profile.values):
        if _NAMES.kind(key) is not None and not _is_place(key, value):
            raise InvalidArgument(
                f"{profile.where}: {key} is a secret, which no profile may hold; "
                f"{_elsewhere(profile, key)}"
            )
        if not isinstance(value, str):
            continue
        if has_user(value):
            raise InvalidArgument(
                f"{profile.where}: {key} has a user or a password in the address, which no profile "
                "may hold; name the user by user, and have the password asked for, or kept by "
                "toolkit.keep_answers"
            )
        if any(_NAMES.kind(name) is not None for name in _parameters(value)):
            raise InvalidArgument(
                f"{profile.where}: {key} has a secret in the address's query, which no profile may "
                "hold"
            )


def _elsewhere(profile: Profile, key: str) -> str:
    """Where a secret of that name belongs."""
    own = {row.name: row for row in _own(profile)}
    if key in own and profile.path is None:
        return f"give it to connect() as the argument {key}"
    if key in own:
        return (
            f"the environment variable {own[key].variable} gives it, or the keyring: "
            f"toolkit.keep_answers(client, {keyring_user(profile)!r}, {{{key!r}: ...}})"
        )
    return "toolkit.keep_answers(client, user, {prompt: answer}) puts answers into the keyring"


def _entries(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every key with its value, of all tables; what is in a list has the list's key."""
    for key, value in values.items():
        yield key, value
        for one in _flat(value):
            if isinstance(one, Mapping):
                yield from _entries(one)
            elif isinstance(value, list):
                yield key, one


def _flat(value: Any) -> Iterator[Any]:
    if not isinstance(value, list):
        yield value
        return
    for one in value:
        yield from _flat(one)


def _is_place(key: str, value: Any) -> bool:
    """Whether it is the port or the address of an API that is called ``auth``."""
    return key == "auth" and (isinstance(value, int) or "://" in str(value))


def _parameters(value: str) -> list[str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        return []
    if not parts.scheme:
        return []
    return [name for text in (parts.query, parts.fragment) for name, _ in parse_qsl(text)]


def keyring_user(profile: Profile) -> str:
    """Under whose name the keyring keeps the secrets of a profile: its user's, else its own."""
    return profile.user or profile.name


def rows_of(profile: Profile) -> dict[str, Setting]:
    """All settings of a profile's service, by name; the profile's keys are among them.

    Raises
    ------
    InvalidArgument
        The profile has no service that is installed, or a key that means nothing.
    """
    if not isinstance(profile.values.get("service"), str):
        known = ", ".join(load())
        raise InvalidArgument(f'{profile.where} needs service = "...", one of {known}')
    if profile.service not in load():
        raise unknown(
            f"{profile.where} has a service that is not installed:", profile.service, load()
        )
    own = offered(profile.service, "LIMITS") or Limits()
    rows = {name: replace(SETTINGS[name], default=getattr(own, name)) for name in LIMITS}
    rows |= {name: SETTINGS[name] for name in ("verify", "proxy")}
    rows |= {row.name: row for row in _own(profile)}
    options = offered(profile.service, "Options")
    if options is not None:
        rows |= option_settings(options, profile.service)
    allowed = [name for name, row in rows.items() if "profile" in row.layers]
    for name in profile.values:
        if name in allowed or name == "service":
            continue
        if name in SETTINGS:
            raise InvalidArgument(
                f"{profile.where}: {name} is not of one server; the environment variable "
                f"{SETTINGS[name].variable} sets it"
            )
        raise unknown(f"{profile.where} has a key that means nothing:", name, [*allowed, "service"])
    return rows


def _own(profile: Profile) -> Iterator[Setting]:
    """The rows of what belongs to this one server: its address, its user, its secrets."""
    server: tuple[Layer, ...] = ("argument", "environment", "profile")

    def row(name: str, about: str, default: Any = None, kind: Any = str) -> Setting:
        secret = _NAMES.kind(name) is not None
        layers: tuple[Layer, ...] = ("argument", "environment", "keyring") if secret else server
        where = variable(profile.name, name) if profile.path else ""  # a mapping has no name
        return Setting(
            name, kind, default, about, expected(kind), where, frozenset(layers), secret=secret
        )

    connect = offered(profile.service, "connect") if profile.service in load() else None
    if connect is None:
        return
    parameters, about = inspect.signature(connect).parameters, described(connect)
    url = parameters.get("url")
    yield row("url", "The server's address", _default(url))
    yield row("user", "Who logs in")
    yield Setting(
        "headers", dict[str, str], None, "Headers of every request", "a table of texts", "",
        frozenset(("argument", "profile")),
    )  # fmt: skip
    for name, parameter in parameters.items():
        if name not in _SHARED and parameter.kind is parameter.KEYWORD_ONLY:
            default = _default(parameter)
            kind = type(default) if isinstance(default, bool | int | float) else str
            words = about.get(name, f"of {profile.service}.connect")
            yield row(name, words, default, kind)


def _default(parameter: inspect.Parameter | None) -> Any:
    if parameter is None or parameter.default is parameter.empty:
        return None
    return parameter.default
