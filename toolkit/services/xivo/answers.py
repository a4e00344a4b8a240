"""From a call to its DataFrame: lists, objects, rows named by keys, CSV, and bare statuses."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pandas as pd

from toolkit.outcomes import BadReply, InvalidArgument
from toolkit.services.base.decoding import Item, Nested, check_nested, typed
from toolkit.services.base.outcomerow import outcome_columns, outcome_row
from toolkit.services.xivo.models import Model, model

if TYPE_CHECKING:
    from toolkit.services.xivo.call import Call

OUTCOME_COLUMNS = outcome_columns(
    function="verb and path",
    code="the HTTP status",
    label="the status's name",
    category="the outcome's category",
    message="the server's text",
)
"""Of a function that answers with nothing but its status."""

_LISTS = ("items", "results", "created", "updated", "content")
_VIEWS = {"summary": "users_summary", "directory": "users_directory"}


@dataclass(frozen=True, slots=True)
class View:
    """How an answer becomes a DataFrame.

    Attributes
    ----------
    nested : {"json", "flat", "drop"}
        What nested objects become, see :func:`toolkit.services.base.decoding.typed`.
    secrets : bool
        Whether columns with passwords in clear are kept.
    timezone : str
        Of times that say none: a call log has the server's own local time.
    resource : str
        Columns of another resource than the function's.
    """

    nested: Nested = "json"
    secrets: bool = False
    timezone: str = "UTC"
    resource: str = ""

    def __post_init__(self) -> None:
        check_nested(self.nested)
        _zone(self.timezone)

    def build(self, items: list[Item], resource: str) -> pd.DataFrame:
        """Items to a DataFrame with the columns of the resource."""
        return typed(
            items,
            model(self.resource or resource),
            nested=self.nested,
            secrets=self.secrets,
            zone=_zone(self.timezone),
        )


def view_of(query: Iterable[tuple[str, str]], view: View | None = None) -> View:
    """The view for a request's query: ``view=summary`` of users has other columns."""
    view = view or View()
    resource = _VIEWS.get(dict(query).get("view", ""), view.resource)
    return View(view.nested, view.secrets, view.timezone, resource)


def frame_of(call: Call, view: View | None = None) -> pd.DataFrame:
    """What a call answered, as a DataFrame with the declared columns.

    A function that answers with nothing but its status gives one row of ``OUTCOME_COLUMNS``.
    """
    view = view or View()
    function = call.function
    if function.shape == "none":
        _ = call.data  # a proxy's page is no success
        result = outcome_frame(call)
    elif function.answer == "csv" and "json" not in call.headers.get("content-type", ""):
        result = view.build(csv_items(call.text, model(function.resource)), function.resource)
    else:
        result = view.build(items_of(call), function.resource)
    result.attrs.update(call.attrs)
    return result


def outcome_frame(call: Call) -> pd.DataFrame:
    """The outcome of a call, one row of ``OUTCOME_COLUMNS``."""
    return outcome_row(
        OUTCOME_COLUMNS, call.function.name, call.target, call.outcome, call.elapsed, call.at
    )


def items_of(call: Call) -> list[Item]:
    """The objects of a JSON answer, one for each row.

    Raises
    ------
    BadReply
        The answer is no JSON, or neither an object nor a list; or a read was answered with
        nothing where one object is expected.
    """
    data, declared = call.data, model(call.function.resource)
    if call.function.api == "auth" and isinstance(data, dict) and "data" in data:
        data = data["data"]
    if data is None and (call.function.shape != "item" or call.function.changes):
        return []
    if isinstance(data, dict) and call.function.shape == "keys":
        return _keyed(data, declared)
    if isinstance(data, dict):
        heads = data.get("column_headers")
        for name in _LISTS:
            if isinstance(data.get(name), list):
                items = [_object(one, declared) for one in data[name]]
                if name == "results" and isinstance(heads, list):
                    return [_contact(one, heads) for one in items]
                if name == "content":
                    return csv_rows(
                        declared, [str(head) for head in data.get("headers") or ()], items
                    )
                return items
        if declared.key and declared.key not in data:
            return [{declared.key: _key(call.target.rpartition("/")[2], declared), **data}]
        return [data]
    if isinstance(data, list):
        return [_object(one, declared) for one in data]
    raise BadReply(
        f"the answer is {'nothing' if data is None else type(data).__name__}, and an object was "
        "expected",
        function=call.function.name,
        target=call.target,
        at=call.at,
        elapsed=call.elapsed,
    )


def _object(value: Any, declared: Model) -> Item:
    """A bare value goes to the resource's first column."""
    if isinstance(value, dict):
        return value
    return {declared.fields[0].name if declared.fields else "value": value}


def _keyed(data: dict[str, Any], declared: Model) -> list[Item]:
    """An object of objects: the keys name the rows."""
    inner = data["keys"] if isinstance(data.get("keys"), dict) else data
    if isinstance(data.get("items"), list):
        return [_object(one, declared) for one in data["items"]]
    name = declared.key or "name"
    return [
        {name: _key(key, declared), **(value if isinstance(value, dict) else {"value": value})}
        for key, value in inner.items()
    ]


def _key(text: str, declared: Model) -> str | int:
    kinds = {field.name: field.column.kind for field in declared.fields}
    numbered = kinds.get(declared.key) == "integer" and text.isascii() and text.isdigit()
    return int(text) if numbered else text


def _contact(item: Item, heads: list[Any]) -> Item:
    """A contact of a directory: the headers name its values."""
    values = item.get("column_values")
    if not isinstance(values, list):
        return item
    names = [str(head or f"column_{place}") for place, head in enumerate(heads, 1)]
    rest = {name: value for name, value in item.items() if name != "column_values"}
    return {**dict(zip(names, values, strict=False)), **rest}


def csv_items(text: str, declared: Model) -> list[Item]:
    """The rows of a CSV as objects, with values of the declared kinds where all have it.

    Raises
    ------
    BadReply
        It is no CSV.
    """
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise BadReply(f"the answer is no CSV: {error}") from None
    if not lines:
        return []
    heads = [
        declared.renamed.get(head.strip("\ufeff "), head.strip("\ufeff ")) for head in lines[0]
    ]
    wide = max(map(len, lines))
    heads += [f"column_{place}" for place in range(len(heads) + 1, wide + 1)]
    rows = [dict(zip_longest(heads, line)) for line in lines[1:]]
    return csv_rows(declared, heads, rows)


def csv_rows(declared: Model, heads: Iterable[str], rows: Iterable[Item]) -> list[Item]:
    """Rows of texts with values of the declared kinds where all values of a column have it."""
    kinds = {field.column.name: field.column.kind for field in declared.fields}
    rows, columns = list(rows), {}
    for head in heads:
        texts = [row.get(head) or None for row in rows]
        parse = _PARSERS.get(kinds.get(head, "text"))
        columns[head] = _parsed(texts, parse) if parse is not None else texts
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _parsed(texts: list[Any], parse: Callable[[str], Any]) -> list[Any]:
    try:
        return [None if text is None else parse(text) for text in texts]
    except (ValueError, KeyError, AttributeError):
        return texts


_FLAGS = {"1": True, "0": False, "true": True, "false": False}
_PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: _FLAGS[text.casefold()],
}


def _zone(name: str) -> dt.tzinfo:
    if name == "UTC":
        return dt.UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidArgument(f"timezone must be a name like Europe/Paris, not {name!r}") from None
