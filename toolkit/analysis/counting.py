"""The first phase of each analysis: counts that parts of the data can give apart.

A count is a group-by of elementary aggregates (how many, sum, least, greatest), written once in
narwhals; it takes a pandas or Polars frame, a DuckDB relation, a Dask or a Spark frame. Counts of
parts add up (:func:`merged`); what is asked is then finished by pandas, on few rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from toolkit.frames import Column

Aggregate = Literal["count", "sum", "min", "max"]

# How the counts of two parts become one.
_ADDED: dict[Aggregate, str] = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}


def is_table(value: object) -> bool:
    """Whether it is a frame of an engine, and not the name of something to read."""
    return isinstance(nw.from_native(value, pass_through=True), nw.DataFrame | nw.LazyFrame)


def lazily(table: Any, columns: Iterable[Column] = ()) -> nw.LazyFrame[Any]:
    """A frame of any engine, for counting.

    Of the ``columns`` those that are categories become text where the engine is another than
    pandas: engines differ in what they make of categories.
    """
    frame: nw.LazyFrame[Any] = nw.from_native(table).lazy()
    if isinstance(table, pd.DataFrame):
        return frame
    known = set(frame.collect_schema().names())
    names = [one.name for one in columns if one.kind == "category" and one.name in known]
    return frame.with_columns(nw.col(*names).cast(nw.String)) if names else frame


def counted(
    frame: nw.LazyFrame[Any],
    keys: Sequence[str],
    aggregates: Mapping[str, tuple[Aggregate, str]],
) -> pd.DataFrame:
    """Group by the keys and give each group's aggregates as a pandas frame.

    Parameters
    ----------
    frame : LazyFrame
    keys : sequence of str
    aggregates : mapping
        Name of the result to the aggregate and the column; ``count`` counts rows, of any column.
    """
    expressions = [
        (nw.len() if kind == "count" else getattr(nw.col(column), kind)()).alias(name)
        for name, (kind, column) in aggregates.items()
    ]
    return frame.group_by(*keys).agg(*expressions).collect().to_pandas()


def merged(
    parts: Iterable[pd.DataFrame],
    keys: Sequence[str],
    aggregates: Mapping[str, tuple[Aggregate, str]],
) -> pd.DataFrame:
    """The counts of several parts of the data as those of the whole.

    Examples
    --------
    >>> part = pd.DataFrame({"code": [1], "calls": [2]})
    >>> merged([part, part], ["code"], {"calls": ("count", "code")})["calls"].tolist()
    [4]
    """
    table = pd.concat(list(parts), ignore_index=True)
    groups = table.groupby(list(keys), dropna=False, sort=False, observed=True)
    return groups.agg(
        **{name: (name, _ADDED[kind]) for name, (kind, _) in aggregates.items()}
    ).reset_index()


def time_column(table: Any) -> str | None:
    """The name of a frame's first column of times."""
    schema = nw.from_native(table).lazy().collect_schema()
    return next((name for name, kind in schema.items() if isinstance(kind, nw.Datetime)), None)


def minute(name: str) -> nw.Expr:
    """The minute that a time is in."""
    return nw.col(name).dt.truncate("1m")


def hour(name: str) -> nw.Expr:
    """The hour that a time is in."""
    return nw.col(name).dt.truncate("1h")
