"""What a call gave as plain cells, and as JSON and back; secrets do not get into that."""

from __future__ import annotations

import base64
import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from toolkit.cassettes.redaction.names import Names

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


def is_missing(value: Any) -> bool:
    """Whether a cell has no value, in any of pandas' ways to say so.

    Examples
    --------
    >>> is_missing(None), is_missing(pd.NaT), is_missing(float("nan")), is_missing([])
    (True, True, True, False)
    """
    none = value is None or value is pd.NA or value is pd.NaT
    return none or (isinstance(value, float) and math.isnan(value))


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a result: its dtype's name, its values, and a category's categories."""

    dtype: str
    values: list[Any]
    categories: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one call gave. Thousands of these are held, and frames are large."""

    rows: int
    columns: dict[str, Cells]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Self:
        """The cells of a DataFrame.

        Examples
        --------
        >>> Result.of(pd.DataFrame({"runs": [1, 2]})).columns
        {'runs': Cells(dtype='int64', values=[1, 2], categories=())}
        """
        columns = {}
        for name, column in frame.items():
            kept = getattr(column.dtype, "categories", ())
            columns[str(name)] = Cells(str(column.dtype), column.tolist(), tuple(kept))
        return cls(len(frame), columns)

    def part(self, first: int, last: int) -> Self:
        """Some of its rows."""
        columns = {
            name: Cells(one.dtype, one.values[first:last], one.categories)
            for name, one in self.columns.items()
        }
        return type(self)(last - first, columns)

    def to_plain(self) -> dict[str, Any]:
        """What JSON can hold; columns that hold secrets come empty.

        Examples
        --------
        >>> result = Result.of(pd.DataFrame({"task": ["ingest"], "token": ["t0psecret"]}))
        >>> result.to_plain()["columns"]["token"]["values"]
        [None]
        """
        columns = {}
        for name, one in self.columns.items():
            values = [None] * self.rows if is_secret(name) else [_cell(cell) for cell in one.values]
            columns[name] = {"dtype": one.dtype, "values": values}
            if one.categories:
                columns[name]["categories"] = [str(word) for word in one.categories]
        return {"rows": self.rows, "columns": columns}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """The result again.

        Examples
        --------
        >>> result = Result.of(pd.DataFrame({"runs": pd.array([1, None], "Int64")}))
        >>> Result.from_plain(result.to_plain()).columns["runs"].values
        [1, None]
        """
        columns = {
            name: Cells(
                one["dtype"],
                _back_all(one["dtype"], one["values"]),
                tuple(one.get("categories", ())),
            )
            for name, one in plain["columns"].items()
        }
        return cls(plain["rows"], columns)


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


def _back_all(dtype: str, values: list[Any]) -> list[Any]:
    if dtype.startswith("datetime64"):
        return [None if value is None else pd.Timestamp(value) for value in values]
    if dtype.startswith("timedelta64"):
        return [None if value is None else pd.Timedelta(value) for value in values]
    if dtype.startswith("float"):
        return [None if value is None else float(value) for value in values]
    return [_back(value) for value in values] if dtype == "object" else values


def _back(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_BYTES}:
            return base64.b64decode(value[_BYTES])
        return {name: _back(one) for name, one in value.items()}
    return [_back(one) for one in value] if isinstance(value, list) else value
