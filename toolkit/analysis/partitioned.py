"""A Dask frame as narwhals sees it, counted partition by partition.

What the first phase of an analysis does to a row needs no other row, and its counts add up. So
each partition goes through it as a pandas frame, where it lies, and only counts travel. Dask's own
group-by would move every group between the workers; and narwhals's expressions on Dask ask the
cluster once for each literal.
"""

from __future__ import annotations

from typing import Any, Self

import narwhals as nw
import pandas as pd

Step = tuple[str, tuple[Any, ...], dict[str, Any]]


class Partitioned:
    """The part of a narwhals LazyFrame that counting uses: what is done to rows is kept, then done.

    Expressions that look at more than one row mean the rows of one partition.
    """

    implementation = nw.Implementation.DASK

    def __init__(self, frame: Any, steps: tuple[Step, ...] = ()) -> None:
        self._frame = frame
        self._steps = steps

    def with_columns(self, *expressions: Any, **named: Any) -> Self:
        """As narwhals has it."""
        return self._then("with_columns", expressions, named)

    def select(self, *expressions: Any, **named: Any) -> Self:
        """As narwhals has it."""
        return self._then("select", expressions, named)

    def filter(self, *expressions: Any) -> Self:
        """As narwhals has it."""
        return self._then("filter", expressions, {})

    def collect_schema(self) -> nw.Schema:
        """Names and dtypes, found without any row."""
        return replay(self._frame._meta, self._steps).schema

    def lazy(self) -> Self:
        """It is."""
        return self

    def collect(self) -> nw.DataFrame[Any]:
        """All rows, here."""
        return nw.from_native(self._computed(self._steps), eager_only=True)

    def grouped(self, keys: tuple[str, ...], expressions: tuple[nw.Expr, ...]) -> pd.DataFrame:
        """The groups of each partition, one below the other."""
        return self._computed((*self._steps, ("grouped", keys, {"expressions": expressions})))

    def _then(self, name: str, expressions: tuple[Any, ...], named: dict[str, Any]) -> Self:
        return type(self)(self._frame, (*self._steps, (name, expressions, named)))

    def _computed(self, steps: tuple[Step, ...]) -> pd.DataFrame:
        # Without this one Dask would try the steps on rows of its own making.
        meta = _pandas(self._frame._meta, steps)
        parts = self._frame.map_partitions(_pandas, steps, meta=meta, enforce_metadata=False)
        found: pd.DataFrame = parts.compute().reset_index(drop=True)
        return found


def replay(part: pd.DataFrame, steps: tuple[Step, ...]) -> nw.DataFrame[Any]:
    """One partition after all that is done to it."""
    frame: nw.DataFrame[Any] = nw.from_native(part, eager_only=True)
    for name, given, named in steps:
        if name == "grouped":
            frame = frame.group_by(*given).agg(*named["expressions"])
        else:
            frame = getattr(frame, name)(*given, **named)
    return frame


def _pandas(part: pd.DataFrame, steps: tuple[Step, ...]) -> pd.DataFrame:
    result: pd.DataFrame = replay(part, steps).to_native()
    return result
