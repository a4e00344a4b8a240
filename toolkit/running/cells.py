"""A DataFrame as JSON and back, each column with its dtype; secrets do not get in."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import math
from collections.abc import Iterable
from typing import Any

import msgspec
import pandas as pd

from toolkit.cassettes.redaction.names import Names
from toolkit.running.matching import Given
from toolkit.services.base.methods import Method

_SECRETS = Names()
_BYTES = "$bytes"


def is_secret(name: str) -> bool:
    """Whether a column of this name holds a secret.

    Examples
    --------
    >>> is_secret("password"), is_secret("task")
    (True, False)
    """
    return _SECRETS.kind(name) is not None


def to_plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The columns of a frame as what JSON can hold; those that hold secrets come empty.

    Examples
    --------
    >>> to_plain(pd.DataFrame({"task": ["ingest"], "token": ["t0psecret"]}))[1]["values"]
    [None]
    """
    columns = []
    for name, column in frame.items():
        values = [None] * len(frame) if is_secret(str(name)) else _plain(column)
        one = {"name": str(name), "dtype": str(column.dtype), "values": values}
        if isinstance(column.dtype, pd.CategoricalDtype):
            one["categories"] = [str(value) for value in column.dtype.categories]
        columns.append(one)
    return columns


def from_plain(columns: list[dict[str, Any]]) -> pd.DataFrame:
    """The frame again.

    Examples
    --------
    >>> from_plain(to_plain(pd.DataFrame({"runs": pd.array([1, None], "Int64")})))["runs"].dtype
    Int64Dtype()
    """
    return pd.DataFrame({one["name"]: _series(one) for one in columns})


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
        return {_BYTES: hashlib.sha256(value).hexdigest()}
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _plain(column: pd.Series[Any]) -> list[Any]:
    return [_cell(value) for value in column.tolist()]


def _cell(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: base64.b64encode(value).decode()}
    if isinstance(value, dt.datetime | dt.date | pd.Timedelta):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_cell(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _cell(one) for name, one in value.items()}
    if isinstance(value, float) and math.isinf(value):
        return str(value)  # JSON knows no infinity
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return str(value)
    return value if isinstance(value, str | int | float | bool) else str(value)


def _series(one: dict[str, Any]) -> Any:
    dtype, values, name = one["dtype"], one["values"], one["name"]
    if dtype == "category":
        return pd.Series(pd.Categorical(values, categories=one["categories"]), name=name)
    if dtype == "object":
        return pd.Series([_back(value) for value in values], name=name, dtype=object)
    if dtype.startswith("datetime64[ns"):  # texts have no more than pandas shows
        return pd.Series(pd.to_datetime(values, utc="," in dtype), name=name).astype(dtype)
    if dtype.startswith("datetime64"):
        moments = [None if value is None else pd.Timestamp(value) for value in values]
        return pd.Series(moments, name=name, dtype=dtype)
    return pd.Series(values, name=name, dtype=dtype)


def _back(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_BYTES}:
            return base64.b64decode(value[_BYTES])
        return {name: _back(one) for name, one in value.items()}
    return [_back(one) for one in value] if isinstance(value, list) else value
