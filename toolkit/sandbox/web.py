"""What the HTTP apps of the sandboxes share: requests read, and remembered for the tests."""

from __future__ import annotations

from collections import deque
from typing import Any, Generic
from urllib.parse import parse_qsl

from toolkit.sandbox.faults import F, Faults
from toolkit.sandbox.server import Receive, Scope

REMEMBERED = 10_000  # requests kept for `calls`
_BODY_LIMIT = 64 * 1024 * 1024


class Watch(Generic[F]):
    """What the ports of a sandbox share: faults that wait, and the requests that were seen."""

    def __init__(self) -> None:
        self.faults: Faults[F] = Faults()
        self.calls: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)


async def read_body(receive: Receive) -> bytes | None:
    """The whole body; None if the client went away or sends without end."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > _BODY_LIMIT:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def read_path(scope: Scope) -> str:
    """The path, percent-encoded as it came."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").partition("?")[0]


def read_headers(scope: Scope) -> dict[str, str]:
    """The headers by name in small letters; of a name that comes twice the first counts."""
    return {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in reversed(scope["headers"])
    }


def read_query(scope: Scope) -> dict[str, str]:
    """The parameters of a request; of a name that comes twice the first counts."""
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return dict(reversed(pairs))


def part_of(body: bytes, size: int) -> bytes:
    """The start of a body that is cut: so many bytes, or half of it if 0; never all of it."""
    return body[: min(size or len(body) // 2, len(body) - 1)]
