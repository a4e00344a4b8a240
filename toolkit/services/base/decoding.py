"""Answers to DataFrames: the declared columns of a resource, typed, whatever comes.

A list of 10,000 users is built column by column in about the time that reading its JSON takes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Literal, get_args

import msgspec
import pandas as pd

from toolkit.frames import Column, series
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.models import EMPTY, Field, Model

Nested = Literal["json", "flat", "drop"]
"""What nested objects become: text that holds JSON, columns with dotted names, or nothing."""

Item = Mapping[str, Any]

_NOTHING = type(None)
_NESTED = frozenset({dict, list})
_PLAIN: dict[str, frozenset[type]] = {
    "text": frozenset({str}),
    "category": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
}
_SECRETS = ("password", "secret", "token", "auth_section_options")  # the last is Wazo's of SIP
_FLAGS = ("ask_password", "_enabled", "_id", "_uuid")
_encode = msgspec.json.Encoder().encode


def typed(
    items: Sequence[Item],
    model: Model = EMPTY,
    *,
    nested: Nested = "json",
    secrets: bool = False,
    zone: dt.tzinfo = dt.UTC,
) -> pd.DataFrame:
    """Items to a DataFrame with the declared columns first, then those that nobody declared.

    Parameters
    ----------
    items : sequence of dict
        As the JSON has them.
    nested : {"json", "flat", "drop"}
        Objects and lists as text that holds JSON; as columns with dotted names
        (``forwards.busy.enabled``, and ``lines.id`` with the ids joined by a comma); or left out.
    secrets : bool
        Whether columns that hold a password in clear are kept.
    zone : datetime.tzinfo
        Of times that say none.

    Returns
    -------
    DataFrame
        Text is ``str``, ids and counts ``Int64``, flags ``boolean``, closed sets ``category``,
        times ``datetime64[us, UTC]``. A column with a value of another kind than declared holds
        what came, as its own kind.

    Examples
    --------
    >>> from toolkit.services.base.models import read_models
    >>> declared = read_models("entities  id:i name display_name links[href]")["entities"]
    >>> frame = typed([{"id": 7, "name": "x", "new": True}], declared, nested="flat")
    >>> frame.dtypes.astype(str).to_dict()
    {'id': 'Int64', 'name': 'str', 'display_name': 'str', 'links.href': 'str', 'new': 'boolean'}
    """
    check_nested(nested)
    found: dict[str, pd.Series[Any]] = {}

    def keep(name: str, column: pd.Series[Any]) -> None:
        while name in found:
            name += "_"
        found[name] = column.rename(name)

    known = {field.name for field in model.fields}
    came = _by_name(items)
    nothing = [None] * len(items)
    for field in model.fields:
        if field.name in model.secrets and not secrets:
            continue
        values = came.get(field.name, nothing)
        if not field.nested:
            keep(field.column.name, _column(field.column, values, zone))
        elif nested == "json":
            keep(field.column.name, _json(field.column.name, values))
        elif nested == "flat":
            for column in _flat(field, values, zone):
                keep(str(column.name), column)
    for name, values in came.items():
        if name in known or (is_secret(name) and not secrets):
            continue
        if nested != "drop" or not _NESTED & set(map(type, values)):
            keep(name, _inferred(name, values))
    return pd.DataFrame(found, index=pd.RangeIndex(len(items)))


def _by_name(items: Sequence[Item]) -> dict[str, Sequence[Any]]:
    """The values of each field, in the items' order; None where an item has none."""
    names = list(items[0]) if items else []
    if len(names) > 1 and all(len(item) == len(names) for item in items):
        try:  # items of one list have the same fields, but for other servers and times
            columns = zip(*map(itemgetter(*names), items), strict=True)
            return dict(zip(names, columns, strict=True))
        except KeyError:
            pass
    names = list(dict.fromkeys(chain.from_iterable(items)))
    return {name: [item.get(name) for item in items] for name in names}


def is_secret(name: str) -> bool:
    """Whether a field that nobody declared is likely to hold a password in clear.

    Examples
    --------
    >>> is_secret("sip_secret"), is_secret("auth_section_options"), is_secret("ask_password")
    (True, True, False)
    """
    plain = name.casefold()
    return any(word in plain for word in _SECRETS) and not plain.endswith(_FLAGS)


def check_nested(nested: str) -> None:
    """Refuse what is none of ``Nested``."""
    if nested not in get_args(Nested):
        raise InvalidArgument(f"nested must be json, flat or drop, not {nested!r}")


def unpack(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of JSON text as Python objects.

    Examples
    --------
    >>> unpack(pd.Series(['[1]', None], dtype="str")).tolist()
    [[1], None]
    """
    decode = msgspec.json.decode
    values = [decode(text) if isinstance(text, str) else None for text in column]
    return pd.Series(values, index=column.index, name=column.name, dtype="object")


def _column(column: Column, values: Sequence[Any], zone: dt.tzinfo) -> pd.Series[Any]:
    """The declared kind where all values have it; else the kind that they have."""
    types = set(map(type, values)) - {_NOTHING}
    if column.kind == "time":
        return _times(column, values, types, zone)
    if not types <= _PLAIN[column.kind]:
        if column.kind == "text":
            return series(column, [_text(value) for value in values])
        return _inferred(column.name, values)
    try:
        return series(column, values)
    except (OverflowError, ValueError):  # a number that no column of numbers holds
        return series(Column(column.name), [_text(value) for value in values])


def _inferred(name: str, values: Sequence[Any]) -> pd.Series[Any]:
    types = set(map(type, values)) - {_NOTHING}
    for kind in ("text", "boolean", "integer", "number"):
        if types <= _PLAIN[kind]:
            return _column(Column(name, kind), values, dt.UTC)
    return series(Column(name), [_text(value) for value in values])


def _times(
    column: Column, values: Sequence[Any], types: set[type], zone: dt.tzinfo
) -> pd.Series[Any]:
    if types <= {str}:
        try:
            return series(column, [_time(value, zone) for value in values])
        except (ValueError, OverflowError):
            pass
    return _inferred(column.name, values)


def _time(text: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    if not text:
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _encode(value).decode()


def _json(name: str, values: Sequence[Any]) -> pd.Series[Any]:
    texts = [
        None if value is None else "[]" if value == [] else _encode(value).decode()
        for value in values
    ]
    return series(Column(name), texts)


def _flat(field: Field, values: Sequence[Any], zone: dt.tzinfo) -> Iterable[pd.Series[Any]]:
    name = field.column.name
    if field.listed:
        key = field.listed
        if key == "*" or not all(_holds(value, key) for value in values):
            yield _json(name, values)
            return
        joined = [
            None if value is None else ",".join(_text(one[key]) or "" for one in value)
            for value in values
        ]
        yield series(Column(f"{name}.{key}"), joined)
        return
    objects = [value if isinstance(value, dict) else {} for value in values]
    for part in field.parts:
        read = _reader(part.name.split("."))
        yield _column(part.column, [read(one) for one in objects], zone)
    known = {part.name.partition(".")[0] for part in field.parts} | {"links"}
    for more in dict.fromkeys(chain.from_iterable(objects)):
        if more not in known:
            yield _inferred(f"{name}.{more}", [one.get(more) for one in objects])
    if any(not isinstance(value, dict | None) for value in values):
        yield _json(name, values)


def _holds(value: Any, key: str) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and all(isinstance(one, dict) and key in one for one in value)


def _reader(path: list[str]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        for word in path:
            if not isinstance(value, dict):
                return None
            value = value.get(word)
        return value

    return read
