"""Which codes came back, how often, from which functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pandas as pd

from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS, read_calls
from toolkit.analysis.sources import CassetteSource
from toolkit.frames import Column, series
from toolkit.outcomes import Category, InvalidArgument

# A challenge is a step of a login and no failure.
NO_FAILURE = (Category.SUCCESS.value, Category.PARTIAL.value, Category.CHALLENGED.value)

BY = ("service", "function", "code", "label", "category")

HOUR = Column("hour", "time", about="the hour in which the calls were sent (UTC)")
COUNTS = (
    Column("calls", "integer", about="how many"),
    Column("share", "number", about="of all calls, 0 to 1"),
    Column("first", "time", about="when the first was sent (UTC)"),
    Column("last", "time", about="when the last was sent (UTC)"),
)
_CALLS = {column.name: column for column in (*CALL_COLUMNS, HOUR)}


def result_codes(calls: pd.DataFrame | CassetteSource, *, by: Sequence[str] = BY) -> pd.DataFrame:
    """The distribution of result codes.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls`, or what that takes.
    by : sequence of str
        Columns of ``calls`` to group by, and ``hour``.

    Returns
    -------
    DataFrame
        The columns of ``by`` with their dtypes, then ``calls`` Int64, ``share`` float64 (of all
        calls; they add up to 1), ``first`` and ``last`` datetime64[us, UTC]. Most frequent first;
        by hour, the hours in their order.

    Raises
    ------
    InvalidArgument
        ``by`` names something that is not there.

    Examples
    --------
    >>> result_codes("cassettes/")                                # doctest: +SKIP
    >>> result_codes(calls, by=["hour", "category"])              # doctest: +SKIP
    """
    table = as_calls(calls)
    by = [by] if isinstance(by, str) else list(by)
    for name in by:
        if name not in _CALLS or (name not in table and name != "hour"):
            known = ", ".join(_CALLS)
            raise InvalidArgument(f"calls cannot be grouped by {name!r}; by any of: {known}")
    return finish(count(table, by), by)


def as_calls(calls: pd.DataFrame | CassetteSource) -> pd.DataFrame:
    """The calls themselves, or those of the recordings that are named."""
    return calls if isinstance(calls, pd.DataFrame) else read_calls(calls)


def count(calls: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Calls, first and last of each group: what parts of the data can be counted apart."""
    if not by:
        raise InvalidArgument("calls are grouped by one column at least, for example 'code'")
    table = calls
    if "hour" in by:
        table = table.assign(hour=table["at"].dt.floor("h"))
    groups = table.groupby(list(by), observed=True, dropna=False, sort=False)
    counted = groups.agg(calls=("position", "size"), first=("at", "min"), last=("at", "max"))
    return counted.reset_index()


def finish(counted: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Shares, order and dtypes of counts that may come from several parts."""
    total = counted["calls"].sum()
    table = counted.assign(share=counted["calls"] / total if total else 0.0)
    keys = ["hour", "calls"] if "hour" in by else ["calls"]
    table = table.sort_values(keys, ascending=[key == "hour" for key in keys], kind="stable")
    columns = [*(_CALLS[name] for name in by), *COUNTS]
    return typed(table, columns)


def typed(table: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """These columns of a table with exactly their declared dtypes."""
    made = {}
    table = table.reset_index(drop=True)
    for column in columns:
        values = table[column.name]
        if column.kind == "category":
            cells = [None if pd.isna(cell) else cell for cell in values]
            made[column.name] = series(column, cells)
        else:
            made[column.name] = values.astype(cast("Any", column.dtype))
    return pd.DataFrame(made)
