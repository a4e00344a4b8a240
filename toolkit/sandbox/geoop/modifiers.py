"""The modifiers of a GET, read from the query.

That there are pages, a choice of fields, filters and an order is the vendor's; how they are
written is not public beyond ``recordsCount`` (1.1) and ``flags`` (1.2), so the rest is ours.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.sandbox.geoop.errors import ApiError
from toolkit.sandbox.geoop.fields import Field
from toolkit.sandbox.geoop.schema import Collection
from toolkit.sandbox.geoop.switches import Switches

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "contains", "in")
FLAGS = ("recordsCount", "accountSharing")
_NUMBER = re.compile(r"[0-9]{1,15}")
_KNOWN = {
    "1.0": {"page", "fields", "filter", "sort"},
    "1.1": {"page", "fields", "filter", "sort", "recordsCount"},
    "1.2": {"page", "fields", "filter", "sort", "flags"},
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a filter."""

    field: Field
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Modifiers:
    """What a GET asks for.

    Attributes
    ----------
    page
        The number of the page, counted from 1 whatever the switch says.
    counts
        Whether the metadata is to have the counts.
    sharing
        Whether items are to say with which accounts they are shared.
    """

    page: int
    size: int
    fields: tuple[Field, ...]
    conditions: tuple[Condition, ...]
    order: tuple[tuple[Field, bool], ...]
    counts: bool
    sharing: bool


def read(
    query: Mapping[str, str], collection: Collection, version: str, switches: Switches
) -> Modifiers:
    """Read the modifiers of a version; 400 for a form that cannot be read, 422 for a wrong name."""
    known = _KNOWN.get(version, _KNOWN["1.2"])
    written = {switches.modifier_names.get(name, name): name for name in known}
    if switches.refuses_unknown:
        for name in query:
            if name not in written:
                raise ApiError("syntax", 30, f"Modifier {name} is not known in {version}.")
    query = {written[name]: value for name, value in query.items() if name in written}
    flags = _flags(query.get("flags", ""))
    counts = version == "1.0" or "recordsCount" in flags
    counts = counts or query.get("recordsCount", "").lower() in ("true", "1")
    found = Modifiers(
        *_page(query.get("page", str(switches.first_page)), version, switches),
        _chosen(query.get("fields", ""), collection),
        _conditions(query.get("filter", ""), collection),
        _order(query.get("sort", ""), collection),
        counts,
        "accountSharing" in flags,
    )
    if switches.metadata in ("full", "asked"):
        asked = "recordsCount" in query or "recordsCount" in flags
        counts = switches.metadata == "full" or asked
        found = dataclasses.replace(found, counts=counts)
    return found


def _flags(text: str) -> set[str]:
    flags = {flag.strip() for flag in text.split(",")} - {""}
    for flag in sorted(flags):
        if flag not in FLAGS:
            raise ApiError("content", 10, f"Flag {flag} is not known.")
    return flags


def _page(text: str, version: str, switches: Switches) -> tuple[int, int]:
    number, comma, size = text.partition(",")
    if not _NUMBER.fullmatch(number) or (comma and not _NUMBER.fullmatch(size)):
        raise ApiError("syntax", 31, "Modifier page must be a number, or a number and a size.")
    first = switches.first_page
    page, count = int(number) - first + 1, int(size) if comma else switches.page_size
    if not page or not count:
        raise ApiError("content", 11, f"Pages are numbered from {first} and hold at least 1 item.")
    if version == "1.0" and count > switches.page_limit:
        count = switches.page_limit
    return (1, switches.page_size) if switches.ignores_page else (page, count)


def _field(name: str, collection: Collection, access: str, said: str) -> Field:
    field = collection.by_name.get(name.removesuffix(".id") if access == "F" else name)
    if field is None:
        raise ApiError("content", 12, f"{name} is no field of {collection.name}.")
    if access not in field.access:
        raise ApiError("content", 13, f"{collection.name} cannot be {said} by {name}.")
    return field


def _chosen(text: str, collection: Collection) -> tuple[Field, ...]:
    if text == "*":
        return collection.fields
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        return tuple(field for field in collection.fields if field.visible)
    return tuple(_field(name, collection, "R", "shown") for name in dict.fromkeys(names))


def _conditions(text: str, collection: Collection) -> tuple[Condition, ...]:
    found = []
    for part in text.split(";"):
        if not part:
            continue
        name, operator, value = [*part.split(":", 2), "", ""][:3]
        if part.count(":") < 2:
            raise ApiError("syntax", 32, "A condition is written field:operator:value.")
        if operator not in OPERATORS:
            said = f"The operators are {', '.join(OPERATORS)}."
            raise ApiError("content", 14, f"{operator} is no operator.", description=said)
        found.append(Condition(_field(name, collection, "F", "filtered"), operator, value))
    return tuple(found)


def _order(text: str, collection: Collection) -> tuple[tuple[Field, bool], ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    return tuple(
        (_field(name.removeprefix("-"), collection, "S", "sorted"), name.startswith("-"))
        for name in names
    )
