"""Analyses of many calls, on every engine, against what one writes by hand with pandas."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import toolkit
from benchmarks.measure import fresh, peak, timed
from benchmarks.report import Section, Values
from benchmarks.rows import ROWS, Row, at_most, costs, exactly

COUNT = 1_000_000
BY_HAND = "pandas by hand"
FUNCTIONS = ("taskGetStatus", "agentGetLog", "configGetTasks", "GET /users/{id}")
PERCENTILES = (0.5, 0.9, 0.99)
_START = np.datetime64("2026-01-05T08:00:00", "us")

ROWS |= {
    "codes_hour": Row("result codes by hour", "s", costs(1.5, BY_HAND)),
    "codes_memory": Row("memory of it", "B", costs(0.5, BY_HAND)),
    "percentiles": Row("percentiles by function", "s", costs(1.5, BY_HAND)),
    "percentiles_memory": Row("memory of them", "B", costs(0.5, BY_HAND)),
    "bursts": Row("bursts of failures", "s"),
    "engines_counts": Row("engines of 3 whose counts are those of pandas", "", exactly(3)),
    "engines_error": Row("worst error of a percentile, all engines, %", "", at_most(1.5)),
}


def write(path: str, count: int) -> None:
    """Invented calls of a week, one in fifty failed, as ``read_calls`` stores them."""
    chance = np.random.default_rng(7)
    failed = chance.random(count) < 0.02
    code = np.where(failed, chance.choice([213, 502], count), 1)
    label = np.select([code == 1, code == 213], ["SUCCESS", "FILE_NOT_FOUND"], "GENERAL_ERROR")
    category = np.select([code == 1, code == 213], ["success", "not found"], "server fault")
    at = _START + (np.sort(chance.random(count)) * 7 * 86400e6).astype("timedelta64[us]")
    table = pa.table(
        {
            "at": pa.array(at, pa.timestamp("us", "UTC")),
            "elapsed": chance.lognormal(-3, 1, count),
            "service": pa.array(["sertainty"] * count),
            "function": chance.choice(FUNCTIONS, count),
            "target": np.char.add("nightly/task-", chance.integers(0, 9, count).astype(str)),
            "code": code,
            "label": label,
            "category": category,
            "message": label,
        }
    )
    Path(path).mkdir()
    for part in range(8):
        rows = table.slice(part * count // 8, count // 8)
        pq.write_table(rows, Path(path, f"part-{part}.parquet"))


OURS: dict[str, Callable[[Any], Any]] = {
    "codes_hour": lambda calls: toolkit.result_codes(calls, by=["hour", "function", "code"]),
    "percentiles": lambda calls: toolkit.latency(calls, by=["function"]),
    "bursts": toolkit.bursts,
}


def codes_by_hand(calls: pd.DataFrame) -> Any:
    """Shares of codes, hour by hour."""
    hours = calls.assign(hour=calls["at"].dt.floor("h"))
    counts = hours.groupby(["hour", "function", "code"]).size()
    return counts / counts.groupby("hour").transform("sum")


def percentiles_by_hand(calls: pd.DataFrame) -> Any:
    """Exact ones."""
    return calls.groupby("function")["elapsed"].quantile(PERCENTILES)


HAND: dict[str, Callable[[pd.DataFrame], Any]] = {
    "codes_hour": codes_by_hand,
    "percentiles": percentiles_by_hand,
}


def ask(who: str, what: str, folder: str, small: str) -> dict[str, float]:
    """Ask one thing of the stored calls, once they were asked of a few: seconds and memory."""

    def answer(place: str) -> object:
        if who == "ours":
            return OURS[what](duckdb.read_parquet(f"{place}/*.parquet"))
        return HAND[what](pd.read_parquet(place))

    answer(small)
    before = peak()
    seconds = timed(lambda: answer(folder))
    return {"seconds": seconds, "memory": max(peak() - before, 4096)}


def agree(folder: str) -> dict[str, float]:
    """Whether engines count as pandas does, and how far from the exact their percentiles are."""
    calls = pd.read_parquet(folder)
    frames = {
        "polars": pl.scan_parquet(f"{folder}/*.parquet"),
        "duckdb": duckdb.read_parquet(f"{folder}/*.parquet"),
        "pandas": calls,
    }
    counted = calls.groupby(["function", "code"]).size()
    exact = calls.groupby("function")["elapsed"].quantile(PERCENTILES)
    equal, worst = 0, 0.0
    for frame in frames.values():
        codes = toolkit.result_codes(frame, by=["function", "code"])
        found = codes.set_index(["function", "code"])["calls"]
        found.index = found.index.set_levels(found.index.levels[0].astype(str), level=0)
        equal += bool((found.reindex(counted.index) == counted).all()) and len(found) == len(
            counted
        )
        near = toolkit.latency(frame, by=["function"]).set_index("function")
        for (function, share), value in exact.items():
            mine = near.loc[function, f"p{share * 100:g}"]
            worst = max(worst, abs(float(mine) / value - 1) * 100)
    return {"equal": equal, "worst": worst}


ABOUT = (
    "1,000,000 invented calls of a week in eight Parquet files; ours through DuckDB, by hand with "
    "pandas.read_parquet and group-by; each in a process of its own."
)


def measure(count: int = COUNT, rounds: int = 3) -> tuple[Section, list[str]]:
    """Measure all."""
    section = Section("Calls", ABOUT)
    with tempfile.TemporaryDirectory() as place:
        folder, small = str(Path(place, "calls")), str(Path(place, "small"))
        write(folder, count)
        write(small, 4000)
        for what in OURS:
            found: dict[str, list[dict[str, float]]] = {"ours": []}
            if what in HAND:
                found[BY_HAND] = []
            for _ in range(rounds):
                for who, each in found.items():
                    each.append(fresh("benchmarks.calls:ask", who, what, folder, small))
            seconds: Values = {
                who: median(o["seconds"] for o in each) for who, each in found.items()
            }
            memory: Values = {who: median(o["memory"] for o in each) for who, each in found.items()}
            section.add(what, count, seconds)
            if f"{what}_memory" in ROWS:
                section.add(f"{what}_memory", count, memory)
        agreed = fresh("benchmarks.calls:agree", folder)
        section.add("engines_counts", count, {"ours": agreed["equal"]})
        section.add("engines_error", count, {"ours": agreed["worst"]})
    return section, []
