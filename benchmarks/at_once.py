"""Many calls of one gateway at once.

1,000 calls of the awaited client, 50 at a time, against plain ``httpx.AsyncClient`` behind a
semaphore of 50 that sends the same requests and reads the bodies, and against the blocking client
that sends one after the other. The gateway takes 20 ms for each answer, as one that is not on this
machine does; it has a process of its own. The best of each counts: what else the machine does only
adds to it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import httpx

import toolkit
from benchmarks.report import Section
from benchmarks.rows import NOT_PEERS, ROWS, Row, costs, faster
from toolkit.services.sertainty.envelope import encode_request

LIMIT, ANSWER_AFTER = 50, 0.02
PLAIN, ONE_BY_ONE = "plain httpx, semaphore", "blocking, one by one"
_XML = {"content-type": "text/xml; charset=utf-8"}
_GRANTED = b"<Response><Status>1</Status><ResultList><Result>c2lk</Result></ResultList></Response>"

NOT_PEERS |= {PLAIN, ONE_BY_ONE}
ROWS |= {
    "at_once": Row("calls, 50 at a time, time on the clock", "s", costs(1.2, PLAIN)),
    "at_once_cpu": Row("the same, CPU of the client", "s", costs(1.2, PLAIN)),
    "at_once_blocking": Row("against the blocking client", "s", faster(2.0, ONE_BY_ONE)),
}


async def _serve(told: Connection) -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: %d\r\n\r\n%b"
    granted = answer % (len(_GRANTED), _GRANTED)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0]
                await reader.readexactly(int(length))
                await asyncio.sleep(ANSWER_AFTER)
                writer.write(granted)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=200)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(told: Connection) -> None:
    asyncio.run(_serve(told))


@contextmanager
def gateway() -> Iterator[str]:
    """A gateway that grants all, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/"
    finally:
        process.terminate()
        process.join()


async def ours(url: str, count: int) -> None:
    """The awaited client."""
    limits = toolkit.Limits(at_once=LIMIT)
    async with toolkit.sertainty.connect_async(url, limits=limits) as client:
        await client.login_with("ada")
        await asyncio.gather(*(client.fetch("configGetList") for _ in range(count)))


async def plain(url: str, count: int) -> None:
    """What people write."""
    room = asyncio.Semaphore(LIMIT)
    limits = httpx.Limits(max_connections=LIMIT, max_keepalive_connections=LIMIT)
    body = encode_request("configGetList", [], "sid")

    async def one() -> bytes:
        async with room:
            return (await client.post(url, content=body, headers=_XML)).content

    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        await one()
        bodies = await asyncio.gather(*(one() for _ in range(count)))
        await one()
    assert set(bodies) == {_GRANTED}


def one_by_one(url: str, count: int) -> None:
    """The blocking client."""
    with toolkit.sertainty.connect(url) as client:
        client.login_with("ada")
        for _ in range(count):
            client.fetch("configGetList")


def measure(count: int = 1000, rounds: int = 3) -> tuple[Section, list[str]]:
    """Measure all."""
    section = Section("Many calls at once", " ".join((__doc__ or "").split("\n\n")[1].split()))
    ways: dict[str, Callable[[str], Any]] = {
        "ours": lambda url: asyncio.run(ours(url, count)),
        PLAIN: lambda url: asyncio.run(plain(url, count)),
        ONE_BY_ONE: lambda url: one_by_one(url, count),
    }
    clock: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    with gateway() as url:
        asyncio.run(ours(url, LIMIT))  # once before it is measured
        for round_ in range(rounds):
            for name in list(ways) if round_ % 2 else list(reversed(ways)):
                began, used = time.perf_counter(), time.process_time()
                ways[name](url)
                clock[name].append(time.perf_counter() - began)
                cpu[name].append(time.process_time() - used)
    best = {name: min(times) for name, times in clock.items()}
    section.add("at_once", count, {"ours": best["ours"], PLAIN: best[PLAIN]})
    used_best = {name: min(times) for name, times in cpu.items()}
    section.add("at_once_cpu", count, {"ours": used_best["ours"], PLAIN: used_best[PLAIN]})
    section.add("at_once_blocking", count, {"ours": best["ours"], ONE_BY_ONE: best[ONE_BY_ONE]})
    return section, []
