"""The two doors of one server: what an address means, and what a command looks like behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.driving import Send
from toolkit.services.uptivity import wire
from toolkit.services.uptivity.envelope import encode_query, encode_xml
from toolkit.services.uptivity.options import Options

PORTS = {"http": 2012, "https": 2013, "tcp": 5620}
"""The vendor's; all of them are configurable."""
PATH = "/webAPI.aspx"
EVENT_PORT = 5621


@dataclass(frozen=True, slots=True)
class Door:
    """Where a server is reached.

    Attributes
    ----------
    kind : {"http", "tcp"}
    url : str
        Whole: with port and path.
    host : str
    """

    kind: Literal["http", "tcp"]
    url: str
    host: str

    @classmethod
    def of(cls, url: str) -> Door:
        """The door of an address.

        Raises
        ------
        InvalidArgument
            It is none.

        Examples
        --------
        >>> Door.of("http://recorder.example").url
        'http://recorder.example:2012/webAPI.aspx'
        >>> Door.of("tcp://recorder.example").url
        'tcp://recorder.example:5620'
        """
        try:
            parts = urlsplit(str(url).strip())
            port = parts.port
        except ValueError:
            raise _no_address(url) from None
        if parts.scheme not in PORTS or not parts.hostname or parts.query or parts.fragment:
            raise _no_address(url)
        if "@" in parts.netloc:
            raise InvalidArgument("the API server knows no user and no password; leave them out")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = f"{parts.scheme}://{host}:{port or PORTS[parts.scheme]}"
        bare = parts.path in ("", "/")
        if parts.scheme == "tcp":
            if not bare:
                raise _no_address(url)
            return cls("tcp", place, parts.hostname)
        return cls("http", place + (PATH if bare else parts.path), parts.hostname)

    def step(
        self,
        kind: str,
        request_id: int,
        parameters: tuple[tuple[str, str], ...],
        options: Options,
        *,
        repeatable: bool,
    ) -> Send:
        """What to send for a command."""
        if self.kind == "tcp":
            body = encode_xml(kind, request_id, parameters, options)
            return Send(body, repeatable=repeatable, method=wire.SEND, url=self.url)
        query = encode_query(kind, request_id, parameters, options)
        url = f"{self.url}?{query}"
        return Send(repeatable=repeatable, method=options.http_method, url=url)


class Counted(httpx.BaseTransport):
    """The network, which tells with each answer which REQUESTID it was sent for.

    A cassette stands in front of it: what comes from a cassette has not passed here.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on."""
        return _told(self._inner.handle_request(request), request, request.read())

    def close(self) -> None:
        """Close the network's connections."""
        self._inner.close()


class AsyncCounted(httpx.AsyncBaseTransport):
    """:class:`Counted` for an async client."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on."""
        response = await self._inner.handle_async_request(request)
        return _told(response, request, request.content)

    async def aclose(self) -> None:
        """Close the network's connections."""
        await self._inner.aclose()


def _told(response: httpx.Response, request: httpx.Request, body: bytes) -> httpx.Response:
    response.headers[wire.ANSWERS] = wire.request_id(str(request.url), body)
    return response


def _no_address(url: object) -> InvalidArgument:
    return InvalidArgument(
        "the server's address must be like http://host:2012, https://host:2013 or "
        f"tcp://host:5620, not {str(url)!r}"
    )
