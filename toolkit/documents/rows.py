"""The records of a document as batches of text columns, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Literal, TypeAlias

import pyarrow as pa

from toolkit.documents.collector import Collector
from toolkit.documents.cutter import TEXT, Cut, Cutter
from toolkit.documents.hardened import Feed, Truncated, parser_for
from toolkit.documents.inside import TYPES, Row, too_wide
from toolkit.documents.keys import is_namespace
from toolkit.documents.limits import KIB, LIMITS, MIB, Limits, size
from toolkit.documents.shape import RecordPath, find_record, head_of
from toolkit.documents.source import CHUNK, Source, open_stream
from toolkit.outcomes import DocumentError, InvalidArgument

BATCH_BYTES = 8 * MIB
BLOCK = 512 * KIB
"""Bytes that are cut at once: enough for numpy, little enough for a processor's cache."""
_ODD_RECORDS = 4  # in a block; with more of them all of it is read event by event
_MOST_WAITING = 64  # blocks without another try, where several could not be cut

Reader: TypeAlias = Literal["strict", "fast"]


@dataclass(slots=True)
class Batch:
    """Some whole records, and what is known of the document so far.

    Attributes
    ----------
    path : RecordPath
        Of the record.
    columns : dict
        Key (see :mod:`toolkit.documents.keys`) to texts (Arrow's large_string), one a record;
        null where the record has no such value. Keys only become more from one batch to the
        next, and keep their order.
    rows : int
    hints : dict
        Key to the kind that ``type`` attributes declare: "none" without one, "mixed" where they
        disagree.
    header : dict
        Values outside the records: ``Log.name``.
    truncated : bool
        True in the last batch of a document that is cut off.
    document : object
        The same in all batches of one document.
    """

    path: RecordPath
    columns: dict[str, pa.Array]
    rows: int
    hints: dict[str, str] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    truncated: bool = False
    document: object = field(default=None, repr=False)

    def split(self, rows: int) -> Iterator[Batch]:
        """The same in parts of so many records; one at least."""
        for start in range(0, max(1, self.rows), rows):
            columns = {key: texts.slice(start, rows) for key, texts in self.columns.items()}
            yield replace(self, columns=columns, rows=min(rows, self.rows - start))


def batches(
    source: Source,
    *,
    path: str | None = None,
    prefer: Iterable[str] = (),
    truncated: Literal["raise", "keep"] = "raise",
    types: bool = True,
    properties: bool = True,
    limits: Limits = LIMITS,
    batch_rows: int = 10_000,
    reader: Reader = "strict",
    block: int = BLOCK,
) -> Iterator[Batch]:
    """The records of a document as a stream of batches; parameters as :func:`records`.

    At least one batch comes, if only an empty one. What is held at a time is a block, a batch
    (about ``batch_rows`` records or 8 MiB) and the record that is being read.

    Parameters
    ----------
    block : int
        Bytes that are looked at together.

    Examples
    --------
    >>> (batch,) = batches('<Log><Entry level="Info">up</Entry></Log>')
    >>> {key: texts.to_pylist() for key, texts in batch.columns.items()}
    {'level': ['Info'], '': ['up']}
    """
    if truncated not in ("raise", "keep"):
        raise InvalidArgument(f'truncated is "raise" or "keep", not {truncated!r}.')
    if reader not in ("strict", "fast"):
        raise InvalidArgument(f'reader is "strict" or "fast", not {reader!r}.')
    stream = open_stream(source)
    if path is None:
        head, stream = head_of(stream)
        record = find_record(head, stream.encoding, prefer=prefer, limits=limits)
    else:
        record = RecordPath.of(path)
    parser = parser_for(stream.encoding)
    collector = Collector(parser, record, limits, types=types, properties=properties)
    reading = _Reading(collector, Feed(parser, limits), record, limits, (batch_rows, block))
    if stream.encoding in (None, "utf-8"):
        reading.cuts_from(parser, types=types, trusting=reader == "fast")
    last: Batch
    try:
        for piece in _blocks(stream.chunks, block):
            yield from reading.take(piece)
        yield from reading.rest()
        last = reading.table.take()
    except Truncated:
        if truncated == "raise":
            raise
        last = reading.table.take()
        last.truncated = True
    yield last


class _Reading:
    """One document being read: by events, and cut where its records are alike."""

    def __init__(
        self,
        collector: Collector,
        feed: Feed,
        record: RecordPath,
        limits: Limits,
        sizes: tuple[int, int],
    ) -> None:
        self.table = _Columns(collector, record, limits)
        self._collector = collector
        self._feed = feed
        self._record = record
        self._limits = limits
        self._batch_rows, self._block = sizes
        self._kept = b""
        self._complete = self._began = self._taken = 0
        self._parser: object = None
        self._cutter: Cutter | None = None
        self._types = True
        self._trusting = False
        self._misses = self._waiting = 0

    def cuts_from(self, parser: object, *, types: bool, trusting: bool) -> None:
        """Cut records that are alike: the parser reads UTF-8, as the cutter does."""
        self._parser, self._types, self._trusting = parser, types, trusting

    def take(self, block: bytes) -> Iterator[Batch]:
        """Read one more block; its last record, which may go on, is kept for the next."""
        block = self._kept + block
        self._kept = b""
        if self._collector.record is None:
            first = min(CHUNK, self._block)
            yield from self._by_events(block[:first])
            block = block[first:]
        cutter = self._known_cutter()
        end = cutter.last_record(block) if cutter is not None else -1
        if cutter is None or end <= 0:
            yield from self._by_events(block)
            return
        self._kept = block[end:]
        yield from self._cut(cutter, block[:end])

    def rest(self) -> Iterator[Batch]:
        """Read what was kept, and say that it was all.

        Raises
        ------
        Truncated
            The document goes on.
        """
        yield from self._by_events(self._kept)
        self._feed.end()

    def _known_cutter(self) -> Cutter | None:
        name = self._collector.record
        if self._parser is None or name is None:
            return None
        if self._cutter is None or self._cutter.name != name:
            self._cutter = Cutter(name, TYPES if self._types else {}, self._limits)
        return self._cutter

    def _cut(self, cutter: Cutter, block: bytes) -> Iterator[Batch]:
        for _ in range(_ODD_RECORDS):
            around = self._collector.around() if self._feed.is_clear() else None
            if around is None or not block or self._waiting:
                break
            cut = cutter.cut(block)
            if isinstance(cut, Cut):
                self._misses = 0
                yield from self._taken_over(cut, around, block)
                return
            if cut is None or b"\r" in block:
                self._missed()
                break
            if cut.start:
                before = cutter.cut(block[: cut.start])
                if isinstance(before, Cut):
                    yield from self._taken_over(before, around, block[: cut.start])
                    block = block[cut.start :]
                    cut = type(cut)(0, cut.end - cut.start)
            yield from self._by_events(block[: cut.end])
            block = block[cut.end :]
        else:
            self._missed()
        self._waiting = max(0, self._waiting - 1)
        yield from self._by_events(block)

    def _missed(self) -> None:
        self._misses += 1
        if self._misses > 2:
            self._waiting = min(2**self._misses, _MOST_WAITING)

    def _taken_over(self, cut: Cut, around: Row, block: bytes) -> Iterator[Batch]:
        """Give what was cut, after what came before it; the parser has its say first."""
        if self._trusting and cut.is_sound:
            self._feed.skip(block)
        else:
            with self._collector.paused():
                self._feed.take(block)
        if self._collector.rows:
            yield self.table.take()
        yield self.table.of(cut, around)
        self._complete = 0
        self._began = self._taken = self._feed.fed

    def _by_events(self, block: bytes) -> Iterator[Batch]:
        for at in range(0, len(block), CHUNK):
            yield from self._events_of(block[at : at + CHUNK])

    def _events_of(self, chunk: bytes) -> Iterator[Batch]:
        collector, limits, rows = self._collector, self._limits, self._collector.rows
        self._feed.take(chunk)
        fed = self._feed.fed
        if not collector.is_open():
            collector.forget_text()
            self._began = fed
        elif len(rows) != self._complete:
            self._began = fed
        elif fed - self._began > limits.record:
            raise DocumentError(
                f"One record ({self._record}) has more than {size(limits.record)}; "
                f"give the path of a smaller one."
            )
        if len(rows) >= self._batch_rows or (rows and fed - self._taken >= BATCH_BYTES):
            yield self.table.take()
            self._taken = fed
        self._complete = len(rows)


class _Columns:
    """Turns records into columns; the columns stay the same or become more."""

    def __init__(self, collector: Collector, record: RecordPath, limits: Limits) -> None:
        self._collector = collector
        self._record = record
        self._limits = limits
        self._keys: dict[str, None] = {}
        self._known: set[str] = set()

    def take(self) -> Batch:
        """The records that the collector has gathered."""
        rows = self._collector.rows
        if not self._known.issuperset(set().union(*rows)):
            for row in rows:
                if not row.keys() <= self._known:
                    self._learn(row)
        columns = {key: pa.array(_values(rows, key), TEXT) for key in self._keys}
        count = len(rows)
        rows.clear()
        return self._batch(columns, count)

    def of(self, cut: Cut, around: Row) -> Batch:
        """The records of a cut; ``around`` is what stands around all of them."""
        for key, kind in cut.hints.items():
            self._collector.hint(key, kind)
        self._learn([*around, *cut.columns])
        columns: dict[str, pa.Array] = {}
        for key in self._keys:
            if key in cut.columns:
                columns[key] = cut.columns[key]
            else:
                columns[key] = pa.repeat(pa.scalar(around.get(key), TEXT), cut.rows)
        return self._batch(columns, cut.rows)

    def _batch(self, columns: dict[str, pa.Array], rows: int) -> Batch:
        collector = self._collector
        return Batch(
            self._record,
            columns,
            rows,
            dict(collector.hints),
            dict(collector.header),
            document=collector,
        )

    def _learn(self, row: Iterable[str]) -> None:
        for key in row:
            if key not in self._known:
                self._collector.check_name(key.rpartition("@")[2].rpartition("/")[2])
                self._known.add(key)
                if not is_namespace(key):
                    self._keys[key] = None
        if len(self._known) > self._limits.fields:
            raise too_wide(self._record, self._limits)
        # The record's own text comes last, also when other columns come later.
        if "" in self._keys:
            del self._keys[""]
            self._keys[""] = None


def _blocks(chunks: Iterator[bytes], block: int) -> Iterator[bytes]:
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        for start in range(0, len(chunk), block):
            held.append(chunk[start : start + block])
            length += len(held[-1])
            if length >= block:
                yield b"".join(held)
                held.clear()
                length = 0
    if held:
        yield b"".join(held)


def _values(rows: list[Row], key: str) -> list[str | None]:
    try:
        return list(map(itemgetter(key), rows))  # what is in all rows is fetched twice as fast
    except KeyError:
        return [row.get(key) for row in rows]
