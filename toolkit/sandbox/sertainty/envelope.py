"""Requests in, replies out: the XML envelope and its base64 (guide 2).

Read with the standard library's expat and nothing else: no DTD, no entity, bounded depth.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from toolkit.sandbox.sertainty.codes import invalid
from toolkit.sandbox.sertainty.switches import Switches

_MAX_DEPTH = 64
_WHITE = dict.fromkeys(map(ord, " \t\r\n"))
_BASE64 = re.compile(r"[A-Za-z0-9+/]*")
# Characters that no XML 1.0 document may hold, not even as references.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, decoded. ``name`` is None where the attribute is missing."""

    value: bytes
    name: str | None = None


@dataclass(slots=True)
class Request:
    """A request document. ``session`` is None where the element is missing or empty."""

    function: str = ""
    session: str | None = None
    arguments: list[Argument] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Result:
    """One result: bytes, or an iterable of them for what is too big to hold."""

    value: bytes | Iterable[bytes]
    name: str | None = None


@dataclass(slots=True)
class Reply:
    """What a call answers."""

    code: int
    message: str
    results: list[Result] = field(default_factory=list)


def decode_base64(text: str) -> bytes:
    """Decode base64: white space ignored, missing padding accepted, all else refused.

    Raises
    ------
    Refusal
        408 for a character outside the alphabet, padding in the middle or too much of it, or a
        length that no bytes can have.
    """
    text = text.translate(_WHITE)
    bare = text.rstrip("=")
    padding = len(text) - len(bare)
    if not _BASE64.fullmatch(bare):
        raise invalid("base64 holds a character outside its alphabet")
    if len(bare) % 4 == 1 or padding > -len(bare) % 4:
        raise invalid("base64 has a length or a padding that no value gives")
    return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))


class _Reader:
    """Builds a Request from expat's events."""

    def __init__(self) -> None:
        self.request = Request()
        self.path: list[str] = []
        self.texts: list[list[str]] = []
        self.seen: set[str] = set()
        self.name: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(tag)
        if len(self.path) > _MAX_DEPTH:
            raise invalid(f"elements nest deeper than {_MAX_DEPTH}")
        if self.path[0] != "Request":
            raise invalid(f"the root element is {self.path[0]}, not Request")
        where = "/".join(self.path[1:])
        if where in ("Session", "Function", "ArgList"):
            if where in self.seen:
                raise invalid(f"{where} appears twice")
            self.seen.add(where)
        if where == "ArgList/Argument":
            self.name = attributes.get("name")
        self.texts.append([])

    def characters(self, data: str) -> None:
        self.texts[-1].append(data)

    def end(self, tag: str) -> None:  # noqa: ARG002
        where = "/".join(self.path[1:])
        text = "".join(self.texts.pop())
        if where == "Session":
            self.request.session = text.strip() or None
        elif where == "Function":
            self.request.function = text.strip()
        elif where == "ArgList/Argument":
            self.request.arguments.append(Argument(decode_base64(text), self.name))
        self.path.pop()


def parse_safely(document: bytes, reader: _Reader | None = None) -> None:
    """Read XML without a DTD or an entity; a fault of any kind is 408."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise invalid("a document type or an entity is refused")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if reader is not None:
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise invalid(f"not well-formed XML: {error}") from None
    except (ValueError, LookupError, UnicodeError) as error:
        raise invalid(f"not readable as XML: {error}") from None


def parse_request(body: bytes) -> Request:
    """Read a request document; anything wrong with it is a 408 refusal.

    Unknown elements are ignored, element names compared exactly, any encoding that expat knows is
    accepted with its declaration or BOM.
    """
    reader = _Reader()
    parse_safely(body, reader)
    if not reader.request.function:
        raise invalid("Function is missing or empty")
    return reader.request


def clean(text: str) -> str:
    """The text with every character that XML cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def escape_text(text: str) -> str:
    """The text as XML character data."""
    return escape(clean(text), {"\r": "&#13;"})


def quote_attribute(text: str) -> str:
    """The text as a quoted attribute value, line breaks kept."""
    return quoteattr(clean(text), _ATTRIBUTE)


def encode_base64(chunks: Iterable[bytes], line: int = 0) -> Iterator[bytes]:
    """Base64 of a stream of bytes, piece by piece, in lines of ``line`` characters if not 0."""
    unit = line // 4 * 3 or 3
    rest = b""
    for chunk in chunks:
        data = rest + chunk if rest else chunk
        whole = len(data) - len(data) % unit
        rest = data[whole:]
        if whole:
            yield _lines(data[:whole], line)
    if rest:
        yield _lines(rest, line)


def _lines(data: bytes, line: int) -> bytes:
    text = binascii.b2a_base64(data, newline=False)
    if not line:
        return text
    return b"".join(text[at : at + line] + b"\r\n" for at in range(0, len(text), line))


def write_reply(reply: Reply, switches: Switches) -> Iterator[bytes]:
    """The reply's document in pieces; each value that is an iterable is drawn as it is sent."""
    new_line, pad = ("\n  ", "\n    ") if switches.white_space else ("", "")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' if switches.declaration else ""
    message = escape_text(reply.message) if switches.status_message else ""
    code = f"{pad}{reply.code}{new_line}"
    head += f"<Response>{new_line}<Status>{code}</Status>{new_line}"
    head += f"<StatusMessage>{message}</StatusMessage>"
    if reply.results:
        head += f"{new_line}<ResultList>"
    elif switches.empty_results == "empty":
        head += f"{new_line}<ResultList></ResultList>"
    yield head.encode()
    for result in reply.results:
        name = "" if result.name is None else f" name={quote_attribute(result.name)}"
        yield f"{pad}<Result{name}>{pad}".encode()
        value = (result.value,) if isinstance(result.value, bytes) else result.value
        yield from encode_base64(value, switches.base64_line)
        yield f"{pad}</Result>".encode()
    tail = f"{new_line}</ResultList>" if reply.results else ""
    yield (tail + ("\n" if switches.white_space else "") + "</Response>").encode()
