"""Rows: a whole session replayed, from opening the cassette to closing it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import httpx

from benchmarks.cassettes.files import PEER_FILES, patched, plain_client
from benchmarks.cassettes.traffic import REQUEST_HEADERS, URL, question
from benchmarks.measure import fresh

CALLS = 1000
EARLIER = "vcrpy 8.2.1"


@contextmanager
def _transport(path: Path) -> Iterator[httpx.Client]:
    from toolkit.cassettes import ReplayTransport

    with httpx.Client(transport=ReplayTransport(path)) as client:
        yield client


@contextmanager
def _patched(who: str, path: Path) -> Iterator[httpx.Client]:
    with patched(who, path, "none"), plain_client() as client:
        yield client


def replayed(who: str, path: str, warm: str, calls: int, limit: float) -> dict[str, float]:
    """Replay the first calls of a cassette in recorded order; stop after ``limit`` CPU seconds.

    ``who`` is a package, "ours" for ReplayTransport, or "bridge" for our use_cassette.
    """

    def session(file: str, count: int) -> dict[str, float]:
        start = time.process_time()
        done = 0
        with _client(who, Path(file)) as client:
            while done < count and time.process_time() - start < limit:
                response = client.post(URL, content=question(done), headers=REQUEST_HEADERS)
                assert response.status_code == 200
                assert response.content
                done += 1
        return {"seconds": time.process_time() - start, "done": done}

    session(warm, 1)
    return session(path, calls)


def _client(who: str, path: Path) -> AbstractContextManager[httpx.Client]:
    if who == "ours":
        return _transport(path)
    return _patched("ours" if who == "bridge" else who, path)


def one(
    who: str, folder: Path, warm: Path, calls: int, limit: float, path: Path | None = None
) -> dict[str, float]:
    """Run :func:`replayed` in a process of its own; ``path`` is where another version is."""
    name = PEER_FILES[who][0] if who in PEER_FILES else "plain.yaml"
    small = warm / ("ours.yaml" if name == "plain.yaml" else name)
    done: dict[str, float] = fresh(
        "benchmarks.cassettes.sessions:replayed", who, str(folder / name), str(small), calls, limit,
        path=path, limit=limit * 4 + 120,
    )  # fmt: skip
    (folder / "plain.yaml.index").unlink(missing_ok=True)
    return done


def measure(
    folder: Path, warm: Path, count: int, peers: dict[str, Callable[[], dict[str, float]]]
) -> tuple[dict[str, dict[str, float | None]], list[str]]:
    """Give the rows of sessions; ``peers`` says how to get what :func:`one` gives of each.

    A peer that did not finish has no value, and a note says how far it came.
    """
    calls = min(count, CALLS)
    notes: list[str] = []
    ours: dict[str, list[float]] = {"ours": [], "bridge": []}

    def run_ours() -> None:
        for who, seconds in ours.items():
            seconds.append(one(who, folder, warm, calls, 600)["seconds"])

    found: dict[str, float | None] = {}
    # Those begun ahead first: nothing of ours is timed while they still run.
    for peer, get in sorted(peers.items(), key=lambda pair: isinstance(pair[1], partial)):
        done = get()
        found[peer] = done["seconds"] if done["done"] == calls else None
        if found[peer] is None:
            notes.append(
                f"{peer} replayed {done['done']:,.0f} of {calls:,} calls of a cassette of "
                f"{count:,} in {done['seconds']:.0f} CPU seconds, and was stopped"
            )
        run_ours()
    before = found.pop(EARLIER, None)
    rows: dict[str, dict[str, float | None]] = {
        "session": {"ours": median(ours["ours"]), **found},
        "session_bridge": {"ours": median(ours["bridge"]), **found},
    }
    if before is not None:
        rows["session_earlier"] = {"ours": median(ours["ours"]), EARLIER: before}
    if count > calls:
        rows["session_all"] = {"ours": one("ours", folder, warm, count, 600)["seconds"]}
    return rows, notes
