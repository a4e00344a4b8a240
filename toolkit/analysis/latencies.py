"""How long calls take: percentiles and histograms of each function."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.analysis import buckets, counting
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import CallSource, as_calls, missing, typed
from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

BY = ("service", "function")

_CALLS = {column.name: column for column in CALL_COLUMNS}
PERCENTILES = (0.5, 0.9, 0.95, 0.99)
MEASURES = (
    Column("calls", "integer", about="how many whose duration was recorded"),
    Column("mean", "number", about="seconds"),
    Column("least", "number", about="seconds of the fastest"),
    Column("p50", "number", about="seconds: half of the calls took no longer"),
    Column("p90", "number", about="seconds: nine of ten took no longer"),
    Column("p95", "number", about="seconds: 95 of 100 took no longer"),
    Column("p99", "number", about="seconds: 99 of 100 took no longer"),
    Column("greatest", "number", about="seconds of the slowest"),
    Column("total", "number", about="seconds that all of them took"),
)
BINS = (
    Column("start", "number", about="seconds: begin of the interval"),
    Column("end", "number", about="seconds: its end"),
    Column("calls", "integer", about="how many took so long"),
    Column("share", "number", about="of the group's calls, 0 to 1"),
)
_PER_DECADE = 10


def latency(calls: CallSource, *, by: Sequence[str] = BY) -> pd.DataFrame:
    """Percentiles of the calls' durations.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls` (a frame of any engine with its columns), or what that takes.
    by : sequence of str
        Columns of ``calls`` to group by; none (``[]``) for all calls together.

    Returns
    -------
    DataFrame
        The columns of ``by``, then ``calls`` Int64 (those whose duration was recorded; cassettes
        of other writers have none) and, in seconds, float64: ``mean``, ``least``, ``p50``,
        ``p90``, ``p95``, ``p99``, ``greatest``, ``total``. The slowest by ``p95`` first.
        Percentiles are within 1 % of the exact ones, whatever engine counted.

    Raises
    ------
    InvalidArgument
        ``by`` names something that is not there.

    Examples
    --------
    >>> table = latency("cassettes/")[["function", "p50", "p95"]]
    """
    by = _checked(by)
    return finish(count(as_calls(calls), by), by)


def histogram(calls: CallSource, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """How many calls took how long, in ten intervals to each power of ten.

    Parameters
    ----------
    calls, by
        As :func:`latency`; by default all calls together.

    Returns
    -------
    DataFrame
        The columns of ``by``, then ``start``, ``end`` float64 (seconds; each interval is 1.26
        times as long as the one before), ``calls`` Int64, ``share`` float64 (of the group's
        calls). Only intervals that hold calls, the shortest first.

    Examples
    --------
    >>> histogram("cassettes/", by=["function"]).columns.tolist()
    ['function', 'start', 'end', 'calls', 'share']
    """
    by = _checked(by)
    return finish_histogram(count(as_calls(calls), by), by)


def count(calls: Any, by: Sequence[str]) -> pd.DataFrame:
    """Durations of each group in buckets: what parts of the data can be counted apart."""
    return buckets.count(counting.lazily(calls, CALL_COLUMNS), by)


def finish(counted: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Percentiles, order and dtypes of counts that may come from several parts."""
    columns = [*(_CALLS[name] for name in by), *MEASURES]
    rows = []
    for key, group in _groups(counted, by):
        one = buckets.Durations(group)
        percentiles = [one.percentile(share) for share in PERCENTILES]
        least, greatest = float(group["low"].min()), float(group["high"].max())
        rows.append((*key, one.calls, one.mean, least, *percentiles, greatest, one.total))
    rows.sort(key=lambda row: (-row[len(by) + 5], *map(str, row[: len(by)])))
    return frame(columns, rows)


def finish_histogram(counted: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Wider intervals of the buckets, with shares."""
    middle = (counted["low"].clip(lower=buckets.SHORTEST) * counted["high"]) ** 0.5
    middle = middle.clip(lower=buckets.SHORTEST)
    place = [math.floor(math.log10(value) * _PER_DECADE) for value in middle]
    table = counted.assign(place=pd.Series(place, counted.index, dtype="int64"))
    bins = table.groupby([*by, "place"], dropna=False, observed=True)["calls"].sum().reset_index()
    total = (
        bins.groupby(list(by), dropna=False, observed=True)["calls"].transform("sum")
        if by
        else bins["calls"].sum()
    )
    bins = bins.assign(
        start=10.0 ** (bins["place"] / _PER_DECADE),
        end=10.0 ** ((bins["place"] + 1) / _PER_DECADE),
        share=(bins["calls"] / total).astype("float64"),
    )
    return typed(bins, [*(_CALLS[name] for name in by), *BINS])


def _groups(counted: pd.DataFrame, by: Sequence[str]) -> list[tuple[tuple[Any, ...], pd.DataFrame]]:
    if not by:
        return [((), counted)] if len(counted) else []
    return [
        (tuple(None if missing(cell) else cell for cell in key), group)
        for key, group in counted.groupby(list(by), dropna=False, observed=True)
    ]


def _checked(by: Sequence[str]) -> list[str]:
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in _CALLS or name == "elapsed":
            raise InvalidArgument(f"calls cannot be grouped by {name!r}; 'function' would be right")
    return names


def durations(counted: pd.DataFrame, by: Sequence[str]) -> dict[tuple[Any, ...], buckets.Durations]:
    """The durations of each group."""
    return {key: buckets.Durations(group) for key, group in _groups(counted, by)}
