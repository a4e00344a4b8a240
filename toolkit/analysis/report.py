"""One file with what the recordings, the tasks and the log say: a page, or Markdown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.analysis import counting, highlights, markdown, page, plots
from toolkit.analysis.calls import unreadable
from toolkit.analysis.codes import NO_FAILURE, CallSource, as_calls
from toolkit.analysis.findings import InCalls, InLog, InRuns
from toolkit.analysis.logbooks import recorded_logs
from toolkit.analysis.logs import LogSources, read_log, time_column
from toolkit.analysis.sections import Facts, Picture, Section, Table, Text
from toolkit.analysis.tasks import TaskSource, finish, runs_of, task_readings, task_stats
from toolkit.outcomes import CassetteError, InvalidArgument

_FAILED_SHOWN = 50
_MARKDOWN = (".md", ".markdown")


def write_report(
    path: str | os.PathLike[str],
    *,
    calls: CallSource | None = None,
    tasks: TaskSource | None = None,
    log: pd.DataFrame | LogSources | None = None,
    title: str = "Session report",
) -> Path:
    """Write a report: one file that opens anywhere, with no network.

    Its sections: overview, result codes, errors and bursts, latency, sessions, tasks, log, and
    what could not be read; those for which there is something.

    Parameters
    ----------
    path : path
        Of the file; one that is there is replaced. A name that ends in ``.md`` gives Markdown
        (without plots), any other an HTML page.
    calls : DataFrame or recordings, optional
        From :func:`read_calls`, or what that takes. Tasks and logs that they recorded are
        reported on too, unless others are given.
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
    >>> write_report("monday.html", calls="cassettes/", log="agent.xml").name
    'monday.html'
    >>> write_report("monday.md", calls="cassettes/monday.yaml").name
    'monday.md'
    """
    if calls is None and tasks is None and log is None:
        raise InvalidArgument("a report is on calls, tasks or a log; give one of them at least")
    lead: list[str] = []
    sections: list[Section] = []
    points: list[str] = []
    runs: InRuns | None = None
    table: Any = None
    if calls is not None:
        table = as_calls(calls)
        found = InCalls(table)
        lead.append(highlights.span(table, counting.time_column(table), "call"))
        sections += _calls(found)
        points += highlights.of_calls(found)
        if isinstance(table, pd.DataFrame):
            tasks, log, runs = _recorded(table, tasks, log)
    if tasks is not None:
        stats: Any = tasks if plots.is_stats(tasks) else task_stats(tasks)
        lead.append(f"{len(stats):,} tasks")
        points += highlights.of_tasks(stats, runs)
        sections.append(_tasks(stats, runs))
    if log is not None:
        events: Any = log if counting.is_table(log) else read_log(log)
        logged = InLog(events)
        lead.append(highlights.span(events, time_column(events), "event"))
        points += highlights.of_log(logged, runs)
        sections.append(_log(logged))
    if isinstance(table, pd.DataFrame):
        sections += _not_read(table)
    sections.insert(0, Section("Overview", [Facts(tuple(points))]))
    target = Path(path)
    write = markdown.document if target.suffix.lower() in _MARKDOWN else page.page
    text = write(title, "; ".join(lead) + ". Times are UTC.", sections)
    target.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    return target


def _recorded(calls: pd.DataFrame, tasks: Any, log: Any) -> tuple[Any, Any, InRuns | None]:
    """The tasks and logs that the calls recorded, where no others are given."""
    try:
        found = recorded_logs(calls)
        runs = runs_of(found)
        if tasks is None:
            stats = finish(task_readings(calls), runs)
            tasks = stats if len(stats) else None
    except CassetteError:  # a table that was kept, its cassettes moved: calls are reported on
        return tasks, log, None
    # A task's log tells what its runs tell; the service's own log is the one to show.
    own = found[found["target"].fillna("") == ""]
    if log is None and len(found):
        log = own if len(own) else found
    return tasks, log, InRuns(runs) if len(runs) else None


def _calls(found: InCalls) -> list[Section]:
    calls = found.calls
    sections = [
        Section(
            "Result codes",
            [
                Picture(
                    lambda: plots.plot_result_codes(calls), "codes", "Calls by function and outcome"
                ),
                Table(found.codes, "How often each code came back, with 95 % confidence."),
                Table(
                    found.hours.drop(columns=["first", "last"]), "Outcomes of each hour's calls."
                ),
            ],
        )
    ]
    if len(found.errors):
        wrong = Section("Errors")
        wrong.parts += [
            Picture(
                lambda: plots.plot_errors(calls, found=found.bursts),
                "errors",
                "Failures over time by cause",
            ),
            Table(found.errors, "Calls that did not succeed, by function and code."),
            Table(found.bursts, "Bursts: failures that came thicker than chance brings them."),
        ]
        if isinstance(calls, pd.DataFrame):
            wrong.parts.append(Table(_latest(calls), "The latest of them, the last at the end."))
        sections.append(wrong)
    if len(found.latency):
        picture = Picture(
            lambda: plots.plot_latency(found.latency), "latency", "How long each function took"
        )
        caption = "Seconds that the calls of each function took."
        sections.append(Section("Latency", [picture, Table(found.latency, caption)]))
    if len(found.sessions):
        table = Table(found.sessions, "Logins, and the sessions they opened.")
        sections.append(Section("Sessions", [table]))
    return sections


def _latest(calls: pd.DataFrame) -> pd.DataFrame:
    failed = calls[~calls["category"].isin(NO_FAILURE)]
    failed = failed.sort_values("at", kind="stable").tail(_FAILED_SHOWN)
    shown = ["at", "function", "target", "code", "label", "category", "message", "cassette"]
    return failed[shown]


def _tasks(stats: pd.DataFrame, found: InRuns | None) -> Section:
    section = Section("Tasks")
    section.parts.append(
        Picture(lambda: plots.plot_task_stats(stats), "tasks", "Executions and failures of tasks")
    )
    if found is not None:
        picture = Picture(
            lambda: plots.plot_task_runs(found.runs), "runs", "Runs of each task in time"
        )
        section.parts += [
            picture,
            Table(found.unusual, "Runs that began late, took very long, or never began."),
            Table(found.bursts, "Bursts of failed runs."),
        ]
    section.parts.append(
        Table(stats, "Each task's latest status record, the change to it, and its runs.")
    )
    return section


def _log(found: InLog) -> Section:
    section = Section("Log")
    section.parts.append(
        Picture(lambda: plots.plot_log_levels(found.log), "log", "Events over time by level")
    )
    if found.log.attrs.get("truncated"):
        section.parts.append(Text("The log was still being written: its whole events are here."))
    if len(found.bursts):
        section.parts.append(Table(found.bursts, "Bursts of errors."))
    if found.patterns is not None:
        section.parts.append(Table(found.patterns, "Messages by pattern.", most=100))
    section.parts.append(Table(found.levels, "Events by level and hour."))
    return section


def _not_read(calls: pd.DataFrame) -> list[Section]:
    faults = unreadable(calls)
    if faults.empty:
        return []
    return [Section("Not read", [Table(faults, "Files that could not be read, or not whole.")])]
