"""One interaction as one line: JSON that is YAML too.

A cassette of ours is::

    version: 1
    interactions:
    - {"request":{...},"response":{...}}
    - {"request":{...},"response":{...}}

Every line is a flow mapping that any YAML 1.1 reader loads as vcrpy's form, and that a JSON
parser reads some fifty times faster. A body that is not UTF-8 makes its line YAML only
(``!!binary "..."``); it is still one line.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from toolkit.outcomes import CassetteError

HEADER = b"version: 1\ninteractions:\n"
OPENING = b"- {"
RESPONSE = b',"response":{'
"""Stands once in each line: inside a JSON string its quotes would be escaped."""

# YAML takes some of these for line breaks and refuses the others; JSON has them bare.
_UNFIT = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_to_json = msgspec.json.Encoder().encode
_from_json: Any = msgspec.json.Decoder().decode
_TOKEN = secrets.token_hex(16)  # nobody can put it into a body beforehand
_MARKS = re.compile(rf'"{_TOKEN}([A-Za-z0-9+/=]*)"'.encode())
# The bare quote cannot stand inside a JSON string, and after a string's closing quote
# comes no base64.
_BINARY = re.compile(rb'!!binary "([A-Za-z0-9+/=]*)"')
_LONG_ESCAPE = re.compile(rb"((?<!\\)(?:\\\\)*)\\U([0-9a-fA-F]{8})")
_LONG_KEY = re.compile(rb'([{,])("(?:[^"\\]|\\.){160,}":)')
_DEEPEST = 50
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A YAML reader looks 1,024 characters ahead for a key's colon, and an escape is six of them.
_LONGEST_NAME = 160


def encode(entry: Mapping[str, Any]) -> bytes:
    r"""Write one interaction in vcrpy's form as a line, line end included.

    Parameters
    ----------
    entry : mapping
        ``{"request": ..., "response": ...}``; bytes are allowed as values anywhere.

    Raises
    ------
    CassetteError
        When something in it is neither text, bytes, number, list nor mapping.

    Examples
    --------
    >>> encode({"request": {"body": "a"}, "response": {}})
    b'- {"request":{"body":"a"},"response":{}}\n'
    """
    plain = _is_plain(entry)
    try:
        text = _to_json(entry if plain else _marked(entry))
    except UnicodeEncodeError:
        return encode(_without_surrogates(entry))
    except (TypeError, RecursionError) as error:
        raise CassetteError(f"An interaction cannot be written: {error}.") from None
    if not text.isascii() or b"\x7f" in text:
        text = _UNFIT.sub(_escaped, text.decode()).encode()
    if not plain:
        text = _explicit_keys(_MARKS.sub(rb'!!binary "\1"', text))
    return b"- %b\n" % text


def decode(line: bytes) -> dict[str, Any]:
    """Read one line as :func:`encode` wrote it, or as a person edited it (any flow YAML).

    Raises
    ------
    CassetteError
        When the line is no interaction; the sentence says where reading stopped.
    """
    if not line.startswith(OPENING):
        raise CassetteError(f"A line of a cassette starts with '- {{', not {line[:12]!r}.")
    return decode_part(line[2:])


def decode_part(text: bytes) -> dict[str, Any]:
    """Read the mapping of a line, or the one of its ``response`` alone."""
    try:
        entry = _from_json(text)
    except (ValueError, RecursionError) as error:
        entry = _decode_yaml(text, error)
    if not isinstance(entry, dict):
        raise CassetteError("A line of a cassette holds something that is not a mapping.")
    return entry


def decode_response(line: bytes, start: int = 0) -> dict[str, Any]:
    """Read only the ``response`` of a line, which begins after ``start``: replay needs no more."""
    at = line.find(RESPONSE, start)
    if at < 0 or not line.endswith(b"}}\n"):
        return _part(decode(line), "response")
    return decode_part(line[at + 12 : -2])


def decode_request(line: bytes) -> dict[str, Any]:
    """Read only the ``request`` of a line; matching needs no more."""
    at = line.find(RESPONSE)
    if at < 0 or not line.startswith(b'- {"request":{'):
        return _part(decode(line), "request")
    return decode_part(line[len(b'- {"request":') : at])


def _part(entry: dict[str, Any], name: str) -> dict[str, Any]:
    part = entry.get(name)
    if not isinstance(part, dict):
        raise CassetteError(f"An interaction has no {name!r}.")
    return part


def _decode_yaml(text: bytes, error: Exception) -> Any:
    marked = _BINARY.sub(rf'"{_TOKEN}\1"'.encode(), text)
    marked = _LONG_ESCAPE.sub(lambda found: found[1] + _character(found[2]), marked)
    try:
        value = _from_json(marked)
    except (ValueError, RecursionError):
        return _load_edited(text, error)
    try:
        return _unmark(value)
    except binascii.Error:
        raise CassetteError("A line of a cassette holds broken base64.") from None


def _is_plain(entry: Mapping[str, Any]) -> bool:
    """Whether JSON says it all: no bytes where clients put them, and no very long names.

    msgspec would write bytes as text in base64, and nobody could tell it from text.
    """
    for part in entry.values():
        if type(part) is not dict:
            return False
        body = part.get("body")
        if type(body) is dict:
            body = body.get("string")
        if (type(body) is not str and body is not None) or bytes in map(type, part.values()):
            return False
        for name, values in (part.get("headers") or {}).items():
            if type(values) is not list or len(name) > _LONGEST_NAME:
                return False
            for value in values:
                if type(value) is not str:
                    return False
    return True


def _load_edited(text: bytes, error: Exception) -> Any:
    """Read what a person wrote by hand: flow YAML, without aliases and not nested beyond reason."""
    depth = 0
    try:
        # Events first: libyaml's composer recurses in C and ends the process on deep nesting.
        for event in yaml.parse(text.decode(), Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                raise CassetteError("A line of a cassette nests too deeply or has aliases.")
        return yaml.load(text.decode(), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError):
        raise CassetteError(f"A line of a cassette cannot be read: {error}.") from None


def _character(digits: bytes) -> bytes:
    code = int(digits, 16)
    return chr(code).encode() if 0x10000 <= code < 0x110000 else b"\\U" + digits


def _marked(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return _TOKEN + base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {key: _marked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_marked(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} has no form in a cassette")


def _unmark(value: Any) -> Any:
    if isinstance(value, str):
        if value.startswith(_TOKEN):
            return base64.b64decode(value.removeprefix(_TOKEN), validate=True)
        return value
    if isinstance(value, dict):
        return {key: _unmark(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unmark(item) for item in value]
    return value


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def escaped(character: str) -> bytes:
    """Give a character as an escape inside quotes.

    Beyond U+FFFF it is YAML's: libyaml refuses JSON's pair of surrogates.
    """
    code = ord(character)
    return (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}").encode()


def _without_surrogates(value: Any) -> Any:
    """Half a surrogate pair has no UTF-8; the text is kept as the bytes it came from."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
        return value
    if isinstance(value, Mapping):
        return {key: _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_surrogates(item) for item in value]
    return value


def _explicit_keys(text: bytes) -> bytes:
    """Put YAML's ``?`` before keys that are too long to be found without it."""
    return _LONG_KEY.sub(rb"\1? \2", text)
