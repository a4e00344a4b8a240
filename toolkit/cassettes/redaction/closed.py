"""What is left of a message when it could not be understood, and of its headers when it changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from toolkit.cassettes.interaction import Headers, Request, Response
from toolkit.cassettes.redaction.urls import Swap

SAFE = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "age"}
    | {"allow", "cache-control", "connection", "content-encoding", "content-language"}
    | {"content-length", "content-type", "date", "expires", "host", "keep-alive", "last-modified"}
    | {"pragma", "server", "transfer-encoding", "upgrade", "user-agent", "vary", "via"}
)
"""Headers that are kept when nothing about a message could be understood."""

# A digest of a body whose only unknown is a short secret lets anyone try that secret.
BODY_DIGESTS = frozenset({"content-md5", "digest", "content-digest", "repr-digest", "etag"})

Message = TypeVar("Message", Request, Response)


def closed_request(request: Request, swap: Swap) -> Request:
    """The request with everything hidden but method, host, path and harmless headers."""
    head, mark, rest = request.url.partition("?")
    scheme, slashes, place = head.partition("://")
    host, slash, path = place.partition("/")
    head = f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}"
    return replace(
        request,
        url=head + mark + swap("query", rest),
        headers=closed_headers(request.headers, swap),
        body=closed_body(request.body, swap),
    )


def closed_response(response: Response, swap: Swap) -> Response:
    """The response with its body and all but harmless headers hidden."""
    return replace(
        response,
        headers=closed_headers(response.headers, swap),
        body=closed_body(response.body, swap),
    )


def closed_headers(headers: Headers, swap: Swap) -> Headers:
    """The headers with every value hidden that is not known to be harmless."""
    return [
        (name, value if name.lower() in SAFE else swap("header", value)) for name, value in headers
    ]


def closed_body(body: bytes, swap: Swap) -> bytes:
    """One placeholder for the whole body."""
    return swap("body", body.decode("latin-1")).encode("latin-1")


def whole(original: Message, clean: Message, swap: Swap) -> Message:
    """The message with the headers that describe its body brought into line with the new one."""
    if clean.body is original.body or clean.body == original.body:
        return clean
    length = str(len(original.body))
    headers: Headers = []
    for name, value in clean.headers:
        lower = name.lower()
        if lower == "content-length" and value == length:
            value = str(len(clean.body))
        elif lower in BODY_DIGESTS:
            value = _quoted(value, swap)
        headers.append((name, value))
    return clean if headers == clean.headers else replace(clean, headers=headers)


def _quoted(value: str, swap: Swap) -> str:
    first, last = value.find('"'), value.rfind('"')
    if 0 <= first < last:
        return value[: first + 1] + swap("digest", value[first + 1 : last]) + value[last:]
    return swap("digest", value)
