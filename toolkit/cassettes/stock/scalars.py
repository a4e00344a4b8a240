r"""The scalars that PyYAML's emitter writes, read without a YAML parser.

Everything here is exact or refuses: a scalar that is not surely understood raises
:class:`Unexpected`, and the caller hands the interaction to the YAML loader. The rules are
those of libyaml's scanner for text of printable characters, spaces and ``\n`` only.
"""

from __future__ import annotations

import binascii
import functools
import re
from typing import Any

import msgspec
import yaml


class Unexpected(Exception):
    """The text is not in the layout that the fast path knows: it asks for the slow one."""


SINGLE_QUOTED = re.compile(r"'(?:[^']++|'')*+'")
DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
# A plain scalar does not start with an indicator, and stops at ": ", at " #" and at blank lines.
_PLAIN_START = re.compile(r"""[^ \n\-?:,\[\]{}#&*!|>'"%@`]|[-?:](?=[^ \n])""")
BINARY = re.compile(r"!!binary \|(\n( +)[A-Za-z0-9+/=]++(?:\n\2[A-Za-z0-9+/=]++)*+)")

_FOLD = re.compile(r"\n *")
# The emitter escapes a space that would follow a fold.
_FOLD_ESCAPED = re.compile(r"\n *(?:\\(?=\ ))?")
_FOLDS = re.compile(r" *\n[ \n]*")
_WIDE = re.compile(r"\\U([0-9A-Fa-f]{8})")
# YAML's escapes that JSON does not have. "\\\\" is held back as NUL, which cannot occur.
_AS_JSON = (
    ("\\\\", "\x00"),
    ("\\x", "\\u00"),
    ("\\ ", " "),
    ("\\0", "\\u0000"),
    ("\\a", "\\u0007"),
    ("\\v", "\\u000b"),
    ("\\e", "\\u001b"),
    ("\\N", "\\u0085"),
    ("\\_", "\\u00a0"),
    ("\\L", "\\u2028"),
    ("\\P", "\\u2029"),
    ("\x00", "\\\\"),
)

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[-+][0-9]+)?")
_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
# What a plain scalar means by YAML 1.1, as the safe loader decides it: first character -> patterns.
_RESOLVERS: dict[str | None, list[Any]] = {
    first: [pattern for _, pattern in pairs]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def scalar(raw: str) -> Any:
    r"""The value of a scalar, given its text in the file (continuation lines included).

    Raises
    ------
    Unexpected
        When the text is not surely a whole scalar of a known style.

    Examples
    --------
    >>> scalar("'it''s'"), scalar('"caf\\xE9"'), scalar("200"), scalar("text/xml")
    ("it's", 'café', 200, 'text/xml')
    """
    return _short(raw) if len(raw) < 128 else _scalar(raw)


def matched(raw: str) -> Any:
    """The value of a scalar whose quotes, if it has any, are known to be its first and last."""
    if len(raw) >= 128:
        if raw[0] == '"':
            return _unescaped(raw[1:-1])
        if raw[0] == "'":
            return _folded(raw[1:-1]).replace("''", "'")
    return scalar(raw)


def _scalar(raw: str) -> Any:
    first = raw[:1]
    if first == "'":
        if SINGLE_QUOTED.fullmatch(raw) is None:
            raise Unexpected(raw)
        return _folded(raw[1:-1]).replace("''", "'")
    if first == '"':
        if DOUBLE_QUOTED.fullmatch(raw) is None:
            raise Unexpected(raw)
        return _unescaped(raw[1:-1])
    if first == "!":
        return _binary(raw)
    if _PLAIN_START.match(raw) is None or raw[-1] in " \n:" or ": " in raw or " #" in raw:
        raise Unexpected(raw)
    text = raw
    if "\n" in raw:
        if ":\n" in raw or " \n" in raw or "\n\n" in raw or "\n#" in raw:
            raise Unexpected(raw)
        text = _FOLD.sub(" ", raw)
    for pattern in _RESOLVERS.get(first, ()):
        if pattern.match(text):
            return _typed(text)
    return text


# Header values, methods and addresses come again and again.
_short = functools.lru_cache(maxsize=4096)(_scalar)


def key(raw: str) -> str:
    """A mapping's key; one that is not text is left to the YAML loader."""
    value = scalar(raw)
    if not isinstance(value, str) or "\n" in raw or len(raw) > 1000:
        raise Unexpected(raw)
    return value


def _folded(text: str) -> str:
    """Line folding inside quotes: one break is a space, n breaks are n - 1 breaks."""
    if "\n" not in text:
        return text
    if " \n" in text or "\n\n" in text:
        return _FOLDS.sub(lambda run: "\n" * (run[0].count("\n") - 1) or " ", text)
    return _FOLD.sub(" ", text)


def _unescaped(text: str) -> str:
    if "\n" in text:
        # An escaped break, or breaks that stand for breaks: no emitter of ours writes them.
        if " \n" in text or "\\\n" in text or "\n\n" in text:
            raise Unexpected(text)
        text = _FOLD_ESCAPED.sub(" ", text)
    if "\\" not in text:
        return text
    if "\\ud" in text or "\\uD" in text:  # JSON pairs surrogates, YAML has none
        raise Unexpected(text)
    try:
        return _json_text(text)
    except msgspec.DecodeError:
        pass
    for escape, replacement in _AS_JSON:
        text = text.replace(escape, replacement)
    if "\\U" in text:
        text = _WIDE.sub(_character, text)
    try:
        return _json_text(text)
    except msgspec.DecodeError:
        raise Unexpected(text) from None


def _json_text(text: str) -> str:
    value: str = msgspec.json.decode(f'"{text}"')
    return value


def _character(escape: re.Match[str]) -> str:
    point = int(escape[1], 16)
    if not 0x10000 <= point <= 0x10FFFF:
        raise Unexpected(escape[0])
    return chr(point)


def _binary(raw: str) -> bytes:
    found = BINARY.fullmatch(raw)
    if found is None:
        raise Unexpected(raw)
    try:
        return binascii.a2b_base64(found[1].encode("ascii"))
    except ValueError as error:
        raise Unexpected(raw) from error


def _typed(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    raise Unexpected(text)
