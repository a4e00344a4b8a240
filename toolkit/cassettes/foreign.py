"""Cassettes in another layout than ours, given as flow lines all the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from toolkit.cassettes import flowline, stock
from toolkit.cassettes.asked import Asked, asked, usual
from toolkit.cassettes.entries import Entries, FileEntries, last_line
from toolkit.cassettes.vcrdict import from_dict, to_dict
from toolkit.outcomes import CassetteError


class BlockEntries:
    """The interactions of a cassette in vcrpy's own block layout, read from the file on demand.

    A position is the interaction's number, from 0. What turns out to be in another layout, in the
    middle of the file, is held in memory from there on.

    Raises
    ------
    CassetteError
        When not even the first interaction can be read by itself.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._positions, self._lengths = array("Q"), array("L")
        self._requests = stock.requests(path)
        self._held: list[bytes] | None = None
        self._first = next(self._requests, None)
        self._file = FileEntries(path)
        self.size = self._file.size
        self.start = 0

    def _advance(self) -> Asked | Literal[False] | None:
        """Look at the next interaction, and give its request; False at the end."""
        if self._held is not None:
            return False
        found, self._first = self._first, None
        try:
            found = found or next(self._requests, None)
        except CassetteError:  # an alias, another layout: the file is read whole
            self._held = list(lines_of(self._path))[len(self._positions) :]
            return False
        if found is None:
            self._held = []
            return False
        self._positions.append(found[0])
        self._lengths.append(found[1])
        return found[2]

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Give number and flow line of every interaction from number ``start`` on."""
        for number, _, _ in self.requests(start):
            yield number, self.line(number, 0)

    def requests(self, start: int) -> Iterator[tuple[int, int, Asked | None]]:
        """Give number, 0 and request of every interaction from number ``start`` on."""
        number = start
        while True:
            if number < len(self._positions):
                yield number, 0, None
            elif (request := self._advance()) is not False:
                yield number, 0, usual(request)
            else:
                break
            number += 1
        for place in range(number, len(self._positions) + len(self._held or ())):
            yield place, 0, None

    def line(self, position: int, length: int) -> bytes:  # noqa: ARG002 - the protocol's form
        """Give the interaction of that number as a flow line.

        Raises
        ------
        CassetteError
            When the file no longer has it.
        """
        if position >= len(self._positions):
            return (self._held or [])[position - len(self._positions)]
        data = self._file.read(self._positions[position], self._lengths[position])
        return _as_line(stock.load(data, str(self._path)))

    def close(self) -> None:
        """Let go of the file."""
        self._requests.close()
        self._file.close()


class MemoryEntries:
    """The interactions of a cassette in another layout, as flow lines in memory."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.size = len(lines)
        self.start = 0

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Give number and bytes of every line from number ``start`` on."""
        for position in range(start, self.size):
            yield position, self._lines[position]

    def requests(self, start: int) -> Iterator[tuple[int, int, Asked | None]]:
        """Give number, 0 and request of every interaction from number ``start`` on."""
        for position, line in self.lines(start):
            yield position, 0, asked(line)

    def line(self, position: int, length: int) -> bytes:  # noqa: ARG002 - the protocol's form
        """Give the line of that number."""
        return self._lines[position]

    def close(self) -> None:
        """Let go of the lines."""
        self._lines = []


def open_entries(path: Path) -> Entries:
    """Open a cassette of any layout for reading on demand.

    What cannot be read in parts (JSON, YAML with aliases) is held in memory, as bytes: a
    quarter of what vcrpy holds.
    """
    entries = FileEntries(path)
    try:
        if entries.is_ours and last_line(entries)[1].startswith((b"-", b"#", b"\0")):
            return entries
    except BaseException:
        entries.close()
        raise
    entries.close()
    try:
        return BlockEntries(path)
    except CassetteError:
        return MemoryEntries(list(lines_of(path)))


def lines_of(path: Path) -> Iterator[bytes]:
    """Give the interactions of a cassette that is not made of flow lines, as flow lines."""
    return map(_as_line, stock.read(path))


def _as_line(entry: dict[str, object]) -> bytes:
    return flowline.encode(to_dict(from_dict(entry)))
