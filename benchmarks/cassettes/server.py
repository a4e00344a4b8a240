"""A server on loopback in a process of its own, so that its CPU time is nobody else's."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.cassettes.traffic import RESPONSE_HEADERS, answer
from benchmarks.measure import serving

_HEAD = "".join(f"{name}: {value}\r\n" for name, value in RESPONSE_HEADERS.items())
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_NUMBER = re.compile(rb'type="int">\D*(\d+)')


@contextmanager
def running() -> Iterator[str]:
    """Start the server; give its URL."""
    with serving("benchmarks.cassettes.server") as address:
        yield f"{address}/service"


class Answering(asyncio.Protocol):
    """Answers each POST with the XML that belongs to the number in its body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n") + 4) > 3:
            length = _LENGTH.search(self._received, 0, end)
            stop = end + (int(length[1]) if length else 0)
            if len(self._received) < stop:
                return
            body, self._received = self._received[end:stop], self._received[stop:]
            number = _NUMBER.search(body)
            given = answer(int(number[1]) if number else 0)
            head = f"HTTP/1.1 200 OK\r\n{_HEAD}content-length: {len(given)}\r\n\r\n"
            self._transport.write(head.encode() + given)


async def serve() -> None:
    """Serve until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
