"""Faults on purpose: by share, repeatable by seed, and without waiting in tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from toolkit.cassettes import RecordTransport, ReplayTransport
from toolkit.cassettes.faults import KINDS, FaultTransport
from toolkit.outcomes import InvalidArgument

BODY = bytes(range(256)) * 16


class Server(httpx.MockTransport):
    """Answers BODY, and remembers how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(200, headers={"content-type": "x/y"}, content=BODY)


def call(transport: FaultTransport, how: str) -> Any:
    """One call by a sync or an async client: its response, or its exception."""
    url = "http://127.0.0.1/"
    if how == "sync":
        with httpx.Client(transport=transport, timeout=7.0) as client:
            try:
                return client.get(url)
            except httpx.TransportError as error:
                return error

    async def one() -> Any:
        async with httpx.AsyncClient(transport=transport, timeout=7.0) as client:
            try:
                return await client.get(url)
            except httpx.TransportError as error:
                return error

    return asyncio.run(one())


def clock() -> tuple[list[float], dict[str, Any]]:
    """What was slept, and the two ways of sleeping that take no time."""
    slept: list[float] = []

    async def nap(seconds: float) -> None:
        slept.append(seconds)

    return slept, {"sleep": slept.append, "async_sleep": nap}


BOTH = pytest.mark.parametrize("how", ["sync", "async"])


@BOTH
def test_no_fault_passes_everything_through(how: str) -> None:
    """With no share given, nothing changes and nothing waits."""
    slept, sleeping = clock()
    response = call(FaultTransport(Server(), **sleeping), how)
    assert response.content == BODY
    assert response.headers["content-type"] == "x/y"
    assert slept == []


@BOTH
@pytest.mark.parametrize(
    ("fault", "error", "asked", "slept"),
    [
        ("refused", httpx.ConnectError, 0, []),
        ("reset", httpx.ReadError, 1, []),
        ("timeout", httpx.ReadTimeout, 1, [7.0]),
        ("cut", httpx.RemoteProtocolError, 1, []),
    ],
)
def test_failures(
    how: str, fault: str, error: type[Exception], asked: int, slept: list[float]
) -> None:
    """Each raises httpx's own exception; only a refused call never reaches the server."""
    server = Server()
    naps, sleeping = clock()
    transport = FaultTransport(server, **{fault: 1.0}, **sleeping)
    failed = call(transport, how)
    assert type(failed) is error
    assert str(failed).startswith("injected: ")
    assert failed.request.url == "http://127.0.0.1/"
    assert server.asked == asked
    assert naps == slept
    assert transport.injected == {fault: 1}


@BOTH
def test_error_pages(how: str) -> None:
    """503 with HTML instead of what the server said."""
    response = call(FaultTransport(Server(), error=1.0), how)
    assert response.status_code == 503
    assert response.headers["content-type"] == "text/html"
    assert response.text.startswith("<html>")


@BOTH
def test_wrong_content(how: str) -> None:
    """A page, nothing or garbled bytes come with the server's own status, and whole."""
    transport = FaultTransport(Server(), wrong=1.0, seed=3)
    seen = set()
    for _ in range(12):
        response = call(transport, how)
        assert response.status_code == 200
        assert response.content != BODY
        assert int(response.headers.get("content-length", 0)) == len(response.content)
        page = response.headers["content-type"] == "text/html"
        seen.add("page" if page else "nothing" if not response.content else "garbled")
    assert seen == {"page", "nothing", "garbled"}


@BOTH
def test_slow_bodies(how: str) -> None:
    """All bytes come, in pieces, each after a pause."""
    slept, sleeping = clock()
    transport = FaultTransport(Server(), slow=1.0, pause=0.5, piece=1000, **sleeping)
    assert call(transport, how).content == BODY
    assert slept == [0.5] * 5


def test_a_cut_body_gives_its_beginning() -> None:
    """A reader of the stream gets true bytes until it breaks, at a place that varies."""
    transport = FaultTransport(Server(), cut=1.0, seed=2)
    lengths = set()
    with httpx.Client(transport=transport) as client:
        for _ in range(8):
            got: list[bytes] = []
            with client.stream("GET", "http://127.0.0.1/") as response:
                chunks = response.iter_raw()
                with pytest.raises(httpx.RemoteProtocolError):
                    got.extend(chunks)
            assert BODY.startswith(b"".join(got))
            assert len(b"".join(got)) < len(BODY)
            lengths.add(len(b"".join(got)))
    assert len(lengths) > 4


def test_a_body_without_a_length_is_cut_too() -> None:
    """A streamed answer breaks off as well."""

    def stream() -> Iterator[bytes]:
        yield b"a" * 100
        yield b"b" * 100

    inner = httpx.MockTransport(lambda _: httpx.Response(200, content=stream()))
    assert isinstance(call(FaultTransport(inner, cut=1.0), "sync"), httpx.RemoteProtocolError)


@BOTH
def test_latency_and_jitter(how: str) -> None:
    """Every call waits at least the one, and at most both."""
    slept, sleeping = clock()
    transport = FaultTransport(Server(), latency=1.0, jitter=0.5, **sleeping)
    for _ in range(20):
        call(transport, how)
    assert len(slept) == 20
    assert all(1.0 <= seconds <= 1.5 for seconds in slept)
    assert len(set(slept)) > 10


def test_equal_seeds_give_equal_faults() -> None:
    """What happens depends on seed and number alone, for sync and async alike."""
    shares = dict.fromkeys(KINDS, 0.1)

    def faults(seed: int, how: str) -> list[str]:
        transport = FaultTransport(Server(), seed=seed, **shares, **clock()[1])
        return [str(call(transport, how)) for _ in range(30)]

    assert faults(1, "sync") == faults(1, "sync") == faults(1, "async")
    assert faults(1, "sync") != faults(2, "sync")


def test_shares_are_met() -> None:
    """Of many calls each fault gets its share."""
    shares = {"refused": 0.2, "reset": 0.1, "slow": 0.05}
    transport = FaultTransport(Server(), seed=5, **shares)
    plans = [transport.plan(number).fault for number in range(20_000)]
    for kind, share in shares.items():
        assert plans.count(kind) / len(plans) == pytest.approx(share, rel=0.1)
    assert plans.count("") / len(plans) == pytest.approx(0.65, rel=0.02)


@contextmanager
def recorded(path: Path, seconds: float) -> Iterator[None]:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="fine")

    with httpx.Client(transport=RecordTransport(path, httpx.MockTransport(answer))) as client:
        client.get("http://127.0.0.1/")
    text = path.read_text()
    before, _, after = text.partition('"elapsed":')
    path.write_text(f'{before}"elapsed":{seconds}' + after[after.index("}") :].replace("}", "}", 1))
    yield


@BOTH
@pytest.mark.parametrize(("scale", "waited"), [(1.0, [2.5]), (0.1, [0.25]), (0.0, [])])
def test_recorded_latency(tmp_path: Path, how: str, scale: float, waited: list[float]) -> None:
    """Around a replay an answer takes its recorded time, scaled, or none."""
    path = tmp_path / "a.yaml"
    slept, sleeping = clock()
    with recorded(path, 2.5):
        transport = FaultTransport(ReplayTransport(path), as_recorded=scale, **sleeping)
        assert call(transport, how).text == "fine"
    assert slept == pytest.approx(waited)


def test_failures_are_recorded_as_real_ones(tmp_path: Path) -> None:
    """A recording around the faults replays them: the same exceptions, in the same order."""
    path = tmp_path / "a.yaml"
    shares = {"refused": 0.3, "cut": 0.3}

    def run(transport: httpx.BaseTransport) -> list[str]:
        told = []
        with httpx.Client(transport=transport) as client:
            for number in range(12):
                try:
                    told.append(client.get(f"http://127.0.0.1/{number}").text[:4])
                except httpx.TransportError as error:
                    told.append(repr(error))
        return told

    live = run(RecordTransport(path, FaultTransport(Server(), seed=4, **shares)))
    assert live == run(ReplayTransport(path))
    assert any("ConnectError" in text for text in live)
    assert any("RemoteProtocolError" in text for text in live)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"reset": 1.5}, "reset is a share of calls from 0 to 1, not 1.5"),
        ({"reset": 0.6, "cut": 0.6}, "more than 1 together"),
        ({"latency": -1}, "latency is 0 or more"),
        ({"piece": 0}, "piece is a number of bytes"),
    ],
)
def test_options_out_of_range(options: dict[str, float], says: str) -> None:
    """One sentence says which, and what would be right."""
    with pytest.raises(InvalidArgument, match=says):
        FaultTransport(**options)  # type: ignore[arg-type]


def test_repr_tells_seed_and_shares() -> None:
    """Short, and without what is not set."""
    assert repr(FaultTransport(seed=3, cut=0.25)) == "<FaultTransport seed=3 cut=0.25>"


def test_the_default_sleep_really_waits() -> None:
    """Without an injected clock, time passes."""
    started = time.perf_counter()
    call(FaultTransport(Server(), latency=0.02), "sync")
    call(FaultTransport(Server(), latency=0.02), "async")
    assert time.perf_counter() - started >= 0.04
