"""Runs of tasks from their logs: when each began, how long it took, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, cast

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.codes import CallSource, as_calls, missing, typed
from toolkit.analysis.happenings import FAILURES, kind_of
from toolkit.analysis.logbooks import recorded_logs
from toolkit.analysis.patterns import masked
from toolkit.analysis.schedules import Schedule, schedule_of
from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

OUTCOMES = ("succeeded", "failed", "unfinished")

COLUMNS = (
    Column("config", about="the configuration; missing where the log does not say"),
    Column("task", about="the task"),
    Column("run", "integer", about="the run's number, as the log counts"),
    Column("started", "time", about="its first event (UTC)"),
    Column("ended", "time", about="its last event (UTC); missing while it runs"),
    Column("seconds", "number", about="how long it took; missing while it runs"),
    Column("outcome", "category", OUTCOMES, "how it ended"),
    Column("error", about="why it failed"),
    Column("gap", "number", about="seconds since the task's run before began"),
    Column("due", "time", about="when its schedule had it begin (UTC); missing without a schedule"),
    Column("delay", "number", about="seconds that it began after that"),
    Column("late", "boolean", about="whether it began much later than due"),
    Column("slow", "boolean", about="whether it took much longer than the task's runs do"),
)
KINDS = ("missed", "late", "slow")
UNUSUAL = (
    Column("kind", "category", KINDS, "what is unusual"),
    Column("config", about="the configuration"),
    Column("task", about="the task"),
    Column("run", "integer", about="the run's number; a missed one has none"),
    Column("due", "time", about="when it was due (UTC)"),
    Column("started", "time", about="when it began (UTC)"),
    Column("delay", "number", about="seconds that it began after it was due"),
    Column("seconds", "number", about="how long it took"),
    Column("usual", "number", about="seconds that the task's runs take (median), or between them"),
)
SLOW = 3.0
"""A run is slow from so many times the median of its task's on; they vary by half of that."""
_ENOUGH = 5  # runs, before any of them can be called slow

AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {
    "events": ("count", "time"),
    "started": ("min", "time"),
    "last": ("max", "time"),
    "last_error": ("max", "error_time"),
    "seconds": ("max", "seconds"),
    "failed_seconds": ("max", "error_seconds"),
    "error": ("max", "error_text"),
}
_SECONDS = ("duration", "seconds", "elapsed")

RunSource: TypeAlias = "pd.DataFrame | CallSource | Sequence[pd.DataFrame]"


def task_runs(source: RunSource) -> pd.DataFrame:
    """The runs of tasks, from the tasks' logs.

    Parameters
    ----------
    source : DataFrame, DataFrames, or recordings
        A task's log with a column ``run`` (from ``gateway.task.get_log``), several of them, calls
        from :func:`read_calls` (the logs they recorded are read), or recordings.

    Returns
    -------
    DataFrame
        In the order of their begin: ``config``, ``task`` str · ``run`` Int64 · ``started``,
        ``ended`` datetime64[us, UTC] · ``seconds`` float64 · ``outcome`` category (succeeded,
        failed, unfinished) · ``error`` str · ``gap`` float64, seconds since the run before began ·
        ``due`` datetime64[us, UTC] and ``delay`` float64, seconds: by the schedule that the
        begins of most runs follow; missing for tasks that follow none · ``late``, ``slow``
        boolean.

    Raises
    ------
    InvalidArgument
        The log has no column ``run``.

    Examples
    --------
    >>> log = '<Log><E time="2019-04-01T08:00:00" run="1" text="go"/></Log>'
    >>> from toolkit.analysis import read_log
    >>> task_runs(read_log(log))[["run", "outcome"]].values.tolist()
    [[1, 'unfinished']]
    """
    if isinstance(source, pd.DataFrame) and kind_of(source) == "runs":
        return source
    log = as_log(source)
    if log is not source and "run" not in log:
        return frame(COLUMNS)  # recordings without a task's log
    return finish(count(log))


def unusual_runs(source: RunSource) -> pd.DataFrame:
    """Runs that began late, took very long, or never began.

    Parameters
    ----------
    source : DataFrame, DataFrames, or recordings
        From :func:`task_runs`, or what that takes.

    Returns
    -------
    DataFrame
        In the order of time: ``kind`` category (missed, late, slow) · ``config``, ``task`` str ·
        ``run`` Int64, missing for a missed one · ``due``, ``started`` datetime64[us, UTC] ·
        ``delay``, ``seconds`` float64 · ``usual`` float64, seconds: the median of the task's
        runs for a slow one, the time from one run to the next for the others.

    Examples
    --------
    >>> odd = unusual_runs(gateway.task.get_log("Nightly", "index"))
    """
    runs = task_runs(source)
    rows: list[tuple[Any, ...]] = []
    for (config, task), group in runs.groupby(["config", "task"], dropna=False, sort=False):
        name = (_or_none(config), _or_none(task))
        schedule = schedule_of(group["started"])
        every = schedule.every if schedule else None
        usual = _usual(group)
        for run in group.to_dict("records"):
            cells = [_or_none(run[one]) for one in ("run", "due", "started", "delay", "seconds")]
            rows += [
                (kind, *name, *cells, measure)
                for kind, measure in (("late", every), ("slow", usual))
                if run[kind] is True
            ]
        if schedule:
            rows += [
                ("missed", *name, None, due, None, None, None, every) for due in schedule.missed()
            ]
    rows.sort(key=lambda row: (row[5] or row[4], row[0]))
    return frame(UNUSUAL, rows)


def as_log(source: RunSource) -> Any:
    """The log itself, those of several tasks in one table, or those that were recorded."""
    if counting.is_table(source):
        return recorded_logs(cast("Any", source)) if kind_of(source) == "calls" else source
    if isinstance(source, Sequence) and source and all(map(counting.is_table, source)):
        return pd.concat([_with_target(log) for log in cast("Any", source)], ignore_index=True)
    return recorded_logs(as_calls(cast("CallSource", source)))


def count(log: Any) -> pd.DataFrame:
    """Begin, end and errors of each run: what parts of a log can be counted apart."""
    schema = counting.schema(log)
    if "run" not in schema:
        raise InvalidArgument(
            "runs are told from a task's log with a column 'run', as gateway.task.get_log gives; "
            f"this one has: {', '.join(schema.names()) or 'no columns'}"
        )
    seconds = next((name for name in _SECONDS if name in schema), None)
    place = next((name for name in ("target", "task", "log", "source") if name in schema), None)
    failed = nw.col("level").str.to_lowercase().is_in(FAILURES).fill_null(value=False)
    frame = masked(log).filter(~nw.col("run").is_null())
    frame = frame.with_columns(
        target=nw.lit(None, nw.String) if place is None else nw.col(place).cast(nw.String),
        seconds=nw.lit(None, nw.Float64) if seconds is None else nw.col(seconds).cast(nw.Float64),
    ).with_columns(
        error_time=nw.when(failed).then(nw.col("time")),
        error_text=nw.when(failed).then(nw.col("text")),
        error_seconds=nw.when(failed).then(nw.col("seconds")),
    )
    return counting.counted(frame, ["target", "run"], AGGREGATES)


def finish(counted: pd.DataFrame) -> pd.DataFrame:
    """How each run ended, and what its task's schedule says of it."""
    table = counted.copy()
    done = table["seconds"].notna() | (table["events"] > 1)
    by_duration = table["seconds"].notna()
    # The event that says how long a run took is the one that says how it ended.
    failed = (
        table["failed_seconds"].notna().where(by_duration, table["last_error"] == table["last"])
    )
    table["outcome"] = "succeeded"
    table.loc[failed, "outcome"] = "failed"
    table.loc[~done, "outcome"] = "unfinished"
    table["ended"] = table["last"].where(done)
    span = (table["last"] - table["started"]).dt.total_seconds()
    table["seconds"] = table["seconds"].fillna(span.where(done)).astype("float64")
    table["error"] = table["error"].where(table["outcome"] == "failed")
    target = [None if missing(one) else str(one) for one in table["target"]]
    table["config"] = [one.rpartition("/")[0] or None if one else None for one in target]
    table["task"] = [one.rpartition("/")[2] if one else None for one in target]
    table = table.sort_values(["started", "task", "run"], kind="stable", ignore_index=True)
    for name in ("gap", "delay"):
        table[name] = float("nan")
    table["due"] = pd.Series(pd.NaT, table.index, dtype="datetime64[us, UTC]")
    table["late"] = False
    table["slow"] = False
    for _, group in table.groupby(["config", "task"], dropna=False, sort=False):
        table.loc[group.index, "gap"] = group["started"].diff().dt.total_seconds()
        limit = _usual(group) * SLOW
        if len(group) >= _ENOUGH:
            table.loc[group.index, "slow"] = group["seconds"] > limit
        schedule = schedule_of(group["started"])
        if schedule:
            _place(table, group, schedule)
    return typed(table, COLUMNS)


def _place(table: pd.DataFrame, runs: pd.DataFrame, schedule: Schedule) -> None:
    due = schedule.due(runs["started"])
    delay = (runs["started"] - due).dt.total_seconds()
    table.loc[runs.index, "due"] = due
    table.loc[runs.index, "delay"] = delay
    table.loc[runs.index, "late"] = delay > schedule.tolerance


def _usual(runs: pd.DataFrame) -> float:
    """The median seconds of the runs that succeeded, or of all where none did."""
    good = runs.loc[runs["outcome"] == "succeeded", "seconds"].dropna()
    return float((good if len(good) else runs["seconds"]).median())


def _with_target(log: pd.DataFrame) -> pd.DataFrame:
    target = log.attrs.get("target")
    plain = log.copy()
    plain.attrs = {}
    return plain if target is None or "target" in log else plain.assign(target=str(target))


def _or_none(cell: Any) -> Any:
    return None if missing(cell) else cell
