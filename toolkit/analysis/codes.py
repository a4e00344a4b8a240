"""Which codes came back, how often, from which functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting, engines
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS, read_calls
from toolkit.analysis.parquet import Stored, is_stored
from toolkit.analysis.sources import CassetteSource
from toolkit.frames import Column, series
from toolkit.outcomes import Category, InvalidArgument

CallSource: TypeAlias = "pd.DataFrame | nw.typing.IntoFrame | CassetteSource"
"""Calls as a frame of any engine, or the recordings to read them from."""

# A challenge is a step of a login and no failure.
NO_FAILURE = (Category.SUCCESS.value, Category.PARTIAL.value, Category.CHALLENGED.value)

BY = ("service", "function", "code", "label", "category")

HOUR = Column("hour", "time", about="the hour in which the calls were sent (UTC)")
COUNTS = (
    Column("calls", "integer", about="how many"),
    Column("share", "number", about="of all calls (or of those within), 0 to 1"),
    Column("share_low", "number", about="the share's confidence interval (95 %, Wilson) from here"),
    Column("share_high", "number", about="to here"),
    Column("first", "time", about="when the first was sent (UTC)"),
    Column("last", "time", about="when the last was sent (UTC)"),
)
AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {
    "calls": ("count", "position"),
    "first": ("min", "at"),
    "last": ("max", "at"),
}
_CALLS = {column.name: column for column in (*CALL_COLUMNS, HOUR)}
_Z = 1.959964  # of a standard normal, 95 % lie within plus and minus so many deviations


def result_codes(
    calls: CallSource, *, by: Sequence[str] = BY, within: Sequence[str] = ()
) -> pd.DataFrame:
    """The distribution of result codes.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls` (a frame of any engine with its columns), or what that takes.
    by : sequence of str
        Columns of ``calls`` to group by, and ``hour``.
    within : sequence of str
        Those of ``by`` within which shares add up to 1: ``["function"]`` gives each code's share
        of its function's calls. By default shares are of all calls.

    Returns
    -------
    DataFrame
        The columns of ``by`` with their dtypes, then ``calls`` Int64, ``share`` float64,
        ``share_low``, ``share_high`` float64 (the share's 95 % confidence interval by Wilson's
        score, were these calls a sample of many alike), ``first`` and ``last``
        datetime64[us, UTC]. Most frequent first; by hour, the hours in their order.

    Raises
    ------
    InvalidArgument
        ``by`` or ``within`` names something that is not there.

    Examples
    --------
    >>> codes = result_codes("cassettes/")
    >>> hours = result_codes(calls, by=["hour", "category"], within=["hour"])
    """
    table = as_calls(calls)
    by, within = _names(by), _names(within)
    there = set(counting.schema(table).names()) | {"hour"}
    for name in by:
        if name not in _CALLS or name not in there:
            known = ", ".join(name for name in _CALLS if name in there)
            raise InvalidArgument(f"calls cannot be grouped by {name!r}; by any of: {known}")
    for name in within:
        if name not in by:
            raise InvalidArgument(f"within {name!r} needs {name!r} in by, which is {by}")
    return finish(count(table, by), by, within)


def as_calls(calls: CallSource) -> Any:
    """The calls themselves, or those of the recordings that are named."""
    if counting.is_table(calls):
        return calls
    if is_stored(calls):
        return Stored(cast("str", calls))
    return read_calls(cast("CassetteSource", calls))


def count(calls: Any, by: Sequence[str]) -> pd.DataFrame:
    """Calls, first and last of each group: what parts of the data can be counted apart."""
    if not by:
        raise InvalidArgument("calls are grouped by one column at least, for example 'code'")
    frame = counting.lazily(calls, CALL_COLUMNS)
    if "hour" in by:
        frame = engines.cut(frame, "at", "1h", "hour")
    return counting.counted(frame, by, AGGREGATES)


def finish(counted: pd.DataFrame, by: Sequence[str], within: Sequence[str] = ()) -> pd.DataFrame:
    """Shares, order and dtypes of counts that may come from several parts."""
    groups = counted.groupby(list(within), dropna=False, observed=True)["calls"] if within else None
    totals = counted["calls"].sum() if groups is None else groups.transform("sum")
    table = counted.assign(total=totals)
    table = table.assign(share=(table["calls"] / table["total"]).astype("float64"))
    limits = [
        wilson(calls, total) for calls, total in zip(table["calls"], table["total"], strict=True)
    ]
    table["share_low"] = [low for low, _ in limits]
    table["share_high"] = [high for _, high in limits]
    # Engines give groups in an order of their own: equal counts are ordered by what they count.
    table = table.sort_values(list(by), key=_sortable, kind="stable", na_position="last")
    keys = ["hour", "calls"] if "hour" in by else ["calls"]
    table = table.sort_values(keys, ascending=[key == "hour" for key in keys], kind="stable")
    return typed(table, [*(_CALLS[name] for name in by), *COUNTS])


def wilson(count: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % confidence interval of a share.

    Unlike the usual plus and minus it stays within 0 and 1, and is right for few calls too.

    Examples
    --------
    >>> low, high = wilson(0, 10)
    >>> round(low, 3), round(high, 3)
    (0.0, 0.278)
    """
    if not total:
        return 0.0, 1.0
    share, square = count / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    half = _Z * spread / (1 + square / total)
    # Rounding must not put the share itself outside of its interval.
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def typed(table: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """These columns of a table with exactly their declared dtypes."""
    made = {}
    table = table.reset_index(drop=True)
    for column in columns:
        values = table[column.name]
        if column.kind == "category":
            cells = [None if missing(cell) else cell for cell in values]
            made[column.name] = series(column, cells)
        elif column.kind == "text":
            cells = [None if missing(cell) else str(cell) for cell in values]
            made[column.name] = series(column, cells)
        elif column.kind == "time":
            made[column.name] = pd.to_datetime(values, utc=True).astype(cast("Any", column.dtype))
        else:
            made[column.name] = values.astype(cast("Any", column.dtype))
    return pd.DataFrame(made)


def missing(cell: Any) -> bool:
    """Whether a cell of a frame holds no value, in any of pandas' ways."""
    return bool(pd.isna(cell))


def _names(given: Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _sortable(values: pd.Series) -> pd.Series:
    return values.astype("str") if isinstance(values.dtype, pd.CategoricalDtype) else values
