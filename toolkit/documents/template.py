"""The shape of one record's bytes: what is the same in all records like it, and the holes between.

``<Entry time="8:00" level="Info">up</Entry>`` has the literals ``<Entry time="``, ``" level="``,
``">`` and ``</Entry>`` with three holes. Only records of plain attributes, plain values and text
have such a shape; any other is read event by event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.documents.keys import is_namespace
from toolkit.documents.limits import Limits

_NAME = rb"[^\s<>/=\"'&!?]+"
_START = re.compile(rb"<(%s)((?:[ \t\n]+%s=\"[^\"<]*\")*)([ \t\n]*/?>)" % (_NAME, _NAME))
_ATTRIBUTE = re.compile(rb"([ \t\n]+(%s)=\")[^\"]*\"" % _NAME)
_END = re.compile(rb"</(%s)[ \t\n]*>" % _NAME)
_TYPED = re.compile(rb"[ \t\n]+type=\"([^\"<&]*)\"")
_BLANK = re.compile(rb"[ \t\n]*")
_TEXT = re.compile(rb"[^<]*")


@dataclass(frozen=True, slots=True)
class Step:
    """A literal, and what the hole after it is: a value's key, or None after the last literal.

    An attribute's hole ends at the record's quote of number ``quote``, a text's (``quote`` None)
    at its tag of number ``tag``; a namespace's declaration has a hole without a key.
    """

    literal: bytes
    key: str | None = None
    quote: int | None = None
    tag: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """The shape of a record: its steps, how many tags it has, and the kinds of its values."""

    steps: tuple[Step, ...]
    tags: int
    hints: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its values, in the order that a reader of events finds them."""
        return tuple(step.key for step in self.steps if step.key is not None)


class _Unfit(Exception):
    """The record has no such shape."""


def learn(data: bytes, types: Mapping[str, str], limits: Limits) -> tuple[Template, int] | None:
    """The template of the record that the bytes begin with, and where it ends; None without one.

    Examples
    --------
    >>> from toolkit.documents.limits import LIMITS
    >>> template, end = learn(b'<E a="1">up</E> ', {}, LIMITS)
    >>> [step.literal for step in template.steps], template.keys, end
    ([b'<E a="', b'">', b'</E>'], ('a', ''), 15)
    """
    try:
        return _Learner(data, types, limits).learn()
    except (_Unfit, UnicodeDecodeError):
        return None


class _Learner:
    def __init__(self, data: bytes, types: Mapping[str, str], limits: Limits) -> None:
        self._data = data
        self._types = types
        self._limits = limits
        self._steps: list[Step] = []
        self._literal = b""
        self._tags = 0
        self._counts: dict[str, int] = {}
        self._hints: dict[str, str] = {}

    def learn(self) -> tuple[Template, int]:
        start = self._found(_START, 0)
        name = self._text(start[1])
        at = self._attributes(start)
        if not start[3].endswith(b"/>"):
            at = self._content(name, at)
        self._steps.append(Step(self._literal))
        if len(self._steps) > self._limits.fields:
            raise _Unfit
        return Template(tuple(self._steps), self._tags, self._hints), at

    def _attributes(self, start: re.Match[bytes]) -> int:
        self._literal = b"<" + start[1]
        self._tags = 1
        quote = 1
        seen: set[str] = set()
        for found in _ATTRIBUTE.finditer(start[2]):
            name = self._text(found[2])
            if name in seen or len(seen) >= self._limits.attributes:
                raise _Unfit
            seen.add(name)
            key = None if is_namespace(name) else name
            self._steps.append(Step(self._literal + found[1], key, quote))
            self._literal = b'"'
            quote += 2
        self._literal += start[3]
        return start.end()

    def _content(self, name: str, at: int) -> int:
        text = self._found(_TEXT, at)
        end = _END.match(self._data, text.end())
        if end is not None:  # nothing but text in it
            self._hole("")
            return self._close(name, end)
        while True:
            at = self._blank(at)
            end = _END.match(self._data, at)
            if end is not None:
                return self._close(name, end)
            at = self._value(at)

    def _value(self, at: int) -> int:
        """One element that is nothing but a value, with a declared type or without."""
        start = self._found(_START, at)
        name = self._text(start[1])
        kind = "none"
        if start[2]:
            declared = _TYPED.fullmatch(start[2])
            found = declared and self._types.get(self._text(declared[1]))
            if not found:
                raise _Unfit
            kind = found
        number = self._counts[name] = self._counts.get(name, 0) + 1
        key = f"/{name}" if number == 1 else f"/{name}#{number}"
        self._hints[key] = kind
        self._literal += start[0]
        self._tags += 1
        if start[3].endswith(b"/>"):
            # A value that is there and empty: a hole of no length needs a literal on each side.
            raise _Unfit
        self._hole(key)
        return self._close(name, self._found(_END, self._found(_TEXT, start.end()).end()))

    def _hole(self, key: str) -> None:
        self._steps.append(Step(self._literal, key, None, self._tags))
        self._literal = b""

    def _close(self, name: str, end: re.Match[bytes]) -> int:
        if self._text(end[1]) != name:
            raise _Unfit
        self._literal += end[0]
        self._tags += 1
        return end.end()

    def _blank(self, at: int) -> int:
        blank = self._found(_BLANK, at)
        self._literal += blank[0]
        return blank.end()

    def _found(self, pattern: re.Pattern[bytes], at: int) -> re.Match[bytes]:
        found = pattern.match(self._data, at)
        if found is None:
            raise _Unfit
        return found

    def _text(self, name: bytes) -> str:
        if len(name) > self._limits.name:
            raise _Unfit
        return name.decode()
