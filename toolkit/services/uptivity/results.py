"""Data sub-nodes to DataFrames: users, calls, and whatever else comes, by what names are known.

Names are compared without case and become lower-case columns. The vendor's page "Parameter
Definitions and Data Type Values" tells kinds of parameters and of a recording's fields; those of
users were seen in use. Elsewhere the shape of a list is not public, so every list is read alike:
elements with children are rows, the others beside them say something of the list (its COUNT).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.frames import Column, Kind, frame
from toolkit.services.base.outcomerow import outcome_columns
from toolkit.services.uptivity.reading import Element
from toolkit.services.uptivity.warned import warn

OUTCOME_COLUMNS = outcome_columns(
    function="the command's type",
    code="the code, as read",
    label="its label",
    message="the server's text, or what the label means",
)
USER_COLUMNS = (
    Column("user_id", "integer", about="the user's number"),
    Column("username"),
    Column("employee_id"),
    Column("first_name"),
    Column("last_name"),
    Column("agent", "boolean", about="whether the user is an agent"),
    Column("status", "category", ("A",), "A was seen; other letters are not public"),
    Column("add_time", "time", about="missing where never set (year 0001)"),
    Column("mod_time", "time", about="missing where never set (year 0001)"),
    Column("sys_user"),
    Column("sys_domain"),
    Column("email"),
    Column("crm_user"),
    Column("site_id", "integer", about="-1 seems to mean none"),
    Column("phones", about="all of them, with a comma between"),
)
CALL_COLUMNS = (
    Column("deviceid", about="the phone's number"),
    Column("devicealias"),
    Column("callinstance", about="tells calls of one device apart; missing for the blank one"),
    Column("callid", about="the PBX's"),
    Column("calldirection", "category", ("I", "O"), "inbound, outbound"),
    Column("ani", about="the caller's number"),
    Column("dnis"),
    Column("gate"),
    Column("sgroup"),
    Column("station"),
    Column("keepdays", "integer", about="days that a recording is kept"),
    Column("archiveaction", "integer"),
    *(Column(f"user{number}") for number in range(1, 16)),
)

_INTEGERS = (
    "agentid", "archiveaction", "audio_size", "callcount", "coreident", "count", "duration",
    "keepdays", "priority", "qa_forms", "qa_group_id", "qa_poss_score", "qa_score", "site_id",
    "user_id", "video_size", "wrap_duration",
)  # fmt: skip
_BOOLEANS = (
    "agent", "agentinitiated", "allowselfdownload", "allowselfrecord", "ctiinitiated",
    "listenedto", "locked", "overridden", "screen_capture",
)  # fmt: skip
_TIMES = ("add_time", "endtime", "mod_time", "recording_time", "starttime", "time")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(_BOOLEANS, "boolean"),
    **dict.fromkeys(_TIMES, "time"),
    "calldirection": "category",
    "status": "category",
}
_DECLARED = {column.name: column for column in (*USER_COLUMNS, *CALL_COLUMNS)}
_COUNTS = ("count", "callcount")
_US_TIME = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?"
    r"(?:\s*([AaPp])\.?[Mm]\.?)?(?:\s*(Z|[+-]\d{1,2}:?\d\d))?"
)
_ISO_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?"
)
_TRUE, _FALSE = ("y", "yes", "true", "1"), ("n", "no", "false", "0")

Row = Mapping[str, str | None]


def parse_time(text: str) -> dt.datetime | None:
    """A time as the server writes it, in UTC; None for an empty one and for the year 0001.

    ``M/D/YYYY h:mm:ss AM`` and an offset, with or without a blank before it, was seen. A 24-hour
    clock and ISO 8601 are read too; without an offset it is taken as UTC.

    Raises
    ------
    ValueError
        It is none of these.

    Examples
    --------
    >>> parse_time("4/12/2017 3:51:30 PM-05:00").isoformat()
    '2017-04-12T20:51:30+00:00'
    >>> parse_time("1/1/0001 12:00:00 AM +00:00") is None
    True
    """
    text = text.strip()
    if not text:
        return None
    if found := _US_TIME.fullmatch(text):
        month, day, year, hour, minute, second, fraction, half, zone = found.groups()
    elif found := _ISO_TIME.fullmatch(text):
        year, month, day, hour, minute, second, fraction, zone = found.groups()
        half = None
    else:
        raise ValueError(text)
    if int(year) == 1:
        return None
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(text)
        hours = hours % 12 + (12 if half in "Pp" else 0)
    micro = int((fraction or "0").ljust(6, "0")[:6])
    date = int(year), int(month), int(day)
    moment = dt.datetime(*date, hours, int(minute), int(second or 0), micro, tzinfo=dt.UTC)
    if zone and zone != "Z":
        offset = dt.timedelta(hours=int(zone[1:-2].rstrip(":")), minutes=int(zone[-2:]))
        try:
            moment = moment + offset if zone[0] == "-" else moment - offset
        except OverflowError:
            raise ValueError(text) from None
    return moment


def parse_boolean(text: str) -> bool | None:
    """Y and N, TRUE and FALSE in any case; None for an empty text.

    Raises
    ------
    ValueError
        It is none of these.

    Examples
    --------
    >>> parse_boolean("Y"), parse_boolean("FALSE"), parse_boolean("")
    (True, False, None)
    """
    word = text.strip().casefold()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if word:
        raise ValueError(text)
    return None


def typed_frame(rows: Iterable[Row], declared: Sequence[Column] = ()) -> pd.DataFrame:
    """Rows of texts as a DataFrame, each column typed by its name.

    The declared columns come first and always; others follow as they appear. An empty text is
    missing. A column with a value that does not fit its kind stays text as a whole.

    Examples
    --------
    >>> typed_frame([{"keepdays": "30", "colour": "red"}]).dtypes.astype(str).to_dict()
    {'keepdays': 'Int64', 'colour': 'str'}
    """
    kept = list(rows)
    columns = {column.name: column for column in declared}
    for row in kept:
        for name in row:
            if name not in columns:
                columns[name] = column_of(name)
    cells: list[list[Any]] = []
    typed: list[Column] = []
    for column in columns.values():
        texts = [row.get(column.name) or None for row in kept]
        read = _READERS.get(column.kind, str)
        try:
            values = [None if text is None else read(text) for text in texts]
        except ValueError:
            column, values = Column(column.name, about=column.about), list(texts)
        typed.append(column)
        cells.append(values)
    return frame(typed, zip(*cells, strict=True) if kept else ())


def column_of(name: str) -> Column:
    """The column that a name becomes.

    Examples
    --------
    >>> column_of("add_time").kind, column_of("colour").kind
    ('time', 'text')
    """
    return _DECLARED.get(name) or Column(name, _KINDS.get(name, "text"))


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) >= 1 << 63:
        raise ValueError(text)
    return number


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "boolean": parse_boolean,
    "time": parse_time,
    "category": str.strip,
}


def flat(element: Element, before: str = "") -> dict[str, str]:
    """An element's children as names and texts; what is nested has its parents' names before it.

    Several of one name are one text with commas, and so is a list of nothing but one name.

    Examples
    --------
    >>> from toolkit.services.uptivity.reading import parsed
    >>> flat(parsed("<U><ID>1</ID><PHONES><PHONE>7</PHONE><PHONE>8</PHONE></PHONES></U>")[0])
    {'id': '1', 'phones': '7, 8'}
    """
    found: dict[str, str] = {}
    for child in element.children:
        name = before + child.tag.lower()
        tags = {one.tag.lower() for one in child.children}
        if not tags:
            parts = {name: child.text}
        elif len(tags) == 1 and not any(one.children for one in child.children):
            parts = {name: ", ".join(one.text for one in child.children)}
        else:
            parts = flat(child, f"{name}.")
        for key, text in parts.items():
            found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def records(data: Sequence[Element]) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows in an answer's data, and what is said beside them (COUNT and the like)."""
    rows: list[dict[str, str]] = []
    beside: dict[str, str] = {}
    for node in data:
        if not node.children:
            beside[node.tag.lower()] = node.text
        elif any(child.children for child in node.children) or not _is_record(node):
            for child in node.children:
                if child.children:
                    rows.append(flat(child))
                else:
                    beside[child.tag.lower()] = child.text
        else:
            rows.append(flat(node))
    return rows, beside


def _is_record(node: Element) -> bool:
    """Whether a node without rows is a row itself, and not an empty list that only has a count."""
    return any(child.tag.lower() not in _COUNTS for child in node.children)


def data_frame(data: Sequence[Element], declared: Sequence[Column]) -> pd.DataFrame:
    """An answer's data as a DataFrame; warns where the announced count is another."""
    rows, beside = records(data)
    result = typed_frame(rows, declared)
    for name in _COUNTS:
        told = beside.get(name, "")
        if told.isascii() and told.isdigit():
            result.attrs["count"] = int(told)
            if int(told) != len(rows):
                warn(f"the answer announces {told} records and has {len(rows)}")
            break
    return result
