"""The two drivers: a flow that goes alone, flows that go together, cancelling, event loops."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from toolkit.http import Answer
from toolkit.outcomes import InvalidArgument, NotFound
from toolkit.services.base.driving import (
    Flow,
    Send,
    Together,
    Turn,
    Wait,
    alone,
    drive,
    drive_async,
    in_thread,
)

Run = Callable[[Flow[Any]], Any]
NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


class Wire:
    """Answers each step by its own body, and counts how many are under way."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.most = 0
        self._under_way = 0
        self._guard = threading.Lock()
        self._pause = threading.Event()

    def send(self, step: Send) -> Answer:
        with self._guard:
            self.sent.append(step.body)
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        self._pause.wait(0.002)  # never set: long enough for others to come in between
        with self._guard:
            self._under_way -= 1
        if step.body == b"missing":
            raise NotFound("there is none")
        return Answer(200, httpx.Headers(), step.body, NOW, 0.1)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture(params=["blocking", "awaited"])
def run(request: pytest.FixtureRequest, wire: Wire) -> Run:
    """Both drivers: a flow cannot tell them apart."""
    if request.param == "blocking":
        return lambda flow: drive(flow, wire.send, wait=lambda _: None)
    return lambda flow: asyncio.run(drive_async(flow, in_thread(wire.send)))


def one(body: bytes) -> Flow[bytes]:
    answer = yield Send(body)
    return bytes(answer.body)


def test_an_answer_comes_back(run: Run) -> None:
    """What was sent is answered, and the flow's result is the driver's."""
    assert run(one(b"a")) == b"a"


def test_a_flow_hears_what_sending_raised(run: Run) -> None:
    """An exception is thrown into the flow, which may handle it."""

    def flow() -> Flow[str]:
        try:
            yield from one(b"missing")
        except NotFound:
            return "handled"
        return "not reached"

    assert run(flow()) == "handled"
    with pytest.raises(NotFound, match="there is none"):
        run(one(b"missing"))


def test_nobody_to_ask(run: Run) -> None:
    """A flow that only waits needs nobody; its reaction is nothing."""

    def flow() -> Flow[object]:
        return (yield Wait(0.0))

    assert run(flow()) is None


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_flows_together(run: Run, wire: Wire, limit: int) -> None:
    """Each one's place comes with its result or exception; no more than the limit are under way."""
    ended: dict[int, object] = {}
    bodies = [b"missing" if number % 7 == 3 else b"%d" % number for number in range(20)]

    def flow() -> Flow[str]:
        yield Together(map(one, bodies), limit, ended.__setitem__)
        return "done"

    assert run(flow()) == "done"
    assert sorted(ended) == list(range(20))
    for place, body in enumerate(bodies):
        if body == b"missing":
            assert isinstance(ended[place], NotFound)
        else:
            assert ended[place] == body
    assert wire.most <= limit


def test_flows_together_end_early(run: Run, wire: Wire) -> None:
    """Flows are taken as there is room: an iterable that ends leaves the rest unsent."""
    ended: list[int] = []

    def flows() -> Iterator[Flow[bytes]]:
        for number in range(100):
            if len(ended) >= 5:
                return
            yield one(b"%d" % number)

    def flow() -> Flow[None]:
        yield Together(flows(), 2, lambda place, _: ended.append(place))

    run(flow())
    assert 5 <= len(wire.sent) <= 7
    assert len(ended) == len(wire.sent)


def test_what_hears_the_ends_may_raise(run: Run) -> None:
    """Its exception is the flow's, and nothing further is sent."""

    def ended(_place: int, _result: object) -> None:
        raise KeyError("enough")

    def flow() -> Flow[None]:
        yield Together(map(one, [b"x"] * 50), 2, ended)

    with pytest.raises(KeyError, match="enough"):
        run(flow())


def test_a_limit_is_a_number_from_one_on(run: Run) -> None:
    """No flow runs under a limit of none."""

    def flow() -> Flow[None]:
        yield Together([one(b"x")], 0, lambda *_: None)

    with pytest.raises(InvalidArgument, match="1 or more"):
        run(flow())


def test_alone(run: Run, wire: Wire) -> None:
    """What only one may do at a time is done by one, though many want it."""
    turn, tokens = Turn(), []

    def renew() -> Flow[int]:
        if not tokens:  # who waited looks again
            tokens.append((yield from one(b"renew")))
        return len(tokens)

    def call() -> Flow[int]:
        return (yield from alone(turn, renew()))

    found: list[object] = []

    def flow() -> Flow[None]:
        calls = (call() for _ in range(10))
        yield Together(calls, 10, lambda _, result: found.append(result))

    run(flow())
    assert wire.sent == [b"renew"]
    assert found == [1] * 10


def test_cancelling_ends_what_runs_together() -> None:
    """A cancelled driver cancels the flows under way, and waits until they have ended."""
    begun: list[bytes] = []
    cancelled: list[bytes] = []

    async def never(step: Send) -> Answer:
        begun.append(step.body)
        if len(begun) == 8:
            full.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(step.body)
            raise
        raise AssertionError("unreachable")

    def flow() -> Flow[None]:
        yield Together((one(b"%d" % number) for number in range(30)), 8, lambda *_: None)

    async def main() -> None:
        task = asyncio.ensure_future(drive_async(flow(), never))
        await full.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    full = asyncio.Event()
    asyncio.run(main())
    assert len(begun) == 8
    assert sorted(cancelled) == sorted(begun)


def test_a_cancelled_turn_is_given_on() -> None:
    """Who is cancelled while it has the turn, or waits for it, does not keep it from others."""
    turn = Turn()

    async def send(step: Send) -> Answer:
        if step.body == b"hold":
            held.set()
            await asyncio.Event().wait()
        return Answer(200, httpx.Headers(), step.body, NOW, 0.1)

    async def main() -> bytes:
        holding, waiting, third = (
            asyncio.ensure_future(drive_async(alone(turn, one(body)), send))
            for body in (b"hold", b"second", b"third")
        )
        await held.wait()
        waiting.cancel()
        holding.cancel()
        return await third

    held = asyncio.Event()
    assert asyncio.run(main()) == b"third"


def test_a_turn_serves_one_loop_after_another() -> None:
    """A client may be used in several event loops, one after the other, also when it waited."""
    turn = Turn()

    async def send(step: Send) -> Answer:
        await asyncio.sleep(0)
        return Answer(200, httpx.Headers(), step.body, NOW, 0.1)

    async def main() -> list[bytes]:
        wanted = (drive_async(alone(turn, one(b"x")), send) for _ in range(3))
        return await asyncio.gather(*wanted)

    assert asyncio.run(main()) == asyncio.run(main()) == [b"x"] * 3
