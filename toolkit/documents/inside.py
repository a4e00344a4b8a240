"""The elements within a record, to keys and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from toolkit.documents.keys import is_namespace
from toolkit.documents.limits import Limits
from toolkit.documents.shape import PROPERTY_NAMES, RecordPath
from toolkit.outcomes import DocumentError

Row = dict[str, str]

BLANK = " \t\r\n"

# What a ``type`` attribute may say of a value, by the kind it means (vendor's ID definitions).
TYPES: dict[str, str] = {
    **dict.fromkeys(("string", "str", "text"), "text"),
    **dict.fromkeys(("int", "integer", "long", "short"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "number"), "number"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("date", "datetime", "dateTime", "time"), "time"),
}

# What can be a column's name; anything else stays a value.
_PROPERTY = re.compile(r"[\w .:-]{1,64}")


class Element:
    """An element within a record that has not ended."""

    __slots__ = ("attributes", "key", "kids", "kind", "named")

    def __init__(
        self, key: str, kind: str, attributes: bool, named: tuple[str, str] | None
    ) -> None:
        self.key = key
        self.kind = kind
        self.attributes = attributes
        self.named = named  # of a possible property: the attribute and the property's name
        self.kids = False


class Inside:
    """The elements within a record: their keys, their numbers, their texts."""

    def __init__(
        self,
        record: RecordPath,
        limits: Limits,
        text: list[str],
        hint: Callable[[str, str], None],
        *,
        types: Mapping[str, str],
        properties: bool,
    ) -> None:
        self.stack: list[Element] = []
        self.counts: dict[str, int] = {}
        self._record = record
        self._limits = limits
        self._text = text
        self._hint = hint
        self._types = types
        self._properties = properties

    def own(self, row: Row, key: str) -> None:
        """Add text that stands directly in the record, or in an element with elements in it."""
        value = self._text[0] if len(self._text) == 1 else "".join(self._text)
        self._text.clear()
        if value and (not value.isspace() or value.strip(BLANK)):
            row[key] = row[key] + value if key in row else value

    def start(self, name: str, attributes: Row, row: Row) -> None:
        """Begin an element: its key, and the columns of its attributes."""
        parent = ""
        if self.stack:
            outer = self.stack[-1]
            self._settle(outer, row)
            outer.kids = True
            parent = outer.key
        if self._text:
            self.own(row, parent)
        key, kind, named = f"{parent}/{name}", "none", None
        if attributes:
            attributes = {k: value for k, value in attributes.items() if not is_namespace(k)}
            if declared := self._types.get(attributes.get("type", "")):
                kind = declared
                del attributes["type"]
            if self._properties and len(attributes) == 1:
                ((attribute, value),) = attributes.items()
                if attribute in PROPERTY_NAMES and _PROPERTY.fullmatch(value):
                    named = attribute, value
        if named is None:
            key = self.numbered(key, row)
            for attribute, value in attributes.items():
                row[f"{key}@{attribute}"] = value
        self.stack.append(Element(key, kind, bool(attributes), named))

    def reopen(self, name: str, attributes: Row, row: Row) -> None:
        """Start an element that had been taken for a plain value; its text came already."""
        already = self._text[:]
        self._text.clear()
        self.start(name, attributes, row)
        self._text.extend(already)

    def end(self, row: Row) -> None:
        """End the innermost element: its text, if it has no elements in it, is a value."""
        element = self.stack.pop()
        if element.kids:
            self.own(row, element.key)
            return
        value = "".join(self._text)
        self._text.clear()
        if element.named is not None and value.strip(BLANK):
            around = element.key.rpartition("/")[0]
            element.key = self.numbered(f"{around}/[{element.named[1]}]", row)
        else:
            self._settle(element, row)
            if element.attributes and not value:
                return  # <Device id="1"/>: all that it says is in its attributes
        row[element.key] = value
        self._hint(element.key, element.kind)

    def _settle(self, element: Element, row: Row) -> None:
        """It is no property after all: give it a key and an attribute like any other."""
        if element.named is not None:
            element.key = self.numbered(element.key, row)
            row[f"{element.key}@{element.named[0]}"] = element.named[1]
            element.named = None

    def numbered(self, key: str, row: Row) -> str:
        """The key of one more element of that name in the record."""
        number = self.counts.get(key) or (1 if key in row else 0)
        self.counts[key] = number = number + 1
        if number > self._limits.fields or len(row) > self._limits.fields:
            raise too_wide(self._record, self._limits)
        return key if number == 1 else f"{key}#{number}"


def too_wide(record: RecordPath, limits: Limits) -> DocumentError:
    """The refusal of records with too many different fields."""
    return DocumentError(
        f"The records ({record}) have more than {limits.fields} different fields; "
        f"give the path of a smaller record."
    )
