"""All rows about cassettes."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks.cassettes import failing, hiding, opening, sessions, sharing, surviving, tables
from benchmarks.cassettes.rows import LARGE, MOCK
from benchmarks.cassettes.server import running
from benchmarks.measure import ROOT, fresh, reason
from benchmarks.report import Section, Values

SESSION_LIMIT = 240.0
SHORT_LIMIT = 20.0
"""CPU seconds that a peer may take for the session of 1,000 calls; and if there are so many."""
EARLIER = ROOT / ".venv-bench" / "earlier"
"""Where vcrpy 8.2.1 is, if it is."""


@dataclass
class Run:
    """One run: where its files are, who takes part, and what it found."""

    folder: Path
    peers: list[str]
    section: Section
    ahead: dict[int, dict[str, Future[dict[str, float]]]] = field(default_factory=dict)

    @property
    def small(self) -> Path:
        """The folder with cassettes of 100."""
        return self.folder / "100"

    @property
    def warm(self) -> Path:
        """The folder with cassettes of 10, for what is done once before it is measured."""
        return self.folder / "10"

    def place(self, count: int) -> Path:
        """The folder with the cassettes of one size."""
        return self.folder / str(count)

    def begin_sessions(self, pool: Executor, count: int) -> None:
        """Begin the sessions that take vcrpy minutes beside rows that measure no time."""
        if "vcrpy" not in self.peers or count >= LARGE:
            return

        def begin(path: Path | None) -> Future[dict[str, float]]:
            place = self.place(count)
            return pool.submit(
                sessions.one,
                "vcrpy",
                place,
                self.warm,
                min(count, sessions.CALLS),
                SESSION_LIMIT,
                path,
            )

        self.ahead[count] = {"vcrpy": begin(None)}
        if (EARLIER / "vcr").is_dir():
            self.ahead[count][sessions.EARLIER] = begin(EARLIER)
        else:
            self.section.notes.append(f"{sessions.EARLIER} is not there; `make bench` sets it up")

    def add(self, name: str, count: int, values: Values) -> None:
        """Take a result."""
        self.section.add(name, count, values)

    def add_all(self, count: int, rows: dict[str, Values], notes: Sequence[str] = ()) -> None:
        """Take several."""
        for name, values in rows.items():
            self.add(name, count, values)
        self.section.notes += notes


def open_rows(run: Run, count: int) -> None:
    """Opening."""
    rounds = 3 if count < LARGE else 2
    run.add_all(count, *opening.measure(run.place(count), run.warm, count, rounds))


def replay_rows(run: Run, count: int) -> None:
    """One request."""
    folder, small = str(run.place(count)), str(run.small)
    turns = 21 if count < LARGE else 13
    ours = fresh("benchmarks.cassettes.replaying:one_request", folder, small, count, turns)
    bridge = fresh("benchmarks.cassettes.replaying:through_bridge", folder, small, count, turns)
    with_async = fresh("benchmarks.cassettes.replaying:one_async_request", folder, count, 11)
    peers: Values = {}
    for peer in run.peers:
        rounds = 3 if count >= LARGE else 7
        try:
            done = fresh("benchmarks.cassettes.replaying:through_peer", peer, folder, count, rounds)
        except RuntimeError as error:
            run.section.notes.append(f"{peer} cannot replay {count:,}: {reason(error)}")
        else:
            peers[peer] = done[peer]
    flat = ours.pop("ours, 100"), bridge.pop("ours, 100")
    made = {"ours": ours.pop("ours, post"), MOCK: ours.pop("MockTransport, post")}
    run.add("replay", count, {**ours, **peers})
    run.add("replay_flat", count, {"ours": ours["ours"], "ours, 100": flat[0]})
    run.add("replay_async", count, with_async)
    run.add("replay_post", count, made)
    run.add("use_cassette", count, {**bridge, **peers})
    run.add("use_cassette_flat", count, {"ours": bridge["ours"], "ours, 100": flat[1]})


def session_rows(run: Run, count: int) -> None:
    """Whole sessions; those of the larger cassette by us alone, as 1,000 are 1,000."""
    place = run.place(count)
    limit = SESSION_LIMIT if count < LARGE else SHORT_LIMIT
    # cassetter cannot open as many as that.
    names = [peer for peer in run.peers if count < LARGE or peer != "cassetter"]
    ways = {
        peer: partial(sessions.one, peer, place, run.warm, min(count, sessions.CALLS), limit)
        for peer in names
    }
    ways |= {peer: future.result for peer, future in run.ahead.pop(count, {}).items()}
    run.add_all(count, *sessions.measure(place, run.warm, count, ways))


def record_rows(run: Run, count: int) -> None:
    """Recording."""
    folder = str(run.place(count))
    turns = 15 if count < LARGE else 9
    ours = fresh("benchmarks.cassettes.recording:one_more", folder, str(run.small), turns)
    flat = ours.pop("ours, 100")
    for peer in run.peers:
        ours |= fresh("benchmarks.cassettes.recording:one_more_peer", peer, folder, count, 3)
    run.add("record", count, ours)
    run.add("record_flat", count, {"ours": ours["ours"], "ours, 100": flat})
    run.add(
        "record_mock", count, fresh("benchmarks.cassettes.recording:one_more_mock", folder, turns)
    )
    run.add_all(count, fresh("benchmarks.cassettes.recording:persist", folder, turns))


def add_rows(run: Run, count: int) -> None:
    """One call added to what is there."""
    rows = fresh("benchmarks.cassettes.recording:added_ours", str(run.place(count)), 15)
    bare = rows["add"].pop("bare request")
    with running() as url:
        for peer in run.peers:
            source = str(run.place(count) / opening.PEER_FILES[peer][0])
            try:
                done = fresh("benchmarks.cassettes.recording:added_peer", peer, source, url)
            except RuntimeError as error:
                run.section.notes.append(f"{peer} cannot add to {count:,}: {reason(error)}")
            else:
                rows["add"][peer], rows["add_bytes"][peer] = done["seconds"], done["bytes"]
    rows["add"]["bare request"] = bare
    run.add_all(count, rows)


def kill_rows(run: Run, count: int) -> None:
    """A killed process."""
    folder = run.place(count)
    peers = dict.fromkeys(run.peers, 100) if count < LARGE else {}
    times = 3 if count < LARGE else 1
    run.add_all(count, *surviving.in_the_middle(folder, count, peers, times))
    if count >= LARGE and "vcrpy" in run.peers:
        run.add("kill_saving", count, {"vcrpy": surviving.while_saving(folder, count)})


def share_rows(run: Run, count: int) -> None:
    """Threads and tasks; how long a cassette is does not matter to them, nor to the two below."""
    if count < LARGE:
        run.add_all(80, sharing.measure(run.place(count)))


def login_rows(run: Run, count: int) -> None:
    """A login."""
    if count < LARGE:
        run.add_all(8, hiding.measure())


def failure_rows(run: Run, count: int) -> None:
    """Failures and time stamps."""
    if count < LARGE:
        run.add_all(count, failing.measure(count))


def table_rows(run: Run, count: int) -> None:
    """DataFrames."""
    rounds = 3 if count < LARGE else 1
    run.add_all(count, tables.measure(run.place(count), run.warm, count, rounds))


def flat_rows(run: Run, count: int) -> None:
    """Whether a replay is as quick with very many."""
    fresh("benchmarks.cassettes.files:build_ours", str(run.place(count)), count, limit=3600)
    folder, small = str(run.place(count)), str(run.small)
    ours = fresh("benchmarks.cassettes.replaying:one_request", folder, small, count, 15)
    run.add("replay_flat", count, {"ours": ours["ours"], "ours, 100": ours["ours, 100"]})
    shutil.rmtree(run.place(count))


UNTIMED: dict[str, Callable[[Run, int], None]] = {
    "share": share_rows,
    "login": login_rows,
    "failures": failure_rows,
    "kill": kill_rows,
}
TIMED: dict[str, Callable[[Run, int], None]] = {
    "session": session_rows,
    "open": open_rows,
    "replay": replay_rows,
    "record": record_rows,
    "add": add_rows,
    "tables": table_rows,
}
PARTS = UNTIMED | TIMED


ABOUT = (
    "Traffic: POST to one URL, 2 kB of XML each way, so that a match has to look at the body. "
    "What is to take so many seconds is compared with a request over httpx.MockTransport, which "
    "took 83.5 us where the target was set."
)


def measure(
    sizes: Sequence[int], parts: Collection[str] = PARTS, flat: Sequence[int] = ()
) -> tuple[Section, list[str]]:
    """Measure all; what failed comes beside it."""
    failed: list[str] = []
    peers = [peer for peer in opening.PEER_FILES if find_spec("vcr" if peer == "vcrpy" else peer)]
    section = Section("Cassettes", ABOUT)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        run = Run(Path(folder), peers, section)
        for count in (10, 100, *sizes):
            fresh("benchmarks.cassettes.files:build", str(run.place(count)), count, peers)
            if count in sizes and "session" in parts:
                run.begin_sessions(pool, count)
        for name, count in itertools.product(PARTS, sizes):
            if name in parts:
                began = time.monotonic()
                try:
                    PARTS[name](run, count)
                except (RuntimeError, AssertionError, subprocess.TimeoutExpired) as error:
                    failed.append(f"{name} at {count:,} failed: {reason(error)}")
                    print(error, file=sys.stderr)
                print(f"{name} {count}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        for count in flat:
            flat_rows(run, count)
    missing = [f"{peer} is not installed" for peer in opening.PEER_FILES if peer not in peers]
    section.notes = sorted({*section.notes, *missing})
    return section, failed
