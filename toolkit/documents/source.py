"""Anything that holds a document, as chunks of bytes that expat and lxml can read."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias, cast

from toolkit.documents.limits import KIB
from toolkit.outcomes import DocumentError

Source: TypeAlias = (
    bytes | bytearray | memoryview | str | os.PathLike[str] | IO[bytes] | IO[str] | Iterable[bytes]
)
"""Bytes, XML text, a path object, an open file (binary or text), or an iterable of bytes."""

CHUNK = 64 * KIB

_BLANK = b" \t\r\n"
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']"
)
# Longest first: the mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, None),
    (codecs.BOM_UTF16_LE, None),
    (codecs.BOM_UTF16_BE, None),
)
# What expat and libxml2 read alike, by Python's name of the codec.
_NATIVE = frozenset({"utf-8", "iso8859-1", "ascii"})


@dataclass(slots=True)
class Stream:
    """A document's bytes, and the encoding that overrules the declared one (None: none does)."""

    chunks: Iterator[bytes]
    encoding: str | None


def open_stream(source: Source) -> Stream:
    """The chunks of a document, in an encoding that every XML parser reads.

    Text is UTF-8 whatever its declaration says. Bytes keep their own encoding where expat knows it
    (UTF-8, UTF-16, ISO-8859-1, ASCII) and are recoded to UTF-8 where only Python does
    (windows-1252, Shift_JIS, UTF-32 ...).

    Raises
    ------
    DocumentError
        The declared encoding is unknown, or the source is nothing that can be read.
    """
    if isinstance(source, str):
        return Stream(_pieces(_encode(source).lstrip(_BLANK)), "utf-8")
    raw = _raw(source)
    head = b""
    for chunk in raw:
        # Enough for any declaration, also when a socket gives a few bytes at a time.
        head += chunk
        if len(head) >= KIB:
            break
    head = head.lstrip(_BLANK)
    codec, override = encoding_of(head)
    chunks = _join(head, raw)
    return Stream(chunks if codec is None else _recode(chunks, codec), override)


def encoding_of(head: bytes) -> tuple[str | None, str | None]:
    """The codec to recode with (None: the parser reads it as it is), and what overrules.

    Examples
    --------
    >>> encoding_of(b'<?xml version="1.0" encoding="windows-1252"?>')
    ('cp1252', 'utf-8')
    >>> encoding_of(b"<Log/>")
    (None, None)
    """
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return codec, "utf-8" if codec else None
    declared = _DECLARED.match(head)
    if declared is None:
        return None, None
    name = declared.group(1).decode("ascii")
    codec = _codec(name)
    if codec.startswith(("utf-16", "utf-32")):
        # A declaration that reads as ASCII is not in UTF-16: .NET writes this for text that it
        # was given as a string and stored as UTF-8.
        return None, "utf-8"
    return (None, codec) if codec in _NATIVE else (codec, "utf-8")


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except LookupError:
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):  # zlib, hex ...
        raise DocumentError(
            f"The document declares the encoding {name!r}, which is unknown; UTF-8 would be right."
        )
    return found.name


def _raw(source: Source) -> Iterator[bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        return _pieces(source)
    if isinstance(source, os.PathLike):
        return _file(Path(source))
    if hasattr(source, "read"):
        return _reads(cast("IO[bytes]", source))
    if isinstance(source, Iterable):
        return (_as_bytes(chunk) for chunk in source)
    raise DocumentError(
        f"A document is bytes, text, a path, an open file or an iterable of bytes, "
        f"not {type(source).__name__}."
    )


def _pieces(data: bytes | bytearray | memoryview) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield bytes(data[start : start + CHUNK])


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from _reads(file)


def _reads(file: IO[bytes] | IO[str]) -> Iterator[bytes]:
    declared = True
    while chunk := file.read(CHUNK):
        if isinstance(chunk, str):
            text = _undeclared(chunk) if declared else chunk
            yield _encode(text)
        else:
            yield _as_bytes(chunk)
        declared = False


def _undeclared(text: str) -> str:
    # A text file was decoded already, so what its declaration says of bytes holds no more.
    return re.sub(r"^\s*<\?xml[^>]{0,300}\?>", "", text)


def _as_bytes(chunk: object) -> bytes:
    if isinstance(chunk, bytes | bytearray | memoryview):
        return bytes(chunk)
    raise DocumentError(f"The document comes in pieces of {type(chunk).__name__}, not of bytes.")


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"The text holds half a character (a lone surrogate) at position {error.start}."
        ) from None


def _join(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from _pieces(head)
    for chunk in rest:
        # expat scans an unfinished tag anew for each chunk, so a small one must not be too small
        # and a large one must not defeat the limits, which are checked between chunks.
        if len(chunk) <= CHUNK:
            yield chunk
        else:
            yield from _pieces(chunk)


def _recode(chunks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)()
    for chunk in chunks:
        try:
            # The last character of a log that is still being written may be half there: the
            # decoder keeps it back, and the parser sees that the document is cut.
            yield decoder.decode(chunk).encode("utf-8")
        except UnicodeError as error:
            raise DocumentError(
                f"The document says that it is {codec}, but holds bytes that are not: {error}."
            ) from None
