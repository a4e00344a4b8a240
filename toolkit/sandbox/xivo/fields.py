"""The fields of a resource: what is accepted, what is filled in, and the words of a refusal.

The wording is marshmallow's, as seen from 16.15 and later; 15.18 has words of its own.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import Refusal, bad_input, written

Kind = Literal["str", "bool", "int", "list", "options", "ranges", "strings", "destination",
               "choices", "dict"]  # fmt: skip

DESTINATIONS = ("application", "conference", "custom", "extension", "group", "hangup", "ivr",
                "none", "outcall", "queue", "sound", "switchboard", "user",
                "voicemail")  # fmt: skip
KEY_DESTINATIONS = ("agent", "bsfilter", "conference", "custom", "forward", "group",
                    "onlinerec", "paging", "park_position", "parking", "queue", "service",
                    "transfer", "user")  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_WORDS = {"str": "a string", "bool": "a boolean", "int": "a positive number"}


@dataclass(frozen=True, slots=True)
class Field:
    """One writable field.

    Attributes
    ----------
    name
        As in the JSON.
    kind
        What its value is.
    default
        What a new item has when the field is not sent.
    required
        Must be sent with a new item.
    null
        Whether null is taken.
    pattern
        What a text must match in full.
    length
        Shortest and longest text.
    span
        Smallest and largest number.
    choices
        The only values there are.
    era
        ``"wazo"``: there only; ``"xivo"``: everywhere else; empty: everywhere.
    fixed
        Is taken with a new item only; later it is ignored.
    """

    name: str
    kind: Kind = "str"
    default: Any = None
    required: bool = False
    null: bool = True
    pattern: str = ""
    length: tuple[int, int] = (0, 0)
    span: tuple[int, int] = (0, 0)
    choices: tuple[str, ...] = ()
    era: str = ""
    fixed: bool = False

    def there(self, era: Era) -> bool:
        """Whether the era knows it."""
        return not self.era or (self.era == "wazo") == era.tenants


def _wrong_text(field: Field, value: Any, era: Era) -> Any:
    if not isinstance(value, str):
        if field.name == "email" and era.tenants:
            return ["Not a valid email address."]
        return ["Not a valid string."]
    if field.name == "email" and era.tenants and not _EMAIL.fullmatch(value):
        return ["Not a valid email address."]
    low, high = field.length
    if low and not low <= len(value) <= high:
        return [f"Length must be between {low} and {high}."]
    if high and len(value) > high:
        return [f"Longer than maximum length {high}."]
    if field.pattern and not re.fullmatch(field.pattern, value):
        return ["String does not match expected pattern."]
    if field.choices and value not in field.choices:
        return ["Not a valid choice."]
    return None


def _wrong_number(field: Field, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        return ["Not a valid integer."]
    low, high = field.span
    if (low or high) and not low <= value <= high:
        return [f"Must be between {low} and {high}."]
    return None


def wrong_destination(value: Any, types: Sequence[str] = DESTINATIONS) -> Any:
    """What is wrong with a destination, or None."""
    if not isinstance(value, dict):
        return {"_schema": ["Invalid input type."]}
    if "type" not in value:
        return {"type": ["Missing data for required field."]}
    if value["type"] not in types:
        return {"type": ["Not a valid choice."]}
    return None


def _pairs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, list) and len(one) == 2 and all(isinstance(end, str) for end in one)
        for one in value
    )


def _wrong_list(field: Field, value: Any) -> Any:
    if field.kind == "options":
        return None if _pairs(value) else ["Not a valid list."]
    if not isinstance(value, list):
        return ["Not a valid list."]
    if field.kind == "strings" and not all(isinstance(one, str) for one in value):
        return ["Not a valid string."]
    if field.kind == "ranges":
        for one in value:
            if not isinstance(one, dict) or not str(one.get("start", "")).isdigit():
                return ["Not a valid range."]
    return None


def wrong(field: Field, value: Any, era: Era) -> Any:
    """What is wrong with a value, in marshmallow's words, or None."""
    if value is None:
        return None if field.null else ["Field may not be null."]
    if field.kind == "str":
        return _wrong_text(field, value, era)
    if field.kind == "bool":
        return None if isinstance(value, bool) else ["Not a valid boolean."]
    if field.kind == "int":
        return _wrong_number(field, value)
    if field.kind == "destination":
        return wrong_destination(value)
    if field.kind == "dict":
        return None if isinstance(value, dict) else ["Not a valid mapping type."]
    return _wrong_list(field, value)


def check(
    body: Any,
    fields: Sequence[Field],
    era: Era,
    *,
    create: bool,
    ignored: Sequence[str] = (),
) -> dict[str, Any]:
    """The accepted fields of a body; raises the refusal with every wrong field.

    Parameters
    ----------
    body
        What was sent.
    fields
        What there is.
    era
        Decides the words.
    create
        Whether required fields must be there and defaults are filled in.
    ignored
        Read-only names, which may be sent back.
    """
    if not isinstance(body, dict):
        raise bad_input(f"_schema: {written(['Invalid input type.'], era)}")
    known = {field.name: field for field in fields if field.there(era)}
    if era.refuses_unknown:
        unknown = sorted(name for name in body if name not in known and name not in ignored)
        if unknown:
            raise bad_input(f"unknown parameters: {', '.join(unknown)}")
    complaints = _complaints(body, known, era, create=create)
    if complaints:
        raise Refusal(400, *complaints)
    taken = {
        name: value
        for name, value in body.items()
        if name in known and (create or not known[name].fixed)
    }
    if not create:
        return taken
    defaults = {name: _copy(field.default) for name, field in known.items()}
    return defaults | taken


def _complaints(
    body: Mapping[str, Any], known: Mapping[str, Field], era: Era, *, create: bool
) -> list[str]:
    missing = [
        name for name, field in known.items() if create and field.required and name not in body
    ]
    complaints: dict[str, str] = {}
    for name, field in known.items():
        if name in body:
            said = wrong(field, body[name], era)
            if said is not None:
                complaints[name] = _say(field, said, era)
    if era.old_messages:
        if missing:
            return [f"Input Error - missing parameters: {', '.join(missing)}"]
        return list(complaints.values())
    for name in missing:
        said = written(["Missing data for required field."], era)
        complaints[name] = f"Input Error - {name}: {said}"
    if era.u:  # a Python 2 dict: several strings in no order that a client could rely on
        return [complaints[name] for name in sorted(complaints, key=_hash)]
    return list(complaints.values())


def _say(field: Field, said: Any, era: Era) -> str:
    if era.old_messages:
        word = _WORDS.get(field.kind, "a list")
        return f"Input Error - field '{field.name}': wrong type. Should be {word}"
    return f"Input Error - {field.name}: {written(said, era)}"


def _hash(name: str) -> int:
    return zlib.crc32(name.encode())


def _copy(value: Any) -> Any:
    if isinstance(value, tuple):
        return [list(one) if isinstance(one, tuple) else one for one in value]
    return value
