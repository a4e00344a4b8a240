"""The tasks and the log of a dashboard: tables of what recorded calls brought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.analysis.levels import level_column, rank
from toolkit.analysis.logs import time_column
from toolkit.analysis.patterns import text_column
from toolkit.widgets.bars import View, counted, cut, row_of, seconds, view_of
from toolkit.widgets.chosen import Condition, Filter, chosen_of

EVENTS = 50
"""Events of a log that are sent to the page, the latest."""
TASKS = 200
"""Tasks that are sent to the page."""
LEVEL = "level"

TASK_COLUMNS = (
    "Task", "Status", "Runs", "Failed", "Last begin (UTC)", "Last took", "95 % within",
    "Last error",
)  # fmt: skip


def task_of(stats: pd.DataFrame) -> pd.Series:
    """What a call that is aimed at the task names as its target."""
    return stats["config"].fillna("").astype("str") + "/" + stats["task"].astype("str")


def tasks(stats: pd.DataFrame, aimed_at: set[str] | None) -> View:
    """The table of tasks, of ``task_stats``; with ``aimed_at`` only those of these names."""
    named = stats.assign(target=task_of(stats))
    if aimed_at is not None:
        named = named[named["target"].isin(aimed_at)]
    rows = [_task(one) for _, one in named.head(TASKS).iterrows()]
    if stats.empty:
        note = "The calls recorded no status and no log of a task."
    elif not rows:
        note = "No call to show is aimed at one of the tasks."
    elif len(named) > TASKS:
        note = f"The first {TASKS} of {counted(len(named), 'task')}."
    else:
        note = ""
    return {"columns": list(TASK_COLUMNS), "rows": rows, "note": note}


def _task(one: pd.Series) -> dict[str, Any]:
    name, failed = str(one["target"]), _number(one["errors"])
    bad = failed not in (None, "0")
    return {
        "key": name,
        "name": cut(name.removeprefix("/")),
        "cells": [
            cut(one["status"]) or None,
            _number(one["executions"]),
            {"text": failed, "tone": "bad"} if bad else failed,
            _moment(one["last_start"]),
            _duration(one["last_duration"]),
            _duration(one["seconds_p95"]),
            cut(one["last_error"], 80) or None,
        ],
        "filters": (Condition("target", name),),
    }


def levels(log: pd.DataFrame) -> View:
    """Events of each level, the most severe first; a log without levels has none."""
    column = level_column(log)
    if column is None or log.empty:
        return {"rows": [], "note": ""}
    counts = log[column].astype("str").fillna("no level").value_counts()
    rows = []
    for level in sorted(counts.index, key=lambda level: -rank(str(level))):
        value = None if level == "no level" else str(level)
        row = row_of(str(level), int(counts[level]), 0, (Condition(LEVEL, value),))
        rows.append(row | {"text": counted(int(counts[level]), "event")})
    return view_of(rows, "level", "")


def events(log: pd.DataFrame, filters: Sequence[Filter]) -> View:
    """The latest events that meet the filters."""
    some = log_chosen(log, filters)
    time, level, text = time_column(log), level_column(log), text_column(log)
    where = [name for name in ("target", "source") if name in log]
    shown = some.tail(EVENTS).iloc[::-1]
    rows = [
        [
            _moment(one[time], exact=True) if time else None,
            cut(one[level], 30) if level else None,
            cut(next((one[name] for name in where if cut(one[name])), ""), 60) or None,
            cut(one[text]) if text else None,
        ]
        for _, one in shown.iterrows()
    ]
    if log.empty:
        note = "The calls recorded no log."
    elif some.empty:
        note = "No event of the log is among what was chosen."
    elif len(some) > EVENTS:
        note = f"The latest {EVENTS} of {counted(len(some), 'event')}."
    else:
        note = counted(len(some), "event") + "."
    return {"columns": ["Time (UTC)", "Level", "From", "Message"], "rows": rows, "note": note}


def log_filters(log: pd.DataFrame, filters: Sequence[Filter]) -> list[Filter]:
    """What can be asked of an event: its time, its task and its level, in the log's columns."""
    names = {"at": time_column(log), "target": "target", LEVEL: level_column(log)}
    found: list[Filter] = []
    for one in filters:
        column = names.get(one.column)
        if column is None or column not in log:
            continue
        if isinstance(one, Condition):
            found.append(Condition(column, one.value))
        else:
            found.append(type(one)(column, one.start, one.end))
    return found


def log_chosen(log: pd.DataFrame, filters: Sequence[Filter]) -> pd.DataFrame:
    """The events that meet what can be asked of them."""
    some: pd.DataFrame = chosen_of(log, log_filters(log, filters))
    return some


def _number(value: Any) -> str | None:
    return None if pd.isna(value) else f"{int(value):,}"


def _duration(value: Any) -> str | None:
    return None if pd.isna(value) else seconds(float(value))


def _moment(value: Any, *, exact: bool = False) -> str | None:
    if pd.isna(value):
        return None
    pattern = "%Y-%m-%d %H:%M:%S" if exact else "%Y-%m-%d %H:%M"
    return f"{value:{pattern}}" if isinstance(value, dt.datetime) else cut(value, 30)
