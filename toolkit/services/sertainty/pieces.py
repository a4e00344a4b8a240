"""A Response read piece by piece, and base64 likewise: what streaming a result is made of."""

from __future__ import annotations

import re
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape

import pybase64

from toolkit.outcomes import BadReply, UnsafeDocument

_MAX_DEPTH = 32
_TEXT_AT_ONCE = 1 << 16
_LEAVES = {"Status", "StatusMessage"}
_BLANK = b" \t\r\n"
_MARKUP = (b"<", b"&", b"]")
_BLANKS = (b"\n", b"\r", b" ", b"\t")


class ResponsePieces:
    """Reads a Response piece by piece: its status, its message, its first Result's text."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._results = 0
        self._texts: list[bytes] = []
        self._in_first = False
        self._parsed = 0
        self._leaves: dict[str, list[str]] = {}
        self.in_result = False
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = _TEXT_AT_ONCE
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        self._parser = parser
        self._began = self._is_wide = False

    @property
    def status_code(self) -> int | None:
        """The status, once it was read."""
        text = "".join(self._leaves.get("Status", ())).strip()
        return int(text) if re.fullmatch("[+-]?[0-9]{1,18}", text) else None

    def feed(self, piece: bytes) -> None:
        """Read one more piece."""
        if not self._began:
            piece = piece.lstrip(_BLANK)
            self._began = bool(piece)
        if self._is_text(piece):
            self._texts.append(piece)
            return
        self._parsed += len(piece)
        self._is_wide = self._is_wide or b"\0" in piece  # UTF-16
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            fault = expat.ErrorString(error.code)
            raise BadReply(f"the Response is not well-formed: {fault}") from None
        except (LookupError, ValueError) as error:
            if isinstance(error, UnsafeDocument):
                raise
            raise BadReply(f"the Response cannot be decoded: {error}") from None

    def end(self) -> bool:
        """Say that this was all; whether it was."""
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            return False
        return True

    def taken(self) -> bytes:
        """What of the result's text was not taken yet; what is not ASCII is no base64 either."""
        text = b"".join(self._texts)
        self._texts.clear()
        return text

    def _is_text(self, piece: bytes) -> bool:
        """Whether it is nothing but the result's text, as most of a long one is.

        It need not be parsed then: what is base64 is also well-formed.
        """
        return (
            self._in_first
            and not self._is_wide
            and not any(mark in piece for mark in _MARKUP)
            and self._parser.CurrentByteIndex == self._parsed
        )

    def without_results(self) -> bytes:
        """The Response as it would be without its results."""
        message = escape("".join(self._leaves.get("StatusMessage", ())))
        return (
            f"<Response><Status>{self.status_code}</Status>"
            f"<StatusMessage>{message}</StatusMessage></Response>"
        ).encode()

    def _start(self, tag: str, _: dict[str, str]) -> None:
        path = self._path
        path.append(tag)
        if len(path) > _MAX_DEPTH:
            raise UnsafeDocument(f"the Response is nested deeper than {_MAX_DEPTH} elements")
        if path == ["Response", "ResultList", "Result"]:
            self._results += 1
            if self._results == 1:
                self.in_result = self._in_first = True
                self._parser.CharacterDataHandler = self._text
        elif len(path) == 2 and path[0] == "Response" and tag in _LEAVES - self._leaves.keys():
            self._leaves[tag] = []
            self._parser.CharacterDataHandler = self._leaves[tag].append

    def _end(self, _: str) -> None:
        if len(self._path) == 2 or self._path == ["Response", "ResultList", "Result"]:
            self._parser.CharacterDataHandler = None
            self._in_first = False
        self._path.pop()

    def _text(self, text: str) -> None:
        self._texts.append(text.encode())


def _refuse(*_: object) -> NoReturn:
    raise UnsafeDocument("the document declares a DTD or an entity, which is never read")


class Base64Pieces:
    r"""Strict base64 in pieces: white space ignored, final padding optional, all else refused.

    Examples
    --------
    >>> decoder = Base64Pieces()
    >>> decoder.feed(b"TmlnaH"), decoder.feed(b"Rs\neQ"), decoder.end()
    (b'Nig', b'htl', b'y')
    """

    def __init__(self) -> None:
        self._held = b""
        self._padded = False

    def feed(self, text: bytes) -> bytes:
        """The bytes of one more piece.

        Raises
        ------
        BadReply
            It is not base64.
        """
        if any(blank in text for blank in _BLANKS):
            text = text.translate(None, _BLANK)
        packed = self._held + text
        whole = len(packed) - len(packed) % 4
        self._held = packed[whole:]
        return self._bytes(packed[:whole])

    def end(self) -> bytes:
        """The bytes of what is left, whose padding may be missing."""
        return self._bytes(self._held + b"=" * (-len(self._held) % 4))

    def _bytes(self, packed: bytes) -> bytes:
        if not packed:
            return b""
        if self._padded:  # what comes after padding is as wrong as a character that is none
            raise _no_base64()
        self._padded = packed.endswith(b"=")
        try:
            return pybase64.b64decode(packed, validate=True)
        except ValueError:
            raise _no_base64() from None


def _no_base64() -> BadReply:
    return BadReply("the result is not base64")
