"""Clients by the name of a profile: ``toolkit.connect("prod-gateway")``."""

from __future__ import annotations

import contextlib
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolkit.configuration import Found, Layers, Profile, ProfileFile, find
from toolkit.configuration.table import LIMITS, unknown
from toolkit.http import Limits
from toolkit.outcomes import InvalidArgument, LoginError
from toolkit.services import offered
from toolkit.services.base.keeping import Address, Kept, asks_nobody, is_installed
from toolkit.services.base.options import check_option, option_settings
from toolkit.services.profiles import (
    PASSED,
    keyring_user,
    profile_file,
    refuse_secrets,
    rows_of,
)

Named = str | Mapping[str, Any]
"""The name of a profile, or one as a mapping that stands in no file."""


def connect(profile: Named, **arguments: Any) -> Any:
    """A client of the server that a profile names. Nothing is sent yet.

    What is not given here is taken from the environment, the profile, the file's ``[defaults]``,
    for a secret from the keyring, and else has its default; :func:`toolkit.settings` shows it.

    Parameters
    ----------
    profile : str or mapping
        A name in the profile file (:func:`toolkit.profiles`), or what a profile would say.
    **arguments
        Any of the profile's settings by name (``read=20``, ``user="ada"``, an option of the
        service), and ``limits``, ``options``, ``headers``, ``transport`` as the service's own
        ``connect`` takes them.

    Returns
    -------
    client
        What the service's own ``connect`` gives. Its ``profile`` says which one it is of.

    Raises
    ------
    InvalidArgument
        There is no such profile; it holds a secret or a key that means nothing; or a value is not
        usable. The sentence names the source of the value.

    Examples
    --------
    >>> with toolkit.connect({"service": "sertainty", "url": url, "read": 20}) as gateway:
    ...     gateway.limits.read
    20.0
    """
    return _connected("connect", profile, arguments)


def connect_async(profile: Named, **arguments: Any) -> Any:
    """An async client of the server that a profile names; else as :func:`connect`.

    Raises
    ------
    InvalidArgument
        As :func:`connect`; or the service has no async client.

    Examples
    --------
    >>> import asyncio
    >>> async def ping() -> int:
    ...     async with toolkit.connect_async({"service": "sertainty", "url": url}) as gateway:
    ...         return len(await gateway.agent.ping())
    >>> asyncio.run(ping())
    1
    """
    return _connected("connect_async", profile, arguments)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A profile with what every layer says of it."""

    profile: Profile
    arguments: Mapping[str, Any]
    found: Mapping[str, Found]


def prepared(profile: Named, arguments: Mapping[str, Any], *, quiet: bool = False) -> Prepared:
    """Find what every setting of a profile is.

    Parameters
    ----------
    quiet : bool
        Whether to leave a keyring out that may ask a person for its password.

    Raises
    ------
    InvalidArgument
        As :func:`connect`.
    """
    file, chosen = _profile(profile)
    rows = rows_of(chosen)
    for name in arguments:
        if name not in rows and name not in PASSED:
            raise unknown(f"{chosen.where} takes no argument", name, [*rows, *PASSED])
    layers = Layers(arguments, dict(os.environ), file, chosen)
    found = {name: find(row, layers) for name, row in rows.items() if not row.secret}
    user = found["user"].value
    chosen = replace(chosen, values={**chosen.values, "user": user}) if user else chosen
    if not quiet or asks_nobody():
        layers = replace(layers, keyring=_keyring(chosen, str(found["url"].value or "")))
    found |= {name: find(row, layers) for name, row in rows.items() if row.secret}
    options = offered(chosen.service, "Options")
    for name in option_settings(options, chosen.service) if options is not None else ():
        if found[name].source not in ("argument", "default"):
            check_option(options, found[name])
    return Prepared(chosen, arguments, {name: found[name] for name in rows})


def _profile(profile: Named) -> tuple[ProfileFile, Profile]:
    file = profile_file()
    if isinstance(profile, str):
        return file, file.profile(profile)
    if not isinstance(profile, Mapping):
        raise InvalidArgument(
            f"a profile is a name or a mapping, not {type(profile).__name__}; toolkit.profiles() "
            "lists the names"
        )
    chosen = Profile("given", dict(profile))
    refuse_secrets(chosen)
    return file, chosen


def _connected(how: str, profile: Named, arguments: Mapping[str, Any]) -> Any:
    made = prepared(profile, arguments)
    service = made.profile.service
    make: Callable[..., Any] | None = offered(service, how)
    if make is None:
        raise InvalidArgument(
            f"the service {service} has no {how}"
            + ("; toolkit.connect makes a blocking client" if how == "connect_async" else "")
        )
    url = made.found["url"].value
    if url is None:
        raise InvalidArgument(f'{made.profile.where} needs url = "https://..."')
    client = make(url, **_keywords(made, make))
    with contextlib.suppress(AttributeError):  # a plugin's client may take no further attribute
        client.profile = made.profile
    return client


def _keywords(made: Prepared, make: Callable[..., Any]) -> dict[str, Any]:
    """What the service's own ``connect`` is given: no more than somebody said."""
    given, found = made.arguments, made.found
    service = made.profile.service
    options = offered(service, "Options")
    names = set(option_settings(options, service)) if options is not None else set()
    keywords = {name: given[name] for name in PASSED if given.get(name) is not None}
    parameters = inspect.signature(make).parameters
    takes_any = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
    if "limits" in parameters or (takes_any and _said(made)):
        keywords["limits"] = _limits(made)
    for name, one in found.items():
        if one.source == "default" or name in LIMITS or name in ("url", "user"):
            continue
        # The options given whole are changed by single arguments alone; and what the environment
        # says of verify and proxy, whatever makes the transport asks for.
        if name in names and "options" in keywords and one.source != "argument":
            continue
        if name in ("verify", "proxy") and one.source == "environment":
            continue
        keywords[name] = one.value
    refused = [name for name in keywords if name not in parameters and not takes_any]
    if refused:
        raise InvalidArgument(f"the service {service} takes no {', '.join(refused)}")
    return keywords


def _said(made: Prepared) -> bool:
    """Whether anybody said anything of the limits."""
    given = made.arguments.get("limits") is not None
    return given or any(made.found[name].source != "default" for name in LIMITS)


def _limits(made: Prepared) -> Limits:
    own = offered(made.profile.service, "LIMITS") or Limits()
    whole = made.arguments.get("limits")
    return replace(
        whole or own,
        **{
            name: made.found[name].value
            for name in LIMITS
            if made.found[name].source in (("argument",) if whole else _SAID)
        },
    )


_SAID = ("argument", "environment", "profile")


def _keyring(profile: Profile, url: str) -> Callable[[str], str | None]:
    """Looks a secret of a profile up, and finds none where there is no keyring."""

    def look(name: str) -> str | None:
        nobody = profile.user is None and profile.path is None
        if nobody or not url or not is_installed():
            return None
        try:
            return Kept(Address(profile.service, url), keyring_user(profile)).get(name)
        except LoginError:
            return None

    return look
