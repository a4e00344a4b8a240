"""A GeoOp server in the test's own event loop: it counts what is under way, and may hold it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import msgspec


class Counting:
    """Answers ``/jobs/N`` with the job N, and requests for a token with a new one each time.

    Attributes
    ----------
    good : str or None
        The token that serves; None takes any. Another one is answered with 401.
    most : int
        How many requests were under way at a time.
    paths : list of str
        What was asked for.
    """

    def __init__(self) -> None:
        self.url = ""
        self.good: str | None = None
        self.paths: list[str] = []
        self.under_way = self.most = self.connections = 0
        self.free = asyncio.Event()
        self.free.set()
        self._changed = asyncio.Condition()

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(so)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests."""
        await self._tell(connections=1)
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                length = head.lower().partition("content-length:")[2].split("\r", 1)[0]
                await reader.readexactly(int(length or 0))
                path = head.split(" ", 2)[1]
                self.paths.append(path)
                await self._tell(under_way=1)
                try:
                    await self.free.wait()
                finally:
                    await self._tell(under_way=-1)
                writer.write(self._answer(path, head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            await self._tell(connections=-1)

    def _answer(self, path: str, head: str) -> bytes:
        status, told = "200 OK", {"result": "success", "jobs": [{"id": _number(path)}]}
        if path.startswith("/oauth2/"):
            self.good = f"token-number-{self.paths.count(path)}"
            told = {"access_token": self.good, "refresh_token": "refresh-me", "expires_in": 60}
        elif self.good is not None and f"Bearer {self.good}\r\n" not in head:
            status = "401 Unauthorized"
            told = {"result": "error", "error": {"type": "client", "message": "expired"}}
        body = msgspec.json.encode(told)
        start = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
        return f"{start}content-length: {len(body)}\r\n\r\n".encode() + body

    async def _tell(self, *, under_way: int = 0, connections: int = 0) -> None:
        self.under_way += under_way
        self.connections += connections
        self.most = max(self.most, self.under_way)
        async with self._changed:
            self._changed.notify_all()


def _number(path: str) -> int:
    number = path.partition("?")[0].rpartition("/")[2]
    return int(number) if number.isdecimal() else 0


@contextlib.asynccontextmanager
async def counting() -> AsyncIterator[Counting]:
    """Run such a server in this loop; at the end every connection must have been closed."""
    server = Counting()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=200)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        async with listening:
            yield server
            await server.until(lambda: not server.connections)
    finally:
        server.free.set()
