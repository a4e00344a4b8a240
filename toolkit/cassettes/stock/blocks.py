"""Cut a cassette in vcrpy's block layout into its interactions, without parsing it.

A line at the left margin that starts ``- `` begins an interaction. Whether that is really so
(a quoted text might contain such a line) is decided by whoever parses the piece: no piece of a
text that was cut in two is a whole YAML document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from toolkit.cassettes.stock.scalars import Unexpected
from toolkit.outcomes import CassetteError

_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:---\r?\n)?(?:version: 1\r?\n)?interactions:\r?\n")
_HEAD_LIMIT = 64
_TAIL = re.compile(rb"(?:metadata:(?:\ [^\r\n]*|(?:\r?\n[ -][^\r\n]*)+)\r?\n)?(version: 1\s*)?")
_MARGIN = re.compile(rb"\n[^ \r\n]")
_BLOCK = 1 << 20


@dataclass(slots=True)
class Piece:
    """The bytes of one interaction, and where they stand in the file (line counted from 1)."""

    offset: int
    line: int
    data: bytes


def pieces(stream: BinaryIO, name: str, limit: int) -> Iterator[Piece]:
    """Give the interactions of a block-layout cassette in order, a block of file at a time.

    Raises
    ------
    Unexpected
        When something other than interactions stands at the left margin; the file needs the
        YAML loader.
    CassetteError
        When one interaction is larger than ``limit`` bytes.
    """
    head = stream.read(_HEAD_LIMIT)
    found = _HEAD.match(head)
    if found is None:
        raise Unexpected("no block-layout cassette")
    offset = found.end()
    line = 1 + head.count(b"\n", 0, offset)
    rest = head[offset:]
    searched = 0  # rest holds no boundary before this position
    while block := stream.read(_BLOCK):
        rest += block
        start = 0
        while (end := rest.find(b"\n- ", max(start, searched))) >= 0:
            piece = Piece(offset + start, line, rest[start : end + 1])
            _check(piece)
            yield piece
            line += piece.data.count(b"\n")
            start = end + 1
        offset += start
        rest = rest[start:]
        searched = max(0, len(rest) - 3)
        if len(rest) > limit:
            raise CassetteError(
                f"{name}, line {line}: one interaction is larger than {limit:,} bytes; "
                "pass a higher limit to read it"
            )
    yield from _last(rest, offset, line)


def _last(rest: bytes, offset: int, line: int) -> Iterator[Piece]:
    """The last interaction, and what follows it (metadata and version)."""
    found = _MARGIN.search(rest)
    end = len(rest) if found is None else found.start() + 1
    tail = _TAIL.fullmatch(rest, end)
    if tail is None:
        raise Unexpected("something else follows the interactions")
    if not rest.startswith(b"- "):
        raise Unexpected("no interactions")
    yield Piece(offset, line, rest[:end])


def _check(piece: Piece) -> None:
    if not piece.data.startswith(b"- ") or _MARGIN.search(piece.data):
        raise Unexpected("something else stands at the left margin")
