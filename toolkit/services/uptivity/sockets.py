"""The command socket (5620) as an httpx transport, so that a cassette sees it as any other.

A request with the address ``tcp://host:5620`` goes out as its body and CR LF; what comes back, up
to the end of the root element, is the response's body. One request at a time is on a connection.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import httpx

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

_KEPT = 4


class TcpTransport(httpx.BaseTransport):
    """Sends each request over a socket of its own, and keeps that for the next one.

    Parameters
    ----------
    keep : bool
        Whether a connection that the server leaves open is used again.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self._idle = Idle(keep=keep, most=_KEPT)

    def __repr__(self) -> str:
        return f"<TcpTransport, {len(self._idle)} idle>"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one line, and give the answer from its first byte on.

        Raises
        ------
        httpx.ConnectError, httpx.ConnectTimeout
            Not one byte was sent.
        httpx.TransportError
            Any other, when the line or the beginning of the answer got lost.
        """
        place = (request.url.host, request.url.port or PORT)
        limits = request.extensions.get("timeout", {})
        body = request.read()
        connection = self._sent(place, body + b"\r\n", limits)
        try:
            connection.settimeout(limits.get("read"))
            first = begun(_received(connection))
        except BaseException:
            connection.close()
            raise
        incoming = Incoming(wire.request_id("", body))
        return httpx.Response(
            200,
            stream=_Answer(
                connection, first, incoming, lambda: self._idle.give_back(place, connection)
            ),
            extensions={"http_version": b"TCP"},
        )

    def _sent(self, place: Place, line: bytes, limits: dict[str, float | None]) -> socket.socket:
        """A connection over which the line has gone out.

        One that the server has closed meanwhile takes no byte, and is replaced by a new one.
        """
        while True:
            connection = self._idle.take(place)
            is_new = connection is None
            if connection is None:
                connection = connected(place, limits.get("connect"))
            connection.settimeout(limits.get("write"))
            done = 0
            try:
                while done < len(line):
                    done += connection.send(memoryview(line)[done:])
            except OSError as error:
                connection.close()
                if done or is_new:
                    raise not_sent(error, done, len(line)) from None
                continue
            except BaseException:
                connection.close()
                raise
            return connection

    def close(self) -> None:
        """Close the connections that are kept; one that is still read closes at its end."""
        self._idle.close()


class _Answer(httpx.SyncByteStream):
    """The answer's bytes as they come, to the end of its document."""

    def __init__(
        self,
        connection: socket.socket,
        first: bytes,
        incoming: Incoming,
        give_back: Callable[[], bool],
    ) -> None:
        self._connection, self._first, self._incoming = connection, first, incoming
        self._give_back = give_back
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        piece = self._first
        while piece:
            yield self._incoming.add(piece)
            if self._incoming.ended:
                return
            piece = _received(self._connection)
        self._incoming.cut_off()

    def close(self) -> None:
        """Keep the connection if the whole answer has come and was ours, else close it."""
        if self._closed:
            return
        self._closed = True
        if not (self._incoming.leaves_it_good and self._give_back()):
            self._connection.close()


def connected(place: Place, timeout: float | None) -> socket.socket:
    """A new connection.

    Raises
    ------
    httpx.ConnectError, httpx.ConnectTimeout
        There is none.
    """
    try:
        return without_delay(socket.create_connection(place, timeout))
    except OSError as error:
        raise not_connected(place, error) from None


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(PIECE)
    except OSError as error:
        raise not_received(error) from None
