"""A scripted command socket on loopback, and hand-written answers."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Act = Callable[[socket.socket, str], None]
"""What the server does about one request: its connection, and the request's REQUESTID."""


@dataclass
class Scripted:
    """The running server: its address, what it read, and how many connections it had."""

    place: tuple[str, int]
    lines: list[bytes] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    ends: list[threading.Event] = field(default_factory=list)

    def wait_closed(self, number: int) -> None:
        """Wait until the server has closed that connection, counted from 0."""
        assert self.ends[number].wait(30)

    @property
    def url(self) -> str:
        return f"tcp://{self.place[0]}:{self.place[1]}"

    @property
    def types(self) -> list[str]:
        found = [re.search(rb"<TYPE>(.*?)</TYPE>", line) for line in self.lines]
        return [one[1].decode() for one in found if one]


def result(
    number: str = "1",
    code: int | str = 20,
    kind: str = "API_OK",
    message: str | None = None,
    data: str = "",
) -> bytes:
    """A RESULT document."""
    said = kind if message is None else message
    return (
        f"<RESULT><REQUESTID>{number}</REQUESTID><RESULTTYPE>{kind}</RESULTTYPE>"
        f"<RESULTCODE>{code}</RESULTCODE><RESULTMSG>{said}</RESULTMSG>{data}</RESULT>"
    ).encode()


def error(number: str, code: int, message: str) -> bytes:
    """A RESULT that is an error."""
    return result(number, code, "ERROR", message)


def answer(
    code: int = 20, kind: str = "API_OK", message: str | None = None, data: str = "",
    end: bytes = b"\r\n", before: bytes = b"",
) -> Act:  # fmt: skip
    """Answer in one piece."""

    def act(connection: socket.socket, number: str) -> None:
        connection.sendall(before + result(number, code, kind, message, data) + end)

    return act


def refusal(code: int, message: str) -> Act:
    """Answer with an error."""
    return answer(code, "ERROR", message)


def then_close(act: Act) -> Act:
    """Do that, and close the connection."""

    def closing(connection: socket.socket, number: str) -> None:
        act(connection, number)
        raise ConnectionAbortedError

    return closing


def drop(_connection: socket.socket, _number: str) -> None:
    """Close the connection without a byte."""
    raise ConnectionAbortedError


def send(*pieces: bytes) -> Act:
    """Send these bytes, each in a call of its own."""

    def act(connection: socket.socket, _number: str) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return act


def hold(stop: threading.Event) -> Act:
    """Answer nothing until the test ends."""

    def act(_connection: socket.socket, _number: str) -> None:
        stop.wait(30)
        raise ConnectionAbortedError

    return act


@contextlib.contextmanager
def scripted(*acts: Act) -> Iterator[Scripted]:
    """Serve the acts in order, one a request; the last one repeats."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(listener.getsockname())
    left = list(acts)
    lock = threading.Lock()
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket, ended: threading.Event) -> None:
        try:
            attend(connection)
        finally:
            ended.set()

    def attend(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            data = b""
            while True:
                while b"\r\n" not in data:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    data += piece
                line, _, data = data.partition(b"\r\n")
                with lock:
                    server.lines.append(line)
                    act = left.pop(0) if len(left) > 1 else left[0]
                number = re.search(rb"<REQUESTID>(.*?)</REQUESTID>", line)
                act(connection, number[1].decode() if number else "")

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections.append(connection)
            server.ends.append(threading.Event())
            thread = threading.Thread(target=serve, args=(connection, server.ends[-1]), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        for one in (listener, *server.connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        accepting.join(5)
        for thread in threads:
            thread.join(5)
