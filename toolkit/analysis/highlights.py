"""What to look at first, in a sentence each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.analysis.codes import result_codes, wilson
from toolkit.analysis.failures import errors
from toolkit.analysis.latencies import latency
from toolkit.analysis.levels import level_column
from toolkit.analysis.logins import sessions
from toolkit.analysis.logs import time_column
from toolkit.analysis.page import cell
from toolkit.analysis.patterns import text_column
from toolkit.analysis.plots.drawing import how_many, in_units
from toolkit.analysis.runs import KINDS, unusual_runs
from toolkit.analysis.scans import bursts

_MOST = 3  # of a kind


def highlights(
    *,
    calls: Any = None,
    stats: pd.DataFrame | None = None,
    runs: pd.DataFrame | None = None,
    log: Any = None,
) -> list[str]:
    """Sentences on what is remarkable in calls, task statistics with their runs, and a log."""
    found: list[str] = []
    if calls is not None:
        found += _of_calls(calls)
    if stats is not None:
        found += _of_tasks(stats, runs)
    if log is not None:
        found += _of_log(log, runs)
    return found


def span(data: Any, time: str | None, thing: str) -> str:
    """How many there are, and from when to when."""
    said = how_many(len(data), thing)
    times = list(data[time].dropna()) if time is not None else []
    if not times:
        return said
    return f"{said} from {_minute(min(times))} to {_minute(max(times))}"


def _of_calls(calls: Any) -> Iterator[str]:
    total = int(result_codes(calls, by=["category"])["calls"].sum())
    failures = errors(calls)
    failed = int(failures["calls"].sum())
    if not failed:
        yield f"{how_many(total, 'call')}, none failed."
    else:
        low, high = wilson(failed, total)
        share = f"{_percent(failed / total)}, with 95 % confidence {_percent(low)} to "
        share += _percent(high)
        yield f"{failed:,} of {how_many(total, 'call')} failed ({share})."
    for row in failures.head(_MOST).to_dict("records"):
        code = "" if pd.isna(row["code"]) else f" {row['code']}"
        said = f" “{row['message']}”" if row["message"] else ""
        share = f"{_percent(row['share'])} of its calls"
        yield f"{row['function']}: {row['calls']:,} times {row['label']}{code}{said}, {share}."
    yield from _of_bursts(bursts(calls), "")
    slowest = latency(calls).head(1).to_dict("records")
    for row in slowest:
        half, most = in_units(row["p50"]), in_units(row["p95"])
        yield f"Slowest function: {row['function']}, half within {half}, 95 of 100 within {most}."
    logins = sessions(calls)
    if len(logins):
        counts = logins["outcome"].value_counts()
        said = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
        yield f"{how_many(len(logins), 'login')}: {said}."


def _of_tasks(stats: pd.DataFrame, runs: pd.DataFrame | None) -> Iterator[str]:
    worst = stats[stats["errors"].fillna(0) > 0].nlargest(_MOST, "errors")
    for row in worst.to_dict("records"):
        name = f"{row['config']}/{row['task']}"
        said = f", the last: “{row['last_error']}”" if not pd.isna(row["last_error"]) else ""
        yield f"Task {name}: {row['errors']:,} of {row['executions']:,} runs failed{said}."
    if runs is None:
        return
    odd = unusual_runs(runs)["kind"].value_counts()
    if odd.sum():
        said = ", ".join(f"{odd[kind]:,} {kind}" for kind in KINDS if odd.get(kind))
        yield f"Unusual runs: {said}."
    yield from _of_bursts(bursts(runs), " of failed runs")


def _of_log(log: Any, runs: pd.DataFrame | None) -> Iterator[str]:
    level = level_column(log)
    if level is not None:
        counts = log[level].astype("str").value_counts()
        said = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        yield f"Log levels: {said}."
    if text_column(log) is not None and time_column(log) is not None:
        found = bursts(log)
        if runs is not None:  # what the tasks' runs have told already
            told = bursts(runs)
            found = found[~found["start"].isin(told["start"])]
        yield from _of_bursts(found, " in the log")


def _of_bursts(found: pd.DataFrame, where: str) -> Iterator[str]:
    for row in found.nlargest(_MOST, "failures").sort_values("start").to_dict("records"):
        place = "" if pd.isna(row["where"]) else f" ({row['where']})"
        yield (
            f"Burst{where}: {row['failures']:,} times “{row['what']}”{place} within "
            f"{in_units(row['seconds'])} from {cell(row['start'])} on."
        )
    if len(found) > _MOST:
        yield f"{len(found) - _MOST} more bursts{where}."


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def _minute(moment: dt.datetime) -> str:
    return cell(moment)[:16]
