"""Rows: a recording of a service's calls to a DataFrame with the service's own codes."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from xml.etree import ElementTree as ET

import pandas as pd

import toolkit
from benchmarks.cassettes.files import stock_load, write_ours, write_stock
from benchmarks.cassettes.rows import MOCK
from benchmarks.cassettes.traffic import gateway_calls
from benchmarks.measure import fresh

_HERE = "benchmarks.cassettes.tables"


def build(folder: str, count: int) -> None:
    """Write the same calls as we and as vcrpy write them."""
    write_ours(Path(folder) / "calls-ours.yaml", gateway_calls(count))
    write_stock(Path(folder) / "calls-stock.yaml", gateway_calls(count))


def by_hand(path: Path) -> pd.DataFrame:
    """What one writes today: stock vcrpy, the standard library's XML, pandas."""
    cassette = stock_load(path)
    rows = []
    for request, response in zip(cassette.requests, cassette.responses, strict=True):
        asked = ET.fromstring(request.body)  # noqa: S314 - our own file
        given = ET.fromstring(response["body"]["string"])  # noqa: S314
        code = int(given.findtext("Status", "0"))
        rows.append((asked.findtext("Function"), code, given.findtext("StatusMessage")))
    return pd.DataFrame(rows, columns=["function", "code", "message"])


def seconds(who: str, path: str, small: str) -> float:
    """CPU seconds to make a table of a cassette."""
    make = by_hand if who == "vcrpy" else toolkit.read_calls
    make(Path(small))
    start = time.process_time()
    calls = make(Path(path))
    taken = time.process_time() - start
    assert set(calls["code"]) == {1, 213}
    assert set(calls["function"]) == {"taskGetLog"}
    return taken


def measure(folder: Path, small: Path, count: int, rounds: int) -> dict[str, dict[str, float]]:
    """Give the rows of tables, per call."""
    fresh("benchmarks.cassettes.tables:build", str(folder), count)
    fresh("benchmarks.cassettes.tables:build", str(small), 20)
    found: dict[str, list[float]] = {"ours": [], "vcrpy": [], "stock": []}
    for _ in range(rounds):
        for label, taken in found.items():
            name = "calls-ours.yaml" if label == "ours" else "calls-stock.yaml"
            who = "vcrpy" if label == "vcrpy" else "ours"
            taken.append(
                fresh(
                    "benchmarks.cassettes.tables:seconds",
                    who,
                    str(folder / name),
                    str(small / name),
                )
            )
    each = {label: median(taken) / count for label, taken in found.items()}
    mock = fresh("benchmarks.cassettes.recording:mock_seconds", 9)
    return {
        "calls": {"ours": each["ours"], "vcrpy": each["vcrpy"], MOCK: mock},
        "calls_loop": {"ours": each["ours"], "vcrpy": each["vcrpy"]},
        "calls_stock": {"ours": each["stock"], "vcrpy": each["vcrpy"]},
    }
