"""Tell the formats of recorded traffic apart by the first bytes of a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

Format = Literal["flow-lines", "vcr-yaml", "vcr-json", "har"]

HEAD = 1 << 16

_FLOW_LINES = re.compile(rb"version: 1\r?\ninteractions:(?: *\r?\n(?:- \{\s*\"|\Z)| *\Z)")
_HAR = re.compile(rb'\{\s*"log"\s*:')
_JSON = re.compile(rb'\{\s*"(?:version|interactions|metadata)"\s*:|\[\s*\{\s*"re(?:quest|sponse)"')
_YAML = re.compile(
    rb"^(?:interactions|['\"]interactions['\"])[ ]*:|[{,]\s*['\"]?interactions['\"]?\s*:"
    rb"|^- +!?[^\n]*re(?:quest|sponse):",
    re.MULTILINE,
)
_ANY_JSON = re.compile(rb'"(log|interactions)"\s*:')


def sniff(path: str | os.PathLike[str]) -> Format | None:
    """Tell what a file of recorded traffic is, by its first 64 kB.

    Returns
    -------
    "flow-lines" (our own cassettes), "vcr-yaml", "vcr-json", "har", or None for anything else.

    Raises
    ------
    OSError
        When the file cannot be opened.
    """
    with Path(path).open("rb") as stream:
        return sniff_bytes(stream.read(HEAD))


def sniff_bytes(head: bytes) -> Format | None:
    r"""Tell what a file is by its first bytes.

    Examples
    --------
    >>> sniff_bytes(b"interactions:\n- request:\n"), sniff_bytes(b'{"log": {}}')
    ('vcr-yaml', 'har')
    """
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if b"\0" in head:
        return None
    if _FLOW_LINES.match(head):
        return "flow-lines"
    if head[:1] in (b"{", b"["):
        if _HAR.match(head):
            return "har"
        if _JSON.match(head):
            return "vcr-json"
        named = _ANY_JSON.search(head)
        if named and head[:1] == b"{" and re.match(rb'\{\s*"', head):
            return "har" if named[1] == b"log" else "vcr-json"
    return "vcr-yaml" if _YAML.search(head) else None
