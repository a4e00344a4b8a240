"""Records that are alike, cut out of a document's bytes column by column.

Reading a log event by event costs several Python calls a record. But the records of a log differ
only in their values: where :mod:`toolkit.documents.template` knows a shape, numpy finds the tags
and quotes of a whole chunk, all of the shape's literals are compared, and Arrow takes the values
between them. A chunk with so much as one byte that no shape explains is not cut; it is for the
reader of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from toolkit.documents.limits import Limits
from toolkit.documents.references import unescaped
from toolkit.documents.template import Template, learn

Places: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

TEXT = pa.large_string()
_BLANK = b" \t\r\n"
_TEMPLATES = 64
# A record is looked for in so many bytes; one that is longer is read event by event.
_LONGEST = 1 << 16
_LT, _QUOTE, _SPACE = 0x3C, 0x22, 0x20
_MARKS = bytes(byte < _SPACE or byte in (_LT, _QUOTE) for byte in range(256))
_ENDS_NAME = np.array([byte in b" >/\t\n" for byte in range(256)])
_IS_BLANK = np.array([byte in _BLANK for byte in range(256)])
_IS_BLANK_OR_TAG = np.array([byte in b" \t\r\n<" for byte in range(256)])


@dataclass(slots=True)
class Cut:
    """The records of a chunk: key to texts (Arrow), how many, and what their types are said to be.

    Keys come in the order in which a reader of events would have met them. ``is_sound``: the chunk
    is also well-formed in all that a shape does not say, so that no parser need see it.
    """

    columns: dict[str, pa.Array]
    rows: int
    hints: dict[str, str] = field(default_factory=dict)
    is_sound: bool = False


@dataclass(frozen=True, slots=True)
class Odd:
    """A record that no shape explains: where it begins, and where the next one does."""

    start: int
    end: int


@dataclass(slots=True)
class _Found:
    """Values of one key: the records that have it, and where each begins and ends."""

    records: list[Places] = field(default_factory=list)
    starts: list[Places] = field(default_factory=list)
    ends: list[Places] = field(default_factory=list)


class Cutter:
    """Cuts chunks of one document's records. Remembers the shapes it has met."""

    def __init__(self, name: str, types: Mapping[str, str], limits: Limits) -> None:
        self.name = name
        self._opening = b"<" + name.encode()
        self._types = types
        self._limits = limits
        self._templates: list[Template] = []

    def last_record(self, block: bytes) -> int:
        """Where the last record in the block begins; -1 if none does."""
        at = len(block)
        while (at := block.rfind(self._opening, 0, at)) >= 0:
            if block[at + len(self._opening) :][:1] in (b" ", b">", b"/", b"\t", b"\n", b"\r"):
                return at
        return -1

    def cut(self, chunk: bytes) -> Cut | Odd | None:
        """The records of a chunk of whole ones and the blanks between, or what is odd about it.

        The chunk must come from between two records of the path, and be UTF-8. None: it holds
        something beside records.
        """
        if b"\r" in chunk:  # as XML says that line ends are read
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        view = _View(chunk)
        if not view.find_records(self._opening):
            return None
        found: dict[str, _Found] = {}
        hints: dict[str, str] = {}
        ends = np.full(view.count, -1, np.int64)
        left = np.arange(view.count)
        tried: set[int] = set()
        while len(left):
            number = self._template_for(view, left, tried)
            if number is None:
                return Odd(*view.span(int(left[0])))
            tried.add(number)
            template = self._templates[number]
            alive, left = view.match(template, left, found, ends)
            if alive:
                for key, kind in template.hints.items():
                    if hints.setdefault(key, kind) != kind:
                        hints[key] = "mixed"
        if not view.are_gaps_blank(ends) or view.has_blank_in_attributes(self._templates):
            return None
        columns = {key: view.texts(at, own=not key) for key, at in found.items()}
        if b"&" in chunk:
            columns = {key: unescaped(texts) for key, texts in columns.items()}
            return Cut(columns, view.count, hints)
        return Cut(columns, view.count, hints, view.is_sound())

    def _template_for(self, view: _View, left: Places, tried: set[int]) -> int | None:
        """A template that was not tried on this chunk: a known one, or that of the first record."""
        first = view.span(int(left[0]))[0]
        for number, template in enumerate(self._templates):
            if number not in tried and view.chunk.startswith(template.steps[0].literal, first):
                return number
        if len(self._templates) >= _TEMPLATES:
            return None
        learned = learn(view.chunk[first : first + _LONGEST], self._types, self._limits)
        if learned is None or learned[0] in self._templates:
            return None
        self._templates.append(learned[0])
        return len(self._templates) - 1


class _View:
    """The tags, quotes and records of a chunk, as numbers of bytes."""

    def __init__(self, chunk: bytes) -> None:
        self.chunk = chunk
        self.count = 0
        self._bytes = found = np.frombuffer(chunk, np.uint8)
        # Looking for all of them at once costs little more than for one of them.
        marks = np.flatnonzero(np.frombuffer(chunk.translate(_MARKS), bool))
        kinds = found[marks]
        self._tags = marks[kinds == _LT]
        self._quotes = marks[kinds == _QUOTE]
        self._controls = marks[kinds < _SPACE]
        self._records: Places
        self._first_tags: Places
        self._first_quotes: Places

    def find_records(self, opening: bytes) -> bool:
        """Find where records begin; whether that is the first thing that does."""
        tags = self._tags
        inside = int(np.searchsorted(tags, len(self.chunk) - len(opening)))
        named = np.flatnonzero(self._bytes[tags[:inside] + 1] == opening[1])
        named = named[self._equal(tags[named], opening)]
        named = named[_ENDS_NAME[self._bytes[tags[named] + len(opening)]]]
        if not len(named) or named[0] != 0 or self.chunk[: int(tags[0])].strip(_BLANK):
            return False
        self.count = len(named)
        self._records = tags[named]
        self._first_tags = np.append(named, len(tags))
        self._first_quotes = np.searchsorted(self._quotes, self._records)
        return True

    def span(self, record: int) -> tuple[int, int]:
        """Where a record begins, and where the next one does."""
        after = self._records[record + 1] if record + 1 < self.count else len(self.chunk)
        return int(self._records[record]), int(after)

    def match(
        self, template: Template, records: Places, found: dict[str, _Found], ends: Places
    ) -> tuple[int, Places]:
        """Find the values of those records that have this shape: how many, and the others."""
        tags = self._first_tags
        fits = tags[records + 1] - tags[records] == template.tags
        alive = records[fits]
        at = self._records[alive]
        holes: list[tuple[str | None, Places, Places]] = []
        for step in template.steps:
            equal = self._equal(at, step.literal)
            if not equal.all():
                alive, at = alive[equal], at[equal]
                holes = [(key, start[equal], end[equal]) for key, start, end in holes]
            if not len(alive):
                break
            start = at + len(step.literal)
            if step.quote is not None:
                place = self._first_quotes[alive] + step.quote
                end = self._at(self._quotes, place)
            elif step.key is not None:
                end = self._at(self._tags, tags[alive] + step.tag)
            else:
                ends[alive] = start
                break
            holes.append((step.key, start, end))
            at = end
        for key, start, end in holes if len(alive) else ():
            if (end < start).any():  # a tag within an attribute: no XML
                return 0, records
            if key is not None:
                one = found.setdefault(key, _Found())
                one.records.append(alive)
                one.starts.append(start)
                one.ends.append(end)
        matched = np.zeros(self.count, bool)
        matched[alive] = True
        return len(alive), records[~matched[records]]

    def are_gaps_blank(self, ends: Places) -> bool:
        """Whether there is nothing between the records, or after them."""
        nexts = np.append(self._records[1:], len(self.chunk))
        lengths = nexts - ends
        for length in np.unique(lengths):
            if length < 0:
                return False
            gaps = np.flatnonzero(lengths == length)
            if length and not self._blank(ends[gaps], int(length)):
                return False
        return True

    def has_blank_in_attributes(self, templates: list[Template]) -> bool:
        """Whether a tab or a line end may be within an attribute, where XML reads it as a blank."""
        controls = self._controls
        if not len(controls) or not len(self._quotes):
            return False
        # Quotes of attributes come in pairs from the record's beginning on.
        record = np.searchsorted(self._records, controls, side="right") - 1
        inside = np.searchsorted(self._quotes, controls) - self._first_quotes[record]
        most = max((step.quote for one in templates for step in one.steps if step.quote), default=0)
        return bool(((inside % 2 == 1) & (inside <= most)).any())

    def is_sound(self) -> bool:
        """Whether it is UTF-8, without a character that XML forbids, and without ``]]>``."""
        chunk = self.chunk
        odd = ~_IS_BLANK[self._bytes[self._controls]]
        if odd.any() or (b"]" in chunk and b"]]>" in chunk):
            return False
        if chunk.isascii():
            return True
        try:
            chunk.decode()
        except UnicodeDecodeError:
            return False
        return b"\xef\xbf\xbe" not in chunk and b"\xef\xbf\xbf" not in chunk

    def texts(self, found: _Found, *, own: bool) -> pa.Array:
        """The values of a key, one for each record; none where the record has no such value."""
        whole = len(found.records) == 1 and len(found.records[0]) == self.count
        if whole:
            start, end = found.starts[0], found.ends[0]
            missing = None
        else:
            # An empty text at the record's begin, so that places only go up.
            start, end = self._records.copy(), self._records.copy()
            missing = np.ones(self.count, bool)
            for records, starts, ends in zip(found.records, found.starts, found.ends, strict=True):
                start[records], end[records] = starts, ends
                missing[records] = False
        offsets = np.empty(2 * self.count, np.int64)
        offsets[0::2], offsets[1::2] = start, end
        pieces = pa.LargeStringArray.from_buffers(
            2 * self.count - 1, pa.py_buffer(offsets), pa.py_buffer(self.chunk)
        )
        texts = pieces.take(pa.array(np.arange(0, 2 * self.count - 1, 2)))
        # A record always ends behind its text, so there is a byte to look at.
        if own and _IS_BLANK_OR_TAG[self._bytes[start]].any():
            blank = pc.equal(pc.ascii_trim(texts, " \t\r\n"), "")
            texts = pc.if_else(blank, pa.scalar(None, TEXT), texts)
        if missing is not None and missing.any():
            texts = pc.if_else(pa.array(missing), pa.scalar(None, TEXT), texts)
        return texts

    def _at(self, places: Places, numbers: Places) -> Places:
        """Those places; the chunk's end where there is no such number."""
        inside = numbers < len(places)
        if inside.all():
            return places[numbers]
        return np.where(inside, places[np.minimum(numbers, len(places) - 1)], len(self.chunk))

    def _equal(self, at: Places, literal: bytes) -> Any:
        """Where the bytes at these places are the literal."""
        length = len(literal)
        room = len(self.chunk) - length
        if room < 0:
            return np.zeros(len(at), bool)
        inside = at <= room
        safe = at if inside.all() else np.minimum(at, room)
        windows = np.ndarray((room + 1,), f"V{length}", self.chunk, strides=(1,))
        taken = windows[safe]
        if taken.tobytes() == literal * len(at):
            return inside
        bytes_ = taken.view(np.uint8).reshape(len(at), length)
        return (bytes_ == np.frombuffer(literal, np.uint8)).all(axis=1) & inside

    def _blank(self, at: Places, length: int) -> bool:
        gap = self.chunk[int(at[0]) : int(at[0]) + length]
        if gap.strip(_BLANK):
            return False
        if bool(self._equal(at, gap).all()):
            return True
        return not any(self.chunk[place : place + length].strip(_BLANK) for place in at.tolist())
