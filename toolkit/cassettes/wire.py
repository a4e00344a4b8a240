"""httpx's requests, responses and exceptions as ours, while they pass.

Nothing here imports httpx2: the family is that of the request at hand, so that a client of
httpx2 (a fork with the same names) gets httpx2's objects and exceptions.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from typing import Any

import httpx

from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.cassettes.vcrdict import written_seconds
from toolkit.http import TIMING, Timing

_BODILESS = ("", "identity")


_families: dict[type, Any] = {}


def family_of(kind: type) -> Any:
    """Give the module, httpx or httpx2, that a class of request or response belongs to."""
    family = _families.get(kind)
    if family is None:
        family = _families[kind] = sys.modules.get(kind.__module__.partition(".")[0], httpx)
    return family


def request_of(request: Any) -> Request:
    """Give a request that was read, as ours; header names keep their spelling."""
    encoding = request.headers.encoding
    headers = [
        (name.decode("latin-1"), value.decode(encoding)) for name, value in request.headers.raw
    ]
    return Request(request.method, str(request.url), headers, request.content)


def response_of(response: Any, body: bytes, *, decoded: bool = False) -> Response:
    """Give a response as ours, its body decoded, and the headers telling the truth about it."""
    encoding = response.headers.encoding
    headers = [
        (name.decode("latin-1"), value.decode(encoding)) for name, value in response.headers.raw
    ]
    version = response.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace")
    how = response.headers.get("content-encoding", "").strip().lower()
    if how in _BODILESS or not body:
        return Response(response.status_code, response.reason_phrase, headers, body, version)
    plain = body if decoded else _decoded(response, how, body)
    if plain is None:  # the header stays, and the reader decodes (or fails) as the live one did
        return Response(response.status_code, response.reason_phrase, headers, body, version)
    headers = [
        (name, str(len(plain)) if name.lower() == "content-length" else value)
        for name, value in headers
        if name.lower() != "content-encoding"
    ]
    return Response(response.status_code, response.reason_phrase, headers, plain, version, how)


def _decoded(response: Any, how: str, body: bytes) -> bytes | None:
    family = family_of(type(response))
    try:
        plain: bytes = family.Response(200, headers={"content-encoding": how}, content=body).content
    except family.DecodingError:
        return None
    return None if plain == body else plain  # as it was: a coding that httpx does not know


class Exchange:
    """One request that is being sent; it gives the interaction when the last byte has come."""

    def __init__(self, request: Any, keep: Callable[[Interaction], None]) -> None:
        self.family = family_of(type(request))
        self.errors = self.family.TransportError
        self._request = request
        self._keep = keep
        self._timing = Timing(dt.datetime.now(dt.UTC))
        self._started = time.perf_counter()

    def failed(self, error: Exception, response: Response | None = None) -> None:
        """Record that no (whole) response came."""
        self._finish(response, Failure(type(error).__name__, str(error)))

    def _finish(self, response: Response | None, failure: Failure | None = None) -> None:
        timing = self._timing
        timing.elapsed = written_seconds(time.perf_counter() - self._started)
        request = request_of(self._request)
        self._keep(Interaction(request, response, failure, timing.at, timing.elapsed))

    def passed_on(self, response: Any) -> Any:
        """Give the response on, recorded while its reader reads it.

        Its reader finds the times that were recorded in the extension ``toolkit.timing``.
        """
        response.extensions[TIMING] = self._timing
        if response.is_stream_consumed or response.is_closed:  # made whole by its transport
            self._finish(response_of(response, response.content, decoded=True))
        else:
            response.stream = recorded_stream(self.family)(response, self)
        return response


class _Recorded:
    """A stream that passes every chunk on at once, and keeps a copy."""

    def __init__(self, response: Any, exchange: Exchange) -> None:
        self._response = response
        self._stream = response.stream
        self._exchange = exchange
        self._chunks: list[bytes] = []
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:
                self._chunks.append(chunk)
                yield chunk
        except self._exchange.errors as error:
            self._broke(error)
            raise
        self._ended()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                self._chunks.append(chunk)
                yield chunk
        except asyncio.CancelledError:
            self._open = False  # a call that was given up is none that ended
            raise
        except self._exchange.errors as error:
            self._broke(error)
            raise
        self._ended()

    def close(self) -> None:
        self._left()
        self._stream.close()

    async def aclose(self) -> None:
        self._left()
        await self._stream.aclose()

    def _ended(self) -> None:
        if self._open:
            self._open = False
            self._exchange._finish(self._so_far())

    def _broke(self, error: Exception) -> None:
        if self._open:
            self._open = False
            self._exchange.failed(error, self._so_far())

    def _left(self) -> None:
        if self._open:
            count = sum(map(len, self._chunks))
            text = f"the reader closed the response after {count} bytes; the rest is not recorded"
            self._broke(self._exchange.family.ReadError(text))

    def _so_far(self) -> Response:
        chunks, self._chunks = self._chunks, []
        return response_of(self._response, b"".join(chunks))


@cache
def recorded_stream(family: Any) -> type[_Recorded]:
    """Give the class of recorded streams that the family's clients accept."""
    bases = (_Recorded, family.SyncByteStream, family.AsyncByteStream)
    return type("RecordedStream", bases, {})
