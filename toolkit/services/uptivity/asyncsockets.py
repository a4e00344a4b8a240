"""The command socket for an async client: ``sockets.TcpTransport``, awaited.

Plain sockets that the event loop waits for, so that which connections are kept, and when one is
still good, is decided by the same lines as for a blocking client.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Hashable

import httpx

from toolkit.http import AT_ONCE
from toolkit.services.uptivity import wire
from toolkit.services.uptivity.connections import (
    PIECE,
    PORT,
    Idle,
    Incoming,
    Place,
    begun,
    not_connected,
    not_received,
    not_sent,
    without_delay,
)


class AsyncTcpTransport(httpx.AsyncBaseTransport):
    """Sends each request over a connection of its own, and keeps that for the next one.

    Parameters
    ----------
    keep : bool
        Whether a connection that the server leaves open is used again, in the same event loop.
    at_once : int
        How many are kept.
    """

    def __init__(self, *, keep: bool = True, at_once: int = AT_ONCE) -> None:
        self._idle = Idle(keep=keep, most=at_once)

    def __repr__(self) -> str:
        return f"<AsyncTcpTransport, {len(self._idle)} idle>"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one line, and give the answer from its first byte on.

        Raises
        ------
        httpx.TransportError
            As :meth:`sockets.TcpTransport.handle_request`.
        """
        place = (request.url.host, request.url.port or PORT)
        limits = request.extensions.get("timeout", {})
        body = await request.aread()
        # A loop of Windows never lets go of a socket that it has once waited for.
        key = (place, asyncio.get_running_loop())
        self._idle.drop(_is_over)
        connection = await self._sent(key, body + b"\r\n", limits)
        try:
            first = begun(await _received(connection, limits.get("read")))
        except BaseException:
            connection.close()
            raise
        incoming = Incoming(wire.request_id("", body))
        return httpx.Response(
            200,
            stream=_Answer(
                connection,
                first,
                incoming,
                limits.get("read"),
                lambda: self._idle.give_back(key, connection),
            ),
            extensions={"http_version": b"TCP"},
        )

    async def _sent(
        self,
        key: tuple[Place, asyncio.AbstractEventLoop],
        line: bytes,
        limits: dict[str, float | None],
    ) -> socket.socket:
        """A connection over which the line has gone out; a dead one is replaced by a new one."""
        while True:
            connection = self._idle.take(key)
            is_new = connection is None
            if connection is None:
                connection = await _connected(key[0], limits.get("connect"))
            done = 0
            try:
                with contextlib.suppress(BlockingIOError):
                    done = connection.send(line)
                rest = line[done:]
                if rest:
                    done = done or 1  # perhaps: of these, nobody says how many went out
                    async with asyncio.timeout(limits.get("write")):
                        await key[1].sock_sendall(connection, rest)
            except OSError as error:
                connection.close()
                if done or is_new:
                    raise not_sent(error, done, len(line)) from None
                continue
            except BaseException:
                connection.close()
                raise
            return connection

    async def aclose(self) -> None:
        """Close the connections that are kept; one that is still read closes at its end."""
        self._idle.close()


class _Answer(httpx.AsyncByteStream):
    """The answer's bytes as they come, to the end of its document."""

    def __init__(
        self,
        connection: socket.socket,
        first: bytes,
        incoming: Incoming,
        timeout: float | None,
        give_back: Callable[[], bool],
    ) -> None:
        self._connection, self._first, self._incoming = connection, first, incoming
        self._timeout, self._give_back = timeout, give_back
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        piece = self._first
        while piece:
            yield self._incoming.add(piece)
            if self._incoming.ended:
                return
            piece = await _received(self._connection, self._timeout)
        self._incoming.cut_off()

    async def aclose(self) -> None:
        """Keep the connection if the whole answer has come and was ours, else close it."""
        if self._closed:
            return
        self._closed = True
        if not (self._incoming.leaves_it_good and self._give_back()):
            self._connection.close()


async def _connected(place: Place, timeout: float | None) -> socket.socket:
    """A new connection, to the first of the name's addresses that answers."""
    try:
        async with asyncio.timeout(timeout):
            return without_delay(await _first_of(place))
    except OSError as error:
        raise not_connected(place, error) from None


async def _first_of(place: Place) -> socket.socket:
    loop = asyncio.get_running_loop()
    failed = OSError("the name has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(
        *place, type=socket.SOCK_STREAM
    ):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.setblocking(False)
            await loop.sock_connect(connection, address)
        except OSError as error:
            connection.close()
            failed = error
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise failed


async def _received(connection: socket.socket, timeout: float | None) -> bytes:
    try:
        async with asyncio.timeout(timeout):
            return await asyncio.get_running_loop().sock_recv(connection, PIECE)
    except OSError as error:
        raise not_received(error) from None


def _is_over(key: Hashable) -> bool:
    """Whether a connection's event loop is closed."""
    return isinstance(key, tuple) and key[1].is_closed()
