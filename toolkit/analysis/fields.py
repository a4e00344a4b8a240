"""What changed in the answers: fields that came, went or have other values."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from toolkit import services
from toolkit.analysis.codes import CallSource, as_calls
from toolkit.analysis.logbooks import gives_log
from toolkit.analysis.patterns import pattern_of
from toolkit.analysis.recordings import recorded
from toolkit.cassettes import Interaction
from toolkit.frames import Column, frame
from toolkit.outcomes import CallError, InvalidArgument

STATES = ("new", "gone", "changed")
COLUMNS = (
    Column("state", "category", STATES, "what became of the field"),
    Column("service", "category", about="the service"),
    Column("function", "category", about="the function whose answer it is in"),
    Column("target", about="what the function was aimed at"),
    Column("field", about="the column, or the path in a JSON answer"),
    Column("before", about="its value in the first recording"),
    Column("after", about="its value in the second"),
)
# Columns by which a row of many is known again; without one, by its place.
_NAMES = ("name", "config", "task", "id", "uuid", "key")
_ROWS = 200  # of longer answers only the columns and the number of rows are compared
_KNOWN_VOLATILE = re.compile(
    r"(?:^|[._])(?:at|elapsed|time|timestamp|date|expires?|nonce|etag|token|session|request_id)$",
    re.IGNORECASE,
)
_PASSING = ("<time>", "<uuid>", "<hex>")
_ABSENT = object()

_KEYS = ("service", "function", "target")

Answers = dict[tuple[str, str, str], list[dict[str, Any]]]


def compare_fields(before: CallSource, after: CallSource) -> pd.DataFrame:
    """The fields of answers to the same calls in two recordings: new, gone and changed ones.

    Calls are the same if service, function and target are. Volatile parts are left out: times,
    identifiers and tokens by what they look like, and whatever differs between two answers to the
    same call within one recording. Of logs, which grow, only the columns are compared.

    Parameters
    ----------
    before, after : DataFrame or recordings
        From :func:`read_calls`, or what that takes.

    Returns
    -------
    DataFrame
        ``state`` category (new, gone, changed) · ``service``, ``function`` category · ``target``,
        ``field`` str (the column; of many rows ``name of the row.column``) · ``before``,
        ``after`` str. In the order of functions, targets and fields.

    Raises
    ------
    CassetteError
        A cassette of the calls is gone.

    Examples
    --------
    >>> len(compare_fields("cassettes/monday.yaml", "cassettes/tuesday.yaml"))
    0
    """
    sides = [_answers(as_calls(one)) for one in (before, after)]
    rows: list[tuple[Any, ...]] = []
    for key in sorted(sides[0].keys() & sides[1].keys()):
        volatile = set().union(*(_varying(side[key]) for side in sides))
        # The last answer before and the first after are nearest to what changed.
        old, new = sides[0][key][-1], sides[1][key][0]
        for field in sorted(old.keys() | new.keys()):
            if field in volatile or _KNOWN_VOLATILE.search(field):
                continue
            was, now = old.get(field, _ABSENT), new.get(field, _ABSENT)
            if was is _ABSENT or now is _ABSENT:
                state = "new" if was is _ABSENT else "gone"
            elif was == now or (_passing(was) and _passing(now)):
                continue
            else:
                state = "changed"
            rows.append((state, *key, field, _text(was), _text(now)))
    return frame(COLUMNS, rows)


def _answers(calls: Any) -> Answers:
    """The fields of every successful answer, by service, function and target."""
    if not isinstance(calls, pd.DataFrame) or "cassette" not in calls:
        raise InvalidArgument("fields are compared of calls as read_calls gives them, in pandas")
    good = calls[calls["category"].isin(["success", "partial"])]
    found: Answers = {}
    for label, interaction in recorded(good):
        service, function, target = (str(good.at[label, name]) for name in _KEYS)
        fields = fields_of(service, function, interaction)
        if fields is not None:
            found.setdefault((service, function, target), []).append(fields)
    return found


def fields_of(service: str, function: str, interaction: Interaction) -> dict[str, Any] | None:
    """The fields of one answer and their values; None of an answer that holds none."""
    known = services.load().get(service)
    if known is None:
        body = interaction.response.body if interaction.response else b""
        try:
            return dict(_flat(json.loads(body), ""))
        except ValueError:
            return None
    try:
        table = known.decode_frame(interaction)
    except (CallError, InvalidArgument):
        return None
    row = known.functions.find(function)
    if row is not None and not row.results:
        return None  # an acknowledgement: its outcome is compared by compare
    grows = row is not None and gives_log(row)
    return dict(_of_table(table, rows=not grows))


def _of_table(table: pd.DataFrame, *, rows: bool) -> Iterator[tuple[str, Any]]:
    names = [str(name) for name in table]
    if rows and len(table) == 1:
        yield from ((name, _value(table[name].iloc[0])) for name in names)
        return
    yield from ((name, "(a column)") for name in names)
    if not rows:
        return
    if len(table) > _ROWS:
        yield "(rows)", len(table)
        return
    key = next((name for name in _NAMES if name in table and table[name].is_unique), None)
    for place, row in enumerate(table.to_dict("records")):
        label = row[key] if key is not None else place
        yield from ((f"{label}.{name}", _value(row[name])) for name in names if name != key)
        if key is not None:
            yield f"{label}", "(a row)"


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The leaves of a JSON value by their paths; members of a list by name, or by place."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _flat(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for place, item in enumerate(value[:_ROWS]):
            label: Any = place
            if isinstance(item, Mapping):
                label = next((item[name] for name in _NAMES if name in item), place)
            yield from _flat(item, f"{path}[{label}]")
    else:
        yield path or "(value)", value


def _varying(answers: list[dict[str, Any]]) -> set[str]:
    """The fields whose values differ between answers of one recording."""
    first, *others = answers
    return {
        field
        for other in others
        for field in first.keys() | other.keys()
        if first.get(field, _ABSENT) != other.get(field, _ABSENT)
    }


def _passing(value: Any) -> bool:
    """Whether a value looks like a time, an identifier or a token."""
    return isinstance(value, dt.datetime) or (
        isinstance(value, str) and pattern_of(value) in _PASSING
    )


def _value(cell: Any) -> Any:
    if isinstance(cell, bytes):
        return cell
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    return None if pd.isna(cell) else cell


def _text(value: Any) -> str | None:
    if value is _ABSENT or value is None:
        return None
    return f"{len(value):,} bytes" if isinstance(value, bytes) else str(value)
