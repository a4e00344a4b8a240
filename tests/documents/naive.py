"""The same reading of a record, written again with lxml's DOM and no thought of speed."""

from __future__ import annotations

import re

from lxml import etree

TYPES = {
    "string", "str", "text", "int", "integer", "long", "short", "float", "double", "decimal",
    "number", "bool", "boolean", "date", "datetime", "dateTime", "time",
}  # fmt: skip


def row(record: etree._Element) -> dict[str, str]:
    """Column keys and texts of one record."""
    values = dict(record.attrib)
    _within(record, "", values, {})
    own = _own(record)
    if own:
        values[""] = own
    return values


def _within(element: etree._Element, key: str, values: dict, counts: dict) -> None:
    for child in element.iterchildren(tag=etree.Element):
        attributes = {
            name: value
            for name, value in child.attrib.items()
            if not (name == "type" and value in TYPES)
        }
        leaf = not any(True for _ in child.iterchildren(tag=etree.Element))
        text = "".join(child.itertext(etree.Element)) if leaf else _own(child)
        text = "".join(child.xpath("text()")) if leaf else text
        names = {"name", "Name", "key", "Key"}
        if leaf and text.strip(" \t\r\n") and len(attributes) == 1 and set(attributes) <= names:
            (name,) = attributes.values()
            if re.fullmatch(r"[\w .:-]{1,64}", name):
                values[_number(f"{key}/[{name}]", counts)] = text
                continue
        here = _number(f"{key}/{child.tag}", counts)
        for name, value in attributes.items():
            values[f"{here}@{name}"] = value
        if leaf:
            if text or not attributes:
                values[here] = text
        else:
            _within(child, here, values, counts)
            if text:
                values[here] = text


def _number(key: str, counts: dict) -> str:
    counts[key] = counts.get(key, 0) + 1
    return key if counts[key] == 1 else f"{key}#{counts[key]}"


def _own(element: etree._Element) -> str:
    """The text between the elements in it, without what is only indentation."""
    pieces = [""]
    for node in element.xpath("node()"):
        if isinstance(node, str):
            pieces[-1] += node
        elif isinstance(node.tag, str):
            pieces.append("")
    return "".join(piece for piece in pieces if piece.strip(" \t\r\n"))
