"""What was chosen in a dashboard, as a filter of calls and as the lines of pandas that do it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.widgets.written import literal


@dataclass(frozen=True, slots=True)
class Condition:
    """A column that is equal to a value; None is a missing one.

    Examples
    --------
    >>> Condition("function", "taskPause").line("calls")
    'calls["function"] == "taskPause"'
    """

    column: str
    value: Any

    def line(self, name: str) -> str:
        """It as an expression of pandas."""
        if self.value is None:
            return f'{name}["{self.column}"].isna()'
        text = literal(self.value) if isinstance(self.value, str) else repr(self.value)
        return f'{name}["{self.column}"] == {text}'

    def mask(self, table: pd.DataFrame) -> pd.Series:
        """The rows that meet it."""
        values = table[self.column]
        return values.isna() if self.value is None else values == self.value

    def expression(self, frame: nw.LazyFrame[Any]) -> nw.Expr:  # noqa: ARG002 (as Within has it)
        """It for a frame of another engine."""
        column = nw.col(self.column)
        return column.is_null() if self.value is None else column == self.value


@dataclass(frozen=True, slots=True)
class Within:
    """A column of times that lies in an interval, its end excluded.

    Examples
    --------
    >>> day = Within("at", pd.Timestamp("2019-04-01"), pd.Timestamp("2019-04-02"))
    >>> day.line("log")
    'log["at"].between("2019-04-01 00:00:00", "2019-04-02 00:00:00", inclusive="left")'
    """

    column: str
    start: pd.Timestamp
    end: pd.Timestamp

    def line(self, name: str) -> str:
        """It as an expression of pandas."""
        return f'{name}["{self.column}"].between("{self.start}", "{self.end}", inclusive="left")'

    def mask(self, table: pd.DataFrame) -> pd.Series:
        """The rows that meet it."""
        return table[self.column].between(self.start, self.end, inclusive="left")

    def expression(self, frame: nw.LazyFrame[Any]) -> nw.Expr:
        """It for a frame of another engine."""
        column, dtype = nw.col(self.column), frame.collect_schema()[self.column]
        start, end = self.start, self.end
        if not (isinstance(dtype, nw.Datetime) and dtype.time_zone is not None):
            start, end = start.tz_localize(None), end.tz_localize(None)  # times without a zone
        return (column >= start.to_pydatetime()) & (column < end.to_pydatetime())


Filter = Condition | Within


@dataclass(frozen=True, slots=True)
class Choice:
    """A bar that was chosen: its view, its key there, what it is called, and what it asks for."""

    view: str
    key: str
    text: str
    filters: tuple[Filter, ...]


def chosen_of(table: Any, filters: Sequence[Filter]) -> Any:
    """The rows that meet all filters; a frame of another engine stays with its engine."""
    if not filters:
        return table
    if isinstance(table, pd.DataFrame):
        keep = pd.Series(data=True, index=table.index)
        for one in filters:
            keep &= one.mask(table).fillna(value=False).astype("bool")
        return table[keep]
    frame = counting.lazily(table, CALL_COLUMNS)
    return frame.filter(*(one.expression(frame) for one in filters)).to_native()


def line_of(name: str, filters: Iterable[Filter], to: str = "some") -> tuple[str, str]:
    r"""The line that filters, or none; and the name of what it gives.

    Examples
    --------
    >>> line_of("calls", [Condition("code", 1)])
    ('some = calls[calls["code"] == 1]\n', 'some')
    >>> line_of("calls", [])
    ('', 'calls')
    """
    lines = [one.line(name) for one in filters]
    if not lines:
        return "", name
    both = lines[0] if len(lines) == 1 else " & ".join(_enclosed(line) for line in lines)
    return f"{to} = {name}[{both}]\n", to


def _enclosed(line: str) -> str:
    return f"({line})" if " == " in line else line
