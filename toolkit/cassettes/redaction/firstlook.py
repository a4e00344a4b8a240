"""A first look at the bytes of a body: most hold nothing secret, and need no more than this.

The look goes over the names in the body, not over its text: what it has found out about a name
is kept, so that the cost is that of a few searches by ``bytes``' own methods.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import msgspec

from toolkit.cassettes.redaction.names import Names

_HEADS = re.compile(rb"<([A-Za-z_][^<>]*)")
_HEAD_NAME = re.compile(r"[^\s/>]+")
_ATTRIBUTE = re.compile(r"([\w:.\-]+)\s*=\s*(\"[^\"]*|'[^']*|[^\s\"'<>=`]+)")
_PARAMETER = re.compile(rb"[\w.\-\[\]%]+\Z")
_USERINFO = re.compile(rb"://[^/\s\"'<>@?#\\]+@")
_FORM = re.compile(rb"[\w.~%+\-\[\]*]{1,200}=[^\s<>\"{}]*")
_NAMING = frozenset({"name", "key", "id"})
_NAMING_MEMBERS = frozenset({"name", "key", "field", "header", "id"})
_NESTING = (dict, list)
_SPACE = b"\xef\xbb\xbf \t\r\n"
_LONGEST = 48
_KEPT = 8192
_LONGEST_HEAD = 256


class FirstLook:
    """Tells bodies that hold no secret by any name from those that have to be read.

    Errs on one side only: a body that it clears holds no secret that the scanners would find.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._clear_heads: set[bytes] = set()
        self._tails: dict[bytes, bool] = {}
        self._clear_names: set[str] = set()

    def clear(self, content_type: str, body: bytes) -> bool:
        """Whether there is nothing to look for in a body."""
        if b"-----" in body and b"PRIVATE KEY-----" in body:
            return False
        if b"." in body and b".eyJ" in body:
            return False
        first = body[:16].lstrip(_SPACE)[:1] or body.lstrip(_SPACE)[:1]
        if first == b"<":
            return not (self._tag(body) or self._parameter(body))
        if first in (b"{", b"["):
            # A string may hold JSON or XML itself, and escaped letters hide a name.
            if b"\\" in body and (b'\\"' in body or b"\\u00" in body):
                return False
            return self._clear_json(body) and not (
                (b"<" in body and self._tag(body)) or self._parameter(body)
            )
        return (
            b"=" not in body
            and b'"' not in body
            and b"<" not in body
            and b"://" not in body
            and "csv" not in content_type
        )

    def _clear_json(self, body: bytes) -> bool:
        try:
            stack = [msgspec.json.decode(body)]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        clear, keys = self._clear_names, 0
        while stack:
            item = stack.pop()
            if type(item) is dict:
                keys += len(item)
                if not clear.issuperset(item) and not self._look_at_names(item):
                    return False
                if ("value" in item or "Value" in item) and self._is_named(item):
                    return False
                stack += [one for one in item.values() if type(one) in _NESTING]
            elif type(item) is list:
                stack += [one for one in item if type(one) in _NESTING]
        # Of a name that comes twice in an object the parser drops the first value, unseen.
        return keys == body.count(b'":')

    def _look_at_names(self, names: Iterable[str]) -> bool:
        for name in names:
            if self._names.kind(name) is not None:
                return False
            if len(self._clear_names) >= _KEPT:
                self._clear_names.clear()
            self._clear_names.add(name)
        return True

    def _is_named(self, item: dict[str, object]) -> bool:
        return any(
            isinstance(value, str) and self._names.kind(value) is not None
            for name, value in item.items()
            if name.lower() in _NAMING_MEMBERS
        )

    def _tag(self, body: bytes) -> bool:
        heads = _HEADS.findall(body)
        if self._clear_heads.issuperset(heads):
            return False
        return any(self._look_at_tag(head) for head in set(heads) - self._clear_heads)

    def _look_at_tag(self, head: bytes) -> bool:
        text = head.decode("utf-8", "replace")
        kind = self._names.kind
        name = _HEAD_NAME.match(text)
        held = name is not None and kind(_local(name[0])) is not None
        if not held and "=" in text:
            held = "&" in text or any(
                kind(_local(m[1])) or (m[1].lower() in _NAMING and kind(m[2].strip("\"'")))
                for m in _ATTRIBUTE.finditer(text)
            )
        if not held and len(head) <= _LONGEST_HEAD:
            if len(self._clear_heads) >= _KEPT:
                self._clear_heads = set()
            self._clear_heads.add(head)
        return held

    def _parameter(self, body: bytes) -> bool:
        """Whether a URL in the body has a secret parameter, or a user in front of its host."""
        if b"@" in body and _USERINFO.search(body):
            return True
        if b"%" in body and (b"%3" in body or b"%26" in body):
            return True
        if b"=" not in body:
            return False
        if (
            body.find(b"?", 6 if body.startswith(b"<?xml") else 0) < 0
            and b"&" not in body
            and b"#" not in body
            and b"\\" not in body
        ):
            return False
        for piece in body.split(b"=")[:-1]:
            name = _PARAMETER.search(piece[-_LONGEST:])
            if name is None:
                continue
            held = self._tails.get(name[0])
            if held is None:
                held = b"%" in name[0] or self._names.kind(name[0].decode()) is not None
                if len(self._tails) >= _KEPT:
                    self._tails.clear()
                self._tails[name[0]] = held
            if held:
                return True
        return False


@functools.lru_cache(maxsize=16)
def first_look(names: Names) -> FirstLook:
    """The look for these names: one for all who have the same, with what it has found out."""
    return FirstLook(names)


def is_form(content_type: str, text: str) -> bool:
    """Whether a text is form data, by its type or by its look."""
    if "x-www-form-urlencoded" in content_type:
        return True
    return (
        len(text) < 65536 and _FORM.fullmatch(text.strip().encode("utf-8", "replace")) is not None
    )


def _local(name: str) -> str:
    return name.rpartition(":")[2]
