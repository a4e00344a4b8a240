"""Rows: the recording process is killed, in the middle and while it saves."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx

from benchmarks.cassettes.files import patched, plain_client, stock_count, vcr_dict
from benchmarks.cassettes.server import running
from benchmarks.cassettes.traffic import REQUEST_HEADERS, interactions, question
from benchmarks.measure import ROOT, command, environment

LIMIT = 120.0
"""Seconds that a killed process may take until then."""


def record_on(who: str, path: str, url: str, count: int) -> None:
    """Record, and write a byte to the standard output after each finished interaction."""
    with _client(who, Path(path)) as client:
        for number in range(count):
            response = client.post(url, content=question(number), headers=REQUEST_HEADERS)
            assert response.content
            os.write(1, b".")


def _client(who: str, path: Path) -> AbstractContextManager[httpx.Client]:
    @contextmanager
    def recording() -> Iterator[httpx.Client]:
        from toolkit.cassettes import RecordTransport

        inner = httpx.HTTPTransport(verify=False, trust_env=False)
        with httpx.Client(transport=RecordTransport(path, inner)) as client:
            yield client

    @contextmanager
    def bridged() -> Iterator[httpx.Client]:
        with patched(who, path, "new_episodes"), plain_client() as client:
            yield client

    return recording() if who == "ours" else bridged()


def killed(who: str, path: Path, url: str, after: int) -> dict[str, int]:
    """Kill a recording after so many finished interactions: how many there were, and are left."""
    path.unlink(missing_ok=True)
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command("benchmarks.cassettes.surviving:record_on", who, str(path), url, after * 2 + 100),
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        finished = 0
        while finished < after:
            part = os.read(process.stdout.fileno(), 4096)
            assert part, f"{who} ended after {finished} interactions"
            finished += len(part)
    finally:
        process.kill()
        rest, _ = process.communicate(timeout=LIMIT)
    finished += len(rest)
    left = stock_count(path) if path.exists() else 0
    return {"finished": finished, "left": left}


def in_the_middle(
    folder: Path, count: int, peers: dict[str, int], times: int
) -> tuple[dict[str, dict[str, float | None]], list[str]]:
    """Give the rows of a kill; ``peers`` are killed after so many interactions, once."""
    chosen = random.Random(count)  # noqa: S311 - the same moments in each run
    lost: dict[str, float | None] = {}
    loads: dict[str, float | None] = {}
    notes: list[str] = []
    with running() as url:
        for _ in range(times):
            after = chosen.randrange(count * 9 // 10, count)
            done = killed("ours", folder / "killed-ours.yaml", url, after)
            lost["ours"] = (lost.get("ours") or 0) + max(0, done["finished"] - done["left"])
            loads["ours"] = min(loads.get("ours") or 1, int(done["left"] >= 0))
        for peer, after in peers.items():
            name = "killed.json" if peer == "replayx" else f"killed-{peer}.yaml"
            done = killed(peer, folder / name, url, after)
            lost[peer] = done["finished"] - max(0, done["left"])
            loads[peer] = 0 if not (folder / name).exists() else int(done["left"] >= 0)
            notes.append(f"{peer} was killed after {done['finished']:,} finished interactions")
    return {"kill": lost, "kill_loads": loads}, notes


def save_all(path: str, count: int) -> None:
    """Save a cassette by stock vcrpy, as it does on leaving."""
    from vcr.persisters.filesystem import FilesystemPersister
    from vcr.serializers import yamlserializer

    kept = vcr_dict(interactions(count))
    os.write(1, b".")
    FilesystemPersister.save_cassette(path, kept, yamlserializer)


def while_saving(folder: Path, count: int) -> int:
    """Kill vcrpy when the file that it saves anew begins to change; 1 if the file loads then."""
    path = folder / "saving.yaml"
    path.write_bytes((folder / "stock.yaml").read_bytes())
    size = path.stat().st_size
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        command("benchmarks.cassettes.surviving:save_all", str(path), count),
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        os.read(process.stdout.fileno(), 1)
        end = time.monotonic() + LIMIT
        while path.stat().st_size == size and process.poll() is None and time.monotonic() < end:
            os.sched_yield() if hasattr(os, "sched_yield") else None
    finally:
        process.kill()
        process.communicate(timeout=LIMIT)
    return int(stock_count(path) == count)
