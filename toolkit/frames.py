"""Declared columns and dtypes to a DataFrame: an empty result has the same columns as a full one.

The kinds of a column and the dtype each becomes:

========= ========================= =======================================================
kind      dtype                     values accepted
========= ========================= =======================================================
text      ``str`` (Arrow-backed)    str; None is missing
integer   ``Int64``                 int; None is missing
number    ``float64``               float; None is NaN
boolean   ``boolean``               bool; None is missing
time      ``datetime64[us, UTC]``   aware datetime, or naive in UTC; None is NaT
category  ``category``              str; a value outside the declared ones extends them
binary    ``object``                bytes; None is missing
========= ========================= =======================================================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "integer", "number", "boolean", "time", "category", "binary"]

_DTYPES: dict[str, str] = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "time": "datetime64[us, UTC]",
    "binary": "object",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column: its name, kind, the values it is known to take, and what it means."""

    name: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    about: str = ""

    @property
    def dtype(self) -> str:
        """The name of the pandas dtype."""
        return "category" if self.kind == "category" else _DTYPES[self.kind]


def series(column: Column, values: Sequence[Any]) -> pd.Series[Any]:
    """One column's values with its declared dtype.

    A value of a category that is not among the declared ones is kept, as a further category
    at the end: an unknown value passes through, it never becomes a wrong one.

    Examples
    --------
    >>> series(Column("status", "category", ("Idle",)), ["Odd"]).tolist()
    ['Odd']
    """
    if column.kind == "category":
        known = list(dict.fromkeys(column.choices))
        seen = dict.fromkeys(known)
        for value in values:
            if value is not None and value not in seen:
                seen[value] = None
        return pd.Series(pd.Categorical(list(values), categories=list(seen)), name=column.name)
    if column.kind == "time":
        aware = [_utc(value) for value in values]
        return pd.Series(aware, name=column.name, dtype=_DTYPES["time"])
    return pd.Series(list(values), name=column.name, dtype=_DTYPES[column.kind])


def frame(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any] | Mapping[str, Any]] = (),
    *,
    attrs: Mapping[str, str | int | float | bool | None] | None = None,
) -> pd.DataFrame:
    """Rows to a DataFrame with exactly the declared columns and dtypes.

    Parameters
    ----------
    columns : sequence of Column
    rows : iterable
        Sequences in the columns' order, or mappings (a missing key is a missing value).
    attrs : mapping of JSON scalars, optional
        Informative only; put into ``DataFrame.attrs``.

    Examples
    --------
    >>> frame([Column("name"), Column("runs", "integer")]).dtypes.astype(str).tolist()
    ['str', 'Int64']
    """
    names = [column.name for column in columns]
    values: list[list[Any]] = [[] for _ in columns]
    for row in rows:
        cells = [row.get(name) for name in names] if isinstance(row, Mapping) else row
        for store, cell in zip(values, cells, strict=True):
            store.append(cell)
    result = pd.DataFrame(
        {column.name: series(column, cells) for column, cells in zip(columns, values, strict=True)}
    )
    if attrs:
        result.attrs.update(attrs)
    return result


def describe(columns: Sequence[Column]) -> pd.DataFrame:
    """The declaration itself as a DataFrame: column, kind, dtype, about.

    Examples
    --------
    >>> describe([Column("runs", "integer", about="executions")]).iloc[0].tolist()
    ['runs', 'integer', 'Int64', 'executions']
    """
    return frame(
        [Column("column"), Column("kind"), Column("dtype"), Column("about")],
        [(column.name, column.kind, column.dtype, column.about) for column in columns],
    )


def _utc(value: dt.datetime | None) -> dt.datetime | None:
    if value is None:
        return None
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
