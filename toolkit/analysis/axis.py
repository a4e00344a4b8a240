"""Calls, log events and task runs on one axis of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.codes import CallSource, as_calls, missing
from toolkit.analysis.happenings import happenings
from toolkit.analysis.logs import LogSources, read_log
from toolkit.analysis.runs import RunSource, task_runs
from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

KINDS = ("call", "event", "run")
COLUMNS = (
    Column("time", "time", about="when it happened, or began (UTC)"),
    Column("end", "time", about="when it ended (UTC); missing where it has no length"),
    Column("kind", "category", KINDS, "a call, an event of a log, or a run of a task"),
    Column("place", about="the function, the log's source, or the task"),
    Column("failed", "boolean", about="whether it went wrong"),
    Column("text", about="what it said"),
)


def timeline(
    *,
    calls: CallSource | None = None,
    log: pd.DataFrame | LogSources | None = None,
    runs: RunSource | None = None,
    start: dt.datetime | str | None = None,
    end: dt.datetime | str | None = None,
) -> pd.DataFrame:
    """What happened, in the order of time: calls, events of a log, and runs of tasks together.

    Parameters
    ----------
    calls : DataFrame or recordings, optional
        From :func:`read_calls`, or what that takes.
    log : DataFrame or log, optional
        From :func:`read_log`, or what that takes.
    runs : DataFrame, DataFrames or recordings, optional
        From :func:`task_runs`, or what that takes.
    start, end : datetime or str, optional
        Only what happened from here on, and before there; without a zone in UTC.

    Returns
    -------
    DataFrame
        ``time``, ``end`` datetime64[us, UTC] · ``kind`` category (call, event, run) · ``place``
        str · ``failed`` boolean · ``text`` str. What has no time is left out.

    Raises
    ------
    InvalidArgument
        There is nothing to put in order, or ``start`` is no time.

    Examples
    --------
    >>> timeline(log='<Log><E time="2019-04-01T08:00:00" text="up"/></Log>')["text"].tolist()
    ['up']
    """
    parts: list[pd.DataFrame] = []
    if calls is not None:
        parts.append(_calls(as_calls(calls)))
    if log is not None:
        parts.append(_read(log if counting.is_table(log) else read_log(log)))
    if runs is not None:
        parts.append(_runs(task_runs(runs)))
    if not parts:
        raise InvalidArgument("a timeline is of calls, a log or task runs; give one of them")
    rows = [row for part in parts for row in zip(*(part[one.name] for one in COLUMNS), strict=True)]
    cells = [[None if missing(cell) else _plain(cell) for cell in row] for row in rows]
    table = frame(COLUMNS, [row for row in cells if row[0] is not None])
    low, high = _moment(start), _moment(end)
    if low is not None:
        table = table[table["end"].fillna(table["time"]) >= low]
    if high is not None:
        table = table[table["time"] < high]
    return table.sort_values("time", kind="stable", ignore_index=True)


def _read(table: Any) -> pd.DataFrame:
    return counting.collected(happenings(table)).assign(end=None)


def _calls(calls: Any) -> pd.DataFrame:
    known = counting.collected(happenings(calls, "elapsed"))
    elapsed = pd.to_timedelta(known["elapsed"], unit="s").dt.round("us")
    return known.assign(end=(known["time"] + elapsed).dt.as_unit("us"))


def _runs(runs: pd.DataFrame) -> pd.DataFrame:
    # A run is placed by its begin; where it went wrong is its end.
    return _read(runs).assign(time=list(runs["started"]), end=list(runs["ended"]))


def _plain(cell: Any) -> Any:
    return cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell


def _moment(value: dt.datetime | str | None) -> pd.Timestamp | None:
    if value is None:
        return None
    try:
        moment = pd.Timestamp(value)
    except ValueError:
        raise InvalidArgument(f"{value!r} is no time; '2019-04-01 08:00' would be") from None
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
