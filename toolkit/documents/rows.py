"""The records of a document as batches of text columns, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Literal

from toolkit.documents.collector import Collector
from toolkit.documents.hardened import Truncated, feed, parser_for
from toolkit.documents.inside import Row, too_wide
from toolkit.documents.keys import is_namespace
from toolkit.documents.limits import LIMITS, MIB, Limits, size
from toolkit.documents.shape import RecordPath, find_record, head_of
from toolkit.documents.source import Source, open_stream
from toolkit.outcomes import DocumentError, InvalidArgument

BATCH_BYTES = 8 * MIB


@dataclass(slots=True)
class Batch:
    """Some whole records, and what is known of the document so far.

    Attributes
    ----------
    path : RecordPath
        Of the record.
    columns : dict
        Key (see :mod:`toolkit.documents.keys`) to texts, one a record; None where the record has
        no such value. Keys only become more from one batch to the next, and keep their order.
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
    columns: dict[str, list[str | None]]
    rows: int
    hints: dict[str, str] = field(default_factory=dict)
    header: dict[str, str] = field(default_factory=dict)
    truncated: bool = False
    document: object = field(default=None, repr=False)


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
) -> Iterator[Batch]:
    """The records of a document as a stream of batches; parameters as :func:`records`.

    At least one batch comes, if only an empty one. What is held at a time is a batch (about
    ``batch_rows`` records or 8 MiB) and the record that is being read.

    Examples
    --------
    >>> (batch,) = batches('<Log><Entry level="Info">up</Entry></Log>')
    >>> batch.columns
    {'level': ['Info'], '': ['up']}
    """
    if truncated not in ("raise", "keep"):
        raise InvalidArgument(f'truncated is "raise" or "keep", not {truncated!r}.')
    stream = open_stream(source)
    if path is None:
        head, stream = head_of(stream)
        record = find_record(head, stream.encoding, prefer=prefer, limits=limits)
    else:
        record = RecordPath.of(path)
    parser = parser_for(stream.encoding)
    collector = Collector(parser, record, limits, types=types, properties=properties)
    table = _Columns(collector, record, limits)
    rows = collector.rows
    complete = began = taken = 0
    cut = False
    try:
        for fed in feed(parser, stream, limits):
            if not collector.is_open():
                collector.forget_text()
                began = fed
            elif len(rows) != complete:
                began = fed
            elif fed - began > limits.record:
                raise DocumentError(
                    f"One record ({record}) has more than {size(limits.record)}; "
                    f"give the path of a smaller one."
                )
            if len(rows) >= batch_rows or (rows and fed - taken >= BATCH_BYTES):
                yield table.take()
                taken = fed
            complete = len(rows)
    except Truncated:
        if truncated == "raise":
            raise
        cut = True
    last = table.take()
    last.truncated = cut
    yield last


class _Columns:
    """Turns a collector's rows into columns; the columns stay the same or become more."""

    def __init__(self, collector: Collector, record: RecordPath, limits: Limits) -> None:
        self._collector = collector
        self._record = record
        self._limits = limits
        self._keys: dict[str, None] = {}
        self._known: set[str] = set()

    def take(self) -> Batch:
        collector = self._collector
        rows = collector.rows
        if not self._known.issuperset(set().union(*rows)):
            for row in rows:
                if not row.keys() <= self._known:
                    self._learn(row)
        columns: dict[str, list[str | None]] = {key: _values(rows, key) for key in self._keys}
        count = len(rows)
        rows.clear()
        return Batch(
            self._record,
            columns,
            count,
            dict(collector.hints),
            dict(collector.header),
            document=collector,
        )

    def _learn(self, row: Row) -> None:
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


def _values(rows: list[Row], key: str) -> list[str | None]:
    try:
        return list(map(itemgetter(key), rows))  # what is in all rows is fetched twice as fast
    except KeyError:
        return [row.get(key) for row in rows]
