"""The async client against the sandbox, behind both doors: what the blocking one does, awaited."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.services.inloop import connecting
from tests.services.uptivity.test_recorded import walk
from tests.services.uptivity.wire import answer, refusal, scripted
from toolkit.sandbox.uptivity import UptivityBox
from toolkit.services.uptivity.server import AsyncServer


@pytest.fixture(scope="module")
def running() -> Iterator[UptivityBox]:
    with toolkit.sandbox.start("uptivity") as box:
        yield box


@pytest.fixture
def box(running: UptivityBox) -> Iterator[UptivityBox]:
    before = running.switches
    yield running
    running.switch(**{name: getattr(before, name) for name in before.__dataclass_fields__})


@pytest.fixture(params=["http", "tcp"])
def url(request: pytest.FixtureRequest, running: UptivityBox) -> str:
    return running.url if request.param == "http" else f"tcp://{running.tcp[0]}:{running.tcp[1]}"


def run(url: str, use: Callable[[AsyncServer], Awaitable[Any]], **options: Any) -> Any:
    """Use one client in one loop."""

    async def main() -> Any:
        async with toolkit.uptivity.connect_async(url, **options) as server:
            return await use(server)

    return asyncio.run(main())


def lasting(frame: pd.DataFrame) -> pd.DataFrame:
    """Without when it was and how long it took."""
    frame = frame.drop(columns=["at", "elapsed"], errors="ignore")
    frame.attrs = {name: frame.attrs[name] for name in frame.attrs if name not in ("at", "elapsed")}
    return frame


def test_every_read_gives_the_same(url: str) -> None:
    """By method, by name in the table, and by any name."""

    async def look(server: AsyncServer) -> list[pd.DataFrame]:
        return await asyncio.gather(
            server.test(),
            server.calls.list(),
            server.users.list(),
            server.call("CALLLIST"),
            server.call("users.send", "list"),
            server.send("importuser", action="list"),
        )

    with toolkit.uptivity.connect(url) as server:
        expected = [
            server.test(),
            server.calls.list(),
            server.users.list(),
            server.call("CALLLIST"),
            server.call("users.send", "list"),
            server.send("importuser", action="list"),
        ]
    for found, wanted in zip(run(url, look), expected, strict=True):
        pd.testing.assert_frame_equal(lasting(found), lasting(wanted))
        assert lasting(found).attrs == lasting(wanted).attrs


@pytest.mark.filterwarnings("ignore::toolkit.services.uptivity.UptivityWarning")
@pytest.mark.parametrize("first", ["blocking", "async"])
def test_what_one_records_the_other_replays(url: str, tmp_path: Path, first: str) -> None:
    """Reads, changes and refusals; equal frames, errors with equal texts."""
    path = tmp_path / "session.yaml"
    kinds = [toolkit.uptivity.connect, connecting(toolkit.uptivity)]
    recorder, player = kinds if first == "blocking" else reversed(kinds)
    with toolkit.record(path), recorder(url) as server:
        live = walk(server)
    with toolkit.replay(path), player(url) as server:
        again = walk(server)
        with pytest.raises(toolkit.NotRecorded, match="TEST"):
            server.test()
    for before, after in zip(live, again, strict=True):
        pd.testing.assert_frame_equal(before, after)
        assert before.attrs == after.attrs


def test_refused_when_it_is_awaited(url: str) -> None:
    """What cannot be right is refused by the call that is awaited, and nothing is sent."""

    async def use(server: AsyncServer) -> None:
        for made, says in [
            (server.calls.start(), "CALLSTART needs one of deviceid"),
            (server.call("CALLSTRAT"), "did you mean CALLSTART"),
            (server.call("CALLUPDATE", "1", keepdays="x"), "keepdays must be a whole number"),
            (server.send("not a type"), "not a type"),
        ]:
            with pytest.raises(toolkit.InvalidArgument, match=says):
                await made
        assert server.last is None
        with pytest.raises(toolkit.InvalidArgument, match="experimental=True"):
            _ = server.experimental
        with pytest.raises(toolkit.NotFound) as caught:
            await server.calls.start(sys_user="nobody.at.all")
        assert (caught.value.code, caught.value.function) == (24, "CALLSTART")

    run(url, use)


def test_experimental(box: UptivityBox, url: str) -> None:
    """The invented names are awaited too; their table is at hand at once."""
    box.switch(experimental=True)

    async def use(server: AsyncServer) -> None:
        assert "RECORDSTART" in server.experimental.names()["type"].tolist()
        assert (await server.experimental.channellist()).attrs["code"] == 20

    run(url, use, experimental=True)


def test_a_thousand_calls_fifty_at_once(box: UptivityBox, url: str) -> None:
    """A server that refuses the fifty-first finds nothing to refuse; each call has its answer."""
    box.switch(queue_size=50, max_clients=50)

    async def use(server: AsyncServer) -> list[bool]:
        # A connection that is over for the client may not be so for the server yet.
        calls = await asyncio.gather(*(server.fetch("TEST") for _ in range(1000)))
        return [call.outcome.code == 20 for call in calls]

    assert run(url, use, tries=1) == [True] * 1000


def test_cancelled_in_the_middle(box: UptivityBox, url: str) -> None:
    """Every second call is given up; the others have their own answers, and the client goes on."""
    box.switch(latency=0.02)

    async def use(server: AsyncServer) -> None:
        calls = [asyncio.ensure_future(server.fetch("TEST")) for _ in range(60)]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        given_up = [call for call in calls[1::2] if call.cancel()]
        assert given_up
        ended = await asyncio.gather(*calls, return_exceptions=True)
        for call, result in zip(calls, ended, strict=True):
            assert call.cancelled() if call in given_up else result.outcome.code == 20
        assert (await server.calls.list()).attrs["code"] == 20

    # An answer to another REQUESTID would be a BadReply.
    run(url, use, other_id="raise", limits=toolkit.uptivity.Limits(at_once=20))


def test_two_tasks_with_two_recordings(url: str, tmp_path: Path) -> None:
    """Each cassette has its own task's calls only."""

    async def recorded(server: AsyncServer, path: Path, kind: str) -> None:
        with toolkit.record(path):
            for _ in range(5):
                await server.send(kind)

    async def use(server: AsyncServer) -> None:
        await asyncio.gather(
            recorded(server, tmp_path / "one.yaml", "TEST"),
            recorded(server, tmp_path / "two.yaml", "CALLLIST"),
        )

    run(url, use)
    for name, kind in (("one.yaml", "TEST"), ("two.yaml", "CALLLIST")):
        assert toolkit.read_calls(tmp_path / name)["function"].tolist() == [kind] * 5


def test_a_busy_server_is_waited_for(tmp_path: Path) -> None:
    """47 and then an answer; a recording of it is not waited for again."""
    path = tmp_path / "busy.yaml"

    async def use(server: AsyncServer) -> int:
        return int((await server.test())["code"].item())

    with scripted(refusal(47, "API_COMMAND_QUEUE_FULL"), answer()) as busy:
        with toolkit.record(path):
            assert run(busy.url, use, wait=0.01) == 20
        with toolkit.replay(path):
            assert run(busy.url, use, wait=60.0) == 20
    assert busy.types == ["TEST", "TEST"]


def test_a_warning_is_told_where_the_loop_runs() -> None:
    """An answer that had to be repaired, of a call in a task."""
    with scripted(answer(before=b"junk")) as server, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run(server.url, lambda one: asyncio.gather(one.test()))
    assert [one.filename for one in told] == [__file__]


def test_events(box: UptivityBox) -> None:
    """Listened to beside calls; left by break, the loop is not held up."""

    async def use(server: AsyncServer) -> list[str]:
        async with server.events(box.events[1], idle=30) as events:
            rows = aiter(events)
            first = asyncio.ensure_future(anext(rows))
            while not first.done():  # whoever listens late hears of the next call
                await server.calls.start("2001", callinstance="e")
                await server.calls.stop("2001", callinstance="e")
                await asyncio.wait([first], timeout=0.05)
            row = await first
            await rows.aclose()
        assert events.next() is None
        return [row["root"], *events.frame()["deviceid"].unique()]

    found = run(box.url, use)
    assert "2001" in found


def test_more_listeners_than_threads(box: UptivityBox) -> None:
    """Listeners do not take the threads in which the loop looks up names."""

    async def listen(server: AsyncServer) -> None:
        async with server.events(box.events[1]) as events:
            async for _ in events:
                return

    async def use(server: AsyncServer) -> None:
        listeners = [asyncio.ensure_future(listen(server)) for _ in range(40)]
        await asyncio.sleep(0)
        assert (await server.test())["code"].item() == 20
        for one in listeners:
            one.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)

    run(f"tcp://localhost:{box.tcp[1]}", use)


def test_options() -> None:
    """They are the blocking client's, and so is what is said of wrong ones."""
    with pytest.raises(toolkit.InvalidArgument, match="no option is called http_methd"):
        toolkit.uptivity.connect_async("http://h", http_methd="GET")
    with pytest.raises(toolkit.InvalidArgument, match="no proxy and no headers"):
        toolkit.uptivity.connect_async("tcp://h", headers={"a": "b"})
    server = toolkit.uptivity.connect_async("tcp://h")
    assert isinstance(server, toolkit.uptivity.AsyncServer)
    assert repr(server) == "<uptivity async server tcp://h:5620>"
    assert repr(server.calls) == "<uptivity calls of tcp://h:5620>"
    assert "none needed" in server._repr_html_()
    assert server.limits == toolkit.uptivity.connect("tcp://h").limits


INTERRUPTED = """
import asyncio, logging, signal, sys, toolkit

logging.getLogger("asyncio").setLevel(logging.ERROR)  # how long a step took is not asked

async def main(url):
    async with toolkit.uptivity.connect_async(url) as server:
        calls = [asyncio.ensure_future(server.test()) for _ in range(300)]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        signal.raise_signal(signal.SIGINT)
        await asyncio.gather(*calls)

for url in sys.argv[1:]:
    try:
        asyncio.run(main(url))
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_interrupted(box: UptivityBox) -> None:
    """Ctrl-C in the middle of many calls: they end, and nothing is complained about."""
    box.switch(latency=0.05)
    urls = [box.url, f"tcp://{box.tcp[0]}:{box.tcp[1]}"]
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", INTERRUPTED, *urls],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.split() == ["interrupted"] * 2
    for url in urls:
        with toolkit.uptivity.connect(url) as server:
            assert server.test()["code"].item() == 20
