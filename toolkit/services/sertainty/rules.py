"""What is secret and what is volatile in the gateway's traffic.

Secret: the session id wherever it goes (plain in ``<Session>``, base64 in the arguments of
hostCloseSession and agentAlter, base64 in the result of a granted hostOpenSession) and every
answer to a challenge. The same places are volatile: two requests that differ only there match.

Only the bytes of those places are replaced. What looks like the gateway's but cannot be read is
hidden whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from xml.parsers import expat
from xml.sax.saxutils import escape

import pybase64

from toolkit.cassettes.interaction import Request, Response
from toolkit.cassettes.rules import Hide
from toolkit.outcomes import BadReply
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.envelope import decode_base64, decode_reply, decode_request

_CANONICAL = re.compile(
    rb"<Request>(?:<Session>([^<]*)</Session>)?<Function>([A-Za-z]+)</Function>"
)
_OPEN, _CLOSE, _ALTER = "hostopensession", "hostclosesession", "agentalter"
_WITH_SECRETS = {name.encode() for name in (_OPEN, _CLOSE, _ALTER)}
_HIDDEN = re.compile(rb"<Request><!-- [^<>]* --></Request>")
_SHOWN = 200
_UNREADABLE = b"<Request><!-- unreadable --></Request>"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a secret's text stands in the body."""

    start: int
    end: int
    kind: str
    encoded: bool


class Rules:
    """The gateway's :class:`toolkit.cassettes.rules.ServiceRules`."""

    name = "sertainty"

    def recognises(self, request: Request) -> bool:
        """Whether the body is a Request document (only its beginning is looked at)."""
        head = request.body[:512]
        return b"<Request" in head and (b"<Function" in head or b"<Session" in head)

    def redact_request(self, request: Request, hide: Hide) -> Request:
        """The request with each secret replaced by its placeholder."""
        quick = _CANONICAL.match(request.body)
        if quick and _is_plain(quick, request.body):
            if quick[1] is None:
                return request
            start, end = quick.span(1)
            session = _hidden(quick[1], _Place(start, end, "session", encoded=False), hide)
            return replace(request, body=request.body[:start] + session + request.body[end:])

        def placeholder(place: _Place) -> bytes:
            return _hidden(request.body[place.start : place.end], place, hide)

        def whole(body: bytes) -> bytes:
            return f"<Request><!-- {hide('body', body.decode('latin-1'))} --></Request>".encode()

        return replace(request, body=_replaced(request.body, placeholder, whole))

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        """The response with the session id of a granted login replaced."""
        if function_of(request.body).casefold() not in (_OPEN, ""):
            return response
        body = response.body
        try:
            reply = decode_reply(body)
        except BadReply:
            return response if b"Result" not in body else _hidden_whole(response, hide)
        if reply.status != codes.SUCCESS:
            return response
        for place in reversed(list(_Scan("Response", "ResultList", "Result").places(body))):
            new = _hidden(body[place.start : place.end], replace(place, kind="session"), hide)
            body = body[: place.start] + new + body[place.end :]
        return replace(response, body=body)

    def match_body(self, request: Request) -> bytes | None:
        """The body with every secret place emptied."""
        body = request.body
        quick = _CANONICAL.match(body)
        if quick and _is_plain(quick, body):
            return b"<Request><Function>" + body[quick.start(2) :]
        if _HIDDEN.fullmatch(body):
            return _UNREADABLE
        return _replaced(body, lambda _: b"", lambda *_: _UNREADABLE)

    def readable_body(self, request: Request) -> bytes | None:
        """The body for a person's eyes: one line an argument, base64 decoded, secrets blanked."""
        blanked = self.match_body(request)
        try:
            document = decode_request(blanked or b"")
        except BadReply:
            return None
        lines = [document.function]
        for place, (name, value) in enumerate(document.arguments, 1):
            text = value[:_SHOWN].decode("utf-8", "backslashreplace")
            more = f" ... ({len(value):,} bytes)" if len(value) > _SHOWN else ""
            lines.append(f"{name or place}: {text}{more}")
        return "\n".join(lines).encode()


def function_of(body: bytes) -> str:
    """The name of the function that a request calls; empty when it cannot be read.

    Examples
    --------
    >>> function_of(b"<Request><Function>agentPing</Function></Request>")
    'agentPing'
    """
    quick = _CANONICAL.match(body)
    if quick:
        return quick[2].decode()
    scan = _Scan("Request", "ArgList", "Argument")
    try:
        list(scan.places(body))
    except (expat.ExpatError, ValueError):
        return ""
    return scan.function


def _is_plain(quick: re.Match[bytes], body: bytes) -> bool:
    """Whether nothing after the function's name can be secret."""
    return quick[2].lower() not in _WITH_SECRETS and body.find(b"<Session", quick.end()) < 0


def _replaced(
    body: bytes, new: Callable[[_Place], bytes], whole: Callable[[bytes], bytes]
) -> bytes:
    """The body with each secret place filled anew, or what ``whole`` makes of an unreadable one."""
    scan = _Scan("Request", "ArgList", "Argument")
    try:
        places = list(_secret_places(scan, body))
    except (expat.ExpatError, ValueError):
        return whole(body)
    parts, end = [], 0
    for place in sorted(places, key=lambda place: place.start):
        parts += [body[end : place.start], new(place)]
        end = place.end
    return b"".join([*parts, body[end:]])


def _secret_places(scan: _Scan, body: bytes) -> Iterator[_Place]:
    found = list(scan.places(body))
    yield from (place for place in found if place.kind == "session")
    arguments = [place for place in found if place.kind == "item"]
    function = scan.function.casefold()
    if function == _OPEN:
        yield from (replace(place, kind="answer") for place in arguments[1:])
    elif function == _CLOSE:
        yield from (replace(place, kind="session") for place in arguments)
    elif function == _ALTER and len(arguments) > 1:
        yield replace(arguments[0], kind="session")


def _hidden(raw: bytes, place: _Place, hide: Hide) -> bytes:
    """The placeholder for one place, in the place's own form."""
    text = _unescaped(raw)
    if not place.encoded:
        return escape(hide(place.kind, text)).encode() if text.strip() else raw
    try:
        value = decode_base64(text.encode())
    except ValueError:
        value = text.encode()
    return pybase64.b64encode(hide(place.kind, value.decode("utf-8", "replace")).encode())


def _unescaped(raw: bytes) -> str:
    """The character data that a piece of XML holds."""
    parts: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.CharacterDataHandler = parts.append
    parser.Parse(b"<a>" + raw + b"</a>", True)
    return "".join(parts)


def _hidden_whole(response: Response, hide: Hide) -> Response:
    text = hide("body", response.body.decode("latin-1"))
    return replace(response, body=text.encode())


class _Scan:
    """Finds the byte places of a Session's and of the list's items' texts."""

    def __init__(self, root: str, list_name: str, item: str) -> None:
        self._root, self._list, self._item = root, list_name, item
        self.function = ""

    def places(self, body: bytes) -> Iterator[_Place]:
        """Each place in document order.

        Raises
        ------
        ValueError, expat.ExpatError
            The document cannot be read; what it holds is then unknown.
        """
        if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in body[:64]:
            raise ValueError("not an encoding whose bytes can be replaced")
        path: list[str] = []
        found: list[_Place] = []
        open_at: list[int | None] = [None]
        texts: list[str] = []
        parser = expat.ParserCreate()

        def wanted() -> str:
            if len(path) == 2 and path[1] in ("Session", "Function"):
                return path[1].lower()
            if len(path) == 3 and path[1] == self._list and path[2] == self._item:
                return "item"
            return ""

        def start(tag: str, _: dict[str, str]) -> None:
            if open_at[0] is not None:
                raise ValueError("an element inside a value")
            if not path and tag != self._root:
                raise ValueError(f"not a {self._root}")
            path.append(tag)
            if wanted():
                open_at[0] = _end_of_tag(body, parser.CurrentByteIndex)
                texts.clear()

        def end(_: str) -> None:
            kind = wanted()
            begun, open_at[0] = open_at[0], None
            if kind == "function":
                self.function = self.function or "".join(texts).strip()
            elif kind and begun is not None and begun <= parser.CurrentByteIndex:
                found.append(_Place(begun, parser.CurrentByteIndex, kind, kind == "item"))
            path.pop()

        def refuse(*_: object) -> None:
            raise ValueError("a DTD")

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = texts.append
        parser.StartDoctypeDeclHandler = refuse
        parser.Parse(body, True)
        yield from found


def _end_of_tag(body: bytes, start: int) -> int:
    """The index after the ``>`` of the tag that begins at ``start`` (quotes may hold a ``>``)."""
    quote = 0
    for index in range(start, len(body)):
        byte = body[index]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == 0x3E:
            return index + 1
    raise ValueError("a tag without an end")
