"""What to look at first, in a sentence each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from toolkit.analysis.codes import wilson
from toolkit.analysis.findings import InCalls, InLog, InRuns
from toolkit.analysis.page import cell
from toolkit.analysis.plots.drawing import how_many, in_units
from toolkit.analysis.runs import KINDS

_MOST = 3  # of a kind


def span(data: pd.DataFrame, time: str | None, thing: str) -> str:
    """How many there are, and from when to when."""
    said = how_many(len(data), thing)
    times = list(data[time].dropna()) if time is not None else []
    if not times:
        return said
    return f"{said} from {_minute(min(times))} to {_minute(max(times))}"


def of_calls(found: InCalls) -> Iterator[str]:
    """What is remarkable in calls."""
    total = int(found.codes["calls"].sum())
    failed = int(found.errors["calls"].sum())
    if not failed:
        yield f"{how_many(total, 'call')}, none failed."
    else:
        low, high = wilson(failed, total)
        share = f"{_percent(failed / total)}, with 95 % confidence {_percent(low)} to "
        yield f"{failed:,} of {how_many(total, 'call')} failed ({share}{_percent(high)})."
    for row in found.errors.head(_MOST).to_dict("records"):
        code = "" if pd.isna(row["code"]) else f" {row['code']}"
        said = f" “{row['message']}”" if row["message"] else ""
        share = f"{_percent(row['share'])} of its calls"
        yield f"{row['function']}: {row['calls']:,} times {row['label']}{code}{said}, {share}."
    yield from _of_bursts(found.bursts, "")
    for row in found.latency.head(1).to_dict("records"):
        half, most = in_units(row["p50"]), in_units(row["p95"])
        yield f"Slowest function: {row['function']}, half within {half}, 95 of 100 within {most}."
    if len(found.sessions):
        counts = found.sessions["outcome"].value_counts()
        said = ", ".join(f"{number:,} {name}" for name, number in counts.items() if number)
        yield f"{how_many(len(found.sessions), 'login')}: {said}."


def of_tasks(stats: pd.DataFrame, found: InRuns | None) -> Iterator[str]:
    """What is remarkable in the statistics of tasks, and in their runs."""
    worst = stats[stats["errors"].fillna(0) > 0].nlargest(_MOST, "errors")
    for row in worst.to_dict("records"):
        name = f"{row['config']}/{row['task']}"
        said = f", the last: “{row['last_error']}”" if not pd.isna(row["last_error"]) else ""
        yield f"Task {name}: {row['errors']:,} of {row['executions']:,} runs failed{said}."
    if found is None:
        return
    odd = found.unusual["kind"].value_counts()
    if odd.sum():
        said = ", ".join(f"{odd[kind]:,} {kind}" for kind in KINDS if odd.get(kind))
        yield f"Unusual runs: {said}."
    yield from _of_bursts(found.bursts, " of failed runs")


def of_log(found: InLog, told: InRuns | None) -> Iterator[str]:
    """What is remarkable in a log, but for the bursts that its tasks' runs have told already."""
    levels = found.levels.groupby("level", observed=True)["events"].sum()
    if len(levels):
        said = ", ".join(f"{number:,} {name}" for name, number in levels.items())
        yield f"Log levels: {said}."
    found_bursts = found.bursts
    if told is not None:
        found_bursts = found_bursts[~found_bursts["start"].isin(told.bursts["start"])]
    yield from _of_bursts(found_bursts, " in the log")


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
