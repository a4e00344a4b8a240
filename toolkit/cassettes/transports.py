"""Recording and replaying transports for anybody's httpx client, sync or async."""

from __future__ import annotations

import os
import threading
from typing import Any

import httpx

from toolkit.cassettes.cassette import Cassette
from toolkit.cassettes.options import Mode
from toolkit.cassettes.replayed import answer_to
from toolkit.cassettes.wire import Exchange, family_of, request_of


def send(cassette: Cassette, request: Any, inner: Any) -> Any:
    """Answer a request from the cassette, or send it through ``inner`` and record it."""
    line = cassette.line(
        request.method, str(request.url), request.read(), lambda: request_of(request)
    )
    if line is not None:
        return answer_to(request, line, cassette.path)
    exchange = Exchange(request, cassette.keep)
    try:
        response = inner.handle_request(request)
    except exchange.errors as error:
        exchange.failed(error)
        raise
    return exchange.passed_on(response)


async def send_async(cassette: Cassette, request: Any, inner: Any) -> Any:
    """Do what :func:`send` does for an async client."""
    line = cassette.line(
        request.method, str(request.url), await request.aread(), lambda: request_of(request)
    )
    if line is not None:
        return answer_to(request, line, cassette.path)
    exchange = Exchange(request, cassette.keep)
    try:
        response = await inner.handle_async_request(request)
    except exchange.errors as error:
        exchange.failed(error)
        raise
    return exchange.passed_on(response)


class CassetteTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport around another that answers from, or records to, one cassette.

    Parameters
    ----------
    cassette : str, path or Cassette
        A path is opened now and closed with the client; an open cassette stays its owner's.
    inner : transport, optional
        What sends what is to be sent; httpx's own transport unless given.
    mode : str, optional
        One of :class:`~toolkit.cassettes.options.Options`, as all further options.
    """

    _mode: Mode = "none"

    def __init__(
        self,
        cassette: str | os.PathLike[str] | Cassette,
        inner: Any = None,
        *,
        mode: Mode | None = None,
        **options: Any,
    ) -> None:
        self._owns = not isinstance(cassette, Cassette)
        self.cassette = (
            cassette
            if isinstance(cassette, Cassette)
            else Cassette(cassette, mode or self._mode, **options)
        )
        self._inner = _WhenNeeded() if inner is None else inner

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.cassette!r}>"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer or send one request of a client."""
        response: httpx.Response = send(self.cassette, request, self._inner)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer or send one request of an async client."""
        response: httpx.Response = await send_async(self.cassette, request, self._inner)
        return response

    def close(self) -> None:
        """Close the inner transport, and the cassette if it was opened here."""
        try:
            self._inner.close()
        finally:
            if self._owns:
                self.cassette.close()

    async def aclose(self) -> None:
        """Do what :meth:`close` does for an async client."""
        try:
            await self._inner.aclose()
        finally:
            if self._owns:
                self.cassette.close()


class RecordTransport(CassetteTransport):
    """Sends every request, and appends what came of it to a cassette.

    Examples
    --------
    >>> with httpx.Client(transport=RecordTransport("ping.yaml")) as client:
    ...     client.post(url, content=ping).status_code
    200
    """

    _mode: Mode = "append"


class ReplayTransport(CassetteTransport):
    """Answers every request from a cassette, and opens no socket.

    Examples
    --------
    >>> with httpx.Client(transport=ReplayTransport("cassettes/monday.yaml")) as client:
    ...     client.post(url, content=ping).status_code
    200
    """

    _mode: Mode = "none"


class _WhenNeeded:
    """httpx's own transport, made with the first request that is sent: its TLS setup is slow."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._sync: Any = None
        self._async: Any = None

    def handle_request(self, request: Any) -> Any:
        with self._guard:
            if self._sync is None:
                self._sync = family_of(type(request)).HTTPTransport()
        return self._sync.handle_request(request)

    async def handle_async_request(self, request: Any) -> Any:
        if self._async is None:
            self._async = family_of(type(request)).AsyncHTTPTransport()
        return await self._async.handle_async_request(request)

    def close(self) -> None:
        if self._sync is not None:
            self._sync.close()

    async def aclose(self) -> None:
        if self._async is not None:
            await self._async.aclose()
