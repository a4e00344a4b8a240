"""A raw HTTP server on loopback that answers what a test scripts, byte for byte.

Examples
--------
>>> import httpx
>>> with scripted(reply(b"hello")) as server:
...     httpx.get(server.url).text
'hello'
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Act = Callable[[socket.socket], None]
"""What the server does about one request, once it has read it whole."""


@dataclass
class Scripted:
    """The running server: its address and the requests it has read (headers, body)."""

    url: str
    port: int
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list, repr=False)

    @property
    def bodies(self) -> list[bytes]:
        """What each request held."""
        return [body for _, body in self.requests]

    def then(self, *acts: Act) -> None:
        """Do these from now on, one a request; the last one repeats."""
        self.acts[:] = acts


def reply(body: bytes, status: str = "200 OK", content_type: str = "text/xml") -> Act:
    """Send a whole response."""

    def act(connection: socket.socket) -> None:
        head = (
            f"HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)

    return act


def raw(data: bytes) -> Act:
    """Send these bytes and close the connection."""

    def act(connection: socket.socket) -> None:
        connection.sendall(data)
        raise ConnectionAbortedError

    return act


def drop(_: socket.socket) -> None:
    """Close the connection without a byte."""
    raise ConnectionAbortedError


def drip(head: bytes, piece: bytes, stop: threading.Event) -> Act:
    """Send a head, then a piece again and again until the client leaves or the test ends."""

    def act(connection: socket.socket) -> None:
        connection.sendall(head)
        while not stop.wait(0.01):
            connection.sendall(piece)

    return act


def hold(stop: threading.Event) -> Act:
    """Answer nothing until the test ends."""

    def act(_: socket.socket) -> None:
        stop.wait(30)
        raise ConnectionAbortedError

    return act


@contextlib.contextmanager
def scripted(*acts: Act, last_repeats: bool = True) -> Iterator[Scripted]:
    """Serve the acts in order, one a request; the last one repeats."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = Scripted(f"http://127.0.0.1:{port}/", port, acts=list(acts))
    lock = threading.Lock()
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while (request := _read(connection)) is not None:
                with lock:
                    server.requests.append(request)
                    left = server.acts
                    act = left.pop(0) if len(left) > 1 or not last_repeats else left[0]
                act(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            thread = threading.Thread(target=serve, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        accepting.join(5)
        for thread in threads:
            thread.join(5)


def _read(connection: socket.socket) -> tuple[bytes, bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return None
        body += piece
    return head, body
