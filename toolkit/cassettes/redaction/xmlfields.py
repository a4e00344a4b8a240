"""Secrets in XML and HTML: elements and attributes with a secret name, by a scan of the text.

Scanned, not parsed: what is not a secret stays byte for byte, no entity is ever expanded, and a
document that was cut is redacted as far as it goes.
"""

from __future__ import annotations

import re
from html import unescape

import pybase64

from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.urls import Swap

_TAG = re.compile(
    r"<([A-Za-z_][^\s/<>]*)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'|[\"'])*+)(>|\Z|(?=<))"
)
_ATTRIBUTE = re.compile(r"([\w:.\-]+)(\s*=\s*)(\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^\s\"'<>=`]+)")
_INSIDE = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<[?!/]?[A-Za-z_?!/][^<>]*>?|(?P<text>[^<]+)",
    re.DOTALL,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_NAMING = frozenset({"name", "key", "id"})


class XmlFields:
    """Swaps the secrets of XML."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def swap(self, text: str, swap: Swap, naming: bool = True) -> str:
        """The text with the values of secret elements and attributes swapped.

        Parameters
        ----------
        naming : bool
            Whether ``name="password"`` makes a secret of the element's content.
        """
        pieces: list[str] = []
        done = position = 0
        while tag := _TAG.search(text, position):
            position = tag.end()
            kind = self._names.kind(_local(tag[1]))
            attributes = tag[2]
            named = None
            if "=" in attributes:
                named = self._naming(attributes) if naming else None
                new = self._attributes(attributes, named, swap)
                if new != attributes:
                    pieces += (text[done : tag.start(2)], new)
                    done = tag.end(2)
            kind = kind or named
            if kind is None or tag[3] != ">" or attributes.endswith("/"):
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
    depth, position = 1, start
    end = opening = -1
    while True:
        # Looked for again only once passed, so that many tags cost one pass and not one each.
        end = _found(text, "</" + name, position) if end < position else end
        opening = _found(text, "<" + name, position) if opening < position else opening
        if opening < end:
            depth += not text[opening : text.find(">", opening) + 1].endswith("/>")
            position = opening + 1
            continue
        depth -= 1
        if end == len(text) or depth == 0:
            return end
        position = end + 1


def _found(text: str, tag: str, start: int) -> int:
    """Where a tag of just that name starts; the end of the text when none does."""
    while (at := text.find(tag, start)) >= 0:
        after = text[at + len(tag) : at + len(tag) + 1]
        if after in ("", ">", "/") or after.isspace():
            return at
        start = at + 1
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
    inner = _base64_text(value)
    if inner is None:
        new = _swapped(kind, value, swap)
    else:
        # Its reader will decode what stands there: the placeholder has to survive that.
        swapped = swap(kind, inner)
        new = value if swapped == inner else pybase64.b64encode(swapped.encode()).decode()
    return raw[:start] + new + raw[start + len(value) :]


def _base64_text(value: str) -> str | None:
    """The text that a value is the base64 of; None when it is none."""
    if len(value) % 4 or not _BASE64.fullmatch(value):
        return None
    try:
        inner = pybase64.b64decode(value, validate=True).decode()
    except ValueError:
        return None
    return inner if inner.isprintable() and inner else None


def _swapped(kind: str, raw: str, swap: Swap) -> str:
    plain = unescape(raw) if "&" in raw else raw
    new = swap(kind, plain)
    return raw if new == plain else new
