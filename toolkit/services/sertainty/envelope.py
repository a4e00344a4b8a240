"""Requests to bytes and bytes to replies (guide section 2). Knows nothing of sending.

Written: pure ASCII without an XML declaration, so that no encoding can be misread. Read: any
declared encoding, any white space, unknown elements ignored, no DTD, no entity but XML's own
five, nesting bounded. Results may be of any size: the reader is a stream, not a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import pybase64

from toolkit.outcomes import BadReply, InvalidArgument, UnsafeDocument

Item = tuple[str | None, bytes]
"""One argument or result: its optional name and its decoded value."""

_MAX_DEPTH = 32
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Reply:
    """A Response document: its status, its message, and its results decoded from base64."""

    status: int
    message: str
    results: tuple[Item, ...] = ()

    @property
    def all_named(self) -> bool:
        """Whether every result has a name, so that they are read by it."""
        return bool(self.results) and all(name for name, _ in self.results)


@dataclass(frozen=True, slots=True)
class RequestDocument:
    """A Request document, as a server or a recording reads it."""

    function: str
    session: str | None
    arguments: tuple[Item, ...] = ()


def encode_request(
    function: str, arguments: Iterable[Item] = (), session: str | None = None
) -> bytes:
    """A Request document.

    Raises
    ------
    InvalidArgument
        A text holds a character that XML cannot carry.

    Examples
    --------
    >>> encode_request("configActivate", [(None, b"Nightly")], session="s1").decode()[:50]
    '<Request><Session>s1</Session><Function>configActi'
    """
    parts = ["<Request>"]
    if session is not None:
        parts.append(f"<Session>{_text(session, 'the session id')}</Session>")
    parts.append(f"<Function>{_text(function, 'the function name')}</Function>")
    encoded = [
        f"<Argument{_name(name)}>{pybase64.b64encode_as_string(value)}</Argument>"
        for name, value in arguments
    ]
    if encoded:
        parts += ["<ArgList>", *encoded, "</ArgList>"]
    parts.append("</Request>")
    return "".join(parts).encode("ascii", "xmlcharrefreplace")


def _text(value: str, what: str) -> str:
    bad = _NOT_XML.search(value)
    if bad:
        raise InvalidArgument(f"{what} holds U+{ord(bad[0]):04X}, which XML cannot carry")
    return escape(value, {"\r": "&#13;"})


def _name(name: str | None) -> str:
    if name is None:
        return ""
    _text(name, "an argument's name")
    return " name=" + quoteattr(name, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def decode_base64(data: bytes) -> bytes:
    r"""Strict base64: white space ignored, padding optional, any other character refused.

    Raises
    ------
    ValueError
        It is not base64.

    Examples
    --------
    >>> decode_base64(b" TmlnaHRs\neQ ")
    b'Nightly'
    """
    packed = data.translate(None, b"\t\n\r ")
    if len(packed) % 4:
        packed += b"=" * (-len(packed) % 4)
    return pybase64.b64decode(packed, validate=True)


def decode_reply(body: bytes, *, http: str = "") -> Reply:
    """Read a Response document.

    Parameters
    ----------
    http : str
        HTTP status and content type, for the sentence of an error.

    Raises
    ------
    BadReply
        It is no Response, or cut, or its base64 is wrong.
    UnsafeDocument
        It holds a DTD or an entity, or is nested beyond reason.

    Examples
    --------
    >>> decode_reply(b"<Response><Status>1</Status><StatusMessage>OK</StatusMessage></Response>")
    Reply(status=1, message='OK', results=())
    """
    items = _Envelope("Response", ("Status", "StatusMessage"), "ResultList", "Result")
    items.read(body, http)
    status = items.texts.get("Status")
    if status is None:
        raise BadReply(_with("the Response has no Status", http))
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", status, re.ASCII):
        raise BadReply(_with(f"the Status {status[:40]!r} is no integer", http))
    message = items.texts.get("StatusMessage", "")
    return Reply(int(status), message, items.decoded("Result", http))


def decode_request(body: bytes) -> RequestDocument:
    """Read a Request document (of a recording).

    Raises
    ------
    BadReply, UnsafeDocument
        As :func:`decode_reply`.

    Examples
    --------
    >>> decode_request(encode_request("agentPing")).function
    'agentPing'
    """
    items = _Envelope("Request", ("Session", "Function"), "ArgList", "Argument")
    items.read(body, "")
    if "Function" not in items.texts:
        raise BadReply("the Request has no Function")
    function = items.texts["Function"].strip()
    return RequestDocument(function, items.texts.get("Session"), items.decoded("Argument", ""))


class _Envelope:
    """Reads root > leaf and root > list > item; anything else below the root is ignored."""

    def __init__(self, root: str, leaves: tuple[str, ...], list_name: str, item: str) -> None:
        self._root, self._leaves, self._list, self._item = root, leaves, list_name, item
        self._path: list[str] = []
        self._buffer: list[str] | None = None
        self._pending: str | None = None
        self.texts: dict[str, str] = {}
        self._items: list[tuple[str | None, str]] = []

    def read(self, body: bytes, http: str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = _refuse_doctype
        try:
            parser.Parse(body.lstrip(b"\t\n\r "), True)
        except UnsafeDocument:
            raise
        except _WrongRoot as error:
            raise BadReply(_with(f"{error} came, not a {self._root}", http)) from None
        except expat.ExpatError as error:
            raise BadReply(self._why(body, error, http)) from None
        except (LookupError, ValueError) as error:
            raise BadReply(_with(f"the body cannot be decoded: {error}", http)) from None

    def decoded(self, what: str, http: str) -> tuple[Item, ...]:
        result = []
        for position, (name, text) in enumerate(self._items, 1):
            try:
                result.append((name, decode_base64(text.encode())))
            except ValueError:
                sentence = f"{what} {name or position} of {len(self._items)} is not base64"
                raise BadReply(_with(sentence, http)) from None
        return tuple(result)

    def _doctype(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            raise _WrongRoot("an HTML page")
        _refuse_doctype()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        path = self._path
        if not path and tag != self._root:
            kind = "an HTML page" if tag.lower() == "html" else f"a document <{tag[:40]}>"
            raise _WrongRoot(kind)
        path.append(tag)
        if len(path) > _MAX_DEPTH:
            raise UnsafeDocument(f"the {self._root} is nested deeper than {_MAX_DEPTH} elements")
        if len(path) == 2 and tag in self._leaves and tag not in self.texts:
            self._buffer = []
        elif len(path) == 3 and path[1] == self._list and tag == self._item:
            self._buffer, self._pending = [], attributes.get("name")

    def _end(self, tag: str) -> None:
        path = self._path
        if self._buffer is not None:
            if len(path) == 2:
                self.texts[tag] = "".join(self._buffer)
                self._buffer = None
            elif len(path) == 3 and path[1] == self._list:
                self._items.append((self._pending, "".join(self._buffer)))
                self._buffer = None
        path.pop()

    def _characters(self, text: str) -> None:
        if self._buffer is not None:
            self._buffer.append(text)

    def _why(self, body: bytes, error: expat.ExpatError, http: str) -> str:
        start = body.lstrip(b"\xef\xbb\xbf\t\n\r ")[:200].lower()
        if not start:
            return _with("the body is empty", http)
        if b"<html" in start or start.startswith(b"<!doctype html"):
            return _with(f"an HTML page came, not a {self._root}", http)
        if not start.startswith(b"<"):
            return _with(f"the body is not XML ({len(body):,} bytes)", http)
        where = f"line {error.lineno}, column {error.offset}"
        if error.code in _CUT:
            return _with(f"the {self._root} is cut off at {where} ({len(body):,} bytes)", http)
        return _with(f"the {self._root} is not well-formed at {where}", http)


class _WrongRoot(Exception):
    """The root element is another's."""


_CUT = {
    expat.errors.codes[text]
    for text in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


def _refuse_doctype(*_: object) -> None:
    raise UnsafeDocument("the document declares a DTD or an entity, which is never read")


def _with(sentence: str, http: str) -> str:
    return f"{sentence} ({http})" if http else sentence
