"""The parts of HAR entries: headers, cookies, bodies, and the names of failures."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from toolkit.cassettes.interaction import Failure, Headers
from toolkit.cassettes.redaction.encodings import charset

# The names that Chromium gives to failures, and httpx's exceptions.
_ERRORS = (
    ("CONNECTION_TIMED_OUT", "ConnectTimeout"),
    ("TIMED_OUT", "ReadTimeout"),
    ("CONNECTION_REFUSED", "ConnectError"),
    ("NAME_NOT_RESOLVED", "ConnectError"),
    ("ADDRESS_UNREACHABLE", "ConnectError"),
    ("INTERNET_DISCONNECTED", "ConnectError"),
    ("SSL", "ConnectError"),
    ("CERT", "ConnectError"),
    ("PROXY", "ProxyError"),
    ("INVALID_", "RemoteProtocolError"),
    ("EMPTY_RESPONSE", "RemoteProtocolError"),
)
_OWN_ERROR = re.compile(
    r"([A-Z]\w*(?:Error|Timeout|Exception|Redirects|URL|Protocol)): ?(.*)", re.DOTALL
)


def failure_of(answered: Mapping[str, Any], status: int) -> Failure | None:
    """The failure that a HAR response tells of, if any."""
    exact = answered.get("_failure")
    if isinstance(exact, Mapping):
        return Failure(str(exact["kind"]), str(exact["message"]))
    told = answered.get("_error") or answered.get("_failureText")
    if not told:
        return None if status > 0 else Failure("ReadError", "no response was recorded")
    own = _OWN_ERROR.fullmatch(str(told))
    if own:
        return Failure(own[1], own[2])
    upper = str(told).upper()
    return Failure(next((kind for sign, kind in _ERRORS if sign in upper), "ReadError"), str(told))


def text_of(body: bytes, content_type: str) -> tuple[str, str]:
    """A body as HAR has it: text where that loses nothing, else base64."""
    codec = charset(content_type.lower()) or "utf-8"
    try:
        text = body.decode(codec)
        if "\0" not in text and text.encode(codec) == body:
            text.encode()
            return text, ""
    except (UnicodeError, LookupError):
        pass
    return base64.b64encode(body).decode(), "base64"


def bytes_of(content: Mapping[str, Any], content_type: str) -> bytes:
    """The bytes of a HAR body."""
    text = content.get("text") or ""
    if content.get("encoding") == "base64":
        return base64.b64decode(text)
    codec = charset((content_type or content.get("mimeType") or "").lower()) or "utf-8"
    try:
        return str(text).encode(codec)
    except UnicodeError:
        return str(text).encode("utf-8", "surrogatepass")


def named(headers: Headers) -> list[dict[str, str]]:
    """Headers as HAR has them."""
    return [{"name": name, "value": value} for name, value in headers]


def pairs_of(headers: Any) -> Headers:
    """Headers of a HAR message."""
    # ``:method`` and the like are HTTP/2's way to say what stands elsewhere.
    return [
        (one["name"], one.get("value") or "")
        for one in headers or ()
        if not one["name"].startswith(":")
    ]


def query_of(url: str) -> list[dict[str, str]]:
    """The parameters of a URL as HAR has them."""
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, errors="replace")
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in pairs]


def cookies_of(headers: Headers, wanted: str) -> list[dict[str, str]]:
    """The cookies of a header of that name, as HAR has them."""
    found = []
    for name, value in headers:
        if name.lower() != wanted:
            continue
        pieces = value.split(";") if wanted == "cookie" else value.split(";")[:1]
        for piece in pieces:
            key, mark, text = piece.strip().partition("=")
            if mark:
                found.append({"name": key, "value": text})
    return found


def version_of(told: str) -> str:
    """An HTTP version as httpx writes it."""
    return {"h2": "HTTP/2", "http/2.0": "HTTP/2", "h3": "HTTP/3"}.get(told.lower(), told)
