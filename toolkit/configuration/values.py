"""A value of any layer is checked and converted here, and shown without a secret."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from toolkit.configuration.table import Setting
from toolkit.outcomes import InvalidArgument

_OFF = ("false", "no", "off", "0")
_ON = ("true", "yes", "on", "1")


def converted(setting: Setting, value: Any, where: str, folder: Path | None = None) -> Any:
    """The value as the setting's kind has it.

    Parameters
    ----------
    where : str
        Names the source in an error: "the environment variable TOOLKIT_READ".
    folder : Path, optional
        What a relative path is taken from; the working directory unless given.

    Raises
    ------
    InvalidArgument
        It is something else. A secret is not repeated.

    Examples
    --------
    >>> from toolkit.configuration.table import SETTINGS
    >>> converted(SETTINGS["read"], "20", "here")
    20.0
    """
    if setting.name == "verify":
        return _verify(value, where, folder)
    found = _as_kind(setting, value)
    if found is _NOT or (isinstance(found, float) and not math.isfinite(found)):
        hidden = setting.secret or (isinstance(value, str) and "@" in value)
        was = "" if hidden else f", not {value!r}"
        raise InvalidArgument(f"{where}: {setting.expected} is expected{was}")
    return found


_NOT = object()


def _as_kind(setting: Setting, value: Any) -> Any:
    # A TOML true is no number, though Python has it as one.
    if isinstance(value, bool) and setting.kind is not bool and _is_number(setting.kind):
        return _NOT
    if isinstance(setting.kind, type) and dataclasses.is_dataclass(setting.kind):
        if isinstance(value, setting.kind):
            return value
        # A name in it that means nothing would be passed over.
        value = _table(value)
        if value is None or not {*value} <= {one.name for one in dataclasses.fields(setting.kind)}:
            return _NOT
    if isinstance(value, str) and setting.kind is bool:
        value = value.strip().casefold()
        return value in _ON if value in (*_ON, *_OFF) else _NOT
    try:
        return msgspec.convert(value, setting.kind, strict=False)
    except (msgspec.ValidationError, TypeError):
        pass
    # A table or a number among words can stand in a variable as JSON.
    try:
        return msgspec.convert(msgspec.json.decode(value), setting.kind)
    except (msgspec.MsgspecError, TypeError):
        return _NOT


def _table(value: Any) -> Mapping[str, Any] | None:
    """A table; one in a variable is JSON."""
    if isinstance(value, str):
        with contextlib.suppress(msgspec.DecodeError):
            value = msgspec.json.decode(value)
    return value if isinstance(value, Mapping) else None


def _is_number(kind: Any) -> bool:
    try:
        msgspec.convert(1, kind)
    except msgspec.ValidationError:
        return False
    return True


def _verify(value: Any, where: str, folder: Path | None) -> Any:
    """True, False, a context, or the path of a CA file that is there."""
    if not isinstance(value, str | os.PathLike):
        return value
    text = os.fspath(value)
    if text.casefold() in _ON:
        return True
    if text.casefold() in _OFF:
        raise InvalidArgument(
            f"{where}: TLS is not switched off there, where it would hold for every server; name "
            "the server's CA file, or give verify=False to the one connect() that needs it"
        )
    path = (folder or Path()) / Path(text).expanduser()
    if not path.is_file():
        raise InvalidArgument(f"{where}: the path of a CA file is expected, not {text!r}")
    return str(path)


def shown(setting: Setting, value: Any) -> str | None:
    """The value as text, for eyes; None where there is none. A secret is "set" and no more.

    Examples
    --------
    >>> from toolkit.configuration.table import SETTINGS
    >>> shown(SETTINGS["proxy"], "http://ada:pony@proxy.example:3128")
    'http://…@proxy.example:3128'
    """
    if value is None or value == "":
        return None
    if setting.secret:
        return "set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float | os.PathLike):
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return without_user(text)
    try:
        return msgspec.json.encode(value).decode()
    except TypeError:
        return type(value).__name__


def without_user(text: str) -> str:
    """An address without the user and the password that may stand in it.

    Examples
    --------
    >>> without_user("https://ada:pony@api.example/v1"), without_user("nightly")
    ('https://…@api.example/v1', 'nightly')
    """
    scheme, mark, rest = text.partition("://")
    if not mark:
        return text
    host, slash, path = rest.partition("/")
    return f"{scheme}://…@{host.rpartition('@')[2]}{slash}{path}" if "@" in host else text


def has_user(text: str) -> bool:
    """Whether a text is an address with a user in it.

    Examples
    --------
    >>> has_user("https://ada:pony@api.example"), has_user("ada@example.org")
    (True, False)
    """
    try:
        return "://" in text and "@" in urlsplit(text).netloc
    except ValueError:
        return "@" in text
