"""Logs that are no XML: lines of text, and lines of JSON, as batches of text columns."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pyarrow as pa

from toolkit.documents import Batch, Limits, RecordPath
from toolkit.documents.infer import TEXT
from toolkit.documents.limits import size
from toolkit.outcomes import DocumentError

_AT_ONCE = 20_000
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|[+-]\d\d:?\d\d)(?![\w:]))?"
_LEVELS = (
    "trace|debug|verbose|info|information|notice|success|normal|warn|warning|error|err|failure"
    "|critical|crit|fatal|alert|emergency|emerg|severe"
)
_BETWEEN = r"[\s\]|:,-]*"
_LINE = re.compile(rf"[\[(]?({_TIME})[\])]?{_BETWEEN}(.*)", re.DOTALL)
_LEVEL = re.compile(rf"[\[(<]?({_LEVELS})\b[\])>]?{_BETWEEN}(.*)", re.DOTALL | re.IGNORECASE)
# Web servers: 127.0.0.1 - - [01/Apr/2019:08:00:00 +0000] "GET / HTTP/1.1" 200 12
_WEB = re.compile(r".{0,200}?\[(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\]")
_MONTHS = {
    "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06",
    "Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
}  # fmt: skip


def kind_of(head: bytes) -> str:
    """What a log is by its first bytes: ``xml``, ``json`` or ``text``.

    Examples
    --------
    >>> kind_of(b'{"a": 1}'), kind_of(b"2019-04-01 up"), kind_of(b" <Log/>"), kind_of(b"")
    ('json', 'text', 'xml', 'xml')
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    elif b"\0" in head:
        return "xml"  # or nothing that is read here; its reader says so
    start = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    if start.startswith(b"<") and not re.match(rb"<\d", start):  # <34> begins a line of syslog
        return "xml"
    return "json" if start.startswith(b"{") else "text" if start else "xml"


def batches(
    chunks: Iterable[bytes],
    kind: str,
    *,
    encoding: str | None = None,
    truncated: str = "raise",
    limits: Limits,
) -> Iterator[Batch]:
    """The events of a log of lines; parameters as :func:`toolkit.analysis.read_log`."""
    lines = _lines(chunks, encoding, limits)
    reader = _Json(lines, truncated) if kind == "json" else _Text(lines)
    path = RecordPath.of("line")
    hints: dict[str, str] = {}
    keys: dict[str, None] = {}
    rows: list[dict[str, str | None]] = []

    def batch() -> Batch:
        for row in rows:
            keys.update(dict.fromkeys(row))
        if len(keys) > limits.fields:
            raise DocumentError(f"The events have more than {limits.fields} different fields.")
        columns = {key: pa.array([row.get(key) for row in rows], TEXT) for key in keys}
        found = Batch(path, columns, len(rows), dict(hints), document=reader)
        rows.clear()
        return found

    for row in reader.rows(hints):
        rows.append(row)
        if len(rows) >= _AT_ONCE:
            yield batch()
    last = batch()
    last.truncated = reader.truncated
    yield last


def _lines(chunks: Iterable[bytes], encoding: str | None, limits: Limits) -> Iterator[str]:
    """The lines, without their ends; numbered by whoever counts them."""
    decoder: Any = None
    held = ""
    number = 0
    for chunk in chunks:
        if decoder is None:
            codec = encoding or _encoding(chunk)
            try:
                decoder = codecs.getincrementaldecoder(codec)("strict")
            except LookupError:
                raise DocumentError(f"The encoding {codec!r} is unknown.") from None
        try:
            held += decoder.decode(chunk)
        except UnicodeError:
            raise DocumentError(
                f"The log is not {codec} after line {number}; encoding=... names another."
            ) from None
        *whole, held = held.split("\n")
        number += len(whole)
        yield from (line.removesuffix("\r") for line in whole)
        if len(held) > limits.record:
            raise DocumentError(f"One line of the log has more than {size(limits.record)}.")
    if held:
        yield held


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


class _Text:
    """Lines of text: an event begins with a time, and goes on where a line has none."""

    truncated = False

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def rows(self, hints: dict[str, str]) -> Iterator[dict[str, str | None]]:
        hints.update(time="time", text="text", level="none")
        current: dict[str, str | None] | None = None
        timed = False
        for line in self._lines:
            found = _event(line)
            if found.get("time"):
                timed = True
            elif timed and current is not None:
                # The rest of a message, such as a stack trace.
                current["text"] = f"{current['text']}\n{line}"
                continue
            elif not line.strip():
                continue
            if current is not None:
                yield _ended(current)
            current = found
        if current is not None:
            yield _ended(current)


def _ended(event: dict[str, str | None]) -> dict[str, str | None]:
    event["text"] = (event["text"] or "").rstrip("\n")
    return event


def _event(line: str) -> dict[str, str | None]:
    at = _LINE.match(line)
    rest = at[2] if at else line
    time = at[1].replace(",", ".") if at else _web_time(line)
    level = _LEVEL.match(rest)
    event = {"time": time, "text": level[2] if level else rest}
    return {"level": level[1], **event} if level else event


def _web_time(line: str) -> str | None:
    found = _WEB.match(line)
    if found is None or found[2] not in _MONTHS:
        return None
    day, month, year, clock, zone = found.groups()
    return f"{year}-{_MONTHS[month]}-{day}T{clock}{zone}"


class _Json:
    """Lines of JSON: each an object; an object within it becomes columns with a dot."""

    def __init__(self, lines: Iterator[str], truncated: str) -> None:
        self._lines = lines
        self._keep = truncated == "keep"
        self.truncated = False

    def rows(self, hints: dict[str, str]) -> Iterator[dict[str, str | None]]:
        decode = msgspec.json.Decoder().decode
        broken: tuple[int, str] | None = None
        for number, line in enumerate(self._lines, 1):
            if not line.strip():
                continue
            if broken is not None:
                raise DocumentError(f"Line {broken[0]} of the log is not JSON: {broken[1]}.")
            try:
                found = decode(line)
            except (ValueError, RecursionError) as error:
                broken = number, str(error)  # the last line of a log that grows is cut
                continue
            if not isinstance(found, dict):
                raise DocumentError(f"Line {number} of the log is JSON, but not an object.")
            row: dict[str, str | None] = {}
            _flatten(found, "", row, hints)
            yield row
        if broken is not None and not self._keep:
            raise DocumentError(
                f"Line {broken[0]} of the log, its last, is cut off or not JSON: {broken[1]}; "
                'truncated="keep" keeps the events before it.'
            )
        self.truncated = broken is not None


def _flatten(
    found: dict[str, Any], prefix: str, row: dict[str, str | None], hints: dict[str, str]
) -> None:
    for name, value in found.items():
        key = f"/{prefix}{name}"
        if isinstance(value, dict) and value:
            _flatten(value, f"{prefix}{name}/", row, hints)
            continue
        kind = "none"
        if isinstance(value, str):
            text: str | None = value
            kind = "string"
        elif value is None:
            text = None
        elif isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, int | float):
            text, kind = repr(value), "float" if isinstance(value, float) else "none"
        else:
            text = msgspec.json.encode(value).decode()
        row[key] = text
        if value is not None and hints.setdefault(key, kind) != kind:
            # 1 and 1.5 are both numbers; anything else that differs is text.
            numeric = {hints[key], kind} == {"none", "float"}
            hints[key] = "float" if numeric else "text"
