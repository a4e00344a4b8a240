"""All rows about logs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.logs import document
from benchmarks.logs.rows import EXPAT, NAIVE, READ_XML, SHORTER
from benchmarks.logs.server import running
from benchmarks.measure import fresh, reason
from benchmarks.report import Section, Values

MEGABYTES = 25.0
LONGER = 100.0
"""Megabytes of the log whose memory is measured: a shorter one is all overhead."""
TOO_LARGE = 400.0
"""From here on the peers need more memory than a machine may have: 6 to 18 bytes a byte."""
_OTHERS = ("pandas.read_xml, etree", "lxml.iterparse")
_LIMIT = 3600.0


@dataclass
class Run:
    """One run: where its files are, and what it found."""

    folder: Path
    megabytes: float
    rounds: int
    cuts: int
    section: Section

    @property
    def longer(self) -> float:
        """Megabytes of the longer log."""
        return max(self.megabytes, LONGER)

    @property
    def with_peers(self) -> bool:
        """Whether the peers can read such a log."""
        return self.megabytes < TOO_LARGE

    def log(self, megabytes: float) -> tuple[str, int]:
        """The file of a log of that size, and the number of its events."""
        path = self.folder / f"{megabytes:g}.xml"
        told = path.with_suffix(".events")
        if not path.exists():
            told.write_text(str(document.write(str(path), megabytes)))
        return str(path), int(told.read_text())

    def add(self, name: str, n: int, values: Values) -> None:
        """Take a result."""
        self.section.add(name, n, values)

    def read(self, way: str, log: str) -> dict[str, float]:
        """Read a log in a fresh process."""
        small = str(self.folder / "small.xml")
        done: dict[str, float] = fresh("benchmarks.logs.reading:use", way, log, small, limit=_LIMIT)
        return done

    def stream(self, way: str, megabytes: float) -> dict[str, float]:
        """Stream a log in a fresh process."""
        log, events = self.log(megabytes)
        answer = f"{log}.answer"
        if not Path(answer).exists():
            document.write_answer(log, answer)
        folder = str(self.folder / f"out-{way}")
        with running(answer) as url:
            done: dict[str, float] = fresh(
                "benchmarks.logs.streaming:use", way, url, folder, limit=_LIMIT
            )
        assert done["rows"] == events
        shutil.rmtree(folder)
        return done


def _rounds(
    ways: list[str], count: int, use: Callable[[str], dict[str, float]], once: tuple[str, ...] = ()
) -> dict[str, dict[str, float]]:
    """Medians of what ways that take turns give."""
    found: dict[str, list[dict[str, float]]] = {way: [] for way in (*ways, *once)}
    for number in range(count):
        for way in ways if number else found:
            found[way].append(use(way))
    return {
        way: {name: median(one[name] for one in several) for name in several[0]}
        for way, several in found.items()
    }


def reading_rows(run: Run) -> None:
    """Speed of the readers."""
    log, events = run.log(run.megabytes)
    ways = ["strict", "fast", "parquet", "parquet_fast", EXPAT]
    ways += [READ_XML] * run.with_peers
    once = _OTHERS if run.with_peers else ()
    done = _rounds(ways, run.rounds, lambda way: run.read(way, log), once)
    seconds: Values = {way: one["seconds"] for way, one in done.items()}
    peers: Values = {way: seconds[way] for way in (READ_XML, *_OTHERS) if way in seconds}
    run.add("log_strict", events, {"ours": seconds["strict"], **peers})
    run.add("log_strict_floor", events, {"ours": seconds["strict"], EXPAT: seconds[EXPAT]})
    run.add("log_fast", events, {"ours": seconds["fast"], **peers})
    run.add("log_parquet", events, {"ours": seconds["parquet"]})
    run.add("log_parquet_fast", events, {"ours": seconds["parquet_fast"]})
    memory: Values = {way: done[way]["memory"] for way in peers}
    run.add("log_memory", events, {"ours": done["strict"]["memory"], **memory})


def frame_rows(run: Run) -> None:
    """Memory of a frame, measured where the overhead of any reader is small."""
    log, events = run.log(run.longer)
    size = Path(log).stat().st_size
    for name, way in (("log_frame", "strict"), ("log_frame_fast", "fast")):
        done = run.read(way, log)
        run.add(name, events, {"ours": done["memory"] / size})
    run.add("log_frame_held", events, {"ours": done["held"] / size})


def stream_rows(run: Run) -> None:
    """HTTP to Parquet."""
    _, events = run.log(run.megabytes)
    ways = ["strict", "fast"] + [NAIVE] * run.with_peers
    done = _rounds(ways, run.rounds, lambda way: run.stream(way, run.megabytes))
    naive: Values = {NAIVE: done[NAIVE]["seconds"]} if run.with_peers else {}
    memory: Values = {NAIVE: done[NAIVE]["memory"]} if run.with_peers else {}
    for name, way in (("strict", "strict"), ("fast", "fast")):
        run.add(f"stream_{name}", events, {"ours": done[way]["seconds"], **naive})
    run.add("stream_memory", events, {"ours": done["strict"]["memory"], **memory})
    run.add("stream_memory_fast", events, {"ours": done["fast"]["memory"], **memory})
    shorter = min(run.megabytes, LONGER)
    long, short = (run.stream("fast", size)["peak"] for size in (run.longer, shorter))
    run.add("stream_flat", run.log(run.longer)[1], {"ours": long, SHORTER: short})


def cut_rows(run: Run) -> None:
    """Logs and answers that end too early."""
    both = [fresh("benchmarks.logs.cutting:logs", run.cuts, how) for how in ("strict", "fast")]
    count = int(sum(one["places"] for one in both))
    peer = both[0]["read_xml"]
    run.add("cut_raises", count, {"ours": min(one["raised"] for one in both), READ_XML: peer})
    run.add("cut_flagged", count, {"ours": min(one["flagged"] for one in both)})
    run.add("cut_rows", count, {"ours": min(one["exact"] for one in both)})
    streams = fresh("benchmarks.logs.cutting:answers", run.cuts // 2)
    run.add("cut_stream", int(streams["places"]), {"ours": streams["noticed"]})


PARTS: dict[str, Callable[[Run], None]] = {
    "reading": reading_rows,
    "frame": frame_rows,
    "stream": stream_rows,
    "cut": cut_rows,
}


ABOUT = (
    "An event log of 25 MB, five fields an event, each reader in a process of its own; the memory "
    "of a frame on one of 100 MB. N is the number of events, or of places where a log was cut."
)


def measure(
    megabytes: float = MEGABYTES,
    parts: Collection[str] = PARTS,
    *,
    rounds: int = 2,
    cuts: int = 80,
) -> tuple[Section, list[str]]:
    """Measure all; what failed comes beside it. 1000 megabytes need 3 GB of disk."""
    failed: list[str] = []
    section = Section("Logs", ABOUT)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), megabytes, rounds, cuts, section)
        for name in PARTS:
            if name in parts:
                began = time.monotonic()
                try:
                    PARTS[name](run)
                except (RuntimeError, AssertionError, subprocess.TimeoutExpired) as error:
                    failed.append(f"logs, {name} failed: {reason(error)}")
                    print(error, file=sys.stderr)
                print(f"logs, {name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return section, failed
