"""Patches: one cassette for each thread or task, and nothing stays patched, whatever fails."""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp.client
import httpx
import pytest
import requests
import urllib3.connectionpool

from tests.cassettes.answering import NO_TLS, Server, answering
from toolkit.cassettes.bridge import use_cassette
from toolkit.cassettes.bridge.storage import Storage
from toolkit.cassettes.entries import read
from toolkit.outcomes import CassetteError


@pytest.fixture
def server() -> Iterator[Server]:
    with answering() as running:
        yield running


def patchable() -> list[Any]:
    return [
        httpx.HTTPTransport.handle_request,
        httpx.AsyncHTTPTransport.handle_async_request,
        httpx.MockTransport.handle_request,
        http.client.HTTPConnection,
        http.client.HTTPSConnection,
        urllib3.connectionpool.HTTPConnectionPool.ConnectionCls,
        urllib3.connectionpool.HTTPSConnectionPool.ConnectionCls,
        urllib3.connectionpool.HTTPConnectionPool._get_conn,
        aiohttp.client.ClientSession._request,
    ]


@pytest.fixture(autouse=True)
def _nothing_stays_patched() -> Iterator[None]:
    before = patchable()
    yield
    assert patchable() == before


def get(url: str) -> str:
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        return client.get(url).text


def get_by_requests(url: str) -> str:
    with requests.Session() as session:
        return session.get(url).text


@pytest.mark.parametrize("send", [get, get_by_requests])
def test_eight_threads_with_a_cassette_each(
    send: Callable[[str], str], server: Server, tmp_path: Path
) -> None:
    """80 requests, 80 in the right file, recorded and replayed; entered and left in any order."""
    together = threading.Barrier(8)

    def work(number: int, mode: str) -> list[str]:
        together.wait()
        with use_cassette(tmp_path / f"{number}.yaml", record_mode=mode):
            return [send(f"{server.url}/{number}/{n}") for n in range(10 - number // 4)]

    with ThreadPoolExecutor(8) as pool:
        live = list(pool.map(lambda number: work(number, "once"), range(8)))
        served = len(server.served)
        again = list(pool.map(lambda number: work(number, "none"), range(8)))
    assert again == live
    assert len(server.served) == served == 76
    for number in range(8):
        paths = [interaction.request.url for interaction in read(tmp_path / f"{number}.yaml")]
        assert paths == [f"{server.url}/{number}/{n}" for n in range(10 - number // 4)]


def test_tasks_with_a_cassette_each(server: Server, tmp_path: Path) -> None:
    """The same for tasks of one thread, one of them within another's block."""

    async def work(number: int) -> None:
        with use_cassette(tmp_path / f"{number}.yaml"):
            async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
                for n in range(5):
                    await client.get(f"{server.url}/{number}/{n}")

    async def main() -> None:
        await asyncio.gather(*(work(number) for number in range(8)))

    asyncio.run(main())
    for number in range(8):
        urls = [interaction.request.url for interaction in read(tmp_path / f"{number}.yaml")]
        assert urls == [f"{server.url}/{number}/{n}" for n in range(5)]


def test_nested_cassettes(server: Server, tmp_path: Path) -> None:
    """The innermost has the calls, also those of a thread started inside."""
    outer, inner = tmp_path / "outer.yaml", tmp_path / "inner.yaml"
    with use_cassette(outer):
        get(f"{server.url}/1")
        with use_cassette(inner):
            get(f"{server.url}/2")
            thread = threading.Thread(target=get, args=(f"{server.url}/3",))
            thread.start()
            thread.join()
        get(f"{server.url}/4")
    assert [i.request.url[-1] for i in read(outer)] == ["1", "4"]
    assert [i.request.url[-1] for i in read(inner)] == ["2", "3"]


def test_a_worker_thread_uses_the_only_cassette(server: Server, tmp_path: Path) -> None:
    """A pool made before or inside the block: its calls are recorded."""
    with ThreadPoolExecutor(2) as pool:
        pool.submit(int).result()
        with use_cassette(tmp_path / "x.yaml") as cassette:
            list(pool.map(get, [f"{server.url}/{n}" for n in range(4)]))
    assert len(cassette) == 4


def test_two_cassettes_and_a_thread_of_neither(server: Server, tmp_path: Path) -> None:
    """Nobody can say whose call it is: an error, and nothing is sent."""
    inside, done = threading.Barrier(3), threading.Event()

    def hold(name: str) -> None:
        with use_cassette(tmp_path / name):
            inside.wait(10)
            done.wait(10)

    threads = [threading.Thread(target=hold, args=(name,)) for name in ("a.yaml", "b.yaml")]
    for thread in threads:
        thread.start()
    inside.wait(10)
    try:
        with pytest.raises(CassetteError, match="2 cassettes are in use"):
            get(server.url)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert server.served == []


@pytest.mark.parametrize("where", ["open", "write_held_back", "close", "append"])
def test_a_failure_of_ours_leaves_nothing_patched(
    where: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever raises (a full disk, say) while opening, recording, saving or closing."""
    original = getattr(Storage, where)

    def failing(self: Storage, *args: Any) -> Any:
        if where == "close":
            original(self)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Storage, where, failing)
    with pytest.raises(OSError, match="No space"), use_cassette(tmp_path / "x.yaml"):
        get(f"{server.url}/a")
    monkeypatch.undo()
    with use_cassette(tmp_path / "x.yaml", record_mode="new_episodes"):  # no lock is left
        get(f"{server.url}/b")


def test_an_exception_of_the_block_leaves_nothing_patched(server: Server, tmp_path: Path) -> None:
    """The block's own exception comes through."""

    def work() -> None:
        with use_cassette(tmp_path / "x.yaml"):
            get(f"{server.url}/a")
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        work()
    assert get(f"{server.url}/b").startswith("answer 2")


def test_entering_twice_is_refused_and_harms_nothing(server: Server, tmp_path: Path) -> None:
    """As in vcrpy; the open one goes on."""
    manager = use_cassette(tmp_path / "x.yaml")
    with manager as cassette:
        with pytest.raises(AssertionError, match="already open"), manager:
            pass
        get(f"{server.url}/a")
        assert len(cassette) == 1


def test_left_in_another_context_than_entered(server: Server, tmp_path: Path) -> None:
    """An async fixture enters in one context and leaves in another: no error, nothing left."""

    async def main() -> None:
        manager = use_cassette(tmp_path / "x.yaml")
        await asyncio.create_task(asyncio.sleep(0))
        await asyncio.get_running_loop().run_in_executor(None, manager.__enter__)
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
            await client.get(f"{server.url}/a")
        manager.__exit__(None, None, None)

    asyncio.run(main())
    assert len(list(read(tmp_path / "x.yaml"))) == 1


def test_patches_of_its_own(server: Server, tmp_path: Path) -> None:
    """custom_patches and skip_patchers are for one cassette alone, as in vcrpy."""

    class Target:
        value = "before"

    with use_cassette(
        tmp_path / "x.yaml", custom_patches=((Target, "value", "during"),), skip_patchers=("httpx",)
    ) as cassette:
        assert Target.value == "during"
        get(f"{server.url}/a")
        get_by_requests(f"{server.url}/b")
    assert Target.value == "before"
    assert [request.path for request in cassette.requests] == ["/b"]


def test_a_second_recording_of_one_cassette_is_refused(server: Server, tmp_path: Path) -> None:
    """One writer a cassette; the error comes from the call that would have been lost."""
    with use_cassette(tmp_path / "x.yaml"):
        get(f"{server.url}/a")
        with (
            use_cassette(tmp_path / "x.yaml", record_mode="new_episodes"),
            pytest.raises(CassetteError),
        ):
            get(f"{server.url}/b")
    assert [path.name for path in tmp_path.iterdir()] == ["x.yaml"]
