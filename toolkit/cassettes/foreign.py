"""Cassettes in another layout than ours, given as flow lines all the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

from toolkit.cassettes import flowline, stock
from toolkit.cassettes.entries import Entries, FileEntries, last_line
from toolkit.cassettes.vcrdict import from_dict, to_dict
from toolkit.outcomes import CassetteError


class BlockEntries:
    """The interactions of a cassette in vcrpy's own block layout, read from the file on demand.

    A position is the interaction's number, from 0.
    """

    def __init__(self, path: Path) -> None:
        self._positions, self._lengths = array("Q"), array("L")
        for position, length in stock.entries(path):
            self._positions.append(position)
            self._lengths.append(length)
        self._file = FileEntries(path)
        self.size = len(self._positions)
        self.start = 0

    def lines(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Give number and flow line of every interaction from number ``start`` on."""
        for number in range(start, self.size):
            yield number, self.line(number, 0)

    def line(self, position: int, length: int) -> bytes:  # noqa: ARG002 - the protocol's form
        """Give the interaction of that number as a flow line.

        Raises
        ------
        CassetteError
            When the file no longer has it.
        """
        data = self._file.read(self._positions[position], self._lengths[position])
        return _as_line(stock.load(data, str(self._file.path)))

    def close(self) -> None:
        """Let go of the file."""
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
