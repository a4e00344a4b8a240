"""Secrets in JSON: whole documents, lines of it, cut ones, and JSON inside JSON's own strings.

The text is scanned, not parsed, so that every byte that is not a secret stays as it was and a
body that was cut in the middle is redacted as far as it goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from toolkit.cassettes.redaction.names import PLURAL, Names, fold, looks_random
from toolkit.cassettes.redaction.urls import Swap

# A string (perhaps cut at the end of the text), and whether it is a key.
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)("|\\?\Z)(\s*:\s*)?', re.DOTALL)
_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)("|\\?\Z)(\s*:\s*)?|[{}\[\],]|[^\s{}\[\],"]+', re.DOTALL)
_SCALAR = re.compile(r"[^\s,}\]\"]+")
_PAIR = re.compile(
    r'"(?:name|key|field|header|id|Name|Key)"\s*:\s*"([^"\\]{1,80})"\s*,\s*'
    r'"(?:[vV]alue)"\s*:\s*"((?:[^"\\]++|\\.)*+)"'
)
_PAIR_REVERSED = re.compile(
    r'"(?:[vV]alue)"\s*:\s*"((?:[^"\\]++|\\.)*+)"\s*,\s*'
    r'"(?:name|key|field|header|Name|Key)"\s*:\s*"([^"\\]{1,80})"'
)
_KEPT_SCALARS = frozenset({"null", "true", "false"})
_NESTED_SIGNS = ('\\"', "<", "\\u003c", "\\u003C", "\\u0022")
_VALUE_NAMES = frozenset(
    {"", "id", "value", "key", "data", "hash", "plain", "uuid", "raw", "content", "text", "hex"}
)

Nested = Callable[[str], str] | None


def swap_json(text: str, names: Names, swap: Swap, nested: Nested) -> str:
    """JSON with the values of secret names swapped.

    Parameters
    ----------
    nested : callable or None
        What a string that holds JSON or XML itself is given to, decoded; None for a text that
        is not JSON but may hold some, where quotes do not mean strings.
    """
    pieces: list[str] = []
    done = 0
    length = len(text)
    position = 0
    while match := _STRING.search(text, position):
        position = match.end()
        if match[3] is None:
            raw = match[1]
            if nested is None:
                position = match.start() + 1
            elif any(sign in raw for sign in _NESTED_SIGNS):
                plain = _decoded(raw)
                new = nested(plain)
                if new != plain:
                    escaped = json.dumps(new, ensure_ascii=raw.isascii())[1:-1]
                    pieces += (text[done : match.start(1)], escaped)
                    done = match.end(1)
            continue
        name = match[1] if "\\" not in match[1] else _decoded(match[1])
        kind = names.kind(name)
        if kind is None or position >= length:
            continue
        swapped, end = _value(text, position, name, kind, names, swap)
        if swapped is not None:
            pieces += (text[done:position], swapped)
            done = end
        position = end
    text = "".join([*pieces, text[done:]]) if pieces else text
    return _swap_pairs(text, names, swap) if '"value"' in text or '"Value"' in text else text


def _value(
    text: str, start: int, name: str, kind: str, names: Names, swap: Swap
) -> tuple[str | None, int]:
    """The new text of the value that starts there (None: as it was), and where it ends."""
    if text[start] in "{[":
        return _container(text, start, name, kind, names, swap)
    string = _STRING.match(text, start)
    if string is not None:
        new = _swapped(kind, string[1], swap)
        return (None if new is None else f'"{new}"'), string.end(2)
    scalar = _SCALAR.match(text, start)
    if scalar is None:
        return None, start
    return _scalar(scalar[0], name, kind, swap), scalar.end()


def _scalar(raw: str, name: str, kind: str, swap: Swap) -> str | None:
    if raw in _KEPT_SCALARS or fold(name) in PLURAL:
        return None
    new = swap(kind, raw)
    return None if new == raw else f'"{new}"'


def _container(
    text: str, start: int, name: str, kind: str, names: Names, swap: Swap
) -> tuple[str | None, int]:
    """An array or object under a secret name: its leaves, unless their own name clears them."""
    everything = fold(name) in PLURAL
    pieces: list[str] = []
    done = start
    depth = 0
    key = ""
    end = len(text)
    for match in _TOKEN.finditer(text, start):
        sign = match[0]
        if sign in ("{", "["):
            depth += 1
            key = "" if sign == "[" else key
        elif sign in ("}", "]"):
            depth -= 1
            if depth == 0:
                end = match.end()
                break
        elif match[3] is not None:
            key = _decoded(match[1])
        elif match[1] is not None:
            own = names.kind(key)
            if everything or own or fold(key) in _VALUE_NAMES or looks_random(match[1]):
                new = _swapped(own or kind, match[1], swap)
                if new is not None:
                    pieces += (text[done : match.start()], f'"{new}"')
                    done = match.end()
        elif sign != "," and (names.kind(key) or not key):
            scalar = _scalar(sign, key, kind, swap)
            if scalar is not None:
                pieces += (text[done : match.start()], scalar)
                done = match.end()
    if not pieces:
        return None, end
    return "".join([*pieces, text[done:end]]), end


def _swap_pairs(text: str, names: Names, swap: Swap) -> str:
    """``{"name": "password", "value": "..."}``, in either order."""

    def one(match: re.Match[str]) -> str:
        kind = names.kind(match[name])
        new = _swapped(kind, match[value], swap) if kind else None
        if new is None:
            return match[0]
        start, end = match.start(value) - match.start(), match.end(value) - match.start()
        return match[0][:start] + new + match[0][end:]

    name, value = 1, 2
    text = _PAIR.sub(one, text)
    name, value = 2, 1
    return _PAIR_REVERSED.sub(one, text)


def _swapped(kind: str, raw: str, swap: Swap) -> str | None:
    if not raw:
        return None
    plain = _decoded(raw) if "\\" in raw else raw
    new = swap(kind, plain)
    return None if new == plain else json.dumps(new)[1:-1]


def _decoded(raw: str) -> str:
    if "\\" not in raw:
        return raw
    try:
        return str(json.loads(f'"{raw}"', strict=False))
    except ValueError:
        return raw
