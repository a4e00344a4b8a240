"""Secrets in XML and HTML: elements and attributes with a secret name, by a scan of the text.

Scanned, not parsed: what is not a secret stays byte for byte, no entity is ever expanded, and a
document that was cut is redacted as far as it goes.
"""

from __future__ import annotations

import re
from html import unescape

from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.urls import Swap

_TAG = re.compile(
    r"<([A-Za-z_][^\s/<>]*)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)(/?>|\Z|(?=<))"
)
_ATTRIBUTE = re.compile(r"([\w:.\-]+)(\s*=\s*)(\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\s\"'<>=`]+)")
_INSIDE = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<[?!/]?[A-Za-z_?!/][^<>]*>?|(?P<text>[^<]+)",
    re.DOTALL,
)
_HEADS = re.compile(rb"<([A-Za-z_][^<>]*)")
_NAME = re.compile(r"[^\s/>]+")
_NAMING = frozenset({"name", "key", "id"})
_KEPT = 4096
_SMALL = 65536


class XmlFields:
    """Swaps the secrets of XML; whether a tag can hold one is looked up once for each spelling."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._tags: dict[bytes, bool] = {}

    def may_hold(self, body: bytes) -> bool:
        """Whether a tag of the document has a secret name: a fast first look."""
        tags = self._tags
        heads = _HEADS.findall(body)
        for head in heads if len(heads) < 64 else set(heads):
            try:
                held = tags[head]
            except KeyError:
                held = self._look_at(head)
            if held:
                return True
        return False

    def _look_at(self, head: bytes) -> bool:
        text = head.decode("utf-8", "replace")
        name = _NAME.match(text)
        held = name is not None and self._names.kind(_local(name[0])) is not None
        if not held and "=" in text:
            kind = self._names.kind
            held = any(
                kind(_local(m[1])) or (m[1].lower() in _NAMING and kind(m[3].strip("\"'")))
                for m in _ATTRIBUTE.finditer(text)
            )
        if len(self._tags) >= _KEPT:
            self._tags.clear()
        if len(head) <= 256:
            self._tags[head] = held
        return held

    def swap(self, text: str, swap: Swap) -> str:
        """The text with the values of secret elements and attributes swapped."""
        pieces: list[str] = []
        done = position = 0
        while tag := _TAG.search(text, position):
            position = tag.end()
            kind = self._names.kind(_local(tag[1]))
            attributes = tag[2]
            named = None
            if "=" in attributes:
                named = self._naming(attributes)
                new = self._attributes(attributes, named, swap)
                if new != attributes:
                    pieces += (text[done : tag.start(2)], new)
                    done = tag.end(2)
            kind = kind or named
            if kind is None or tag[3] != ">":
                continue
            end = _closing(text, position, tag[1])
            new = _content(text[position:end], kind, swap)
            pieces += (text[done:position], new)
            done = position = end
        return "".join([*pieces, text[done:]]) if pieces else text

    def _naming(self, attributes: str) -> str | None:
        """The kind that ``name="password"`` gives to the element's value and content."""
        for match in _ATTRIBUTE.finditer(attributes):
            if match[1].lower() in _NAMING:
                kind = self._names.kind(unescape(match[3].strip("\"'")))
                if kind is not None:
                    return kind
        return None

    def _attributes(self, attributes: str, named: str | None, swap: Swap) -> str:
        def one(match: re.Match[str]) -> str:
            local = _local(match[1])
            kind = self._names.kind(local)
            if kind is None and named is not None and local.lower() in ("value", "content"):
                kind = named
            if kind is None:
                return match[0]
            quote = match[3][0] if match[3][0] in "\"'" else ""
            raw = match[3].strip(quote) if quote else match[3]
            return f"{match[1]}{match[2]}{quote}{_swapped(kind, raw, swap)}{quote}"

        return _ATTRIBUTE.sub(one, attributes)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _closing(text: str, start: int, name: str) -> int:
    """Where the element's end tag starts; the end of the text when there is none."""
    end = re.compile(rf"<(/?){re.escape(name)}(?=[\s/>])[^<>]*?(/?)>")
    depth = 1
    for tag in end.finditer(text, start):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if depth == 0:
            return tag.start()
    return len(text)


def _content(content: str, kind: str, swap: Swap) -> str:
    if "<" not in content:
        return _text(content, kind, swap)

    def one(match: re.Match[str]) -> str:
        if match["text"] is not None:
            return _text(match[0], kind, swap)
        if match["cdata"] is not None:
            inner = match["cdata"]
            new = swap(kind, inner) if inner.strip() else inner
            return match[0].replace(inner, new, 1) if inner else match[0]
        if match[0].startswith("<!--"):
            return "<!---->"
        return match[0]

    return _INSIDE.sub(one, content)


def _text(raw: str, kind: str, swap: Swap) -> str:
    value = raw.strip()
    if not value:
        return raw
    start = raw.index(value)
    return raw[:start] + _swapped(kind, value, swap) + raw[start + len(value) :]


def _swapped(kind: str, raw: str, swap: Swap) -> str:
    plain = unescape(raw) if "&" in raw else raw
    new = swap(kind, plain)
    return raw if new == plain else new
