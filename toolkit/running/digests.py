"""What tells the rows of a table apart, without telling what is in them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from toolkit.running.cells import is_secret
from toolkit.running.matching import Given
from toolkit.services.base.methods import Method


def digest_of(given: Given, method: Method) -> str:
    """What tells the arguments of two rows apart, without telling them.

    A secret has no part in it: who has the journal could find a short one by trying.

    Examples
    --------
    >>> from toolkit.services.base.methods import Method
    >>> one = Given(("ada",), {"password": "t0psecret"})
    >>> digest_of(one, Method("login")) == digest_of(Given(("ada",)), Method("login"))
    True
    """
    secret = {one.parameter for one in method.arguments if one.kind in ("answer", "session")}
    secret |= {name for name in given.named if is_secret(name)}
    placed = [
        None if place < len(method.arguments) and _is_secret_place(method, place) else _key(value)
        for place, value in enumerate(given.places)
    ]
    named = {name: _key(value) for name, value in sorted(given.named.items()) if name not in secret}
    return hashlib.sha256(msgspec.json.encode([placed, named])).hexdigest()[:16]


def digest_of_all(digests: Iterable[str]) -> str:
    """One digest for the rows of a table, in their order."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def _is_secret_place(method: Method, place: int) -> bool:
    argument = method.arguments[place]
    return argument.kind in ("answer", "session") or is_secret(argument.name)


def _key(value: Any) -> Any:
    """A value as JSON can hold it, alike for alike values."""
    if isinstance(value, list | tuple):
        return [_key(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _key(one) for name, one in sorted(value.items(), key=str)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": hashlib.sha256(value).hexdigest()}
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
