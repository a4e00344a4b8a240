"""The event socket (5621) as an httpx transport: each request waits for one more document."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time

import httpx

from toolkit.services.uptivity.framing import Frame
from toolkit.services.uptivity.sockets import connected

_PIECE = 64 * 1024
_GLANCE = 0.2


class Ended(Exception):
    """The listener was closed, or nothing came for as long as it was to wait."""


class EventTransport(httpx.BaseTransport):
    """Keeps a connection on which the server pushes documents; a lost one is made again.

    Parameters
    ----------
    place : tuple of str and int
    connect : float
        Seconds to make a connection.
    idle : float or None
        Seconds without any event after which it ends; None waits for ever.
    tries : int
        How often in a row a connection may fail.
    wait, wait_most : float
        Seconds before the second try, doubled for each further one, and their most.
    max_bytes : int
        The most that one document may have.
    """

    def __init__(
        self,
        place: tuple[str, int],
        *,
        connect: float = 5.0,
        idle: float | None = None,
        tries: int = 8,
        wait: float = 0.5,
        wait_most: float = 15.0,
        max_bytes: int = 1024 * 1024,
    ) -> None:
        self.count = 0
        self.reconnects = 0
        self._place, self._connect, self._idle = place, connect, idle
        self._tries, self._wait, self._wait_most = tries, wait, wait_most
        self._max = max_bytes
        self._connection: socket.socket | None = None
        self._was_connected = False
        self._left = b""
        self._over = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait for the next document.

        Raises
        ------
        Ended
            There will be none.
        httpx.ConnectError, httpx.ConnectTimeout
            The server was not reached, after several tries.
        """
        deadline = None if self._idle is None else time.monotonic() + self._idle
        failures = 0
        while True:
            try:
                if self._connection is None:
                    self._open()
                body = self._document(deadline)
            except httpx.TransportError:
                self._drop()
                failures += 1
                if failures >= self._tries:
                    raise
                self._pause(failures, deadline)
                continue
            self.count += 1
            return httpx.Response(
                200, content=body, request=request, extensions={"http_version": b"TCP"}
            )

    def _open(self) -> None:
        self._check(None)
        self._connection = connected(self._place, self._connect)
        self.reconnects += self._was_connected
        self._was_connected = True

    def _document(self, deadline: float | None) -> bytes:
        """The next whole document, white space and junk before it left out by its reader."""
        frame, size = Frame(), 0
        parts: list[bytes] = []
        piece, self._left = self._left, b""
        while True:
            end = frame.feed(piece) if piece else None
            if end is not None:
                self._left = piece[end:]
                return b"".join([*parts, piece[:end]])
            if piece:
                parts.append(piece)
                size += len(piece)
            if size > self._max:
                raise httpx.RemoteProtocolError(f"an event has more than {self._max:,} bytes")
            piece = self._received(deadline)

    def _received(self, deadline: float | None) -> bytes:
        while True:
            self._check(deadline)
            connection = self._connection
            if connection is None:
                raise Ended
            try:
                connection.settimeout(_GLANCE)
                data = connection.recv(_PIECE)
            except TimeoutError:
                continue
            except OSError as error:
                self._check(None)
                raise httpx.ReadError(str(error)) from None
            if data:
                return data
            self._check(None)
            raise httpx.RemoteProtocolError("the server closed the connection")

    def _check(self, deadline: float | None) -> None:
        if self._over.is_set() or (deadline is not None and time.monotonic() > deadline):
            raise Ended

    def _pause(self, failures: int, deadline: float | None) -> None:
        most = min(self._wait * 2 ** (failures - 1), self._wait_most)
        seconds = most * (0.5 + random.random() / 2)  # noqa: S311 (no secret)
        if deadline is not None:
            seconds = min(seconds, max(deadline - time.monotonic(), 0))
        self._over.wait(seconds)
        self._check(deadline)

    def _drop(self) -> None:
        connection, self._connection, self._left = self._connection, None, b""
        if connection is not None:
            connection.close()

    def stop(self) -> None:
        """End whoever waits for an event, from any thread."""
        self._over.set()
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self._over.set()
        self._drop()
