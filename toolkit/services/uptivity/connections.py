"""What both command-socket transports share: which connections are kept, where an answer ends.

One request at a time is on a connection. It is kept for the next one only after a whole answer
that was ours; any other end of a call, its cancelling too, closes it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Hashable

import httpx

from toolkit.services.uptivity.framing import Frame

PORT = 5620
PIECE = 64 * 1024
_HEAD = 4096
_ECHO = re.compile(rb"<REQUESTID>\s*([^<\s]*)\s*</REQUESTID>", re.IGNORECASE)

Place = tuple[str, int]


class Idle:
    """Connections that wait for their next request, each under what it is good for.

    Parameters
    ----------
    keep : bool
        Whether any is kept.
    most : int
        How many.
    """

    def __init__(self, *, keep: bool, most: int) -> None:
        self._keep, self._most = keep, most
        self._guard = threading.Lock()
        self._idle: list[tuple[Hashable, socket.socket]] = []

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, key: Hashable) -> socket.socket | None:
        """An idle connection of that key which is still good."""
        good = None
        for connection in self._withdrawn(lambda one: one == key):
            if good is None and _is_quiet(connection):
                good = connection
            elif good is None or not self.give_back(key, connection):
                connection.close()
        return good

    def give_back(self, key: Hashable, connection: socket.socket) -> bool:
        """Keep a connection for the next request; False when it is not kept."""
        with self._guard:
            if not self._keep or len(self._idle) >= self._most:
                return False
            self._idle.append((key, connection))
            return True

    def drop(self, old: Callable[[Hashable], bool]) -> None:
        """Close those whose key is old."""
        for connection in self._withdrawn(old):
            connection.close()

    def close(self) -> None:
        """Close all, and keep no further one."""
        self._keep = False
        self.drop(lambda _: True)

    def _withdrawn(self, wanted: Callable[[Hashable], bool]) -> list[socket.socket]:
        with self._guard:
            found = [connection for key, connection in self._idle if wanted(key)]
            self._idle = [one for one in self._idle if not wanted(one[0])]
        return found


class Incoming:
    """One answer while its bytes come.

    Attributes
    ----------
    ended : bool
        Whether its document has come whole.
    """

    def __init__(self, asked: str) -> None:
        self._asked = asked
        self._frame = Frame(b"RESULT")
        self._head = b""
        self._count = 0
        self._alone = False
        self.ended = False

    def add(self, piece: bytes) -> bytes:
        """One piece more: those of its bytes that belong to the document."""
        if len(self._head) < _HEAD:
            self._head += piece[:_HEAD]
        end = self._frame.feed(piece)
        if end is None:
            self._count += len(piece)
            return piece
        # Bytes behind the document are no part of it: whose they are, nobody knows.
        self.ended, self._alone = True, not piece[end:].strip()
        return piece[:end]

    def cut_off(self) -> None:
        """The connection was closed; an error inside a document."""
        if self._frame.begun:
            raise httpx.RemoteProtocolError(
                f"the server closed the connection after {self._count:,} bytes, before </RESULT>"
            )

    @property
    def leaves_it_good(self) -> bool:
        """Whether its connection may serve another request: all came, was ours, and no more."""
        if not (self.ended and self._alone):
            return False
        echo = _ECHO.search(self._head)
        return echo is None or echo[1].decode("ascii", "replace") in ("", self._asked)


def without_delay(connection: socket.socket) -> socket.socket:
    """The connection, which sends at once what it is given."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def not_connected(place: Place, error: OSError) -> httpx.TransportError:
    """The exception where there is no connection."""
    kind = httpx.ConnectTimeout if _is_late(error) else httpx.ConnectError
    return kind(f"{place[0]}:{place[1]}: {error.strerror or str(error) or 'timed out'}")


def not_sent(error: OSError, done: int, size: int) -> httpx.TransportError:
    """The exception where a line did not go out: not one byte of it, or (perhaps) some."""
    if not done:
        return httpx.ConnectError(f"nothing could be sent: {error}")
    kind = httpx.WriteTimeout if _is_late(error) else httpx.WriteError
    return kind(f"after {done} of {size} bytes: {error}")


def not_received(error: OSError) -> httpx.TransportError:
    """The exception where nothing more came."""
    if _is_late(error):
        return httpx.ReadTimeout("the server sent nothing more")
    return httpx.ReadError(str(error))


def begun(first: bytes) -> bytes:
    """The first piece of an answer; an error where the connection was closed instead."""
    if not first:
        raise httpx.RemoteProtocolError("the server closed the connection without an answer")
    return first


def _is_quiet(connection: socket.socket) -> bool:
    """Whether an idle connection is open, and nothing has come but the last answer's line end."""
    try:
        connection.setblocking(False)
        while True:
            data = connection.recv(PIECE)
            if not data or data.strip():
                return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def _is_late(error: OSError) -> bool:
    return isinstance(error, TimeoutError)
