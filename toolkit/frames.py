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
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

Kind = Literal["text", "integer", "number", "boolean", "time", "category", "binary"]

_DTYPES: dict[str, Any] = {
    "text": pd.StringDtype(na_value=np.nan),  # what pandas calls "str"
    "integer": pd.Int64Dtype(),
    "number": np.dtype("float64"),
    "boolean": pd.BooleanDtype(),
    "time": pd.DatetimeTZDtype("us", "UTC"),
    "binary": np.dtype("object"),
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
        return "category" if self.kind == "category" else str(_DTYPES[self.kind])


def array(column: Column, values: Sequence[Any]) -> Any:
    """One column's values as an array with its declared dtype.

    A value of a category that is not among the declared ones is kept, as a further category
    at the end: an unknown value passes through, it never becomes a wrong one.

    Examples
    --------
    >>> array(Column("runs", "integer"), [3, None])
    <IntegerArray>
    [3, <NA>]
    Length: 2, dtype: Int64
    """
    if column.kind == "category":
        known, dtype = _category(column.choices)
        further = dict.fromkeys(
            value for value in values if value is not None and value not in known
        )
        if further:
            dtype = pd.CategoricalDtype([*known, *further])
        return pd.Categorical(list(values), dtype=dtype)
    if column.kind == "time":
        values = [_utc(value) for value in values]
    elif column.kind == "binary":
        return _objects(values)
    return pd.array(list(values), dtype=_DTYPES[column.kind])


def series(column: Column, values: Sequence[Any]) -> pd.Series[Any]:
    """One column's values with its declared dtype, as :func:`array` has them.

    Examples
    --------
    >>> series(Column("status", "category", ("Idle",)), ["Odd"]).tolist()
    ['Odd']
    """
    return pd.Series(array(column, values), name=column.name)


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
    # Arrays, not Series: those would be aligned with each other, which takes longer than the rest.
    result = pd.DataFrame(
        {column.name: array(column, cells) for column, cells in zip(columns, values, strict=True)},
        index=pd.RangeIndex(len(values[0]) if values else 0),
        copy=False,
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


@functools.cache
def _category(choices: tuple[str, ...]) -> tuple[dict[str, None], pd.CategoricalDtype]:
    """The declared values, without repeats, and the dtype that has just these."""
    known = dict.fromkeys(choices)
    return known, pd.CategoricalDtype(list(known))


def _objects(values: Sequence[Any]) -> Any:
    found = np.empty(len(values), dtype=object)
    found[:] = list(values)
    return found
