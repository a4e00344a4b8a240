"""One HTTP request with its response, or with the failure that came instead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Request:
    """What was sent. Header names keep their spelling and order; a name may come more than once."""

    method: str
    url: str
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, compared without case."""
        return _first(self.headers, name)


@dataclass(slots=True)
class Response:
    """What came back, its body after content decoding.

    ``encoding`` is the content encoding that the server had used (``"gzip"``), if any; the header
    that said so is no longer among the headers, since it no longer describes the body.
    """

    status: int
    reason: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    http_version: str = "HTTP/1.1"
    encoding: str | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, compared without case."""
        return _first(self.headers, name)


@dataclass(slots=True)
class Failure:
    """The failure that came instead of a response: the httpx exception's name and its text."""

    kind: str
    message: str = ""


@dataclass(slots=True)
class Interaction:
    """One HTTP request with its response or failure.

    When both are there, the response broke off: its body is what had come before the failure.

    Attributes
    ----------
    recorded_at : datetime.datetime or None
        When the request was sent (UTC); None in cassettes whose writer did not keep it.
    elapsed : float or None
        Seconds until the last byte of the response, or until the failure.
    """

    request: Request
    response: Response | None = None
    failure: Failure | None = None
    recorded_at: dt.datetime | None = None
    elapsed: float | None = None


def _first(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)
