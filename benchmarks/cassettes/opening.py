"""Rows: opening a cassette, in CPU time and memory; each in a process of its own."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.cassettes.files import PEER_FILES, make_index, stock_load
from benchmarks.cassettes.traffic import URL, question
from benchmarks.measure import fresh, peak, reason
from toolkit.cassettes import Cassette, Request

_HERE = "benchmarks.cassettes.opening"

SLOW = 5.0
"""CPU seconds from which on once is enough."""
Values = dict[str, float | None]
Found = dict[str, Values]


def open_ours(path: Path, last: int) -> Any:
    """Open and answer the request of a number."""
    cassette = Cassette(path)
    if last >= 0:
        assert cassette.find(Request("POST", URL, [], question(last))) is not None
    return cassette


def open_cassetter(path: Path, _last: int) -> Any:
    from cassetter import Cassette as Cassetter, RecordMode

    cassette = Cassetter(path, record_mode=RecordMode.NONE)
    cassette.load()
    return cassette


def open_replayx(path: Path, _last: int) -> Any:
    from replayx import Cassette as Replayx

    return Replayx.load(path, record_mode="none")


OPENERS: dict[str, Callable[[Path, int], Any]] = {
    "ours": open_ours,
    "vcrpy": lambda path, _last: stock_load(path),
    "cassetter": open_cassetter,
    "replayx": open_replayx,
}


def opened(who: str, path: str, warm: str, last: int) -> dict[str, float]:
    """Open a cassette once: CPU seconds, and by how much the most memory rose."""
    # All that is imported when it is needed is imported now.
    small = OPENERS[who](Path(warm), 1)
    del small
    gc.collect()
    before = peak()
    start = time.process_time()
    cassette = OPENERS[who](Path(path), last)
    seconds = time.process_time() - start
    held = peak() - before
    del cassette
    return {"seconds": seconds, "held": max(held, 4096)}


def index_seconds(path: str, warm: str) -> float:
    """CPU seconds to make an index of a cassette that has none."""
    make_index(Path(warm))
    start = time.process_time()
    make_index(Path(path))
    return time.process_time() - start


def measure(folder: Path, warm: Path, count: int, rounds: int) -> tuple[Found, list[str]]:
    """Give the rows of opening, and notes on peers that cannot."""
    last = count - 1
    jobs = {
        ("vcrpy", "vcrpy"): ("stock.yaml", last),
        ("ours", "lazy"): ("plain.yaml", last),
        ("ours", "indexed"): ("ours.yaml", last),
        ("ours", "stock"): ("stock.yaml", last),
        ("ours", "only"): ("plain.yaml", -1),
        ("cassetter", "cassetter"): (PEER_FILES["cassetter"][0], last),
        ("replayx", "replayx"): (PEER_FILES["replayx"][0], last),
    }
    runs: dict[str, list[dict[str, float]]] = {label: [] for _, label in jobs}
    notes = []
    for round_ in range(rounds):
        for (who, label), (name, which) in jobs.items():
            taken = runs[label]
            if round_ and (not taken or taken[0]["seconds"] > SLOW):
                continue  # it cannot, or needs no second time
            small = warm / (name if name != "plain.yaml" else "ours.yaml")
            try:
                done = fresh(
                    "benchmarks.cassettes.opening:opened",
                    who,
                    str(folder / name),
                    str(small),
                    which,
                )
            except RuntimeError as error:
                notes.append(f"{who} cannot open the {count:,} that it saved: {reason(error)}")
                continue
            runs[label].append(done)

    def of(label: str, what: str) -> float | None:
        values = [run[what] for run in runs[label]]
        return statistics.median(values) if values else None

    def peers(what: str) -> Values:
        return {name: of(name, what) for name in ("vcrpy", "cassetter", "replayx")}

    copy = folder / "unindexed.yaml"
    copy.write_bytes((folder / "plain.yaml").read_bytes())
    index = fresh("benchmarks.cassettes.opening:index_seconds", str(copy), str(warm / "plain.yaml"))
    return {
        "open": {"ours": of("lazy", "seconds"), **peers("seconds")},
        "open_indexed": {"ours": of("indexed", "seconds"), **peers("seconds")},
        "open_memory": {"ours": of("lazy", "held"), **peers("held")},
        "open_stock": {"ours": of("stock", "seconds"), "vcrpy": of("vcrpy", "seconds")},
        "open_stock_memory": {"ours": of("stock", "held"), "vcrpy": of("vcrpy", "held")},
        "open_only": {"ours": of("only", "seconds")},
        "index": {"ours": index},
    }, notes
