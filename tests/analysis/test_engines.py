"""One suite of the analyses over every engine: each gives what pandas gives."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.analysis.recording import START
from toolkit import analysis
from toolkit.analysis import parquet
from toolkit.analysis.callrows import COLUMNS, SCHEMA
from toolkit.frames import Column, frame

Engine = Callable[[pd.DataFrame], Any]

OUTCOMES = (
    (1, "SUCCESS", "success", 80), (213, "FILE_NOT_FOUND", "not found", 10),
    (502, "GENERAL_ERROR", "server fault", 5), (None, "ReadTimeout", "transport failure", 5),
)  # fmt: skip
LOG_COLUMNS = (Column("time", "time"), Column("level", "category"), Column("text"))


def calls_of(seed: int, count: int = 2500) -> pd.DataFrame:
    """Invented calls: every column, missing values, and a burst of failures in the middle."""
    chance = random.Random(seed)  # noqa: S311
    rows = []
    for number in range(count):
        code, label, category, _ = chance.choices(OUTCOMES, [one[3] for one in OUTCOMES])[0]
        if 1200 <= number < 1260:
            code, label, category = 502, "GENERAL_ERROR", "server fault"
        at = START + dt.timedelta(seconds=6 * number + chance.random())
        elapsed = round(chance.lognormvariate(-2, 1), 6)
        function = chance.choice(["taskGetStatus", "agentGetLog", "GET /users/{id}"])
        service = "http" if function.startswith("GET") else "sertainty"
        message = f"volume {chance.randrange(9)} is full" if code != 1 else "Success"
        rows.append(
            (
                None if number % 701 == 5 else at,
                None if number % 503 == 7 else elapsed,
                service, function, f"nightly/task-{chance.randrange(5)}", code, label, category,
                message, None if code is None else 200, 400, None if code is None else 2000,
                f"part-{number // 1000}.yaml", number,
            )
        )  # fmt: skip
    return frame(COLUMNS, rows)


def log_of(seed: int) -> pd.DataFrame:
    """Invented events."""
    chance = random.Random(seed)  # noqa: S311
    rows = [
        (
            START + dt.timedelta(seconds=9 * number),
            chance.choice(["Info", "Info", "Warning", "Error"]),
            f"copied {chance.randrange(10**6)} bytes of file {chance.randrange(99)}",
        )
        for number in range(2000)
    ]
    return frame(LOG_COLUMNS, rows)


def text(table: pd.DataFrame) -> pd.DataFrame:
    """The same without categories, as files and other engines have it."""
    return table.astype(
        {name: "str" for name, kind in table.dtypes.items() if str(kind) == "category"}
    )


def a_relation(table: pd.DataFrame) -> Any:
    """In a session whose zone is not UTC, nor a whole number of hours from it."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Asia/Kolkata'")
    return connection.from_arrow(pl.from_pandas(text(table)).to_arrow())


ENGINES: dict[str, Engine] = {
    "pandas": lambda table: table,
    "pandas, text": text,
    "pandas, another zone": lambda table: table.assign(
        **{
            name: table[name].dt.tz_convert("Asia/Kolkata")
            for name, kind in table.dtypes.items()
            if isinstance(kind, pd.DatetimeTZDtype)
        }
    ),
    "polars": pl.from_pandas,
    "polars, lazy": lambda table: pl.from_pandas(table).lazy(),
    "duckdb": a_relation,
}

ANALYSES: dict[str, Callable[[Any, Any, Any], pd.DataFrame]] = {
    "result_codes": lambda one, _, __: analysis.result_codes(one),
    "result_codes by hour": lambda one, _, __: analysis.result_codes(
        one, by=["hour", "service", "category"], within=["hour"]
    ),
    "latency": lambda one, _, __: analysis.latency(one),
    "histogram": lambda one, _, __: analysis.histogram(one, by=["function"]),
    "errors": lambda one, _, __: analysis.errors(one),
    "bursts": lambda one, _, __: analysis.bursts(one),
    "sessions": lambda one, _, __: analysis.sessions(one),
    "compare": lambda one, two, _: analysis.compare(one, two),
    "compare_latency": lambda one, two, _: analysis.compare_latency(one, two),
    "log_levels": lambda _, __, log: analysis.log_levels(log),
    "log_patterns": lambda _, __, log: analysis.log_patterns(log),
    "bursts of a log": lambda _, __, log: analysis.bursts(log),
    "timeline": lambda one, _, log: analysis.timeline(calls=one, log=log),
}

CALLS, LATER, LOG = calls_of(1), calls_of(2), log_of(3)


@pytest.fixture(scope="module")
def expected() -> dict[str, pd.DataFrame]:
    return {name: analyse(CALLS, LATER, LOG) for name, analyse in ANALYSES.items()}


def check(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Equal, but for the last digits of sums, which depend on the order of adding."""
    pd.testing.assert_frame_equal(found, wanted, rtol=1e-9, check_categorical=False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ANALYSES)
def test_each_engine_gives_what_pandas_gives(
    name: str, engine: str, expected: dict[str, pd.DataFrame]
) -> None:
    """Values, order, columns and dtypes."""
    given = [ENGINES[engine](table) for table in (CALLS, LATER, LOG)]
    check(ANALYSES[name](*given), expected[name])


def stored(table: pd.DataFrame, folder: Path) -> parquet.Stored:
    """Calls as ``read_calls(..., to="parquet")`` writes them, in four files."""
    import pyarrow as pa

    whole = pa.Table.from_pandas(text(table), preserve_index=False)
    if "position" in table:
        whole = whole.cast(SCHEMA)
    place = parquet.new_folder(folder)
    for number in range(4):
        part = whole.slice(number * len(whole) // 4, len(whole) // 4)
        parquet.write_tables([part], place / f"part-{number}.parquet")
    parquet.finish(place, {"kind": "calls" if "position" in table else "log"})
    return parquet.Stored(place)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[parquet.Stored]:
    root = tmp_path_factory.mktemp("stored")
    return [
        stored(table, root / name)
        for name, table in (("calls", CALLS), ("later", LATER), ("log", LOG))
    ]


@pytest.mark.parametrize("name", ANALYSES)
def test_folders_of_parquet(
    name: str, folders: list[parquet.Stored], expected: dict[str, pd.DataFrame]
) -> None:
    """Counted by DuckDB where they are."""
    check(ANALYSES[name](*folders), expected[name])


def test_percentiles_are_near_the_exact_ones() -> None:
    """Within 1.5 percent, and counts are equal."""
    found = analysis.latency(pl.from_pandas(CALLS), by=["function"]).set_index("function")
    for function, seconds in CALLS.groupby("function", observed=True)["elapsed"]:
        assert found.loc[function, "calls"] == seconds.notna().sum()
        for share, name in ((0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99")):
            exact = np.nanpercentile(seconds, 100 * share)
            assert abs(found.loc[function, name] / exact - 1) <= 0.015
