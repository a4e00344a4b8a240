"""Results to DataFrames: typed columns, names, bytes, or the rows of a document."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit import documents
from toolkit.frames import Column, Kind, frame
from toolkit.outcomes import BadReply, DocumentError, Outcome, UnsafeDocument
from toolkit.services.base.functions import Function, Result
from toolkit.services.base.outcomerow import outcome_columns, outcome_row
from toolkit.services.sertainty.envelope import Reply

OUTCOME_COLUMNS = outcome_columns(
    function="name on the wire",
    code="the gateway's status",
    label="our name for the code",
    message="the gateway's text",
)
PROMPT_COLUMNS = (
    Column("state", "category", ("granted", "challenged"), "what the gateway said"),
    Column("name", about="the name to answer under; missing where the gateway gave none"),
    Column("prompt", about="the text to show"),
)
_CHILDLESS = re.compile(
    rb"""\s*(?:<\?xml[^>]*\?>\s*)?<[^<>/?!\s]+(?:\s[^<>]*)?(?:/>|>\s*</[^<>]*>)\s*"""
)
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?"
)
_EARLIEST_MILLISECONDS = 100_000_000_000  # 1973; a smaller number is no time in milliseconds


def parse_time(text: str) -> dt.datetime | None:
    """A time as the gateway may write it, in UTC; None for an empty text.

    Accepted: ``YYYY-MM-DDTHH:MM:SS`` (a blank for the T, a fraction, ``Z`` or an offset are
    allowed; without a zone it is UTC) and epoch milliseconds (the sheet's section 7.1).

    Raises
    ------
    ValueError
        It is none of these.

    Examples
    --------
    >>> parse_time("2019-04-01 08:00:00").isoformat()
    '2019-04-01T08:00:00+00:00'
    """
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) >= _EARLIEST_MILLISECONDS:
        try:
            return dt.datetime.fromtimestamp(int(text) / 1000, dt.UTC)
        except (OverflowError, OSError):
            raise ValueError(text) from None
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError(text)
    *parts, fraction, zone = match.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    moment = dt.datetime(*map(int, parts), micro, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]
    if zone and zone != "Z":
        sign = -1 if zone[0] == "-" else 1
        offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment -= sign * offset
    return moment


def acknowledgement(
    function: Function, target: str, outcome: Outcome, elapsed: float, at: dt.datetime
) -> pd.DataFrame:
    """The one row of a function that gives no results."""
    return outcome_row(OUTCOME_COLUMNS, function.name, target, outcome, elapsed, at)


def prompts(reply: Reply, encoding: str) -> list[tuple[str | None, str]]:
    """The prompts of a challenge: the name that came with each, and its text."""
    return [(name, decode_text(value, "prompt", encoding)) for name, value in reply.results]


def decode_text(value: bytes, what: str, encoding: str) -> str:
    """A text result.

    Raises
    ------
    BadReply
        The bytes are not in that encoding.
    """
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        raise BadReply(
            f"{what} is not {encoding} text; if the gateway writes another encoding, "
            "set the option text_encoding"
        ) from None


def results_frame(
    function: Function, values: Sequence[Any], reply: Reply, encoding: str
) -> pd.DataFrame:
    """A successful reply's results as the function's DataFrame."""
    results = function.results
    first = results[0]
    if first.kind == "xml":
        return _document_frame(first, reply.results[0][1] if reply.results else b"")
    keys = [
        (Column(a.name.removesuffix("-name")), value)
        for a, value in zip(function.given, values, strict=False)
        if a.names
    ]
    if first.repeated:
        names = [(decode_text(value, first.name, encoding),) for _, value in reply.results]
        return frame([Column(first.column, about=first.about)], names)
    if first.kind == "binary":
        return _binary_frame(keys, reply)
    columns = [column for column, _ in keys]
    cells: list[Any] = [value for _, value in keys]
    for result, raw in _by_place(results, reply):
        text = None if raw is None else decode_text(raw, result.name, encoding)
        column, cell = _cell(result, text)
        columns.append(column)
        cells.append(cell)
    return frame(columns, [cells])


def _document_frame(result: Result, document: bytes) -> pd.DataFrame:
    """A document's records; one that is still being written is read as far as it goes."""
    if not document.strip() or (result.repeated and _CHILDLESS.fullmatch(document)):
        return frame(result.records)
    try:
        found = documents.records(document, prefer=(result.path,), truncated="keep")
    except UnsafeDocument:
        raise
    except DocumentError as error:
        raise BadReply(f"the result {result.name} cannot be read: {error}") from None
    for column in result.records:  # few different texts are a category in one document only
        came = str(found[column.name].dtype) if column.name in found else column.dtype
        if came != column.dtype and {came, column.dtype} == {"str", "category"}:
            found[column.name] = found[column.name].astype(column.dtype)  # type: ignore[call-overload]
    return found


def _binary_frame(keys: list[tuple[Column, Any]], reply: Reply) -> pd.DataFrame:
    contents = reply.results[0][1] if reply.results else None
    columns = [column for column, _ in keys]
    columns += [Column("contents", "binary"), Column("size", "integer"), Column("sha256")]
    size = None if contents is None else len(contents)
    digest = None if contents is None else hashlib.sha256(contents).hexdigest()
    return frame(columns, [[*(value for _, value in keys), contents, size, digest]])


def _by_place(results: Sequence[Result], reply: Reply) -> list[tuple[Result, bytes | None]]:
    """Results by name when every one that came has a name, else by position."""
    if reply.all_named:
        came = {str(name).casefold(): value for name, value in reply.results}
        if any(result.name.casefold() in came for result in results):
            return [(result, came.get(result.name.casefold())) for result in results]
    values = [value for _, value in reply.results]
    return [
        (result, values[place] if place < len(values) else None)
        for place, result in enumerate(results)
    ]


def _cell(result: Result, text: str | None) -> tuple[Column, Any]:
    """A typed cell; a value that does not fit its kind stays text, in a text column."""
    column = column_of(result)
    if text is None:
        return column, None
    try:
        if result.kind == "time":
            return column, parse_time(text)
        if result.kind == "integer":
            return column, int(text) if text.strip() else None
    except ValueError:
        return Column(result.column, "text", about=result.about), text
    if result.kind == "category":
        wanted = text.strip().casefold()
        known = next((choice for choice in result.choices if choice.casefold() == wanted), None)
        return column, known if known is not None else text
    return column, text


def column_of(result: Result) -> Column:
    """The column that a single result becomes.

    Examples
    --------
    >>> column_of(Result("ExecCnt", "integer", "executions")).dtype
    'Int64'
    """
    return Column(result.column, _KINDS[result.kind], result.choices, result.about)


_KINDS: dict[str, Kind] = {
    "text": "text",
    "category": "category",
    "integer": "integer",
    "time": "time",
}
