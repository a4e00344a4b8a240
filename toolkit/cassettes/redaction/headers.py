"""Secrets in header values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from toolkit.cassettes.interaction import Headers
from toolkit.cassettes.redaction.closed import BODY_DIGESTS, SAFE
from toolkit.cassettes.redaction.names import Names, fold
from toolkit.cassettes.redaction.urls import Swap, swap_embedded, swap_pairs, swap_url

SCHEMES = frozenset(
    {"apikey", "aws4-hmac-sha256", "aws4-ecdsa-p256-sha256", "basic", "bearer", "concealed"}
    | {"digest", "dpop", "gnap", "hawk", "hoba", "jwt", "key", "mutual", "negotiate", "ntlm"}
    | {"oauth", "privatetoken", "scram-sha-1", "scram-sha-256", "signature", "token", "vapid"}
)
"""Scheme words that are kept; any other first word of a credential may be the secret itself."""

_NOT_SECRET = frozenset({"sec-websocket-key", "idempotency-key", "surrogate-key", "cache-key"})
_URLS = frozenset({"location", "content-location", "referer", "link", "refresh", "destination"})
_PARAMETER = re.compile(r"([A-Za-z][\w\-*]*)(\s*=\s*)(\"(?:[^\"\\]|\\.)*\"|[^\s,\"]+)")
_FOLDED_COOKIE = re.compile(r"(,\s*[\w!#$%&'*+.^`|~\-]+=)([^;,]+)")
_DIGEST_KEPT = frozenset(
    {"username", "realm", "uri", "algorithm", "qop", "nc", "charset", "userhash", "username*"}
)
_KEPT = 2048

Handler = Callable[[str, Swap], str]


class HeaderFields:
    """Swaps the secrets of a list of headers; what to do is looked up once for each name.

    Parameters
    ----------
    names : Names
        Which names hold a secret.
    extra : iterable of str
        Further header names, compared without case.
    """

    def __init__(self, names: Names, extra: Iterable[str] = ()) -> None:
        self._names = names
        self._extra = frozenset(name.lower() for name in extra)
        self._handlers: dict[str, Handler | None] = {}

    def apply(self, headers: Headers, swap: Swap) -> Headers:
        """The headers with secrets swapped: the same list when there is none."""
        changed: Headers | None = None
        handlers = self._handlers
        for index, (name, value) in enumerate(headers):
            try:
                handler = handlers[name]
            except KeyError:
                handler = self._handler(name)
            if handler is None or not value:
                continue
            new = handler(value, swap)
            if new != value:
                if changed is None:
                    changed = list(headers)
                changed[index] = (name, new)
        return headers if changed is None else changed

    def _handler(self, name: str) -> Handler | None:
        handler = self._choose(name.lower())
        if len(self._handlers) >= _KEPT:
            self._handlers.clear()
        self._handlers[name] = handler
        return handler

    def _choose(self, name: str) -> Handler | None:
        if name in self._extra:
            return lambda value, swap: swap("header", value)
        if name in _TABLE:
            return _TABLE[name]
        if name in _NOT_SECRET or name in SAFE or name in BODY_DIGESTS:
            return None
        if name in _URLS:
            return self._url
        kind = self._names.kind(name)
        if kind is not None:
            return lambda value, swap: _scheme_kept(value, swap, kind)
        return self._text if fold(name) not in _PLAIN else None

    def _url(self, value: str, swap: Swap) -> str:
        if "<" in value or "," in value or " " in value:
            return swap_embedded(value, self._names, swap)
        return swap_url(value, self._names, swap)

    def _text(self, value: str, swap: Swap) -> str:
        if "=" not in value and "@" not in value:
            return value
        if "://" in value or "?" in value:
            return swap_embedded(value, self._names, swap)
        if "&" in value and " " not in value:
            return swap_pairs(value, self._names, swap)
        return value


_PLAIN = frozenset({"contentsecuritypolicy", "useragent", "etag", "ifnonematch"})


def described(headers: Headers) -> tuple[str, str]:
    """Content-Type, and Content-Encoding in lower case."""
    content_type = encoding = ""
    for name, value in headers:
        length = len(name)
        if length == 12 and not content_type and name.lower() == "content-type":
            content_type = value
        elif length == 16 and name.lower() == "content-encoding":
            encoding = value.lower()
    return content_type, encoding


def _credential(value: str, swap: Swap) -> str:
    scheme, mark, rest = value.partition(" ")
    word = scheme.lower()
    if not mark or word not in SCHEMES:
        return swap("credential", value)
    if word == "digest":
        return f"{scheme} {_parameters(rest, swap)}"
    return f"{scheme} {swap(word, rest.strip())}"


def _scheme_kept(value: str, swap: Swap, kind: str) -> str:
    scheme, mark, _ = value.partition(" ")
    if mark and scheme.lower() in SCHEMES:
        return _credential(value, swap)
    return swap(kind, value)


def _parameters(text: str, swap: Swap) -> str:
    """Digest's parameters, with all swapped that is not known to be public."""
    left = _PARAMETER.sub("", text).strip(" ,\t")
    if left:
        return swap("digest", text)

    def one(match: re.Match[str]) -> str:
        if match[1].lower() in _DIGEST_KEPT and "?" not in match[3]:
            return match[0]
        quoted = match[3].startswith('"')
        value = match[3][1:-1] if quoted else match[3]
        new = swap("digest", value)
        return f"{match[1]}{match[2]}" + (f'"{new}"' if quoted else new)

    return _PARAMETER.sub(one, text)


def _challenge(value: str, swap: Swap) -> str:
    """A reply's challenge: only the blobs of Negotiate and NTLM and proofs of Digest are secret."""
    scheme, mark, rest = value.partition(" ")
    if mark and scheme.lower() in ("negotiate", "ntlm"):
        return f"{scheme} {swap(scheme, rest.strip())}"
    return value


def _proof(value: str, swap: Swap) -> str:
    return re.sub(
        r"((?:rspauth|cnonce|nextnonce)\s*=\s*\"?)([^\",\s]+)",
        lambda m: m[1] + swap("digest", m[2]),
        value,
        flags=re.IGNORECASE,
    )


def _cookies(value: str, swap: Swap) -> str:
    return ";".join([_cookie(piece, swap) for piece in value.split(";")])


def _set_cookie(value: str, swap: Swap) -> str:
    first, mark, attributes = value.partition(";")
    if "," in attributes:
        # Several cookies folded into one line, as some recorders keep them.
        attributes = _FOLDED_COOKIE.sub(lambda m: m[1] + swap("cookie", m[2]), attributes)
    return _cookie(first, swap) + mark + attributes


def _cookie(piece: str, swap: Swap) -> str:
    name, mark, value = piece.partition("=")
    value = value.rstrip()
    if not mark:
        blank = piece[: len(piece) - len(piece.lstrip())]
        return blank + swap("cookie", piece.strip()) if piece.strip() else piece
    if len(value) > 1 and value[0] == value[-1] == '"':
        return f'{name}="{swap("cookie", value[1:-1])}"'
    lead = value[: len(value) - len(value.lstrip())]
    return f"{name}={lead}{swap('cookie', value.lstrip())}"


_TABLE: dict[str, Handler] = {
    "authorization": _credential,
    "proxy-authorization": _credential,
    "x-authorization": _credential,
    "x-forwarded-authorization": _credential,
    "cookie": _cookies,
    "cookie2": _cookies,
    "set-cookie": _set_cookie,
    "set-cookie2": _set_cookie,
    "www-authenticate": _challenge,
    "proxy-authenticate": _challenge,
    "authentication-info": _proof,
    "proxy-authentication-info": _proof,
}
