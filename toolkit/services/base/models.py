"""The declared fields of resources: names, kinds, and what is nested in them, from a short text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.frames import Column, Kind

_KINDS: dict[str, Kind] = {"i": "integer", "n": "number", "b": "boolean", "t": "time"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource.

    Attributes
    ----------
    name : str
        As the server writes it.
    column : Column
        What it becomes. Nested ones are text that holds JSON.
    parts : tuple of Field
        Of a nested object: what it becomes when it is flattened, with dotted names.
    listed : str
        Of a nested list: the key of its objects whose values a flattened column shows.
    """

    name: str
    column: Column
    parts: tuple[Field, ...] = ()
    listed: str = ""

    @property
    def nested(self) -> bool:
        """Whether it holds an object or a list."""
        return bool(self.parts or self.listed)


@dataclass(frozen=True, slots=True)
class Model:
    """The declared fields of one resource.

    Attributes
    ----------
    name : str
        For example ``users``.
    fields : tuple of Field
        In the columns' order.
    secrets : frozenset of str
        The columns that hold a password in clear.
    renamed : dict
        What a CSV calls its columns, to what we call them.
    key : str
        The column that the keys of an object of rows go to.
    """

    name: str
    fields: tuple[Field, ...]
    secrets: frozenset[str]
    renamed: dict[str, str]
    key: str


def _split(text: str) -> list[str]:
    """Words at blanks that are not inside braces."""
    words, depth = [""], 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if letter.isspace() and not depth:
            words.append("")
        else:
            words[-1] += letter
    return [word for word in words if word]


def _field(word: str, under: str = "") -> Field:
    if word.endswith("}"):
        name, _, inner = word[:-1].partition("{")
        parts = tuple(_field(part, f"{under}{name}.") for part in inner.split())
        return Field(name, Column(f"{under}{name}"), parts, "" if parts else "*")
    if word.endswith("]"):
        name, _, key = word[:-1].partition("[")
        return Field(name, Column(f"{under}{name}"), (), key or "*")
    name, _, values = word.partition("=")
    if values:
        return Field(name, Column(f"{under}{name}", "category", tuple(values.split("|"))))
    name, colon, kind = word.partition(":")
    if colon and kind not in _KINDS:
        raise ValueError(f"{word}: a field's kind is one of {', '.join(_KINDS)}, not {kind!r}")
    return Field(name, Column(f"{under}{name}", _KINDS[kind] if colon else "text"))


def read_models(
    text: str,
    renamed: Mapping[str, dict[str, str]] | None = None,
    keyed: Mapping[str, str] | None = None,
) -> dict[str, Model]:
    """The resources that a text declares, one a record; further lines of one are indented.

    ::

        name            text                  name:i n b t    integer, number, boolean, time
        name=a|b        one of these          name[key]       a list of objects; key identifies them
        name{a.b:i c}   an object             name*           a secret, left out unless asked for

    Parameters
    ----------
    renamed : mapping, optional
        By resource: what a CSV calls its columns, to what we call them.
    keyed : mapping, optional
        By resource: the column that an object's keys go to.

    Raises
    ------
    ValueError
        A field has a kind that is none.

    Examples
    --------
    >>> [field.name for field in read_models("users  id:i name role{id:i}")["users"].fields]
    ['id', 'name', 'role']
    """
    models: dict[str, Model] = {}
    records: list[str] = []
    for line in filter(str.strip, textwrap.dedent(text).splitlines()):
        if line.startswith(" "):
            records[-1] += " " + line.strip()
        else:
            records.append(line)
    for record in records:
        name, *words = _split(record)
        fields = tuple(_field(word.removesuffix("*")) for word in words)
        secrets = frozenset(
            field.name for field, word in zip(fields, words, strict=True) if word.endswith("*")
        )
        csv_names, key = (renamed or {}).get(name, {}), (keyed or {}).get(name, "")
        models[name] = Model(name, fields, secrets, csv_names, key)
    return models


EMPTY = Model("", (), frozenset(), {}, "")
"""Of a resource that nothing is declared of: all its fields become further columns."""
