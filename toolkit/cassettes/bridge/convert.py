"""vcrpy's requests and responses as ours, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import vcr.filters
from vcr.request import Request as VcrRequest

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.cassettes.vcrdict import from_dict
from toolkit.outcomes import CassetteError

# vcrpy 7 has no table of them.
_UNPACKED = tuple(getattr(vcr.filters, "AVAILABLE_DECOMPRESSORS", ("gzip", "deflate")))
_BINARY = bytes | bytearray | memoryview


def request_of(asked: Any) -> Request:
    """Our form of a request of vcrpy's.

    Raises
    ------
    CassetteError
        When its body is an object of which nobody can say what it sends.
    """
    headers = [(_text(name), _text(value)) for name, value in asked.headers.items()]
    return Request(asked.method, asked.uri, headers, body_of(asked))


def body_of(asked: Any) -> bytes:
    """The bytes of a request's body: text, chunks of an iterator, or what is sent as JSON."""
    # vcrpy has read files and iterators; the property would wrap them again.
    body = asked._body
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, _BINARY):
        return bytes(body)
    if isinstance(body, list | tuple) and body and asked._was_iter:
        if all(isinstance(chunk, int) for chunk in body):
            return bytes(body)
        if all(isinstance(chunk, (str, *_BINARY.__args__)) for chunk in body):
            return b"".join(c.encode() if isinstance(c, str) else bytes(c) for c in body)
    try:  # aiohttp hands over what its json= and data= were given
        return msgspec.json.encode(body)
    except TypeError:
        raise CassetteError(
            f"A request body of type {type(body).__name__} cannot be recorded; send bytes or text."
        ) from None


def interaction_of(asked: Any, answer: Mapping[str, Any]) -> Interaction:
    """Our form of what vcrpy would append; a packed body is unpacked, so that it can be read.

    Raises
    ------
    CassetteError
        When the response is not of vcrpy's form any more (a hook of the user's made it).
    """
    packed = _packing(answer)
    if packed:
        answer = vcr.filters.decode_response(dict(answer)) | {"encoding": packed}
    request = request_of(asked)
    interaction = from_dict({"request": {"method": "", "uri": ""}, "response": answer})
    interaction.request = request
    return interaction


def _packing(answer: Mapping[str, Any]) -> str:
    """The content encoding that can be undone, or nothing."""
    for name, values in answer["headers"].items():
        if name.lower() == "content-encoding":
            if isinstance(values, list) and len(values) == 1 and answer["body"].get("string"):
                return values[0] if values[0] in _UNPACKED else ""
            return ""
    return ""


def vcr_request(entry: Mapping[str, Any]) -> Any:
    """Make vcrpy's request object of a recorded request."""
    return VcrRequest(entry["method"], entry["uri"], entry.get("body"), entry.get("headers") or {})


def vcr_response(answer: dict[str, Any]) -> dict[str, Any]:
    """A recorded response as vcrpy's stubs want it: the body as bytes, no key of ours."""
    body = answer.get("body")
    string = body.get("string") if isinstance(body, dict) else body
    if string is None:
        string = b""
    elif isinstance(string, str):
        string = string.encode("utf-8", "surrogatepass")
    return {
        "status": answer["status"],
        "headers": answer["headers"],
        "body": {"string": string},
    }


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, list | tuple) and value:
        return _text(value[0])
    return str(value)
