"""The command socket of an async client: every test of the blocking one, and what is its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import toolkit
from tests.services.inloop import again, awaited
from tests.services.uptivity import test_sockets
from tests.services.uptivity.test_sockets import QUICK, stop as stop
from tests.services.uptivity.wire import Act, Scripted, answer, hold, result, scripted
from toolkit.services.uptivity.asyncsockets import AsyncTcpTransport
from toolkit.services.uptivity.server import AsyncServer

# Whether the server has closed already is a matter of time, and a task comes back sooner.
LEFT_OUT = ("test_threads_do_not_mix", "test_too_many_clients_on_connecting")
globals().update(again(test_sockets, *LEFT_OUT))


@pytest.fixture(autouse=True)
def _awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    awaited(monkeypatch, toolkit.uptivity)


def told(connection: socket.socket, number: str) -> None:
    """Answer with the number as data, too."""
    connection.sendall(result(number, data=f"<L><I><N>{number}</N></I></L>") + b"\r\n")


def run(server: Scripted, use: Callable[[AsyncServer], Awaitable[Any]], **options: Any) -> Any:
    """Use one client in one loop."""

    async def main() -> Any:
        async with toolkit.uptivity.connect_async(server.url, wait=0.0, **options) as one:
            return await use(one)

    return asyncio.run(main())


def test_tasks_do_not_mix() -> None:
    """Each has its own answer, over no more connections than calls at once."""

    async def use(one: AsyncServer) -> list[bool]:
        calls = await asyncio.gather(*(one.fetch("TEST") for _ in range(200)))
        return [call.frame["n"].item() == call.reply.request_id for call in calls]

    limits = toolkit.uptivity.Limits(at_once=8)
    with scripted(told) as server:
        assert run(server, use, limits=limits) == [True] * 200
    assert 1 < len(server.connections) <= 8


def late(free: threading.Event, came: threading.Event) -> Act:
    """Answer once it is told to."""

    def act(connection: socket.socket, number: str) -> None:
        came.set()
        free.wait(30)
        told(connection, number)

    return act


def test_a_cancelled_call_closes_its_connection(stop: threading.Event) -> None:
    """Its answer, when it comes at last, reaches nobody: not the next call either."""
    came = threading.Event()

    async def use(one: AsyncServer) -> None:
        call = asyncio.ensure_future(one.calls.start("1001"))
        await asyncio.to_thread(came.wait, 30)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        stop.set()  # the late answer goes out
        await asyncio.to_thread(server.wait_closed, 0)
        for _ in range(3):
            after = await one.fetch("TEST")
            assert after.frame["n"].item() == after.reply.request_id

    with scripted(late(stop, came), told) as server:
        run(server, use)
    assert server.types == ["CALLSTART", "TEST", "TEST", "TEST"]
    assert len(server.connections) == 2


def test_cancelled_inside_the_answer(stop: threading.Event) -> None:
    """Half an answer has been read: the rest is nobody's."""
    came = threading.Event()

    def half(connection: socket.socket, number: str) -> None:
        connection.sendall(result(number)[:-20])
        came.set()
        stop.wait(30)
        connection.sendall(result(number)[-20:] + b"\r\n")

    async def use(one: AsyncServer) -> None:
        call = asyncio.ensure_future(one.test())
        await asyncio.to_thread(came.wait, 30)
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        stop.set()
        assert (await one.test())["code"].item() == 20

    with scripted(half, answer()) as server:
        run(server, use)
    assert len(server.connections) == 2


def test_cancelled_while_waiting_for_its_turn(stop: threading.Event) -> None:
    """Nothing of it is sent, and the turn goes to the next one."""
    came = threading.Event()

    async def use(one: AsyncServer) -> None:
        first, second = (asyncio.ensure_future(one.fetch("TEST")) for _ in range(2))
        await asyncio.to_thread(came.wait, 30)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        stop.set()
        await first
        await one.calls.list()

    with scripted(late(stop, came), told) as server:
        run(server, use, limits=toolkit.uptivity.Limits(at_once=1))
    assert server.types == ["TEST", "CALLLIST"]


def test_a_line_that_does_not_go_out_at_once() -> None:
    """A large command to a server that reads slowly is whole there."""
    value = "x" * (4 * 1024 * 1024)

    async def use(one: AsyncServer) -> None:
        assert (await one.send("LARGE", user1=value))["code"].item() == 20

    with scripted(answer()) as server:
        run(server, use)
    assert value.encode() in server.lines[0]


def test_a_line_that_nobody_reads(stop: threading.Event) -> None:
    """It has its time, and a change may have been done."""
    value = "x" * (32 * 1024 * 1024)

    async def use(one: AsyncServer) -> None:
        await one.test()
        with pytest.raises(toolkit.TimedOut, match="may have been done"):
            await one.send("LARGE", user1=value)

    def first_only(connection: socket.socket, number: str) -> None:
        answer()(connection, number)
        hold(stop)(connection, number)

    with scripted(first_only) as server:
        run(server, use, limits=QUICK)
        stop.set()
    assert server.types == ["TEST"]


def test_several_loops_one_after_the_other() -> None:
    """A connection belongs to its loop: the next loop has one of its own, and none is left open."""
    with scripted(told) as server:
        one = toolkit.uptivity.connect_async(server.url)

        async def use() -> None:
            for _ in range(2):
                call = await one.fetch("TEST")
                assert call.frame["n"].item() == call.reply.request_id

        for number in range(3):
            asyncio.run(use())
            if number:
                server.wait_closed(number - 1)
        asyncio.run(one.close())
        server.wait_closed(2)
    assert len(server.connections) == 3


def test_closed_while_a_call_is_under_way(stop: threading.Event) -> None:
    """The call ends properly, and its connection is not kept."""
    came = threading.Event()

    async def use(one: AsyncServer) -> None:
        transport = AsyncTcpTransport()
        async with toolkit.uptivity.connect_async(one.url, transport=transport) as other:
            call = asyncio.ensure_future(other.test())
            await asyncio.to_thread(came.wait, 30)
            await transport.aclose()
            stop.set()
            assert (await call)["n"].notna().all()
            assert repr(transport) == "<AsyncTcpTransport, 0 idle>"

    with scripted(late(stop, came)) as server:
        run(server, use)
        server.wait_closed(0)


def test_a_name_with_several_addresses() -> None:
    """One that nobody listens at is passed over; where no one listens, nothing was sent."""

    async def main(port: int) -> None:
        async with toolkit.uptivity.connect_async(f"tcp://localhost:{port}", limits=QUICK) as one:
            assert (await one.test())["code"].item() == 20

    with scripted(answer()) as server:
        port = server.place[1]
        asyncio.run(main(port))
    with pytest.raises(toolkit.Unreachable, match="localhost"):
        asyncio.run(main(port))
