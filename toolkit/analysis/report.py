"""One HTML file with what the recordings, the tasks and the log say."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pandas as pd

from toolkit.analysis import plots
from toolkit.analysis.calls import unreadable
from toolkit.analysis.codes import NO_FAILURE, as_calls, result_codes
from toolkit.analysis.levels import log_levels
from toolkit.analysis.logs import LogSources, read_log, time_column
from toolkit.analysis.page import cell, page, picture, table
from toolkit.analysis.sources import CassetteSource
from toolkit.analysis.tasks import TaskSource, task_stats
from toolkit.outcomes import InvalidArgument

_FAILED_SHOWN = 50

Section = tuple[str, str]


def write_report(
    path: str | os.PathLike[str],
    *,
    calls: pd.DataFrame | CassetteSource | None = None,
    tasks: TaskSource | None = None,
    log: pd.DataFrame | LogSources | None = None,
    title: str = "Session report",
) -> Path:
    """Write a report: one HTML file that opens anywhere, with no network.

    Parameters
    ----------
    path : path
        Of the file; one that is there is replaced.
    calls : DataFrame or recordings, optional
        From :func:`read_calls`, or what that takes.
    tasks : DataFrame, gateway or recordings, optional
        From :func:`task_stats`, or what that takes.
    log : DataFrame or log, optional
        From :func:`read_log`, or what that takes.
    title : str
        Heading and title of the page.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InvalidArgument
        There is nothing to report on.

    Examples
    --------
    >>> write_report("monday.html", calls="cassettes/", log="agent.xml")     # doctest: +SKIP
    """
    if calls is None and tasks is None and log is None:
        raise InvalidArgument("a report is on calls, tasks or a log; give one of them at least")
    sections: list[Section] = []
    lead: list[str] = []
    if calls is not None:
        table_of_calls = as_calls(calls)
        lead.append(_span(table_of_calls, "at", "call"))
        sections += _calls(table_of_calls)
    if tasks is not None:
        stats = tasks if plots.is_stats(tasks) else task_stats(tasks)
        assert isinstance(stats, pd.DataFrame)  # noqa: S101 - either way
        lead.append(f"{len(stats):,} tasks")
        sections.append(_tasks(stats))
    if log is not None:
        events = log if isinstance(log, pd.DataFrame) else read_log(log)
        lead.append(_span(events, time_column(events), "event"))
        sections.append(_log(events))
    target = Path(path)
    text = page(title, "; ".join(lead) + ". Times are UTC.", sections)
    target.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    return target


def _calls(calls: pd.DataFrame) -> list[Section]:
    codes = result_codes(calls)
    plot = picture(plots.plot_result_codes(calls), "codes", "Calls of each function by outcome")
    hours = result_codes(calls, by=["hour", "category"]).drop(columns=["first", "last"])
    failed = calls[~calls["category"].isin(NO_FAILURE)]
    failed = failed.sort_values("at", kind="stable").tail(_FAILED_SHOWN)
    shown = ["at", "function", "target", "code", "label", "category", "message", "cassette"]
    sections = [
        ("Result codes", plot + table(codes, "How often each code came back.")),
        ("Calls by hour", table(hours, "Outcomes of the calls of each hour.")),
        (
            "Latest failures",
            table(failed[shown], "Calls that did not succeed, the last at the end."),
        ),
    ]
    faults = unreadable(calls)
    if len(faults):
        sections.append(("Not read", table(faults, "Files that could not be read, or not whole.")))
    return sections


def _tasks(stats: pd.DataFrame) -> Section:
    plot = picture(plots.plot_task_stats(stats), "tasks", "Executions of each task and failures")
    return "Tasks", plot + table(stats, "Each task's latest status record, and the change to it.")


def _log(log: pd.DataFrame) -> Section:
    plot = picture(plots.plot_log_levels(log), "log", "Events of the log over time by level")
    note = ""
    if log.attrs.get("truncated"):
        note = "<p>The log was still being written: its whole events are here.</p>"
    return "Log", plot + note + table(log_levels(log), "Events by level and hour.")


def _span(data: pd.DataFrame, time: str | None, thing: str) -> str:
    said = f"{len(data):,} {thing}{'' if len(data) == 1 else 's'}"
    times = list(data[time].dropna()) if time is not None else []
    if not times:
        return said
    first, last = (_minute(moment) for moment in (min(times), max(times)))
    return f"{said} from {first} to {last}"


def _minute(moment: dt.datetime) -> str:
    return cell(moment)[:16]
