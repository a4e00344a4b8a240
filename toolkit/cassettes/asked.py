"""What a recorded interaction was asked, without its headers: all that look-up needs at first."""

from __future__ import annotations

import msgspec

from toolkit.cassettes import flowline
from toolkit.cassettes.vcrdict import FAILED_URI

Asked = tuple[str, str, bytes]
"""Method, URL and body of a request."""
_OPENING = b'- {"request":{'


class _Request(msgspec.Struct):
    method: str
    uri: str
    body: str | None = None


_decode = msgspec.json.Decoder(_Request).decode


def asked(line: bytes) -> Asked | None:
    """The request of a usual line; None for a failure, bytes or a person's edits."""
    at = line.find(flowline.RESPONSE)
    if at < 0 or not line.startswith(_OPENING):
        return None
    try:
        found = _decode(memoryview(line)[len(_OPENING) - 1 : at])
    except (ValueError, RecursionError):
        return None
    if found.uri.startswith(FAILED_URI):
        return None
    return found.method, found.uri, found.body.encode() if found.body else b""


def usual(request: Asked | None) -> Asked | None:
    """The request itself; None for that of a failure, whose URL is marked."""
    return None if request is None or request[1].startswith(FAILED_URI) else request
