"""The command socket (5620) as an httpx transport, so that a cassette sees it as any other.

A request with the address ``tcp://host:5620`` goes out as its body and CR LF; what comes back, up
to the end of the root element, is the response's body. One request at a time is on a connection.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator

import httpx

from toolkit.services.uptivity import wire
from toolkit.services.uptivity.framing import Frame

PORT = 5620
_PIECE = 64 * 1024
_HEAD = 4096
_KEPT = 4
_ECHO = re.compile(rb"<REQUESTID>\s*([^<\s]*)\s*</REQUESTID>", re.IGNORECASE)


class TcpTransport(httpx.BaseTransport):
    """Sends each request over a socket of its own, and keeps that for the next one.

    Parameters
    ----------
    keep : bool
        Whether a connection that the server leaves open is used again.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self._keep = keep
        self._guard = threading.Lock()
        self._idle: list[tuple[tuple[str, int], socket.socket]] = []

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
            first = _first(connection)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            200,
            stream=_Answer(self, place, connection, first, wire.request_id("", body)),
            extensions={"http_version": b"TCP"},
        )

    def _sent(
        self, place: tuple[str, int], line: bytes, limits: dict[str, float | None]
    ) -> socket.socket:
        """A connection over which the line has gone out.

        One that the server has closed meanwhile takes no byte, and is replaced by a new one.
        """
        while True:
            connection = self._taken(place)
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
                if done:
                    kind = httpx.WriteTimeout if _is_late(error) else httpx.WriteError
                    raise kind(f"after {done} of {len(line)} bytes: {error}") from None
                if is_new:
                    raise httpx.ConnectError(f"nothing could be sent: {error}") from None
                continue
            except BaseException:
                connection.close()
                raise
            return connection

    def _taken(self, place: tuple[str, int]) -> socket.socket | None:
        """An idle connection to that place which is still good."""
        with self._guard:
            mine = [one for one in self._idle if one[0] == place]
            self._idle = [one for one in self._idle if one[0] != place]
        good = None
        for _, connection in mine:
            if good is None and _is_quiet(connection):
                good = connection
            elif good is None or not self.give_back(place, connection):
                connection.close()
        return good

    def give_back(self, place: tuple[str, int], connection: socket.socket) -> bool:
        """Keep a connection for the next request; False when it is not kept."""
        with self._guard:
            if not self._keep or len(self._idle) >= _KEPT:
                return False
            self._idle.append((place, connection))
            return True

    def close(self) -> None:
        """Close the connections that are kept; one that is still read closes at its end."""
        with self._guard:
            idle, self._idle, self._keep = self._idle, [], False
        for _, connection in idle:
            connection.close()


class _Answer(httpx.SyncByteStream):
    """The answer's bytes as they come, to the end of its document."""

    def __init__(
        self,
        owner: TcpTransport,
        place: tuple[str, int],
        connection: socket.socket,
        first: bytes,
        asked: str,
    ) -> None:
        self._owner, self._place, self._connection = owner, place, connection
        self._first, self._asked = first, asked
        self._head = b""
        self._done = False
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        frame = Frame(b"RESULT")
        piece = self._first
        count = 0
        while piece:
            if len(self._head) < _HEAD:
                self._head += piece[:_HEAD]
            end = frame.feed(piece)
            if end is not None:
                # Bytes behind the document are no part of it: whose they are, nobody knows.
                self._done = not piece[end:].strip()
                yield piece[:end]
                return
            count += len(piece)
            yield piece
            piece = _received(self._connection)
        if frame.begun:
            raise httpx.RemoteProtocolError(
                f"the server closed the connection after {count:,} bytes, before </RESULT>"
            )

    def close(self) -> None:
        """Keep the connection if the whole answer has come and was ours, else close it."""
        if self._closed:
            return
        self._closed = True
        if not (
            self._done and self._is_ours() and self._owner.give_back(self._place, self._connection)
        ):
            self._connection.close()

    def _is_ours(self) -> bool:
        echo = _ECHO.search(self._head)
        return echo is None or echo[1].decode("ascii", "replace") in ("", self._asked)


def connected(place: tuple[str, int], timeout: float | None) -> socket.socket:
    """A new connection.

    Raises
    ------
    httpx.ConnectError, httpx.ConnectTimeout
        There is none.
    """
    try:
        connection = socket.create_connection(place, timeout)
    except OSError as error:
        kind = httpx.ConnectTimeout if _is_late(error) else httpx.ConnectError
        raise kind(f"{place[0]}:{place[1]}: {error.strerror or error}") from None
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(_PIECE)
    except TimeoutError:
        raise httpx.ReadTimeout("the server sent nothing more") from None
    except OSError as error:
        raise httpx.ReadError(str(error)) from None


def _first(connection: socket.socket) -> bytes:
    data = _received(connection)
    if not data:
        raise httpx.RemoteProtocolError("the server closed the connection without an answer")
    return data


def _is_quiet(connection: socket.socket) -> bool:
    """Whether an idle connection is open, and nothing has come but the last answer's line end."""
    try:
        connection.setblocking(False)
        while True:
            data = connection.recv(_PIECE)
            if not data or data.strip():
                return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _is_late(error: OSError) -> bool:
    return isinstance(error, TimeoutError)
