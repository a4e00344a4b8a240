"""Connections of an async client, each by itself, against a server that counts them."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.loopback import drop, reply, scripted
from toolkit import http
from toolkit.connections import Connections


def one() -> httpx.AsyncHTTPTransport:
    return httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))


class Server:
    """Counts connections, and answers when it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.opened = self.open = self.requests = 0
        self.free = asyncio.Event()
        self.free.set()
        self._changed = asyncio.Condition()

    async def until(self, **numbers: int) -> None:
        async with asyncio.timeout(120), self._changed:
            await self._changed.wait_for(
                lambda: all(getattr(self, name) == value for name, value in numbers.items())
            )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._tell(opened=1, open_=1)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await self._tell(requests=1)
                await self.free.wait()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            await self._tell(open_=-1)

    async def _tell(self, opened: int = 0, open_: int = 0, requests: int = 0) -> None:
        self.opened += opened
        self.open += open_
        self.requests += requests
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A server; at the end every connection must have been closed."""
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    async with listener:
        yield server
        server.free.set()
        await server.until(open=0)


def test_an_idle_one_is_used_again() -> None:
    """One after the other needs one connection, many at once as many as there are."""

    async def main() -> None:
        async with serving() as server, httpx.AsyncClient(transport=Connections(one)) as client:
            for _ in range(3):
                assert (await client.get(server.url)).text == "ok"
            assert server.opened == 1
            for _ in range(2):
                server.free.clear()
                before = server.requests
                many = asyncio.gather(*(client.get(server.url) for _ in range(9)))
                await server.until(requests=before + 9)
                server.free.set()
                assert {answer.text for answer in await many} == {"ok"}
            assert server.opened == 9

    asyncio.run(main())


def test_what_was_cancelled_or_left_unread_is_closed() -> None:
    """Its connection ends with it, and the next request has another."""

    async def main() -> None:
        async with serving() as server, httpx.AsyncClient(transport=Connections(one)) as client:
            server.free.clear()
            asked = asyncio.ensure_future(client.get(server.url))
            await server.until(requests=1)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
            server.free.set()
            await server.until(open=0)
            async with client.stream("GET", server.url):
                pass
            await server.until(open=0)
            assert (await client.get(server.url)).text == "ok"
            assert server.opened == 3

    asyncio.run(main())


def test_closed_while_calls_end() -> None:
    """Cancelled calls that give their connections up meanwhile do not disturb the closing."""

    async def main() -> None:
        async with serving() as server:
            transport = Connections(one)
            client = httpx.AsyncClient(transport=transport)
            server.free.clear()
            asked = [asyncio.ensure_future(client.get(server.url)) for _ in range(9)]
            await server.until(requests=9)
            for call in asked:
                call.cancel()
            await client.aclose()
            ends = await asyncio.gather(*asked, return_exceptions=True)
            assert all(isinstance(end, asyncio.CancelledError) for end in ends)

    asyncio.run(main())


def test_what_is_idle_for_long_is_closed() -> None:
    """Of many, only those stay open that are used."""

    async def main() -> None:
        transport = Connections(one, kept=0.0)
        async with serving() as server, httpx.AsyncClient(transport=transport) as client:
            server.free.clear()
            many = asyncio.gather(*(client.get(server.url) for _ in range(5)))
            await server.until(requests=5)
            assert repr(transport) == "<Connections: 5>"
            server.free.set()
            await many
            await client.get(server.url)
            await server.until(open=1)
            assert repr(transport) == "<Connections: 1>"

    asyncio.run(main())


@pytest.fixture
def unclosed_is_told() -> Iterator[None]:
    """Python says of a loop that ended with open connections that they were left."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.usefixtures("unclosed_is_told")
def test_another_event_loop_has_its_own() -> None:
    """A client outlives the loop it was used in first; httpx's pool would fail there."""
    with scripted(reply(b"ok")) as server:
        client = httpx.AsyncClient(transport=http.make_async_transport())
        for _ in range(3):
            assert asyncio.run(client.get(server.url)).text == "ok"
        assert repr(client._transport) == "<Connections: 1>"
        asyncio.run(client.aclose())
        assert repr(client._transport) == "<Connections: 0>"


def test_a_failure_comes_through() -> None:
    """A connection that breaks is an exception of httpx, and the next request goes on."""

    async def main(url: str) -> None:
        async with httpx.AsyncClient(transport=http.make_async_transport(verify=False)) as client:
            with pytest.raises(httpx.RemoteProtocolError):
                await client.get(url)
            assert (await client.get(url)).text == "ok"

    with scripted(drop, reply(b"ok")) as server:
        asyncio.run(main(server.url))


def test_a_transport_that_does_not_wait_is_refused() -> None:
    """What makes a connection must make an async one."""

    class Blocking(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, stream=_Sync())

    class _Sync(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b""

    async def main() -> None:
        async with httpx.AsyncClient(transport=Connections(Blocking)) as client:
            with pytest.raises(TypeError, match="async stream"):
                await client.get("http://127.0.0.1/")

    asyncio.run(main())
