"""Secrets in multipart bodies: fields by their name, parts by their own type."""

from __future__ import annotations

import re
from collections.abc import Callable

from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.urls import Swap

_BOUNDARY = re.compile(r'boundary="?([^";,\s]+)', re.IGNORECASE)
_NAME = re.compile(rb'\bname\*?="?([^";\r\n]+)', re.IGNORECASE)
_TYPE = re.compile(rb"^content-type:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)

Inner = Callable[[str, bytes], bytes]


def swap_multipart(
    content_type: str, body: bytes, names: Names, swap: Swap, inner: Inner
) -> bytes | None:
    """The body with secret fields swapped; None when it is not multipart after all.

    Parameters
    ----------
    content_type : str
        As it was sent: boundaries differ by case.
    inner : callable
        ``inner(content_type, content) -> content`` for the other parts.
    """
    found = _BOUNDARY.search(content_type)
    boundary = b"--" + found[1].encode() if found else b""
    if not boundary or boundary not in body:
        boundary = body.split(b"\n", 1)[0].strip()
        if len(boundary) < 6 or not boundary.startswith(b"--") or body.count(boundary) < 2:
            return None
    parts = body.split(boundary)
    changed = False
    for index, part in enumerate(parts[1:], 1):
        new = _part(part, names, swap, inner)
        if new != part:
            parts[index] = new
            changed = True
    return boundary.join(parts) if changed else body


def _part(part: bytes, names: Names, swap: Swap, inner: Inner) -> bytes:
    for blank in (b"\r\n\r\n", b"\n\n"):
        head, mark, content = part.partition(blank)
        if mark:
            break
    else:
        return part
    end = b"\r\n" if content.endswith(b"\r\n") else b"\n" if content.endswith(b"\n") else b""
    value = content[: len(content) - len(end)]
    name = _NAME.search(head)
    kind = names.kind(name[1].decode("utf-8", "replace")) if name else None
    if kind is None:
        own = _TYPE.search(head)
        new = inner(own[1].decode("latin-1") if own else "", value)
    else:
        new = swap(kind, value.decode("utf-8", "surrogateescape")).encode(
            "utf-8", "surrogateescape"
        )
    return head + mark + new + end
