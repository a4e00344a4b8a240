"""GET: items that are within reach, filtered, in order, a page of them."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import Any

from toolkit.sandbox.geoop.errors import ApiError, not_there
from toolkit.sandbox.geoop.fields import Field, in_utc, moment
from toolkit.sandbox.geoop.modifiers import Condition, Modifiers
from toolkit.sandbox.geoop.people import Who
from toolkit.sandbox.geoop.schema import Collection
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.world import World

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def read(
    world: World, who: Who, collection: Collection, number: int | None, modifiers: Modifiers
) -> tuple[list[Item], Item | None]:
    """The items of a reply, and its metadata if it has any."""
    kind, held = collection.name, world.store.items[collection.name]
    if number is None:
        found = [held[key] for key in sorted(held) if who.sees(kind, held[key])]
    else:
        item = who.find(kind, number)
        if item is None:
            raise not_there(f"Item {number} of {kind}")
        found = [item]
    for condition in modifiers.conditions:
        test = _test(condition)
        found = [item for item in found if test(item.get(condition.field.name))]
    for field, backwards in reversed(modifiers.order):
        found.sort(key=lambda item: _rank(item.get(field.name)), reverse=backwards)
    modifiers = _within(modifiers, len(found), world.switches.past_end)
    start = (modifiers.page - 1) * modifiers.size
    page = found[start : start + modifiers.size]
    _halt(world, len(page))
    shown = [show(item, modifiers.fields) for item in page]
    if modifiers.sharing:
        for item, whole in zip(shown, page, strict=True):
            item["sharedAccounts"] = whole.get("_shared", [])
    return shown, _metadata(world, modifiers, len(found))


def _within(modifiers: Modifiers, count: int, past_end: str) -> Modifiers:
    """The same modifiers, or those of the last page if the page is past it."""
    last = max(1, -(-count // modifiers.size))
    if modifiers.page <= last or past_end == "empty":
        return modifiers
    if past_end == "missing":
        raise not_there("The page")
    return dataclasses.replace(modifiers, page=last)


def show(item: Item, fields: tuple[Field, ...]) -> Item:
    """An item with some of its fields."""
    return {field.name: item.get(field.name) for field in fields}


def show_default(item: Item, collection: Collection) -> Item:
    """An item with the fields that are visible without being asked for."""
    return show(item, tuple(field for field in collection.fields if field.visible))


def _metadata(world: World, modifiers: Modifiers, count: int) -> Item | None:
    if world.switches.metadata == "none":
        return None
    number = modifiers.page - 1 + world.switches.first_page
    metadata = {"page": number, "recordsPerPage": modifiers.size}
    if modifiers.counts:
        metadata["pagesCount"] = -(-count // modifiers.size)
        metadata["recordsCount"] = count
    return metadata


def _halt(world: World, count: int) -> None:
    """Release notes of 1.2: requests that take long may be halted."""
    switches = world.switches
    if switches.halt_after and count * switches.record_seconds > switches.halt_after:
        raise ApiError(
            "system",
            2,
            "The request took too long and was halted.",
            description=f"It had {switches.halt_after:g} s. Ask for a smaller page.",
        )


def _rank(value: Any) -> tuple[int, Any]:
    """A sort key: what is not there comes first, associations by their id."""
    if value is None:
        return 0, 0
    if isinstance(value, dict):
        return 1, value["id"]
    return 1, value.casefold() if isinstance(value, str) else value


def _read_value(text: str, field: Field) -> Any:
    """A value of a condition as the field holds it."""
    if field.kind == "bool":
        if text.lower() in ("true", "1"):
            return True
        if text.lower() in ("false", "0"):
            return False
        raise ApiError("content", 15, f"{field.name} is true or false, not {text!r}.")
    if field.kind in ("int", "flag", "float", "item", "items"):
        try:
            return float(text)
        except ValueError:
            message = f"{field.name} is compared with a number, not {text!r}."
            raise ApiError("content", 15, message) from None
    if field.kind == "date":
        if moment(text) is None:
            message = f"{field.name} is compared with a date and time that has a zone."
            raise ApiError("content", 15, message, description=f"It came as {text!r}.")
        return in_utc(text).casefold()
    return text.casefold()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return value["id"]
    return value.casefold() if isinstance(value, str) else value


def _test(condition: Condition) -> Callable[[Any], bool]:
    field, name = condition.field, condition.operator
    if name == "contains":
        part = condition.value.casefold()
        if field.kind == "items":
            wanted = _read_value(condition.value, field)
            return lambda value: any(one["id"] == wanted for one in value or ())
        return lambda value: value is not None and part in str(_plain(value)).casefold()
    if name == "in":
        several = [_read_value(text, field) for text in condition.value.split(",") if text]
        return lambda value: _plain(value) in several
    if field.kind == "items":
        raise ApiError("content", 14, f"{field.name} takes the operators contains and in only.")
    compare, wanted = _COMPARED[name], _read_value(condition.value, field)

    def test(value: Any) -> bool:
        if value is None:
            return name == "ne"
        return compare(_plain(value), wanted)

    return test
