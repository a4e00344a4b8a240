"""Secrets in URLs, query strings and forms, and in URLs that stand inside other texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from toolkit.cassettes.redaction.names import Names, looks_random
from toolkit.cassettes.redaction.placeholders import is_placeholder

Swap = Callable[[str, str], str]
"""``swap(kind, secret)`` gives what is to stand there (the secret itself: leave it)."""

_PARTS = re.compile(
    r"([A-Za-z][A-Za-z0-9+.\-]*:)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL
)
_EMBEDDED = re.compile(r"[?&#;]([\w.\-\[\]%]{2,80})=([^&#;\s\"'<>\\,]+)")
_ESCAPED_AND = re.compile(r"\\u0026([\w.\-\[\]%]{2,80})=([^&#;\s\"'<>\\,]+)")
# The same in a URL that is itself the value of a parameter.
_ESCAPED = re.compile(
    r"(?:%3[FfBb]|%26|%23)([\w.\-]{2,60})%3[Dd]((?:(?!%26|%23)[^&#;\s\"'<>\\,])+)"
)
_SEGMENT = re.compile(r"(/[\w\-]*(?:token|session)s?/)([^/;]+)", re.IGNORECASE)
_USERINFO = re.compile(r"(://)([^/\s\"'<>@?#\\]+)@")
# ``code`` is a result code nearly everywhere; with these beside it, it is OAuth's.
_OAUTH = frozenset({"state", "grant_type", "code_verifier", "redirect_uri", "session_state"})


def swap_url(url: str, names: Names, swap: Swap) -> str:
    """The URL with its userinfo, and its secret parameters in path, query and fragment, swapped."""
    lower = url.lower()
    in_path = "token" in lower or "session" in lower
    if not in_path and "?" not in url and "@" not in url and "#" not in url and ";" not in url:
        return url
    scheme, authority, path, query, fragment = _PARTS.fullmatch(url).groups(default="")  # type: ignore[union-attr]
    has_authority = "//" + authority if url[len(scheme) :].startswith("//") else ""
    if "@" in authority:
        info, _, host = authority.rpartition("@")
        has_authority = f"//{swap_userinfo(info, swap)}@{host}"
    if in_path:
        path = _SEGMENT.sub(lambda m: m[1] + _segment(m[2], swap), path)
    if ";" in path:
        path = "/".join(_matrix(part, names, swap) for part in path.split("/"))
    if query:
        query = "?" + swap_pairs(query[1:], names, swap)
    if fragment and "=" in fragment:
        head, mark, pairs = fragment[1:].rpartition("?")
        fragment = f"#{head}{mark}{swap_pairs(pairs, names, swap)}"
    return f"{scheme}{has_authority}{path}{query}{fragment}"


def swap_userinfo(info: str, swap: Swap) -> str:
    """``user:password`` with both swapped; a token may stand in either place."""
    user, mark, password = info.partition(":")
    return f"{_swapped('user', user, swap)}{mark}{_swapped('password', password, swap)}"


def swap_pairs(text: str, names: Names, swap: Swap, nested: Swap | None = None) -> str:
    """``name=value&name=value`` with the secret values swapped, every other byte unchanged.

    Parameters
    ----------
    nested : callable, optional
        ``nested(name, value)`` is asked for the values that no name gives away.
    """
    if "=" not in text:
        return text
    pieces = text.split("&")
    oauth = any(_name(piece) in _OAUTH for piece in pieces)
    return "&".join([_pair(piece, names, swap, oauth, nested) for piece in pieces])


def swap_embedded(text: str, names: Names, swap: Swap) -> str:
    """Any text, with the secrets of the URLs that stand in it swapped."""
    if "@" in text and "://" in text:
        text = _USERINFO.sub(lambda m: f"{m[1]}{swap_userinfo(m[2], swap)}@", text)
    if "=" not in text and "%3" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        kind = names.kind(unquote_plus(match[1]))
        if kind is None:
            return match[0]
        return match[0][: -len(match[2])] + _swapped(kind, match[2], swap)

    if "?" in text or "&" in text or "#" in text:
        text = _EMBEDDED.sub(one, text)
    if "\\u0026" in text:
        text = _ESCAPED_AND.sub(one, text)
    return _ESCAPED.sub(one, text) if "%3" in text else text


def _pair(piece: str, names: Names, swap: Swap, oauth: bool, nested: Swap | None) -> str:
    name, _, value = piece.partition("=")
    if not value:
        return piece
    name = unquote_plus(name)
    kind = names.kind(name) or ("secret" if oauth and name == "code" else None)
    if kind is not None:
        return piece[: -len(value)] + _swapped(kind, value, swap)
    if ";" in value:
        # ``a=1;token=x``: the value of a secret goes to the end, as it may hold the sign itself.
        head, sign, tail = value.partition(";")
        return f"{piece[: -len(value)]}{head}{sign}{_pair(tail, names, swap, oauth, nested)}"
    new = nested(name, value) if nested else value
    if "%3" in new or "://" in new:
        new = swap_embedded(new, names, swap)
    return piece[: -len(value)] + new


def _matrix(part: str, names: Names, swap: Swap) -> str:
    head, sign, tail = part.partition(";")
    return head + sign + _pair(tail, names, swap, False, None) if sign else part


def _segment(raw: str, swap: Swap) -> str:
    """What follows ``/token/``: the token itself, or a further word of the path."""
    plain = unquote_plus(raw)
    return _swapped("token", raw, swap) if looks_random(plain) or is_placeholder(plain) else raw


def _name(piece: str) -> str:
    return piece.partition("=")[0]


def _swapped(kind: str, raw: str, swap: Swap) -> str:
    if not raw:
        return raw
    plain = unquote_plus(raw) if "%" in raw or "+" in raw else raw
    new = swap(kind, plain)
    return raw if new == plain else new
