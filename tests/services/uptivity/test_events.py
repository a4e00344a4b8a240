"""The event listener: rows of any shape, cuts, reconnecting, ends, and what a cassette keeps."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from vcr.cassette import Cassette as StockCassette

import toolkit
from toolkit.cassettes import read
from toolkit.services.uptivity.events import Events, events_frame, row_of

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
Act = Callable[[socket.socket], None]


@contextlib.contextmanager
def pushing(*acts: Act) -> Iterator[str]:
    """An event port: each connection gets the next act, and then its end."""
    listener = socket.create_server(("127.0.0.1", 0))
    left = list(acts)

    def serve() -> None:
        while left:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                left.pop(0)(connection)
        listener.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def pieces(*parts: bytes) -> Act:
    """Send these, and close."""

    def act(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return act


def until_gone(*parts: bytes) -> Act:
    """Send these, and wait for the client to leave."""

    def act(connection: socket.socket) -> None:
        pieces(*parts)(connection)
        while connection.recv(4096):
            pass

    return act


def event(kind: str, device: int = 1) -> bytes:
    return f"<EVENT><TYPE>{kind}</TYPE><DEVICEID>{device}</DEVICEID></EVENT>".encode()


def quick(url: str, **options: Any) -> Events:
    return toolkit.uptivity.listen(url, **{"wait": 0.01, "tries": 2, **options})


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b""])
def test_rows(end: bytes) -> None:
    """Merged, cut anywhere, any line end: one row a document, in order."""
    stream = end.join([b"", event("CALLSTART"), event("CALLUPDATE"), event("CALLSTOP"), b""])
    for cut in (1, 7, len(stream)):
        parts = [stream[at : at + cut] for at in range(0, len(stream), cut)]
        with pushing(until_gone(*parts)) as url, quick(url) as events:
            rows = list(itertools.islice(events, 3))
        assert [row["type"] for row in rows] == ["CALLSTART", "CALLUPDATE", "CALLSTOP"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<EVENT><TYPE>X</TYPE><DEVICEID>1</DEVICEID></EVENT>",
         {"root": "EVENT", "type": "X", "deviceid": "1"}),
        (b"<CallStarted><Device><Id>1</Id><Name>a</Name></Device></CallStarted>",
         {"root": "CallStarted", "type": "CallStarted", "device.id": "1", "device.name": "a"}),
        (b"<E><At>1</At><ROOT>2</ROOT><x/></E>",
         {"root": "E", "type": "E", "at_": "1", "root_": "2", "x": ""}),
        (b"junk <E>\xe9</E>", {"root": "E", "type": "E"}),
    ],
)  # fmt: skip
def test_any_shape(body: bytes, expected: dict[str, str]) -> None:
    """The format is not public: names are kept as they come, in lower case."""
    assert row_of(body, AT) == {"at": AT, **expected}


def test_frame() -> None:
    """Types by name, as in answers of commands; the columns of no events are those of some."""
    rows = [row_of(event("CALLSTART"), AT), row_of(b"<E><KEEPDAYS>3</KEEPDAYS></E>", AT)]
    frame = events_frame(rows)
    assert frame.columns.tolist() == ["at", "root", "type", "deviceid", "keepdays"]
    assert frame.dtypes.astype(str).tolist() == [
        "datetime64[us, UTC]", "category", "category", "str", "Int64",
    ]  # fmt: skip
    assert events_frame([]).dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()[:3]


def test_reconnecting() -> None:
    """A lost connection is made again; half an event is none; what came before is kept."""
    first = pieces(event("A") + b"\r\n" + event("B")[:20])
    second = pieces()
    with pushing(first, second, until_gone(event("C"))) as url, quick(url, tries=4) as events:
        rows = list(itertools.islice(events, 2))
        assert [row["type"] for row in rows] == ["A", "C"]
        assert events.reconnects == 2
        assert events.frame()["type"].tolist() == ["A", "C"]
        assert "2 kept" in repr(events)


def test_nobody_there() -> None:
    """After several tries it is Unreachable; a later next() tries again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with quick(f"tcp://127.0.0.1:{port}") as events:
        for _ in range(2):
            with pytest.raises(toolkit.Unreachable):
                next(iter(events))


def test_idle() -> None:
    """With ``idle`` the iteration ends when nothing comes."""
    with pushing(until_gone(event("A"))) as url, quick(url, idle=0.3) as events:
        assert [row["type"] for row in events] == ["A"]
        assert list(events) == []


def test_close_ends_who_waits() -> None:
    """Closing from another thread ends the iteration, without an error."""
    with pushing(until_gone(event("A"))) as url:
        events = quick(url)
        found: list[Any] = []
        came = threading.Event()

        def listen() -> None:
            for row in events:
                found.append(row["type"])
                came.set()
            found.append("ended")

        thread = threading.Thread(target=listen)
        thread.start()
        assert came.wait(5)
        events.close()
        thread.join(5)
    assert found == ["A", "ended"]


def test_async() -> None:
    """``async for`` leaves the event loop free, and a cancelled task leaves no thread behind."""

    async def some(events: Events) -> tuple[list[str], int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        kinds = []
        async for row in events:
            kinds.append(row["type"])
            if len(kinds) == 2:
                break

        async def wait_on() -> None:
            async for _ in events:
                pass

        waiting = asyncio.create_task(wait_on())
        await asyncio.sleep(0.05)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        ticking.cancel()
        return kinds, ticks

    with pushing(until_gone(event("A"), event("B"))) as url, quick(url) as events:
        kinds, ticks = asyncio.run(some(events))
    assert kinds == ["A", "B"]
    assert ticks > 1


def test_too_large() -> None:
    """An event without an end is given up, and the connection with it."""
    endless = until_gone(b"<EVENT>" + b"x" * 5000)
    with pushing(endless, until_gone(event("B"))) as url, quick(url, max_bytes=4096) as events:
        assert next(iter(events))["type"] == "B"
        assert events.reconnects == 1


@pytest.mark.parametrize("by", ["deck", "cassette"])
def test_recorded_and_replayed(by: str, tmp_path: Path) -> None:
    """Events are interactions of the cassette; a replay gives the same rows, and ends."""
    path = tmp_path / "events.yaml"
    with pushing(until_gone(event("A", 7) + event("B", 8))) as url:
        with contextlib.ExitStack() as stack:
            if by == "deck":
                stack.enter_context(toolkit.record(path))
            options = {} if by == "deck" else {"cassette": path}
            events = stack.enter_context(quick(url, idle=0.3, **options))
            live = list(events)
            before = events.frame()
    assert len(live) == 2
    with toolkit.replay(path), quick(url) as events:
        assert list(events) == live
        pd.testing.assert_frame_equal(events.frame(), before)
    with toolkit.replay(path, repeats="last"), quick(url) as events:
        assert list(events) == live
    recorded = list(read(path))
    assert {(one.request.method, one.request.url) for one in recorded} == {("LISTEN", url)}
    assert len(StockCassette.load(path=str(path))) == 2
    calls = toolkit.read_calls(path)
    assert calls["service"].tolist() == ["uptivity"] * 2
    assert calls["function"].tolist() == ["EVENT"] * 2
    assert calls[["target", "label"]].to_numpy().tolist() == [["7", "A"], ["8", "B"]]


def test_replay_without_events(tmp_path: Path) -> None:
    """A cassette that has none is an error, and no empty list."""
    path = tmp_path / "other.yaml"
    with pushing(until_gone(event("A"))) as url, toolkit.record(path), quick(url) as events:
        next(iter(events))
    with toolkit.replay(path), quick("tcp://127.0.0.1:1") as events:
        with pytest.raises(toolkit.NotRecorded):
            list(events)


@pytest.mark.parametrize("url", ["http://h:5621", "tcp://", "tcp://h/x"])
def test_addresses(url: str) -> None:
    """What is no address, and what is no option."""
    with pytest.raises(toolkit.InvalidArgument, match="tcp://host:5621"):
        toolkit.uptivity.listen(url)
    with pytest.raises(toolkit.InvalidArgument, match="no such option of events"):
        toolkit.uptivity.listen("tcp://h", colour="red")


def test_events_of_the_sandbox() -> None:
    """A call that is started and stopped is heard, also after the listeners were cut off."""
    with (
        toolkit.sandbox.start("uptivity") as box,
        toolkit.uptivity.connect(box.url) as server,
        server.events(box.events[1], idle=20.0, wait=0.01) as events,
    ):
        rows: list[dict[str, Any]] = []

        def listen() -> None:
            for row in events:
                rows.append(row)
                if row["type"] == "LAST":
                    return

        thread = threading.Thread(target=listen)
        thread.start()
        box.wait_for_listeners()
        server.calls.start("2001", ani="5550100")
        server.calls.stop("2001")
        box.drop_listeners()
        box.wait_for_listeners()
        box.tell("LAST", DEVICEID="2001")
        thread.join(20)
    kinds = [row["type"] for row in rows]
    assert {"CALLSTART", "CALLSTOP"} <= set(kinds)
    assert kinds[-1] == "LAST"
    frame = events.frame()
    assert str(frame["time"].dtype) == "datetime64[us, UTC]"
    assert events.reconnects == 1
