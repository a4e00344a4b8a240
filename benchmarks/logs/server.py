"""A gateway on loopback in a process of its own, whose log is a file."""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.logs.document import SMALL, answer_of
from benchmarks.measure import serving

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_GRANTED = answer_of(b"session-1")
_SMALL = answer_of(SMALL.encode())


@contextmanager
def running(answer: str) -> Iterator[str]:
    """Start the server; give its URL."""
    with serving("benchmarks.logs.server", answer) as address:
        yield f"{address}/"


def serve(connection: socket.socket, answer: Path) -> None:
    """Answer requests: a session, or the file."""
    with contextlib.suppress(OSError), connection:
        while request := _request(connection):
            if b"hostOpenSession" in request:
                connection.sendall(_head(len(_GRANTED)) + _GRANTED)
                continue
            if request.startswith(b"POST /small"):
                connection.sendall(_head(len(_SMALL)) + _SMALL)
                continue
            with answer.open("rb") as file:
                connection.sendall(_head(answer.stat().st_size))
                connection.sendfile(file)


def _head(length: int) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\n\r\n"
    return head.encode()


def _request(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(1 << 16):
        received += piece
        head, end, body = received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if end and len(body) >= int(length[1] if length else 0):
            return received
    return b""


def main() -> None:
    """Serve until the standard input ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    answer = Path(sys.argv[1])

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, answer), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
