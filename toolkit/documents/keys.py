"""Where a value stands in its record, as a key; and the column names made of keys.

=================== =====================================================
key                 the value of
=================== =====================================================
``time``            an attribute of the record
``/Device/Name``    an element in it
``/Device@id``      an attribute of an element in it
``/Folders/[Src]``  a property in it, ``<Folder name="Src">``
``/Tag#2``          the second element of that name in the record
``^Day@date``       an attribute of an element around the record
the empty key       the record's own text
=================== =====================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from toolkit.documents.shape import local


def public_names(keys: Iterable[str]) -> dict[str, str]:
    """Column names for keys: short ones, and an XPath where two would be the same.

    An element's value keeps the short name before an attribute's, and both before the record's
    own text (``text``).

    Examples
    --------
    >>> list(public_names(["time", "/Device/Name", "/Device@id", "/Folders/[Src]", ""]).values())
    ['time', 'Device.Name', 'Device.id', 'Folders.Src', 'text']
    >>> list(public_names(["name", "/name", "/Tag", "/Tag#2", "text", ""]).values())
    ['./@name', 'name', 'Tag', 'Tag.2', 'text', 'text()']
    """
    keys = list(keys)
    names: dict[str, str] = {}
    used: set[str] = set()
    for key in sorted(keys, key=_rank):
        name = _short(key)
        if name in used:
            name = _xpath(key)
        used.add(name)
        names[key] = name
    return {key: names[key] for key in keys}


def is_namespace(key: str) -> bool:
    """Whether the key is of a namespace declaration, which is no value.

    Examples
    --------
    >>> is_namespace("xmlns"), is_namespace("xmlns:log"), is_namespace("xmlnsx")
    (True, True, False)
    """
    return key == "xmlns" or key.startswith("xmlns:")


def _rank(key: str) -> int:
    if not key:
        return 3
    return 2 if not key.startswith("/") else 1 if "@" in key else 0


def _short(key: str) -> str:
    if not key:
        return "text"
    parts = re.split(r"[/@#\[]+", key.strip("/^").replace("]", ""))
    return ".".join(local(part) for part in parts if part)


def _xpath(key: str) -> str:
    if not key:
        return "text()"
    if key.startswith("^"):
        return "../" + key[1:].replace("@", "/@")
    if not key.startswith("/"):
        return f"./@{key}"
    return "." + re.sub(r"#(\d+)", r"[\1]", key).replace("@", "/@")
