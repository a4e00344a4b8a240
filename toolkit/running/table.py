"""The table of a run: every row's results beside how its call ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.frames import Column, series
from toolkit.running.ended import OUTCOME_COLUMNS, Ended

_PROMOTED = {"int64": "Int64", "int32": "Int64", "bool": "boolean", "object": "object"}
_NUMBERS = {"Int64", "float64", "boolean"}


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
    frames = [None if one.result is None else _renamed(one.result) for one in ends]
    lengths = [1 if one is None or not len(one) else len(one) for one in frames]
    rows = [place for place, length in enumerate(lengths) for _ in range(length)]
    labels = index.take(rows)
    known = {column.name: column for column in declared}
    came = [one for one in frames if one is not None and len(one.columns)]
    names = dict.fromkeys(name for one in came for name in one.columns) if came else known
    columns: dict[str, Any] = {
        name: _column(name, frames, lengths, known.get(name)) for name in names
    }
    cells = [(place, *ends[place].cells) for place in rows]
    for number, column in enumerate(OUTCOME_COLUMNS):
        columns[column.name] = series(column, [row[number] for row in cells])
    made = pd.DataFrame(columns)
    made.index = labels
    return made


def _renamed(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose columns are texts, none of which is called as a column of the outcome."""
    taken = {column.name for column in OUTCOME_COLUMNS}
    names = [str(name) for name in frame.columns]
    if list(frame.columns) == names and not taken.intersection(names):
        return frame
    return frame.set_axis([f"{name}_" if name in taken else name for name in names], axis=1)


def _column(
    name: str,
    frames: Sequence[pd.DataFrame | None],
    lengths: Sequence[int],
    declared: Column | None,
) -> pd.Series[Any]:
    """One column of all results; what has none is missing."""
    parts = [
        one[name] if one is not None and len(one) and name in one.columns else None
        for one in frames
    ]
    dtypes = {str(part.dtype): part.dtype for part in parts if part is not None}
    empty = [one[name].dtype for one in frames if one is not None and name in one.columns]
    values: list[Any] = []
    for part, length in zip(parts, lengths, strict=True):
        values += [None] * length if part is None else part.tolist()
    if not dtypes:
        if declared is not None:
            return series(declared, values)
        dtypes = {str(dtype): dtype for dtype in empty[:1]}
    words = {_PROMOTED.get(word, word) for word in dtypes}
    if words == {"category"}:
        return _category(name, values, empty, declared)
    if len(words) == 1:
        return _typed(name, values, words.pop())
    if words <= _NUMBERS - {"boolean"}:
        return _typed(name, values, "float64")
    texts = [None if _is_missing(value) else str(value) for value in values]
    return pd.Series(texts, name=name, dtype="str")


def _category(
    name: str, values: list[Any], dtypes: list[Any], declared: Column | None
) -> pd.Series[Any]:
    """Declared values first (or as all results have them), then all others by name."""
    cells = [None if _is_missing(value) else value for value in values]
    first = list(declared.choices) if declared is not None else []
    orders = {tuple(dtype.categories) for dtype in dtypes if hasattr(dtype, "categories")}
    if not first and len(orders) == 1:
        first = list(*orders)
    others = {value for order in orders for value in order}
    rest = sorted((others | {*cells} - {None}) - set(first), key=str)
    return pd.Series(pd.Categorical(cells, categories=[*first, *rest]), name=name)


def _typed(name: str, values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == "object":
        return pd.Series(values, name=name, dtype=dtype)
    if dtype in ("float64", "float32"):
        cells = [float("nan") if _is_missing(value) else value for value in values]
        return pd.Series(cells, name=name, dtype=dtype)
    cells = [None if _is_missing(value) else value for value in values]
    return pd.Series(cells, name=name, dtype=dtype)


def _is_missing(value: Any) -> bool:
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, float) and value != value)
    )
