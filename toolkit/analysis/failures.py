"""What went wrong: every kind of failure with its share, and what it said."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import BY, NO_FAILURE, CallSource, as_calls, typed, wilson
from toolkit.frames import Column

_CALLS = {column.name: column for column in CALL_COLUMNS}
COLUMNS = (
    *(_CALLS[name] for name in BY),
    Column("calls", "integer", about="how many failed so"),
    Column("share", "number", about="of the function's calls, 0 to 1"),
    Column("share_low", "number", about="the share's confidence interval (95 %, Wilson) from here"),
    Column("share_high", "number", about="to here"),
    Column("first", "time", about="when the first was sent (UTC)"),
    Column("last", "time", about="when the last was sent (UTC)"),
    Column("message", about="the text that came with one of them"),
    Column("target", about="what one of them was aimed at"),
)
AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {
    "calls": ("count", "at"),
    "first": ("min", "at"),
    "last": ("max", "at"),
    "message": ("max", "message"),
    "target": ("max", "target"),
}


def errors(calls: CallSource) -> pd.DataFrame:
    """The calls that failed, by function and code.

    A challenge of a login is no failure; a call that got no answer is one.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls` (a frame of any engine with its columns), or what that takes.

    Returns
    -------
    DataFrame
        Most frequent first: ``service``, ``function`` category · ``code`` Int64 · ``label``,
        ``category`` category · ``calls`` Int64 · ``share``, ``share_low``, ``share_high`` float64
        (of the function's calls, with its 95 % confidence interval) · ``first``, ``last``
        datetime64[us, UTC] · ``message``, ``target`` str, of one of them.

    See Also
    --------
    bursts : when failures came thick and fast, and what came before.

    Examples
    --------
    >>> failed = errors("cassettes/")[["function", "label", "calls", "message"]]
    """
    return finish(count(as_calls(calls)))


def count(calls: Any) -> pd.DataFrame:
    """Calls of each outcome, failures or not: what parts of the data can be counted apart."""
    frame = counting.lazily(calls, CALL_COLUMNS)
    return counting.counted(
        frame.with_columns(nw.col("message", "target").cast(nw.String)), BY, AGGREGATES
    )


def finish(counted: pd.DataFrame) -> pd.DataFrame:
    """Shares, order and dtypes of the failures among the counts."""
    function = counted.groupby(["service", "function"], observed=True, dropna=False)["calls"]
    table = counted.assign(total=function.transform("sum"))
    table = table[~table["category"].isin(NO_FAILURE)]
    table = table.assign(share=(table["calls"] / table["total"]).astype("float64"))
    limits = [
        wilson(calls, total) for calls, total in zip(table["calls"], table["total"], strict=True)
    ]
    table["share_low"] = [low for low, _ in limits]
    table["share_high"] = [high for _, high in limits]
    for name in ("message", "target"):
        table[name] = table[name].fillna("")
    table = table.sort_values(["first", "code"], kind="stable")
    return typed(table.sort_values("calls", ascending=False, kind="stable"), COLUMNS)
