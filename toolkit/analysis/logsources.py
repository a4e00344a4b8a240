"""A log from wherever it is, as chunks of bytes: text, files, compressed ones, URLs, responses."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol, TypeAlias, cast, runtime_checkable

import httpx

from toolkit.analysis.sources import here, is_url
from toolkit.http import failure_for
from toolkit.outcomes import CallError, DocumentError, TransportFailure


@runtime_checkable
class Streamed(Protocol):
    """An answer that comes in pieces: an ``httpx.Response``, or a gateway's stream."""

    def iter_bytes(self) -> Iterator[bytes]:
        """The pieces, after content decoding."""
        ...


LogSource: TypeAlias = (
    "bytes | bytearray | memoryview | str | os.PathLike[str] | IO[bytes] | IO[str] | Streamed"
)
LogSources: TypeAlias = "LogSource | Iterable[LogSource]"
Truncated: TypeAlias = Literal["raise", "keep"]

_CHUNK = 64 * 1024
_COMPRESSED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))


def is_single(source: object) -> bool:
    """Whether it is one log, and not several."""
    if isinstance(source, bytes | bytearray | memoryview | str | os.PathLike | Streamed):
        return True
    return hasattr(source, "read") or not isinstance(source, Iterable)


def name_of(source: object, number: int) -> str:
    """What a log is called among several: its file's name, or its number."""
    if isinstance(source, str) and not is_text(source):
        return source
    if isinstance(source, os.PathLike):
        return str(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else str(number)


def is_text(source: str) -> bool:
    """Whether it is a log itself, and not the name of a file."""
    start = source.lstrip("\ufeff \t\r\n")
    return start.startswith(("<", '{"')) or "\n" in start


@dataclass(slots=True)
class Ending:
    """How a log's bytes end: what to do when that is too early, and whether it was."""

    truncated: Truncated
    is_early: bool = False

    def early(self) -> bool:
        """Note that they do; whether what came before is kept."""
        self.is_early = True
        return self.truncated == "keep"


def chunks_of(source: LogSource, ending: Ending) -> Any:
    """What :func:`toolkit.documents.batches` reads: text as it is, bytes decompressed."""
    if isinstance(source, str):
        if is_text(source):
            return source.removeprefix("\ufeff")
        return _from_path(source, ending)
    if isinstance(source, os.PathLike):
        return _from_path(Path(source), ending)
    if isinstance(source, bytes | bytearray | memoryview):
        return _plain(io.BytesIO(source), ending)
    if isinstance(source, io.TextIOBase):
        return source
    if hasattr(source, "aiter_bytes") and not isinstance(source, Streamed):
        raise DocumentError(
            f"{type(source).__name__} is read by await: give what `await log.read()` gives."
        )
    if hasattr(source, "read") and not isinstance(source, Streamed):
        return _plain(cast("IO[bytes]", source), ending)
    if isinstance(source, Streamed):
        return _from_stream(source, ending)
    raise DocumentError(
        f"A log is bytes, XML text, a path or an open file, not {type(source).__name__}."
    )


def _from_stream(source: Streamed, ending: Ending) -> Iterator[bytes]:
    pieces = source.iter_bytes()
    try:
        reader = io.BufferedReader(_Pieces(pieces, source, ending), _CHUNK)
        yield from _plain(cast("IO[bytes]", reader), ending)
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def _from_path(path: Path | str, ending: Ending) -> Iterator[bytes]:
    with contextlib.ExitStack() as stack:
        try:
            place = stack.enter_context(here(path)) if is_url(path) else Path(path)
            file = stack.enter_context(place.open("rb"))
        except FileNotFoundError:
            raise DocumentError(
                f"There is no file {str(path)!r}; a log given as text begins with '<'."
            ) from None
        except OSError as error:
            raise DocumentError(f"{path} cannot be read: {error.strerror or error}.") from None
        yield from _plain(file, ending)


def _plain(file: IO[bytes], ending: Ending) -> Iterator[bytes]:
    head = file.read(16)
    stream = cast("IO[bytes]", _Joined(head, file))
    for mark, opened in _COMPRESSED:
        if head.startswith(mark):
            stream = cast("IO[bytes]", opened(stream, "rb"))
            break
    while chunk := _next(stream, ending):
        yield chunk


def _next(stream: IO[bytes], ending: Ending) -> bytes:
    try:
        return stream.read(_CHUNK)
    except CallError:  # some are OSErrors too, and say it all
        raise
    except EOFError:
        if ending.early():
            return b""  # a file that is still being compressed
        raise DocumentError(
            'The compressed log is cut off; truncated="keep" keeps the whole events in it.'
        ) from None
    except (zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise DocumentError(f"The compressed log is damaged: {error}.") from None
    except OSError as error:
        raise DocumentError(f"The log cannot be read: {error.strerror or error}.") from None


class _Joined(io.RawIOBase):
    """A file whose first bytes were read already: pipes and responses cannot be rewound."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._head or self._rest.read(len(buffer))
        self._head = piece[len(buffer) :]
        piece = piece[: len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)


class _Pieces(io.RawIOBase):
    """The pieces of an answer as a file."""

    def __init__(self, pieces: Iterator[bytes], source: Streamed, ending: Ending) -> None:
        self._pieces = pieces
        self._source = source
        self._ending = ending
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            piece = self._next()
            if piece is None:
                return 0
            self._held = piece
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _next(self) -> bytes | None:
        try:
            return next(self._pieces, None)
        except httpx.HTTPError as error:
            if not self._ending.early():
                raise failure_for(error) from error
        except CallError as error:
            is_cut = isinstance(error, TransportFailure) or getattr(self._source, "is_cut", False)
            if not (is_cut and self._ending.early()):
                raise
        return None  # what came is kept
