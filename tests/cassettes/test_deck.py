"""The deck: which cassette counts for a client of ours, in threads, tasks and cells."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.cassettes.samples import names
from toolkit.cassettes import AsyncDeckTransport, DeckTransport, deck, read, record, replay
from toolkit.outcomes import CassetteError, NotRecorded


def live(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"live " + request.content)


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(transport=DeckTransport(httpx.MockTransport(live))) as client:
        yield client


def bodies(path: Path) -> list[bytes]:
    return [one.request.body for one in read(path)]


def ask(client: httpx.Client, body: str = "x") -> str:
    return client.post("http://h/", content=body).text


def test_a_client_is_recorded_and_replayed_while_a_cassette_is_in(
    client: httpx.Client, tmp_path: Path
) -> None:
    """One client, before, during and after."""
    path = tmp_path / "a.yaml"
    assert ask(client) == "live x"
    with record(path) as recording:
        assert ask(client, "1") == "live 1"
        assert recording.calls == 1
        assert repr(recording) == f"<Recording {str(path)!r} running, 1 calls>"
        assert recording.path == path
        assert recording.cassette.path == path
    assert repr(recording) == f"<Recording {str(path)!r} stopped, 1 calls>"
    assert ask(client, "2") == "live 2"
    with replay(path) as played:
        assert ask(client, "1") == "live 1"
        with pytest.raises(NotRecorded):
            ask(client, "2")
        assert played.calls == 1
    assert ask(client, "2") == "live 2"
    assert bodies(path) == [b"1"]


def test_the_innermost_counts(client: httpx.Client, tmp_path: Path) -> None:
    """A recording within a recording takes what happens in it."""
    with record(tmp_path / "outer.yaml"):
        ask(client, "1")
        with record(tmp_path / "inner.yaml"):
            ask(client, "2")
        ask(client, "3")
    assert bodies(tmp_path / "outer.yaml") == [b"1", b"3"]
    assert bodies(tmp_path / "inner.yaml") == [b"2"]


def test_async_clients_ask_the_deck_too(tmp_path: Path) -> None:
    """The same rules, and the same errors."""

    async def run() -> None:
        transport = AsyncDeckTransport(httpx.MockTransport(live))
        async with httpx.AsyncClient(transport=transport) as client:
            assert (await client.get("http://h/")).text == "live "
            with record(tmp_path / "a.yaml"):
                await client.get("http://h/")
            with replay(tmp_path / "a.yaml"):
                assert (await client.get("http://h/")).text == "live "
                with pytest.raises(NotRecorded):
                    await client.get("http://other/")

    asyncio.run(run())
    assert len(bodies(tmp_path / "a.yaml")) == 1


def test_eight_threads_with_a_cassette_each_never_mix(client: httpx.Client, tmp_path: Path) -> None:
    """80 of 80 calls land in the right file, through one client."""
    together = threading.Barrier(8)

    def run(number: int) -> None:
        with record(tmp_path / f"{number}.yaml"):
            together.wait(10)
            for call in range(10):
                ask(client, f"{number}.{call}")
            together.wait(10)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    for number in range(8):
        expected = [f"{number}.{call}".encode() for call in range(10)]
        assert bodies(tmp_path / f"{number}.yaml") == expected
    assert deck.current() is None


def test_eight_tasks_with_a_cassette_each_never_mix(tmp_path: Path) -> None:
    """In one thread, interleaved at every await."""

    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return live(request)

    async def run() -> None:
        transport = AsyncDeckTransport(httpx.MockTransport(slow))
        async with httpx.AsyncClient(transport=transport) as client:

            async def one(number: int) -> None:
                with record(tmp_path / f"{number}.yaml"):
                    for call in range(10):
                        await client.post("http://h/", content=f"{number}.{call}")
                        await asyncio.sleep(0)

            await asyncio.gather(*map(one, range(8)))

    asyncio.run(run())
    for number in range(8):
        expected = [f"{number}.{call}".encode() for call in range(10)]
        assert bodies(tmp_path / f"{number}.yaml") == expected


def test_a_pools_threads_belong_to_the_only_recording(client: httpx.Client, tmp_path: Path) -> None:
    """A thread that was started elsewhere knows no context; there is one cassette in use."""
    with ThreadPoolExecutor(2) as pool:
        pool.submit(ask, client).result()
        with record(tmp_path / "a.yaml"):
            list(pool.map(lambda number: ask(client, str(number)), range(6)))
    assert sorted(bodies(tmp_path / "a.yaml")) == [b"%d" % number for number in range(6)]


def test_two_recordings_and_a_thread_of_neither_is_an_error(
    client: httpx.Client, tmp_path: Path
) -> None:
    """Better an error than the wrong file; a copied context says which."""
    with (
        record(tmp_path / "a.yaml"),
        record(tmp_path / "b.yaml"),
        ThreadPoolExecutor(1) as pool,
    ):
        with pytest.raises(CassetteError, match=r"2 cassettes are in use \(.*a\.yaml, .*b\.yaml\)"):
            pool.submit(ask, client).result()
        pool.submit(contextvars.copy_context().run, ask, client, "here").result()
    assert names(tmp_path) == ["b.yaml"]
    assert bodies(tmp_path / "b.yaml") == [b"here"]


def test_notebook_cells_one_after_the_other(client: httpx.Client, tmp_path: Path) -> None:
    """Started in one cell's context, used in the next, stopped in a third."""
    recording = record(tmp_path / "a.yaml")
    for step in (
        recording.start,
        lambda: ask(client, "1"),
        recording.stop,
        lambda: ask(client, "2"),
    ):
        contextvars.Context().run(step)
    assert bodies(tmp_path / "a.yaml") == [b"1"]
    assert deck.current() is None


def test_what_another_context_stopped_counts_no_more(client: httpx.Client, tmp_path: Path) -> None:
    """The context that started it may still know it."""
    recording = record(tmp_path / "a.yaml").start()
    contextvars.Context().run(recording.stop)
    assert ask(client) == "live x"
    assert names(tmp_path) == []


def test_starting_and_stopping_are_checked(tmp_path: Path) -> None:
    """Twice started is an error, twice stopped is not; a failed start leaves nothing behind."""
    recording = record(tmp_path / "a.yaml").start()
    with pytest.raises(CassetteError, match="is running already"):
        recording.start()
    recording.stop()
    recording.stop()
    with pytest.raises(CassetteError, match="is not running; start it first"):
        _ = recording.cassette
    with pytest.raises(CassetteError, match="no option colour"):
        record(tmp_path / "a.yaml", colour="red")
    with pytest.raises(CassetteError, match="There is no cassette"):
        replay(tmp_path / "a.yaml").start()
    assert deck.current() is None
    with record(tmp_path / "a.yaml"), pytest.raises(CassetteError, match="is being recorded"):
        record(tmp_path / "a.yaml").start()
    assert deck.current() is None


def test_an_error_inside_takes_the_cassette_out(client: httpx.Client, tmp_path: Path) -> None:
    """What was recorded until then is kept."""

    def fail() -> None:
        with record(tmp_path / "a.yaml"):
            ask(client, "1")
            raise KeyError("mine")

    with pytest.raises(KeyError):
        fail()
    assert deck.current() is None
    assert bodies(tmp_path / "a.yaml") == [b"1"]


def test_the_transports_close_and_show_what_they_are_around() -> None:
    """Closing a client closes what is inside."""
    closed = []

    class Inner(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def __repr__(self) -> str:
            return "<Inner>"

        def close(self) -> None:
            closed.append("sync")

        async def aclose(self) -> None:
            closed.append("async")

    sync, other = DeckTransport(Inner()), AsyncDeckTransport(Inner())
    assert (repr(sync), repr(other)) == ("<DeckTransport <Inner>>", "<AsyncDeckTransport <Inner>>")
    sync.close()
    asyncio.run(other.aclose())
    assert closed == ["sync", "async"]
