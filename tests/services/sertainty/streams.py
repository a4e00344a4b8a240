"""Answers of a gateway that bring a long log, and a client that has logged in to it."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Iterator

import toolkit
from tests.loopback import Act, raw, reply, scripted
from tests.services.sertainty.wire import response
from toolkit.services.sertainty.envelope import decode_request

ENTRY = '<Entry time="2019-04-01T08:{:02d}:{:02d}" level="Info" source="Agent">event {}</Entry>\n'
EVENTS = "".join(ENTRY.format(n // 60, n % 60, n) for n in range(3000))
LOG = f'<Log name="agent">{EVENTS}</Log>'
DOCUMENT = response(1, LOG)
LONG = response(1, f"<Log>{EVENTS * 20}</Log>")
GRANTED = response(1, "sid-1")


@contextlib.contextmanager
def logged_in(*acts: Act, **options: object) -> Iterator[toolkit.sertainty.Gateway]:
    """A gateway that has granted a session and does these acts then."""
    with scripted(reply(GRANTED), *acts) as server:
        gateway = toolkit.sertainty.connect(server.url, **options)  # type: ignore[arg-type]
        gateway.server = server  # type: ignore[attr-defined]
        try:
            gateway.login_with("ada")
            yield gateway
        finally:
            gateway._client.close()


def with_length(body: bytes, length: int | None = None, status: str = "200 OK") -> Act:
    head = f"HTTP/1.1 {status}\r\ncontent-type: text/xml\r\n"
    head += f"content-length: {len(body) if length is None else length}\r\n\r\n"
    return raw(head.encode() + body)


def chunked(body: bytes, size: int, extra: str = "") -> Act:
    """The body in HTTP chunks of so many bytes."""

    def act(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n{extra}transfer-encoding: chunked\r\n"
        connection.sendall(head.encode() + b"\r\n")
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")

    return act


def wrapped(text: str, width: int = 76) -> bytes:
    """A reply whose base64 is broken into lines."""
    packed = base64.b64encode(text.encode()).decode()
    lines = "\r\n ".join(packed[at : at + width] for at in range(0, len(packed), width))
    return response(1, "x").replace(b"eA==", lines.encode())


def sent(gateway: toolkit.sertainty.Gateway) -> list[str]:
    server = gateway.server  # type: ignore[attr-defined]
    return [decode_request(body).function for body in server.bodies]
