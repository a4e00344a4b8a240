"""What the tasks did: executions, errors and durations, from recorded status calls or live."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Protocol, TypeAlias, runtime_checkable

import pandas as pd

from toolkit import services
from toolkit.analysis.codes import as_calls, missing
from toolkit.analysis.happenings import kind_of
from toolkit.analysis.logbooks import recorded_logs
from toolkit.analysis.recordings import recorded
from toolkit.analysis.runs import COLUMNS as RUN_COLUMNS, KINDS, task_runs, unusual_runs
from toolkit.analysis.schedules import schedule_of
from toolkit.analysis.sources import CassetteSource
from toolkit.frames import Column, frame, series
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.closing import AsyncClosing

STATUSES = ("Error", "Executing", "Idle", "Paused", "Waiting")

READING_COLUMNS = (
    Column("config", about="the configuration"),
    Column("task", about="the task"),
    Column("start_time", "time", about="begin of the last run (UTC)"),
    Column("end_time", "time", about="end of the last run (UTC)"),
    Column("last_error_time", "time", about="when a run last failed (UTC)"),
    Column("status", "category", STATUSES, "what the task was doing"),
    Column("error", about="text of the last error"),
    Column("executions", "integer", about="runs since the task's statistics were reset"),
    Column("errors", "integer", about="runs of those that failed"),
    Column("at", "time", about="when the record was read (UTC)"),
)
COLUMNS = (
    Column("config", about="the configuration"),
    Column("task", about="the task"),
    Column("status", "category", STATUSES, "in the latest reading"),
    Column("executions", "integer", about="runs, in the latest reading"),
    Column("errors", "integer", about="failed runs, in the latest reading"),
    Column("error_rate", "number", about="errors per execution, 0 to 1; missing without a run"),
    Column("last_start", "time", about="begin of the last run (UTC)"),
    Column("last_duration", "number", about="seconds of the last run; missing while it runs"),
    Column("last_error_at", "time", about="when a run last failed (UTC)"),
    Column("last_error", about="text of the last error"),
    Column("readings", "integer", about="how many status records were read"),
    Column("first_read", "time", about="the first reading (UTC)"),
    Column("last_read", "time", about="the latest reading (UTC)"),
    Column("new_executions", "integer", about="runs between the first and the latest reading"),
    Column("new_errors", "integer", about="failed runs between the two"),
    Column("resets", "integer", about="how often the counts fell: the statistics were reset"),
    Column("runs", "integer", about="runs that the task's log tells of"),
    Column("failed_runs", "integer", about="those of them that failed"),
    Column("seconds_p50", "number", about="half of the runs took no longer"),
    Column("seconds_p95", "number", about="95 of 100 runs took no longer"),
    Column("gap_p50", "number", about="seconds between the begins of two runs: half are no more"),
    Column("gap_p95", "number", about="95 of 100 are no more"),
    Column("every", "number", about="seconds of the schedule that the runs follow; else missing"),
    Column("late", "integer", about="runs that began much later than due"),
    Column("missed", "integer", about="times at which a run was due and none began"),
    Column("slow", "integer", about="runs that took much longer than the task's do"),
)


@runtime_checkable
class Gateway(Protocol):
    """A client that reads the status records of all its tasks."""

    def task_statuses(self) -> pd.DataFrame:
        """The records as they are now: READING_COLUMNS."""
        ...


TaskSource: TypeAlias = "pd.DataFrame | Gateway | CassetteSource"

# By what pairs and counts of runs become numbers of a task.
_OF_RUNS = (
    ("runs", lambda runs: len(runs)),
    ("failed_runs", lambda runs: int((runs["outcome"] == "failed").sum())),
    ("seconds_p50", lambda runs: runs["seconds"].quantile(0.5)),
    ("seconds_p95", lambda runs: runs["seconds"].quantile(0.95)),
    ("gap_p50", lambda runs: runs["gap"].quantile(0.5)),
    ("gap_p95", lambda runs: runs["gap"].quantile(0.95)),
)


def task_stats(source: TaskSource) -> pd.DataFrame:
    """Statistics of tasks: the latest status of each, what changed since the first, and its runs.

    Parameters
    ----------
    source : DataFrame, gateway or recordings
        Calls from :func:`read_calls` (the status records and the tasks' logs that they recorded
        are read), readings from ``gateway.task_statuses()`` (also several of them, concatenated),
        a task's log or runs from :func:`task_runs`, a gateway, which is asked for its readings
        now, or recordings, as :func:`read_calls` takes them.

    Returns
    -------
    DataFrame
        A row a task, in the order of names: ``config``, ``task`` str · ``status`` category ·
        ``executions``, ``errors`` Int64 (of the status record; where there is none, of the log) ·
        ``error_rate`` float64, 0 to 1 · ``last_start`` datetime64[us, UTC] · ``last_duration``
        float64, seconds · ``last_error_at`` datetime64[us, UTC] · ``last_error`` str ·
        ``readings`` Int64 · ``first_read``, ``last_read`` datetime64[us, UTC] ·
        ``new_executions``, ``new_errors``, ``resets`` Int64.

        Of the task's log, missing where it was not recorded: ``runs``, ``failed_runs`` Int64 ·
        ``seconds_p50``, ``seconds_p95``, ``gap_p50``, ``gap_p95``, ``every`` float64, seconds ·
        ``late``, ``missed``, ``slow`` Int64; :func:`unusual_runs` lists these.

    Raises
    ------
    CassetteError
        A cassette of the calls is gone.

    Examples
    --------
    >>> len(task_stats(gateway))
    12
    >>> stats = task_stats("cassettes/monday.yaml")
    """
    return finish(*_sources(source))


def finish(readings: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Statistics of tasks from their status records and their runs; either may be empty."""
    rows = {
        (str(config), str(task)): _of_one_task(str(config), str(task), group)
        for (config, task), group in readings.groupby(["config", "task"], dropna=False)
    }
    unusual = unusual_runs(runs).groupby(["config", "task"], dropna=False)["kind"]
    kinds = {key: group.astype("str").value_counts() for key, group in unusual}
    for key, group in runs.groupby(["config", "task"], dropna=False, sort=False):
        named = ("" if missing(key[0]) else str(key[0]), str(key[1]))
        row = rows.setdefault(named, _from_runs(*named, group))
        row |= {name: _cell(of(group)) for name, of in _OF_RUNS}
        schedule = schedule_of(group["started"])
        row["every"] = schedule.every if schedule else None
        row |= {kind: int(kinds[key].get(kind, 0)) if key in kinds else 0 for kind in KINDS}
    return frame(COLUMNS, [rows[key] for key in sorted(rows)])


def _sources(source: TaskSource) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The status records and the runs that a source tells of."""
    if isinstance(source, pd.DataFrame):
        kind = kind_of(source)
        if kind == "runs" or (kind == "log" and "run" in source):
            return frame(READING_COLUMNS), task_runs(source)
    if isinstance(source, Gateway) or (isinstance(source, pd.DataFrame) and kind != "calls"):
        return task_readings(source), frame(RUN_COLUMNS)
    calls = as_calls(source)
    return task_readings(calls), runs_of(recorded_logs(calls))


def runs_of(log: pd.DataFrame) -> pd.DataFrame:
    """The runs that a log tells of; none if it is no task's."""
    return task_runs(log) if "run" in log else frame(RUN_COLUMNS)


def _from_runs(config: str, task: str, runs: pd.DataFrame) -> dict[str, Any]:
    """What the log says in place of the status record that was not read."""
    failed = runs[runs["outcome"] == "failed"]
    last, worst = runs.iloc[-1], None if failed.empty else failed.iloc[-1]
    return {
        "config": config or None,
        "task": task,
        "executions": len(runs),
        "errors": len(failed),
        "error_rate": len(failed) / len(runs),
        "last_start": _cell(last["started"]),
        "last_duration": _cell(last["seconds"]),
        "last_error_at": None if worst is None else _cell(worst["ended"]),
        "last_error": None if worst is None else _cell(worst["error"]),
        "readings": 0,
    }


def task_readings(source: TaskSource) -> pd.DataFrame:
    """All status records in the source, one row each, in the order of time."""
    if isinstance(source, AsyncClosing):
        raise InvalidArgument(
            "task_stats cannot wait for a client of connect_async: give it "
            "`await gateway.task_statuses()`"
        )
    if isinstance(source, Gateway):
        found = source.task_statuses()
    elif isinstance(source, pd.DataFrame) and "executions" in source:
        found = source
    elif isinstance(source, pd.DataFrame) and "cassette" not in source:
        raise InvalidArgument(
            "task_stats takes calls (of read_calls), readings (of gateway.task_statuses), a "
            "task's log or runs (of task_runs), "
            f"not a table with the columns {', '.join(map(str, source))}"
        )
    else:
        found = _from_calls(as_calls(source))
    return _declared(found).sort_values("at", kind="stable", ignore_index=True)


def _from_calls(calls: pd.DataFrame) -> pd.DataFrame:
    installed = services.load()
    readings: list[pd.DataFrame] = []
    for _, interaction in recorded(calls[calls["service"].isin(list(installed))]):
        for service in installed.values():
            if service.recognises(interaction.request):
                reading = service.task_statuses(interaction)
                if reading is not None:
                    readings.append(_declared(reading))
                break
    if not readings:
        return frame(READING_COLUMNS)
    cells = (row for reading in readings for row in reading.itertuples(index=False))
    return frame(READING_COLUMNS, ([_cell(value) for value in row] for row in cells))


def _declared(table: pd.DataFrame) -> pd.DataFrame:
    """The reading's columns with their dtypes; one that is not there is missing."""
    made = {}
    for column in READING_COLUMNS:
        if column.name not in table:
            made[column.name] = series(column, [None] * len(table))
        elif str(table[column.name].dtype) == column.dtype and column.kind != "category":
            made[column.name] = table[column.name].reset_index(drop=True)
        else:
            made[column.name] = series(column, [_cell(value) for value in table[column.name]])
    return pd.DataFrame(made)


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _of_one_task(config: str, task: str, readings: pd.DataFrame) -> dict[str, Any]:
    last = {name: _cell(value) for name, value in readings.iloc[-1].items()}
    executions, errors = last["executions"], last["errors"]
    start, end = last["start_time"], last["end_time"]
    ended = start is not None and end is not None and end >= start
    times = readings["at"].dropna()
    return {
        "config": config,
        "task": task,
        "status": last["status"],
        "executions": executions,
        "errors": errors,
        "error_rate": errors / executions if executions and errors is not None else None,
        "last_start": start,
        "last_duration": (end - start).total_seconds() if ended else None,
        "last_error_at": last["last_error_time"],
        "last_error": last["error"] or None,
        "readings": len(readings),
        "first_read": _cell(times.iloc[0]) if len(times) else None,
        "last_read": _cell(times.iloc[-1]) if len(times) else None,
        "new_executions": _increase(readings["executions"]),
        "new_errors": _increase(readings["errors"]),
        "resets": int((readings["executions"].dropna().diff() < 0).sum()),
    }


def _increase(counts: pd.Series) -> int | None:
    """How much a counter grew; after a reset it grew from nothing."""
    known = [int(value) for value in counts.dropna()]
    if not known:
        return None
    return sum(after - before if after >= before else after for before, after in pairwise(known))
