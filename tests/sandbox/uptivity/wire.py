"""Speaks to an API server with plain sockets and plain httpx."""

from __future__ import annotations

import socket
import ssl
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

import httpx

from toolkit.sandbox.uptivity import UptivityBox

Says = Callable[..., ET.Element]
TIMEOUT = 20.0
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the usual one reads a file of CAs each time


class Line:
    """A connection to the command socket that reads whole lines, whatever ends them."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=TIMEOUT)
        self.held = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read(self, end: bytes = b"\r\n") -> bytes:
        """One line without its end; what came if the server ended the connection."""
        while end not in self.held:
            more = self.socket.recv(65536)
            if not more:
                line, self.held = self.held, b""
                return line
            self.held += more
        line, _, self.held = self.held.partition(end)
        return line

    def ended(self) -> bool:
        """Whether the server ends the connection, in order or not, without another byte."""
        try:
            return self.read() == b""
        except ConnectionError:
            return True

    def ask(self, command: str = "", number: object = 1, **values: Any) -> ET.Element:
        """Send a request and read its RESULT."""
        self.send(request(command, number, **values))
        return ET.fromstring(self.read())


def request(command: str, number: object = 1, **values: Any) -> bytes:
    """A request as XML, with the line end that belongs to it."""
    parts = {"TYPE": command, "REQUESTID": number} | values
    inside = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in parts.items())
    return f"<REQUEST>{inside}</REQUEST>\r\n".encode()


def post(box: UptivityBox, command: str = "", number: object = 1, **values: Any) -> ET.Element:
    """The RESULT of a request to the Web API."""
    parts = {"type": command.lower(), "requestid": str(number)}
    parts |= {name.lower(): str(value) for name, value in values.items()}
    return ET.fromstring(httpx.post(box.url, params=parts, verify=NO_TLS).content)


def code(result: ET.Element) -> int:
    """RESULTCODE of a RESULT."""
    return int(result.findtext("RESULTCODE", ""))


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a server does in its own time, such as to notice the end of a connection."""
    deadline = time.monotonic() + TIMEOUT
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"


def names(element: ET.Element) -> list[str]:
    """The names of the elements right below one."""
    return [child.tag for child in element]
