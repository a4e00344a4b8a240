"""The fields of items: what they hold, who may do what with them, and what is wrong with a value.

Access has the letters of the vendor's tables: R read, W write when it is made, F filter, S sort,
C change afterwards.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.geoop.errors import error

Problem = dict[str, Any]

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9 ()./-]{3,24}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_LARGEST = 2**53

UNKNOWN, NOT_WRITABLE, NOT_CHANGEABLE, MISSING, WRONG_TYPE, TOO_LONG, BAD_FORM, OUT_OF_RANGE = (
    range(1, 9)
)
NO_SUCH_ITEM, NOT_UNIQUE, WRONG_ORDER, TOO_LARGE = range(9, 13)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a collection's items.

    Attributes
    ----------
    kind
        ``int``, ``float``, ``string``, ``bool``, ``flag`` (0 or 1), ``date``, ``email``,
        ``phone``, ``colour``, ``object`` (never written), ``item`` or ``items`` (associations).
    visible
        Shown without being asked for.
    required
        Must be given when an item is made, and never taken away.
    to
        The collection that an association leads to.
    """

    name: str
    kind: str = "string"
    access: str = "RWFSC"
    visible: bool = True
    required: bool = False
    default: Any = None
    to: str = ""
    longest: int = 255


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_item(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"id"} and _is_integer(value["id"])


def _is_items(value: Any) -> bool:
    return isinstance(value, list) and all(_is_item(one) for one in value)


_TYPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "int": (_is_integer, "an integer"),
    "flag": (_is_integer, "0 or 1"),
    "float": (_is_number, "a number"),
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "item": (_is_item, 'an object with "id" only'),
    "items": (_is_items, 'an array of objects with "id" only'),
}
_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "email": (_EMAIL, "an e-mail address"),
    "phone": (_PHONE, "a telephone number"),
    "colour": (_COLOUR, "a colour such as #FBA710"),
}


def _problem(number: int, field: str, message: str, description: str = "") -> Problem:
    return error("validation", number, message, description=description, field=field)


def wrong(field: Field, value: Any) -> Problem | None:
    """What is wrong with a value of a field by itself, if anything."""
    if value is None or value == "":
        return (
            _problem(MISSING, field.name, f"{field.name} is required.") if field.required else None
        )
    is_right, said = _TYPES.get(field.kind, (_is_text, "a text"))
    if not is_right(value):
        message = f"{field.name} must be {said}."
        return _problem(WRONG_TYPE, field.name, message, f"It came as {_named(value)}.")
    if isinstance(value, str):
        return _wrong_text(field, value)
    if field.kind == "flag" and value not in (0, 1):
        return _problem(OUT_OF_RANGE, field.name, f"{field.name} must be 0 or 1.")
    if _is_number(value) and not 0 <= value <= _LARGEST:
        return _problem(OUT_OF_RANGE, field.name, f"{field.name} must not be below 0.")
    return None


def _wrong_text(field: Field, value: str) -> Problem | None:
    if len(value) > field.longest:
        return _problem(
            TOO_LONG,
            field.name,
            f"{field.name} must not be longer than {field.longest} characters.",
            f"It has {len(value)}.",
        )
    if field.kind == "date" and moment(value) is None:
        message = f"{field.name} must be a date and time such as 2014-01-30T23:31:57+00:00."
        return _problem(BAD_FORM, field.name, message)
    if field.kind in _FORMS:
        pattern, said = _FORMS[field.kind]
        if not pattern.fullmatch(value):
            return _problem(BAD_FORM, field.name, f"{field.name} must be {said}.")
    return None


def moment(text: str) -> dt.datetime | None:
    """A date and time with a zone, in UTC; None for anything else."""
    try:
        found = dt.datetime.fromisoformat(text)
        return None if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def in_utc(text: str) -> str:
    """A date and time as it is kept; what is none stays as it is."""
    found = moment(text)
    return text if found is None else found.isoformat()


def not_allowed(name: str, field: Field | None, *, made: bool) -> Problem | None:
    """Why a field must not come in a POST (``made``) or a PATCH, if so."""
    if field is None:
        return _problem(UNKNOWN, name, f"{name} is no field of this collection.")
    if "W" not in field.access and "C" not in field.access:
        return _problem(NOT_WRITABLE, name, f"{name} cannot be written.")
    if not made and "C" not in field.access:
        return _problem(NOT_CHANGEABLE, name, f"{name} cannot be changed.")
    return None


def no_such_item(field: Field, number: int) -> Problem:
    """The item that an association leads to is not there, or not for this client."""
    return _problem(
        NO_SUCH_ITEM,
        field.name,
        f"{field.name} leads to no item of {field.to}.",
        f"Item {number} does not exist, or is not accessible to this client.",
    )


def not_unique(name: str) -> Problem:
    """Another item has this value."""
    return _problem(NOT_UNIQUE, name, f"{name} is already in use.")


def wrong_order(first: str, last: str) -> Problem:
    """Two times of which the later one is the earlier."""
    return _problem(WRONG_ORDER, last, f"{last} must not be before {first}.")


def too_large(limit: int) -> Problem:
    """A file that is too large."""
    return _problem(TOO_LARGE, "file", f"The file must not have more than {limit} bytes.")


def _named(value: Any) -> str:
    names = {"str": "a text", "bool": "a boolean", "list": "an array", "dict": "an object"}
    return names.get(type(value).__name__, "a number")
