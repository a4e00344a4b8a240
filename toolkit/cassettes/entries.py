"""The lines of a cassette: found, read on demand, and never more than whole ones.

Nothing here holds a cassette in memory. Files are read by position and not mapped: a map of a
file that somebody shortens ends the process.
"""

from __future__ import annotations

import itertools
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from toolkit.cassettes import bodyfiles, flowline, stock
from toolkit.cassettes.asked import Asked, asked
from toolkit.cassettes.interaction import Interaction
from toolkit.cassettes.vcrdict import from_dict
from toolkit.outcomes import CassetteError

LONGEST_LINE = 256 * 1024 * 1024
"""Bytes of one interaction; more is refused rather than read."""
PENDING = b"# {"
"""How a line begins that its writer has not finished; readers see a comment."""
_CHUNK = 1 << 20
_AHEAD = 1 << 16
_HEADER = re.compile(rb"version: 1\r?\ninteractions:\r?\n(?=[-#])")


class CassetteWarning(UserWarning):
    """Something about a cassette that a person should look at; nothing was lost."""


class Entries(Protocol):
    """Interactions as flow lines, each at a position."""

    size: int
    start: int

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Give position and bytes of every whole line from ``start`` on."""
        ...

    def requests(self, start: int) -> Iterator[tuple[int, int, Asked | None]]:
        """Give position, length and request of every line from ``start`` on.

        None stands for a request that takes more than a look at its line.
        """
        ...

    def line(self, position: int, length: int) -> bytes:
        """Give one line again."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class FileEntries:
    """The lines of a flow-line cassette as they are in the file.

    The size is taken once: what a writer appends afterwards belongs to the next reader.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise CassetteError(f"{path} cannot be read: {error.strerror}.") from None
        self.size = os.fstat(self._file).st_size
        self._seeking = threading.Lock()
        try:
            head = _HEADER.match(self.read(0, 64))
        except OSError as error:
            self.close()
            raise CassetteError(f"{path} cannot be read: {error.strerror}.") from None
        self.start = head.end() if head else 0
        self.is_ours = head is not None
        self._ahead = 0, b""
        self._reached = self.start

    if hasattr(os, "pread"):

        def read(self, position: int, length: int) -> bytes:
            """Give the bytes there; fewer at the end of the file."""
            return os.pread(self._file, length, position)

    else:

        def read(self, position: int, length: int) -> bytes:
            """Give the bytes there; fewer at the end of the file."""
            with self._seeking:
                os.lseek(self._file, position, os.SEEK_SET)
                return os.read(self._file, length)

    def mtime_ns(self) -> int:
        """When the file was last written to."""
        return os.fstat(self._file).st_mtime_ns

    def line(self, position: int, length: int) -> bytes:
        """Give the line of that position and length.

        Raises
        ------
        CassetteError
            When the file no longer has it: it was shortened or written over meanwhile.
        """
        first, ahead = self._ahead
        at = position - first
        if at < 0 or at + length > len(ahead):
            at = 0
            # Played in recorded order: the next ones are asked for soon.
            first, ahead = (
                position,
                self.read(position, max(length, _AHEAD) if position == self._reached else length),
            )
            if len(ahead) <= _AHEAD:
                self._ahead = first, ahead
        self._reached = position + length
        line = ahead[at : at + length]
        if len(line) != length or not (line.startswith(b"- ") and line.endswith((b"\n", b"}"))):
            raise CassetteError(f"{self.path} was changed while it was open; open it again.")
        return line

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Give position and bytes of every interaction from ``start`` on, comments left out.

        Raises
        ------
        CassetteError
            When a line is longer than any interaction may be.
        """
        position = start
        while position < self.size:
            chunk = self.read(position, min(_CHUNK, self.size - position))
            end = chunk.rfind(b"\n") + 1
            if not chunk:
                return  # shortened meanwhile
            if not end:
                chunk = self._long_line(position)
                end = len(chunk)
                if not chunk.endswith(b"\n"):
                    if is_whole(chunk):
                        yield position, chunk
                    return  # else its writer has not finished it
            at = 0
            while at < end:
                after = chunk.find(b"\n", at, end) + 1
                line = chunk[at:after]
                if line.startswith(flowline.OPENING):
                    yield position + at, line
                elif line.strip() and not line.startswith(b"#"):
                    raise ForeignLine(self.path, position + at)
                at = after
            position += end

    def requests(self, start: int) -> Iterator[tuple[int, int, Asked | None]]:
        """Give position, length and request of every interaction from ``start`` on."""
        for position, line in self.lines(start):
            yield position, len(line), asked(line)

    def _long_line(self, position: int) -> bytes:
        """Find the line's end first, then read it: its length is known before it takes memory."""
        at = position
        while at < self.size:
            if at - position > LONGEST_LINE:
                raise CassetteError(
                    f"{self.path} has a line of more than {LONGEST_LINE:,} bytes at byte "
                    f"{position:,}; no interaction is that long."
                )
            chunk = self.read(at, min(_CHUNK, self.size - at))
            if not chunk:
                break
            end = chunk.find(b"\n") + 1
            at += end or len(chunk)
            if end:
                break
        return self.read(position, at - position)

    def close(self) -> None:
        """Let go of the file. Closing twice does nothing."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()


def is_whole(line: bytes) -> bool:
    """Whether a line without a line end is an interaction all the same."""
    if not (line.startswith(flowline.OPENING) and line.endswith(b"}")):
        return False
    try:
        flowline.decode(line)
    except CassetteError:
        return False
    return True


class ForeignLine(CassetteError):
    """A line that is neither ours nor a comment: the whole file is read as YAML instead."""

    def __init__(self, path: Path, position: int) -> None:
        super().__init__(f"{path} is no list of flow lines at byte {position:,}.")


def read(path: str | os.PathLike[str]) -> Iterator[Interaction]:
    """Read a cassette, one interaction at a time, in the order recorded.

    Reads flow lines (ours) as a stream, in bounded memory and also while they are being
    written; any other layout of vcrpy's (block or flow YAML, JSON) too.

    Raises
    ------
    CassetteError
        When it is no cassette, or an interaction in it cannot be read.

    Examples
    --------
    >>> first = next(read("cassettes/monday.yaml"))
    >>> first.request.method, first.response.status
    ('POST', 200)
    """
    path = Path(path)
    entries = FileEntries(path)
    count = 0
    try:
        if entries.is_ours:
            for position, line in entries.lines(entries.start):
                yield interaction_of(line, path, position)
                count += 1
            return
    except ForeignLine:
        pass  # a person's edit, or another tool's key: YAML reads it
    finally:
        entries.close()
    yield from itertools.islice(read_foreign(path), count, None)


def is_blank(path: Path) -> bool:
    """Whether there is nothing in the file, or no file."""
    try:
        with path.open("rb") as file:
            return not file.read(256).strip()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise CassetteError(f"{path} cannot be read: {error.strerror}.") from None


def interaction_of(line: bytes, path: Path, position: int) -> Interaction:
    """Decode one line; the error says in which file and where."""
    try:
        entry = flowline.decode(line)
        if b'"file"' in line:
            entry = bodyfiles.put_back(entry, path)
        return from_dict(entry)
    except CassetteError as error:
        raise CassetteError(f"{path}, byte {position:,}: {error}") from None


def read_foreign(path: Path) -> Iterator[Interaction]:
    """Read a cassette that is not made of flow lines."""
    return (from_dict(bodyfiles.put_back(entry, path)) for entry in stock.read(path))


def last_line(entries: FileEntries, end: int | None = None) -> tuple[int, bytes]:
    """Position and bytes of the last line before ``end``, whether finished or not."""
    end = entries.size if end is None else end
    tail = b""
    at = end
    while at > entries.start:
        at = max(entries.start, at - 65536)
        tail = entries.read(at, end - at)
        newline = tail.rfind(b"\n", 0, len(tail) - 1)
        if newline >= 0:
            return at + newline + 1, tail[newline + 1 :]
        if len(tail) > LONGEST_LINE:
            break
    return at, tail
