"""Secrets learned from logins, found again wherever they turn up and however they are encoded."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pybase64

from toolkit.cassettes.redaction.names import looks_random
from toolkit.cassettes.redaction.placeholders import (
    BASE64_MARK,
    MASK_BYTES,
    PATTERN_BYTES,
)
from toolkit.cassettes.redaction.urls import Swap

_TO_URLSAFE = bytes.maketrans(b"+/", b"-_")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_RUNS = (re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}"), re.compile(rb"[A-Za-z0-9_\-]{8,}={0,2}"))
_WRAPPED = re.compile(rb"[A-Za-z0-9+/]{8,}(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/=]{1,})+")
_BLANK = re.compile(rb"[ \t]*\r?\n[ \t]*")
_ID_KINDS = frozenset({"session", "token", "cookie", "bearer", "jwt"})
_DEPTH = 3

Rewrite = Callable[[bytes], bytes]


def worth_learning(kind: str, secret: str) -> bool:
    """Whether a secret is long and odd enough to be looked for in other places.

    An id of a session or a token is, from 8 characters on, if it holds a digit; anything else
    only when it looks random: a password that is a word would tear holes into other texts.

    Examples
    --------
    >>> worth_learning("session", "s-12345678"), worth_learning("password", "configuration")
    (True, False)
    """
    if not 8 <= len(secret) <= 8192 or any(sign.isspace() for sign in secret):
        return False
    if kind in _ID_KINDS and (len(secret) >= 20 or any(sign.isdigit() for sign in secret)):
        return True
    return looks_random(secret)


class Learned:
    """The secrets seen so far, in bounded memory (the oldest is forgotten first).

    Parameters
    ----------
    limit : int
        How many secrets are kept.
    """

    def __init__(self, limit: int = 256) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._forms: OrderedDict[str, tuple[str, tuple[bytes, ...], tuple[bytes, ...]]] = (
            OrderedDict()
        )
        self._needles: tuple[bytes, ...] = ()
        self._words: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self._forms)

    def add(self, kind: str, secret: str) -> None:
        """Keep a secret that is worth it."""
        if secret in self._forms or not worth_learning(kind, secret):
            return
        forms = (kind, _plain_forms(secret), _base64_cores(secret))
        with self._lock:
            self._forms[secret] = forms
            if len(self._forms) > self._limit:
                self._forms.popitem(last=False)
            self._needles = tuple(
                dict.fromkeys(
                    needle
                    for _, plain, cores in self._forms.values()
                    for needle in (*plain, *cores)
                )
            )
            self._words = (
                _four_byte_words(self._needles) if len(self._needles) > 24 else frozenset()
            )

    def present(self, data: bytes) -> bool:
        """Whether a learned secret may stand in the data, plain or encoded."""
        needles = self._needles
        if not needles or len(data) < 8:
            return False
        if self._words:
            # Each needle is 8 bytes or more, so one aligned word of 4 lies inside it wherever it
            # stands: one pass, however many secrets there are.
            view = memoryview(data)[: len(data) & ~3].cast("I")
            if self._words.isdisjoint(view):
                return False
        return any(needle in data for needle in needles)

    def swap(self, data: bytes, swap: Swap) -> bytes:
        """The data with every learned secret swapped, in whichever encoding it stands."""
        if self.present(data):
            data = self._swap(data, swap, _DEPTH)
        if b"\n" in data and self._needles:
            data = self._swap_wrapped(data, swap)
        return data

    def _swap(self, data: bytes, swap: Swap, depth: int) -> bytes:
        for secret, (kind, plain, cores) in sorted(
            self._forms.items(), key=lambda item: -len(item[0])
        ):
            for form in plain:
                if form in data:
                    data = data.replace(form, swap(kind, secret).encode())
            if depth and any(core in data for core in cores):
                data = rewrite_base64(data, cores, lambda inner: self._swap(inner, swap, depth - 1))
                for core in cores:
                    if core in data:  # not readable as base64: better a hole than a secret
                        data = data.replace(core, swap(kind, secret).encode())
        return data

    def _swap_wrapped(self, data: bytes, swap: Swap) -> bytes:
        flat = data.translate(None, b" \t\r\n")
        if not self.present(flat):
            return data
        return rewrite_wrapped(data, lambda inner: self._swap(inner, swap, _DEPTH))


def mask_placeholders(data: bytes) -> bytes:
    """The data with every placeholder replaced by the mask, inside base64 too."""
    if MASK_BYTES in data:
        data = PATTERN_BYTES.sub(MASK_BYTES, data)
    if BASE64_MARK in data:
        data = rewrite_base64(data, (BASE64_MARK,), mask_placeholders)
    if b"\n" in data and BASE64_MARK in data.translate(None, b" \t\r\n"):
        data = rewrite_wrapped(data, mask_placeholders)
    return data


def rewrite_base64(data: bytes, needles: tuple[bytes, ...], rewrite: Rewrite) -> bytes:
    """The data with what stands inside base64 rewritten, in the runs that hold a needle."""
    for pattern in _RUNS:
        data = pattern.sub(
            lambda m: _run(m[0], rewrite) if any(n in m[0] for n in needles) else m[0], data
        )
    return data


def rewrite_wrapped(data: bytes, rewrite: Rewrite) -> bytes:
    """The same for base64 that is broken into lines; the lines' first width is kept."""

    def one(match: re.Match[bytes]) -> bytes:
        first = _BLANK.search(match[0])
        joined = _BLANK.sub(b"", match[0])
        new = rewrite(joined)
        if new == joined:
            new = _run(joined, rewrite)
        if new == joined or first is None:
            return match[0]
        width = first.start()
        return first[0].join(new[at : at + width] for at in range(0, len(new), width))

    return _WRAPPED.sub(one, data)


def _run(run: bytes, rewrite: Rewrite) -> bytes:
    body = run.rstrip(b"=")
    padded = len(body) != len(run)
    urlsafe = b"-" in body or b"_" in body
    standard = body.translate(_TO_STANDARD) if urlsafe else body
    for phase in range(4):
        text = standard[phase:]
        spare = 1 if len(text) % 4 == 1 else 0
        if spare:
            text = text[:-1]
        decoded = pybase64.b64decode(text + b"=" * (-len(text) % 4))
        new = rewrite(decoded)
        if new == decoded:
            continue
        encoded = bytes(pybase64.b64encode(new))
        if not padded:
            encoded = encoded.rstrip(b"=")
        if urlsafe:
            encoded = encoded.translate(_TO_URLSAFE)
        return body[:phase] + encoded + (body[-1:] if spare else b"")
    return run


def _plain_forms(secret: str) -> tuple[bytes, ...]:
    quoted = quote(secret, safe="")
    texts = [
        secret,
        quoted,
        re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), quoted),
        quote_plus(secret),
        quote(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
        escape(secret),
        escape(secret, {'"': "&quot;", "'": "&apos;"}),
    ]
    forms = [text.encode("utf-8", "surrogatepass") for text in dict.fromkeys(texts)]
    return tuple(sorted(forms, key=len, reverse=True))


def _base64_cores(secret: str) -> tuple[bytes, ...]:
    """What the base64 of any text that holds the secret contains, at each of three alignments."""
    raw = secret.encode("utf-8", "surrogatepass")
    cores: dict[bytes, None] = {}
    for lead, skipped in ((0, 0), (1, 2), (2, 3)):
        text = pybase64.b64encode(b"\0" * lead + raw)
        whole = (lead + len(raw)) * 8 // 6
        core = bytes(text[skipped:whole])
        cores[core] = None
        cores[core.translate(_TO_URLSAFE)] = None
    return tuple(core for core in cores if len(core) >= 8)


def _four_byte_words(needles: tuple[bytes, ...]) -> frozenset[int]:
    words: set[int] = set()
    for needle in needles:
        for at in range(len(needle) - 3):
            words.update(memoryview(needle[at : at + 4]).cast("I"))
    return frozenset(words)
