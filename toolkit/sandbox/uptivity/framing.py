"""Finds where a message on a socket ends: when its root element closes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

_LINE_END = re.compile(rb"[\r\n]")
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


class _ClosedError(Exception):
    pass


class Framer:
    r"""Cuts what arrives on a connection into messages.

    A message ends with its root element, so that line ends inside it do no harm. What is no XML
    ends with its line: CRLF, LF or CR.

    Examples
    --------
    >>> framer = Framer()
    >>> list(framer.feed(b"<A><B>1</B></A>\r\n<C>"))
    [b'<A><B>1</B></A>']
    >>> list(framer.feed(b"</C>hello\r"))
    [b'<C></C>', b'hello']
    """

    def __init__(self) -> None:
        self._begin(b"")

    def _begin(self, rest: bytes, encoding: str | None = None) -> None:
        self._buffer = b""
        self._rest = rest
        self._broken: int | None = None  # where the XML was seen to be broken
        self._depth = 0
        self._end = 0
        self._encoding = encoding
        parser = self._parser = expat.ParserCreate(encoding)
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.StartDoctypeDeclHandler = self._refuse

    @property
    def pending(self) -> bytes:
        """What has come of a message that is not at its end."""
        return self._buffer

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that end in ``data``; the rest is kept for the next time."""
        self._rest += data
        while self._rest:
            if not self._buffer:
                self._rest = self._rest.removeprefix(_BOM).lstrip(_WHITE)
            data, self._rest = self._rest, b""
            if not data:
                return
            message = self._take(data)
            if message is not None:
                yield message

    def _take(self, data: bytes) -> bytes | None:
        start = len(self._buffer)
        self._buffer += data
        if self._broken is None:
            try:
                self._parser.Parse(data, False)
            except _ClosedError:
                return self._cut(self._end)
            except expat.ExpatError:
                if self._encoding is None and not self._declared():
                    # Not UTF-8: only where elements begin and end matters here.
                    self._begin(self._buffer, "iso-8859-1")
                    return None
                self._broken = start = max(self._parser.ErrorByteIndex, 0)
            else:
                return None
        found = _LINE_END.search(self._buffer, start)
        return None if found is None else self._cut(found.start())

    def _declared(self) -> bool:
        return self._buffer.startswith(b"<?xml")

    def _cut(self, end: int) -> bytes:
        message = self._buffer[:end]
        self._begin(self._buffer[end:])
        return message

    def _open(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        self._depth += 1

    def _close(self, name: str) -> None:  # noqa: ARG002
        self._depth -= 1
        if not self._depth:
            # The start of an end tag, but the end of an empty element.
            at = self._parser.CurrentByteIndex
            tag = self._buffer[at : at + 1] == b"<"
            self._end = self._buffer.index(b">", at) + 1 if tag else at
            raise _ClosedError

    def _refuse(self, *_: object) -> None:
        raise expat.ExpatError("a document type is not accepted")
