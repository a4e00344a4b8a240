"""The table of settings: one row each, typed; all that reads a setting reads its row."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from toolkit.outcomes import InvalidArgument

Layer = Literal["argument", "environment", "defaults", "profile", "keyring"]

PREFIX = "TOOLKIT_"
"""What the name of each environment variable begins with."""

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Whole = Annotated[int, msgspec.Meta(ge=1)]
Counted = Annotated[int, msgspec.Meta(ge=0)]
RecordMode = Literal["none", "once", "new_episodes", "append", "all", "rewrite", "verify"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes
    ----------
    name : str
        As an argument and as a key of the profile file.
    kind : type
        What a value is converted to; the check is there, too.
    default : object
        None where there is none.
    about : str
        What it is, in a line.
    expected : str
        What a value must be, as an error says it.
    variable : str
        The environment variable; empty where there is none.
    layers : frozenset of str
        Where it may be given.
    secret : bool
        Whether its value is never shown.
    """

    name: str
    kind: Any
    default: Any
    about: str
    expected: str = "a text"
    variable: str = ""
    layers: frozenset[Layer] = frozenset()
    secret: bool = False


_SERVER: tuple[Layer, ...] = ("argument", "environment", "profile")
_ALL: tuple[Layer, ...] = (*_SERVER, "defaults")

_ROWS: tuple[tuple[str, Any, Any, str, str, tuple[Layer, ...]], ...] = (
    ("connect", Seconds, 5.0, "Seconds to make a connection",
     "a number of seconds above 0", _ALL),
    ("read", Seconds, 60.0, "Seconds between two pieces of an answer",
     "a number of seconds above 0", _ALL),
    ("total", Seconds, 600.0, "Seconds for a whole answer",
     "a number of seconds above 0", _ALL),
    ("max_bytes", Whole, 256 * 1024 * 1024, "Bytes of an answer's body",
     "a whole number of bytes from 1 on", _ALL),
    ("retries", Counted, 1, "How often a read is repeated after a lost connection",
     "a whole number from 0 on", _ALL),
    ("at_once", Whole, 50, "Requests of one async client that are under way at a time",
     "a whole number from 1 on", _ALL),
    # Whom to trust and through whom to go belong to one server. A file that merely lies in the
    # folder one works in must not change that for others: no [defaults] for these two.
    ("verify", bool | str, True, "Whom TLS trusts: public authorities, or a CA file",
     "the path of a CA file", _SERVER),
    ("proxy", str, "", "Address of an HTTP proxy",
     "an address like http://proxy.example:3128", _SERVER),
    ("record_mode", RecordMode, "append", "What toolkit.record does with a request",
     "one of none, once, new_episodes, append, all, rewrite, verify",
     ("argument", "environment", "defaults")),
    ("progress", str, "on", "Whether bars show how far long work is; off shows none",
     "on or off", ("environment",)),
    ("profiles", str, "", "The profile file; off reads none",
     "the path of a TOML file", ("environment",)),
)  # fmt: skip

LIMITS = ("connect", "read", "total", "max_bytes", "retries", "at_once")
"""The names of those that are fields of ``toolkit.Limits``."""

SETTINGS: Mapping[str, Setting] = {
    name: Setting(name, kind, default, about, expected, PREFIX + name.upper(), frozenset(layers))
    for name, kind, default, about, expected, layers in _ROWS
}
"""All settings that do not belong to one service, by name."""


def variable(*words: str) -> str:
    """The environment variable of a setting that belongs to a service or to a profile.

    Examples
    --------
    >>> variable("geoop", "page_size"), variable("prod-gateway", "user")
    ('TOOLKIT_GEOOP_PAGE_SIZE', 'TOOLKIT_PROD_GATEWAY_USER')
    """
    return PREFIX + "_".join(re.sub(r"\W+", "_", word).strip("_").upper() for word in words)


def unknown(what: str, name: str, known: Iterable[str]) -> InvalidArgument:
    """The error for a name that is not there, with the nearest one that is.

    Examples
    --------
    >>> print(unknown("[defaults] has no key", "raed", ["connect", "read"]))
    [defaults] has no key 'raed'; did you mean 'read'?
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
    return InvalidArgument(f"{what} {name!r}; {hint}")
