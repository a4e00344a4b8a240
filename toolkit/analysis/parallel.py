"""Who reads the cassettes: this process, several processes, threads, or a Dask cluster."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from toolkit.analysis import decoding
from toolkit.analysis.decoding import Part
from toolkit.analysis.sources import CassetteFile, is_url
from toolkit.analysis.worker import part_of

_WORTH = 3.0  # seconds of work; a process needs one of them to start
_SAMPLE = 16
# Bytes a second, roughly: what it pays to start processes for.
_OURS, _FOREIGN = 60e6, 6e6
_FETCHING = 8


class Client(Protocol):
    """What is used of a Dask client."""

    def map(self, func: Callable[..., Any], *iterables: Any, **options: Any) -> list[Any]:
        """Call a function for each, somewhere."""
        ...


Into = Callable[[int], "Path | None"]
"""Where the calls of the cassette of that number are written to; None gives them back."""


def read_all(
    files: Sequence[CassetteFile], into: Into, *, engine: Any = None, workers: int | None = None
) -> Iterator[Part]:
    """The parts of the files in their order, as they are done."""
    if engine is not None:
        yield from _by_cluster(files, into, engine)
        return
    if any(map(is_url, files)) and len(files) > 1:
        with ThreadPoolExecutor(_FETCHING) as pool:
            yield from pool.map(_one, files, map(into, range(len(files))))
        return
    count = workers_for(files) if workers is None else min(workers, len(files))
    if count > 1 and sys.executable:
        yield from _by_processes(files, into, count)
        return
    for number, file in enumerate(files):
        yield _one(file, into(number))


def workers_for(files: Sequence[CassetteFile]) -> int:
    """How many processes it pays to start; 1 for a few small cassettes."""
    if len(files) < 2:
        return 1
    sizes = [Path(file).stat().st_size for file in files if Path(file).exists()]
    step = max(1, len(files) // _SAMPLE)
    rates = [_rate(Path(file)) for file in files[::step]]
    seconds = sum(sizes) / (sum(rates) / len(rates))
    if seconds < _WORTH:
        return 1
    return max(1, min(_processors(), len(files), int(seconds)))


def _rate(path: Path) -> float:
    try:
        with path.open("rb") as file:
            return _OURS if file.read(32).startswith(b"version: 1\ninteractions:") else _FOREIGN
    except OSError:
        return _OURS


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _one(file: CassetteFile, into: Path | None) -> Part:
    return decoding.read_part(file) if into is None else decoding.write_part(file, into)


class _Worker:
    """A process that reads, and a thread's hold on it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "toolkit.analysis.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def read(self, file: CassetteFile, into: Path | None) -> Part:
        """Let it read one cassette.

        Raises
        ------
        OSError, ValueError
            It is gone.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - pipes were asked for
        assert stdout is not None  # noqa: S101
        asked = {"file": str(file)} | ({} if into is None else {"into": str(into)})
        stdin.write(json.dumps(asked).encode() + b"\n")
        stdin.flush()
        head = json.loads(stdout.readline())
        packed = stdout.read(head["bytes"])
        if len(packed) < head["bytes"]:
            raise EOFError("the process ended within an answer")
        return part_of(head, packed, str(file))

    def close(self) -> None:
        """Let it end."""
        process = self._process
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # it ended with something left in the pipe
                    pipe.close()
        process.wait()


def _by_processes(files: Sequence[CassetteFile], into: Into, count: int) -> Iterator[Part]:
    local = threading.local()
    started: list[_Worker] = []

    def read(number: int, file: CassetteFile) -> Part:
        target = into(number)
        try:
            if getattr(local, "worker", None) is None:
                local.worker = _Worker()
                started.append(local.worker)
            part: Part = local.worker.read(file, target)
        except (OSError, ValueError, EOFError):
            # It was ended by somebody, or never began: one who asked reads by itself.
            local.worker = None
            return _one(file, target)
        return part

    try:
        with ThreadPoolExecutor(count) as pool:
            waiting: list[Future[Part]] = []
            try:
                for number, file in enumerate(files):
                    waiting.append(pool.submit(read, number, file))
                    if len(waiting) > 4 * count:  # what is done and not taken is held in memory
                        yield waiting.pop(0).result()
                while waiting:
                    yield waiting.pop(0).result()
            finally:
                for future in waiting:
                    future.cancel()
    finally:
        for worker in started:
            worker.close()


def _by_cluster(files: Sequence[CassetteFile], into: Into, client: Client) -> Iterator[Part]:
    targets = [into(number) for number in range(len(files))]
    # Impure: a cassette may have grown since the cluster read it last.
    futures = client.map(_packed_part, [str(file) for file in files], targets, pure=False)
    for number, future in enumerate(futures):
        head, packed = future.result()
        yield part_of(head, packed, str(files[number]))


def _packed_part(file: str, into: Path | None) -> tuple[dict[str, object], bytes]:
    """On a worker of the cluster: the part as plain bytes."""
    from toolkit.analysis.worker import packed

    part = _one(file if is_url(file) else Path(file), into)
    head = {"rows": part.rows, "fault": part.fault, "warned": part.warned}
    return head, packed(part.table)
