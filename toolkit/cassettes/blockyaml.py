r"""The layout of a cassette that people review in git: one key a line, text on one line.

It is vcrpy's own block layout (its key order and indentation), so that any reader of cassettes
loads it, and the quick one for that layout does so quickly; only that each text is one JSON
string, whose line a diff shows whole::

    interactions:
    - request:
        body: "<Request>...</Request>"
        headers:
          Content-Type:
          - "text/xml"
        method: POST
        uri: "http://127.0.0.1:8080/"
      response:
        ...
    version: 1
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from toolkit.cassettes import flowline
from toolkit.outcomes import CassetteError

HEADER = b"interactions:\n"
FOOTER = b"version: 1\n"
# vcrpy cannot load a cassette whose list is missing: an empty one is written out.
EMPTY = b"interactions: []\n"

_UNFIT = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_\-][A-Za-z0-9]+)*")
_PLAIN_TEXT = re.compile(r"[A-Z]{3,}|[A-Z][a-z]+(?: [A-Z][a-z]+)*")
# What YAML 1.1 takes for a boolean or for nothing.
_NOT_PLAIN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"})
_LONGEST_KEY = 160
_WIDTH = 76


def encode(entry: Mapping[str, Any]) -> bytes:
    """Write one interaction in vcrpy's form as a block, line end included.

    Raises
    ------
    CassetteError
        When something in it is neither text, bytes, number, list nor mapping.
    """
    if _has_odd_key(entry):
        # A YAML reader wants such keys marked; the one-line layout does that.
        return flowline.encode(entry)
    return ("- " + "".join(_mapping(entry, 2))[2:]).encode("utf-8")


def document(entries: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Give the pieces of a whole cassette."""
    begun = False
    for entry in entries:
        yield encode(entry) if begun else HEADER + encode(entry)
        begun = True
    yield FOOTER if begun else EMPTY + FOOTER


def _mapping(mapping: Mapping[str, Any], indent: int) -> Iterator[str]:
    for name in sorted(mapping):
        value = mapping[name]
        blank = " " * indent
        if isinstance(value, Mapping) and value and name != "failure":
            yield f"{blank}{_key(name)}:\n"
            yield from _mapping(value, indent + 2)
        elif isinstance(value, (list, tuple)) and value:
            yield f"{blank}{_key(name)}:\n"
            for item in value:
                yield f"{blank}- {_scalar(item, indent + 2)}\n"
        else:
            yield f"{blank}{_key(name)}: {_scalar(value, indent + 2)}\n"


def _scalar(value: Any, indent: int) -> str:
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, (bytes, bytearray)):
        return _binary(bytes(value), indent)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_scalar(item, indent) for item in value)}]"
    if isinstance(value, Mapping):
        pairs = (f"{_quoted(str(name))}: {_scalar(one, indent)}" for name, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    raise CassetteError(
        f"An interaction cannot be written: {type(value).__name__} has no form in a cassette."
    )


def _text(text: str, indent: int) -> str:
    if _PLAIN_TEXT.fullmatch(text) and text.lower() not in _NOT_PLAIN:
        return text
    try:
        return _quoted(text)
    except UnicodeEncodeError:  # half a surrogate pair has no UTF-8
        return _binary(text.encode("utf-8", "surrogatepass"), indent)


def _quoted(text: str) -> str:
    return _UNFIT.sub(
        lambda found: flowline.escaped(found[0]).decode(), msgspec.json.encode(text).decode()
    )


def _binary(data: bytes, indent: int) -> str:
    text = base64.b64encode(data).decode()
    if not text:
        return '""'
    lines = (text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH))
    return "!!binary |\n" + "\n".join(" " * indent + line for line in lines)


def _key(name: str) -> str:
    if _PLAIN_KEY.fullmatch(name) and name.lower() not in _NOT_PLAIN:
        return name
    return _quoted(name)


def _has_odd_key(entry: Mapping[str, Any]) -> bool:
    for part in ("request", "response"):
        headers = entry.get(part, {}).get("headers") or {}
        if any(len(name) > _LONGEST_KEY or not name.isprintable() for name in headers):
            return True
    return False
