"""The connections of an async client, each kept by itself."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

import httpx

KEPT = 5.0
"""Seconds that an idle connection is kept, as httpx keeps it."""

_Origin = tuple[str, str, int | None]


class Ended(Protocol):
    """Told how a response ended."""

    async def __call__(self, *, well: bool) -> None:
        """``well``: it was read whole, and its connection may be used again."""


@dataclass(slots=True, eq=False)
class _Connection:
    transport: httpx.AsyncBaseTransport
    idle_since: float = 0.0


@dataclass(slots=True)
class _OfLoop:
    """The connections that one event loop made: they cannot be used in another."""

    all: set[_Connection] = field(default_factory=set)
    idle: dict[_Origin, deque[_Connection]] = field(default_factory=dict)


class Connections(httpx.AsyncBaseTransport):
    """Sends each request over a connection that is idle, or over a new one.

    httpx's own pool looks at all its connections whenever a request begins or ends: with fifty at
    once that takes more time than the requests. Nor does it serve a second event loop. Whoever
    sends bounds how many requests are under way.

    Parameters
    ----------
    make : callable
        Gives a transport that holds one connection.
    kept : float
        Seconds that an idle one is kept.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], kept: float = KEPT) -> None:
        self._make, self._kept = make, kept
        self._loops: dict[asyncio.AbstractEventLoop, _OfLoop] = {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {sum(len(one.all) for one in self._loops.values())}>"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; its connection is free again when the response is closed."""
        here = self._here()
        url = request.url
        idle = here.idle.setdefault((url.scheme, url.host, url.port), deque())
        await self._forget_old(here, idle)
        if idle:
            connection = idle.pop()
        else:
            connection = _Connection(self._make())
            here.all.add(connection)

        async def ended(*, well: bool) -> None:
            if well:
                connection.idle_since = time.monotonic()
                idle.append(connection)
            else:  # nobody knows what may still come over it
                here.all.discard(connection)
                await connection.transport.aclose()

        try:
            response = await connection.transport.handle_async_request(request)
        except BaseException:
            await ended(well=False)
            raise
        if not isinstance(response.stream, httpx.AsyncByteStream):
            raise TypeError("a response of an async transport has an async stream")
        response.stream = _Watched(response.stream, ended)
        return response

    async def aclose(self) -> None:
        """Close the connections of this event loop; those of ended ones are gone already."""
        here, self._loops = self._here(), {}
        closing = [connection.transport.aclose() for connection in here.all]  # calls still end
        for failed in await asyncio.gather(*closing, return_exceptions=True):
            if failed is not None:
                raise failed

    async def _forget_old(self, here: _OfLoop, idle: deque[_Connection]) -> None:
        while idle and time.monotonic() - idle[0].idle_since > self._kept:
            connection = idle.popleft()
            here.all.discard(connection)
            await connection.transport.aclose()

    def _here(self) -> _OfLoop:
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            for ended in [one for one in self._loops if one.is_closed()]:
                del self._loops[ended]
            self._loops[loop] = _OfLoop()
        return self._loops[loop]


class _Watched(httpx.AsyncByteStream):
    """A response's stream that says, once, how it ended: whether it was read whole."""

    def __init__(self, stream: httpx.AsyncByteStream, ended: Ended) -> None:
        self._stream = stream
        self._ended: Ended | None = ended
        self._is_whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece
        self._is_whole = True

    async def aclose(self) -> None:
        ended, self._ended = self._ended, None
        try:
            await self._stream.aclose()
        finally:
            if ended is not None:
                await ended(well=self._is_whole)
