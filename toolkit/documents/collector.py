"""expat's events to rows: one dict of key and text for each record."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from toolkit.documents.inside import BLANK, TYPES, Inside, Row, too_wide
from toolkit.documents.keys import is_namespace
from toolkit.documents.limits import Limits, too_deep
from toolkit.documents.shape import RecordPath, local
from toolkit.outcomes import DocumentError

_NAMES_KNOWN = 10_000
_HEADER_FIELDS = 64
_HEADER_LENGTH = 1024


class Collector:
    """Turns expat's events into rows of one record. One for each document.

    Attributes
    ----------
    rows : list of dict
        The records that are complete; take them and clear the list.
    hints : dict
        Key to the kind that ``type`` attributes declare: "none" without one, "mixed" where they
        disagree.
    header : dict
        Values outside the records, such as ``Log.name``; the first 64.
    is_open : callable
        Whether a record has begun and not ended.
    """

    # What a pause takes off the parser, and the end of it puts back.
    _HANDLERS = ("StartElementHandler", "EndElementHandler", "CharacterDataHandler")

    def __init__(
        self,
        parser: expat.XMLParserType,
        record: RecordPath,
        limits: Limits,
        *,
        types: bool,
        properties: bool,
    ) -> None:
        self.rows: list[Row] = []
        self.hints: dict[str, str] = {}
        self.header: dict[str, str] = {}
        self.is_open: Callable[[], bool]
        self.record: str | None = None
        """The name of the records' elements, once one was met."""
        self._between: Callable[[], Row | None]
        self._parser = parser
        self._in_cdata = False
        self._record = record
        self._limits = limits
        self._types = TYPES if types else {}
        self._names: set[str] = set()
        self._outside: list[str] = []
        self._around: list[Row] = []
        self._text: list[str] = []
        self._plain: dict[str, str] = {}
        self._typed: dict[tuple[str | None, str], str] = {}
        self._inside = Inside(
            record, limits, self._text, self.hint, types=self._types, properties=properties
        )
        self._connect(parser)

    def around(self) -> Row | None:
        """Between two records the values around them; None anywhere else."""
        return None if self._in_cdata else self._between()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let the parser read on without anybody listening: what comes is known."""
        handlers = [getattr(self._parser, name) for name in self._HANDLERS]
        for name in self._HANDLERS:
            setattr(self._parser, name, None)
        try:
            yield
        finally:
            for name, handler in zip(self._HANDLERS, handlers, strict=True):
                setattr(self._parser, name, handler)

    def forget_text(self) -> None:
        """Drop what text outside the records is too long to be a header field."""
        if not self.is_open() and len(self._text) > 1:
            self._text[:] = ["".join(self._text)[: _HEADER_LENGTH + 1]]

    def check_name(self, name: str) -> None:
        """Refuse a name that is too long."""
        if len(name) > self._limits.name:
            raise DocumentError(
                f"A name in the document has more than {self._limits.name} characters."
            )
        if len(self._names) < _NAMES_KNOWN:
            self._names.add(name)

    def _connect(self, parser: expat.XMLParserType) -> None:
        # Closures with local names, and a short way for plain values: these three run for each
        # element of a log that may have millions, and so they cost a third of what methods do.
        rows, text, counts = self.rows, self._text, self._inside.counts
        inside = self._inside
        max_depth, max_attributes = self._limits.depth, self._limits.attributes
        names, plain, typed = self._names, self._plain, self._typed
        row: Row = {}
        context: Row = {}
        depth = base = hit_depth = 0
        hit_name = ""
        # The key of a child of the record that is a plain value so far, and how it was opened.
        leaf: str | None = None
        opened: tuple[str, Row] = "", {}

        def start(name: str, attributes: Row) -> None:
            nonlocal depth, base, row, context, hit_depth, hit_name, leaf, opened
            if base:
                if leaf is None and depth == base:
                    if not attributes:
                        key = plain.get(name)
                    elif len(attributes) == 1:
                        key = typed.get((attributes.get("type"), name))
                    else:
                        key = None
                    if key is None:
                        key = self._plain_key(name, attributes)
                    if key is not None:
                        if text:
                            inside.own(row, "")
                        leaf, opened = key, (name, attributes)
                        return
                elif leaf is not None:
                    depth += 1
                    inside.reopen(*opened, row)
                    leaf = None
                depth += 1
                if name not in names:
                    self.check_name(name)
                if depth > max_depth or len(attributes) > max_attributes:
                    raise self._excess(depth)
                inside.start(name, attributes, row)
                return
            depth += 1
            if depth > max_depth or len(attributes) > max_attributes:
                raise self._excess(depth)
            if text:
                text.clear()
            if name == hit_name and depth == hit_depth:
                row = {**context, **attributes} if context else attributes
                base = depth
                return
            if name not in names:
                self.check_name(name)
            around = self._start_outside(name, attributes, depth)
            if around is not None:
                # The next element of that name in the same place is a record too.
                self.record = hit_name = name
                hit_depth, context = depth, around
                row = context | attributes
                base = depth

        def end(_: str) -> None:
            nonlocal depth, base, hit_depth, leaf
            if leaf is not None:
                value = text[0] if len(text) == 1 else "".join(text)
                text.clear()
                if leaf in row or leaf in counts:
                    leaf = self._renumbered(leaf, row)
                row[leaf] = value
                leaf = None
                return
            if depth == base:
                if len(text) == 1 and "" not in row and not text[0].isspace():
                    row[""] = text.pop()
                elif text:
                    inside.own(row, "")
                rows.append(row)
                if counts:
                    counts.clear()
                base = 0
            elif base:
                inside.end(row)
            else:
                hit_depth = 0
                self._end_outside()
            depth -= 1

        def is_open() -> bool:
            return base > 0

        def between() -> Row | None:
            return context if not base and hit_depth and depth == hit_depth - 1 else None

        self.is_open, self._between = is_open, between
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text.append
        parser.StartCdataSectionHandler = lambda: setattr(self, "_in_cdata", True)
        parser.EndCdataSectionHandler = lambda: setattr(self, "_in_cdata", False)

    def _plain_key(self, name: str, attributes: Row) -> str | None:
        """The key of a child of the record that can be a plain value; None if it cannot."""
        declared = attributes.get("type", "")
        kind = self._types.get(declared)
        if attributes and (len(attributes) > 1 or kind is None):
            return None
        if len(self._plain) + len(self._typed) >= 2 * self._limits.fields:
            raise too_wide(self._record, self._limits)
        self.check_name(name)
        key = f"/{name}"
        self.hint(key, kind or "none")
        if attributes:
            self._typed[declared, name] = key
        else:
            self._plain[name] = key
        return key

    def _renumbered(self, key: str, row: Row) -> str:
        numbered = self._inside.numbered(key, row)
        self.hint(numbered, self.hints[key])
        return numbered

    def hint(self, key: str, kind: str) -> None:
        """Note what the document says of a value's type."""
        if self.hints.setdefault(key, kind) != kind:
            self.hints[key] = "mixed"

    def _excess(self, depth: int) -> DocumentError:
        if depth > self._limits.depth:
            return too_deep(self._limits.depth)
        return DocumentError(
            f"An element of the document has more than {self._limits.attributes} attributes."
        )

    def _start_outside(self, name: str, attributes: Row, depth: int) -> Row | None:
        """Go on towards the records; when this element is one, the values around it."""
        self._outside.append(name)
        if self._record.matches(self._outside):
            self._outside.pop()
            return {key: value for level in self._around for key, value in level.items()}
        kept = {key: value for key, value in attributes.items() if not is_namespace(key)}
        if depth == 1:
            # The root's attributes are the same for all records: they head the table.
            for key, value in kept.items():
                self._head(f"{local(name)}.{local(key)}", value)
            kept = {}
        self._around.append({f"^{name}@{key}": value for key, value in kept.items()})
        return None

    def _end_outside(self) -> None:
        value = "".join(self._text)
        self._text.clear()
        self._around.pop()
        names = [local(name) for name in self._outside[-2:]]
        self._outside.pop()
        if value.strip(BLANK):
            self._head(".".join(names), value)

    def _head(self, name: str, value: str) -> None:
        if len(self.header) < _HEADER_FIELDS and len(value) <= _HEADER_LENGTH:
            self.header.setdefault(name, value)
