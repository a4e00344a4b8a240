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

from toolkit.analysis.engines import collected, grouped, is_table, prepared, schema
from toolkit.frames import Column

__all__ = [
    "collected",
    "counted",
    "is_table",
    "lazily",
    "merged",
    "schema",
]

Aggregate = Literal["count", "sum", "min", "max"]

# How the counts of two parts become one.
_ADDED: dict[Aggregate, str] = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}


def lazily(table: Any, columns: Iterable[Column] = ()) -> nw.LazyFrame[Any]:
    """A frame of any engine, for counting; see :func:`toolkit.analysis.engines.prepared`."""
    return prepared(table, columns)


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
    parts = grouped(frame, keys, expressions)
    return merged(parts, keys, aggregates)


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
    dtypes = schema(table)
    return next((name for name, kind in dtypes.items() if isinstance(kind, nw.Datetime)), None)
