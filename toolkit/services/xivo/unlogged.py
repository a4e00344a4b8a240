"""Addresses with a secret in them are kept out of httpx's log.

httpx logs the address of every request (at INFO), and xivo-auth wants the token in the path. So the
request that the client sees has the address with secrets masked; the true one is put in below.
"""

from __future__ import annotations

from typing import Any

import httpx

from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.placeholders import mask
from toolkit.cassettes.redaction.urls import swap_url
from toolkit.services.base.driving import Send

_TRUE = "toolkit.xivo.url"
_NAMES = Names()


def shown(url: str) -> tuple[str, dict[str, Any]]:
    """The address for the log, and what tells the transport the true one.

    Examples
    --------
    >>> shown("https://h:9497/0.1/token/7b1c0f52-6c0e-4a52-9d6e-5a1f0c9d2e11?scope=a.b")[0]
    'https://h:9497/0.1/token/XXXXXXXX?scope=a.b'
    """
    masked = swap_url(url, _NAMES, mask)
    return (url, {}) if masked == url else (masked, {_TRUE: url})


def shown_request(client: httpx.Client | httpx.AsyncClient, step: Send) -> httpx.Request:
    """The request of a step, with the address for the log."""
    url, extensions = shown(step.url)
    return client.build_request(
        step.method,
        url,
        content=step.body,
        headers=list(step.headers),
        extensions=extensions or None,
    )


def true_request(request: httpx.Request) -> httpx.Request:
    """The request with its true address, where it was given another for the log."""
    extensions = dict(request.extensions)
    url = extensions.pop(_TRUE, None)
    if url is None:
        return request
    return httpx.Request(
        request.method,
        url,
        headers=request.headers,
        stream=request.stream,
        extensions=extensions,
    )


class Unlogged(httpx.BaseTransport):
    """Puts the true address into a request that was given another for the log."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, to where it is to go."""
        return self._inner.handle_request(true_request(request))

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class AsyncUnlogged(httpx.AsyncBaseTransport):
    """:class:`Unlogged` for asyncio."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on, to where it is to go."""
        return await self._inner.handle_async_request(true_request(request))

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
