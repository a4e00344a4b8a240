"""References in texts that were cut out of XML: ``&lt;``, ``&#10;`` and the like."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

_REFERENCE = re.compile(r"&(?:#(?:x([0-9A-Fa-f]+)|([0-9]+))|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def unescaped(texts: pa.Array) -> pa.Array:
    """The texts with each reference replaced by its character.

    Examples
    --------
    >>> unescaped(pa.array(["a&lt;b", "&amp;lt;", "&#x41;", None], pa.large_string())).to_pylist()
    ['a<b', '&lt;', 'A', None]
    """
    some = pc.match_substring(texts, "&")
    if not pc.any(some).as_py():
        return texts
    return pa.array(
        [
            _REFERENCE.sub(_character, text) if text and "&" in text else text
            for text in texts.to_pylist()
        ],
        pa.large_string(),
    )


def _character(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return _NAMED[name]
    return chr(int(hexadecimal, 16) if hexadecimal else int(decimal))
