"""The table of a run: every row's results beside how its call ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.frames import Column, series
from toolkit.running.cells import Result, is_missing
from toolkit.running.ended import OUTCOME_COLUMNS, Ended

_PROMOTED = {"int64": "Int64", "int32": "Int64", "bool": "boolean", "float32": "float64"}
_TAKEN = {column.name for column in OUTCOME_COLUMNS}


def table_of(
    ends: Sequence[Ended], index: pd.Index, declared: Sequence[Column] = ()
) -> pd.DataFrame:
    """Results and outcomes, with the labels of ``index``.

    A call with several rows repeats its label, one without rows has one row of missing values.

    Parameters
    ----------
    ends : sequence of Ended
        One for each label.
    declared : sequence of Column
        What the function's results have where none came; and the order of categories.

    Examples
    --------
    >>> from toolkit.running.ended import UNSENT
    >>> table_of([UNSENT], pd.Index(["a"]), [Column("task")]).columns.tolist()[:2]
    ['task', 'outcome.row']
    """
    results = [None if one.result is None else _renamed(one.result) for one in ends]
    lengths = [1 if one is None else max(1, one.rows) for one in results]
    rows = [place for place, length in enumerate(lengths) for _ in range(length)]
    known = {column.name: column for column in declared}
    came = [one.columns for one in results if one is not None and one.columns]
    names = dict.fromkeys(name for columns in came for name in columns) if came else known
    columns: dict[str, Any] = {
        name: _column(name, results, lengths, known.get(name)) for name in names
    }
    cells = [(place, *ends[place].cells) for place in rows]
    for number, column in enumerate(OUTCOME_COLUMNS):
        columns[column.name] = series(column, [row[number] for row in cells])
    made = pd.DataFrame(columns)
    made.index = index.take(rows)
    return made


def _renamed(result: Result) -> Result:
    """A result none of whose columns is called as a column of the outcome."""
    if _TAKEN.isdisjoint(result.columns):
        return result
    columns = {f"{name}_" if name in _TAKEN else name: one for name, one in result.columns.items()}
    return Result(result.rows, columns)


def _column(
    name: str,
    results: Sequence[Result | None],
    lengths: Sequence[int],
    declared: Column | None,
) -> pd.Series[Any]:
    """One column of all results; what has none is missing."""
    values: list[Any] = []
    full: dict[str, None] = {}
    empty: dict[str, None] = {}
    orders: dict[tuple[Any, ...], None] = {}
    for result, length in zip(results, lengths, strict=True):
        cells = result.columns.get(name) if result is not None else None
        if cells is None or not cells.values:
            values += [None] * length
        else:
            values += cells.values
            full[_PROMOTED.get(cells.dtype, cells.dtype)] = None
        if cells is not None:
            empty[_PROMOTED.get(cells.dtype, cells.dtype)] = None
            if cells.dtype == "category":
                orders[cells.categories] = None
    if not full and declared is not None:
        return series(declared, values)
    words = {*(full or list(empty)[:1])}
    if words == {"category"}:
        return _category(name, values, list(orders), declared)
    if len(words) == 1:
        return _typed(name, values, words.pop())
    if words <= {"Int64", "float64"}:
        return _typed(name, values, "float64")
    texts = [None if is_missing(value) else str(value) for value in values]
    return pd.Series(texts, name=name, dtype="str")


def _category(
    name: str, values: list[Any], orders: list[tuple[Any, ...]], declared: Column | None
) -> pd.Series[Any]:
    """Declared values first (or as all results have them), then all others by name."""
    cells = [None if is_missing(value) else value for value in values]
    first = list(declared.choices) if declared is not None else []
    if not first and len(orders) == 1:
        first = list(*orders)
    others = {value for order in orders for value in order}
    rest = sorted((others | {*cells} - {None}) - set(first), key=str)
    return pd.Series(pd.Categorical(cells, categories=[*first, *rest]), name=name)


def _typed(name: str, values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == "object":
        return pd.Series(values, name=name, dtype=dtype)
    if dtype == "float64":
        cells = [float("nan") if is_missing(value) else value for value in values]
        return pd.Series(cells, name=name, dtype=dtype)
    cells = [None if is_missing(value) else value for value in values]
    return pd.Series(cells, name=name, dtype=dtype)
