"""The right questions for what is at hand: several analyses of calls, a log or tasks at once."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.calls import unreadable
from toolkit.analysis.codes import as_calls, result_codes
from toolkit.analysis.failures import errors
from toolkit.analysis.happenings import is_log, kind_of
from toolkit.analysis.latencies import latency
from toolkit.analysis.levels import log_levels
from toolkit.analysis.logbooks import recorded_logs
from toolkit.analysis.logins import sessions
from toolkit.analysis.logs import read_log, time_column
from toolkit.analysis.patterns import log_patterns, text_column
from toolkit.analysis.runs import task_runs, unusual_runs
from toolkit.analysis.scans import bursts
from toolkit.analysis.tasks import Gateway, finish, runs_of, task_readings, task_stats


class Overview(Mapping[str, pd.DataFrame]):
    """Tables by the name of the analysis that gave them; a notebook shows them below each other.

    Examples
    --------
    >>> view = overview('<Log><E time="2019-04-01T08:00:00" level="Info" text="up"/></Log>')
    >>> list(view)
    ['log_levels', 'log_patterns']
    >>> view["log_levels"]["events"].tolist()
    [1]
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        sizes = (f"{name}: {len(table):,} rows" for name, table in self._tables.items())
        return f"<overview {', '.join(sizes) or 'of nothing'}>"

    def _repr_html_(self) -> str:
        return "".join(
            f"<h4>{html.escape(name)}</h4>{table.head(10).to_html(index=False)}"
            for name, table in self._tables.items()
        )


def overview(source: Any) -> Overview:
    """What the source says at a glance: the analyses that fit it, those that find nothing left out.

    Parameters
    ----------
    source : recordings, DataFrame, log or gateway
        Recordings or calls (codes, errors, bursts, latency, sessions, and of what they recorded
        tasks, unusual runs and logs), a log (levels, bursts, patterns; runs, if it is a task's),
        runs or status readings of tasks, or a gateway, which is asked for its tasks.

    Returns
    -------
    Overview
        A mapping from the name of an analysis to its DataFrame; shown as a whole in a notebook.

    Raises
    ------
    CassetteError, DocumentError
        There is no such recording or log, or it cannot be read.

    Examples
    --------
    >>> list(overview("cassettes/"))[:4]
    ['result_codes', 'latency', 'sessions', 'task_stats']
    >>> table = overview("cassettes/")["sessions"]
    """
    if isinstance(source, Gateway):
        return Overview({"task_stats": task_stats(source)})
    if counting.is_table(source):
        return _of_table(source)
    if is_log(source):
        return _of_table(read_log(source))
    return _of_table(as_calls(source))


def _of_table(table: Any) -> Overview:
    return Overview(_BY_KIND[kind_of(table)](table))


def _of_calls(calls: Any) -> dict[str, pd.DataFrame]:
    found = {
        "result_codes": result_codes(calls),
        "errors": errors(calls),
        "bursts": bursts(calls),
        "latency": latency(calls),
        "sessions": sessions(calls),
    }
    if isinstance(calls, pd.DataFrame):
        log = recorded_logs(calls)
        runs = runs_of(log)
        found["task_stats"] = finish(task_readings(calls), runs)
        if len(log):
            found |= _of_log(log, runs)
        found["unreadable"] = unreadable(calls)
    return _with_something(found, "result_codes")


def _of_log(log: Any, runs: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
    found: dict[str, pd.DataFrame] = {}
    if isinstance(log, pd.DataFrame):
        found["log_levels"] = log_levels(log)
        if "run" in log and time_column(log):
            found["unusual_runs"] = unusual_runs(log if runs is None else runs)
    if text_column(log) is not None:
        if counting.time_column(log) is not None:
            found["log_bursts"] = bursts(log)
        found["log_patterns"] = log_patterns(log)
    return _with_something(found, "log_levels")


def _of_runs(runs: Any) -> dict[str, pd.DataFrame]:
    found = {"task_stats": task_stats(runs), "unusual_runs": unusual_runs(runs)}
    return _with_something(found | {"bursts": bursts(task_runs(runs))}, "task_stats")


def _of_readings(readings: Any) -> dict[str, pd.DataFrame]:
    return {"task_stats": task_stats(readings)}


_BY_KIND: dict[str, Callable[[Any], dict[str, pd.DataFrame]]] = {
    "calls": _of_calls,
    "log": _of_log,
    "runs": _of_runs,
    "readings": _of_readings,
}


def _with_something(found: dict[str, pd.DataFrame], always: str) -> dict[str, pd.DataFrame]:
    return {name: table for name, table in found.items() if len(table) or name == always}
