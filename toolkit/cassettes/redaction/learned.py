"""Secrets learned from logins, found again wherever they turn up and however they are encoded."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pybase64

from toolkit.cassettes.redaction.base64text import (
    mask_placeholders as mask_placeholders,
    rewrite_base64,
    rewrite_wrapped,
)
from toolkit.cassettes.redaction.names import looks_random
from toolkit.cassettes.redaction.placeholders import mask
from toolkit.cassettes.redaction.urls import Swap

_TO_URLSAFE = bytes.maketrans(b"+/", b"-_")
_ID_KINDS = frozenset({"session", "token", "cookie", "bearer", "jwt"})
_WHOLE = frozenset({"body", "query", "header"})
_DEPTH = 3
_FEW = 3
_LONG = 15  # from here on, eight aligned bytes lie inside wherever it stands
_Code = Literal["Q", "I"]
_WIDTHS: dict[_Code, int] = {"Q": 8, "I": 4}


def worth_learning(kind: str, secret: str) -> bool:
    """Whether a secret is long and odd enough to be looked for in other places.

    An id of a session or a token is, from 8 characters on, if it holds a digit; anything else
    only when it looks random: a password that is a word would tear holes into other texts.

    Examples
    --------
    >>> worth_learning("session", "s-12345678"), worth_learning("password", "configuration")
    (True, False)
    """
    if kind in _WHOLE or not 8 <= len(secret) <= 8192:
        return False
    if any(sign.isspace() or "\ud800" <= sign <= "\udfff" for sign in secret):
        return False
    if kind in _ID_KINDS and (len(secret) >= 20 or any(sign.isdigit() for sign in secret)):
        return True
    return looks_random(secret)


@dataclass(frozen=True, slots=True)
class _Forms:
    """How one secret may stand in a text: as it is or escaped, and inside base64."""

    kind: str
    plain: tuple[bytes, ...]
    cores: tuple[bytes, ...]

    @property
    def needles(self) -> tuple[bytes, ...]:
        return self.plain + self.cores

    def words(self, code: _Code) -> set[int]:
        """Every eight bytes in a row of the long needles, or four of the short, as numbers."""
        width = _WIDTHS[code]
        return {
            word
            for needle in self.needles
            if (len(needle) >= _LONG) == (code == "Q")
            for at in range(len(needle) - width + 1)
            for word in memoryview(needle[at : at + width]).cast(code)
        }


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
        self._forms: OrderedDict[str, _Forms] = OrderedDict()
        self._needles: tuple[bytes, ...] | None = ()
        self._words: dict[_Code, Counter[int]] = {code: Counter() for code in _WIDTHS}

    def __len__(self) -> int:
        return len(self._forms)

    def add(self, kind: str, secret: str) -> None:
        """Keep a secret that is worth it."""
        if secret in self._forms or not worth_learning(kind, secret):
            return
        forms = _Forms(kind, _plain_forms(secret), _base64_cores(secret))
        with self._lock:
            if secret in self._forms:
                return
            self._forms[secret] = forms
            for code, words in self._words.items():
                words.update(forms.words(code))
            if len(self._forms) > self._limit:
                _, oldest = self._forms.popitem(last=False)
                for code, words in self._words.items():
                    words.subtract(oldest.words(code))
                    self._words[code] = +words
            self._needles = None

    def present(self, data: bytes) -> bool:
        """Whether a learned secret may stand in the data, plain or encoded."""
        if not self._forms or len(data) < 8:
            return False
        if len(self._forms) > _FEW:
            # Wherever a needle stands, an aligned word lies inside it: one pass over the words,
            # however many secrets there are.
            for code, width in _WIDTHS.items():
                view = memoryview(data)[: len(data) & -width].cast(code)
                if not self._words[code].keys().isdisjoint(view):
                    break
            else:
                return False
        needles = self._needles
        if needles is None:
            with self._lock:
                every = [needle for forms in self._forms.values() for needle in forms.needles]
            self._needles = needles = tuple(dict.fromkeys(every))
        return any(needle in data for needle in needles)

    def swap(self, data: bytes, swap: Swap) -> bytes:
        """The data with every learned secret swapped, in whichever encoding it stands."""
        if self.present(data):
            data = self._swap(data, swap, _DEPTH)
        if b"\n" in data and self._forms:
            data = self._swap_wrapped(data, swap)
        return data

    def _swap(self, data: bytes, swap: Swap, depth: int) -> bytes:
        with self._lock:
            known = sorted(self._forms.items(), key=lambda item: -len(item[0]))
        for secret, forms in known:
            for form in forms.plain:
                if form in data:
                    data = data.replace(form, swap(forms.kind, secret).encode())
            if depth and any(core in data for core in forms.cores):
                data = rewrite_base64(
                    data,
                    forms.cores,
                    lambda inner: self._swap(inner, swap, depth - 1),
                    swap is not mask,
                )
                for core in forms.cores:
                    if core in data:  # not readable as base64: better a hole than a secret
                        data = data.replace(core, swap(forms.kind, secret).encode())
        return data

    def _swap_wrapped(self, data: bytes, swap: Swap) -> bytes:
        flat = data.translate(None, b" \t\r\n")
        if not self.present(flat):
            return data
        return rewrite_wrapped(
            data, lambda inner: self._swap(inner, swap, _DEPTH), swap is not mask
        )


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
