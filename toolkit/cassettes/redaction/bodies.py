"""Secrets in bodies: finds out what a body is, and has the right scanners go over it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote_plus, unquote_plus

from toolkit.cassettes.redaction.csvfields import swap_csv
from toolkit.cassettes.redaction.encodings import decoded, rewritten
from toolkit.cassettes.redaction.firstlook import first_look, is_form
from toolkit.cassettes.redaction.jsonfields import swap_json
from toolkit.cassettes.redaction.multipart import swap_multipart
from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.urls import Swap, swap_embedded, swap_pairs
from toolkit.cassettes.redaction.xmlfields import XmlFields

KNOWN_SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("jwt", ".eyJ", re.compile(r"\beyJ[\w\-]{8,}\.eyJ[\w\-]{8,}\.[\w\-]*")),
    (
        "private_key",
        "PRIVATE KEY-----",
        re.compile(r"(?<=PRIVATE KEY-----)[^\-]+?(?=-----END|-*\Z)"),
    ),
)
"""Kind, what must be there for it, and the pattern of secrets known by their shape alone."""

Document = Callable[[str, str, Swap], str]
_DEPTH = 3


class Bodies:
    """Swaps the secrets of bodies.

    Parameters
    ----------
    names : Names
        Which names hold a secret.
    patterns : sequence of compiled patterns
        A user's own; the group named ``secret``, or the first group, or the whole match is hidden.
    documents : sequence of callables
        ``document(text, content_type, swap) -> text``: a user's JSONPath and XPath rules.
    """

    def __init__(
        self,
        names: Names,
        patterns: tuple[re.Pattern[str], ...] = (),
        documents: tuple[Document, ...] = (),
    ) -> None:
        self._names = names
        self._xml = XmlFields(names)
        self._look = first_look(names)
        self._patterns = patterns
        self._documents = documents

    def apply(
        self, content_type: str, encoding: str, body: bytes, swap: Swap, naming: bool = True
    ) -> bytes:
        """The body with its secrets swapped: the same object when there is none.

        Parameters
        ----------
        content_type, encoding : str
            The headers Content-Type and Content-Encoding; empty when there are none.
        naming : bool
            Whether ``name="password"`` makes a secret of an XML element's content. A service
            whose rules have spoken knows better: it may name a prompt so.

        Raises
        ------
        ValueError
            When the body cannot be looked into, or a user's rule cannot read it.
        """
        if len(body) < 2:
            return body
        lower = content_type.lower()
        return rewritten(
            lower,
            encoding,
            body,
            lambda plain: self._plain(content_type, lower, plain, swap, naming),
        )

    def _plain(self, content_type: str, lower: str, body: bytes, swap: Swap, naming: bool) -> bytes:
        if lower.startswith("multipart/") or body[:2] == b"--":
            parts = swap_multipart(
                content_type, body, self._names, swap, lambda t, b: self.apply(t, "", b, swap)
            )
            if parts is not None:
                return parts
        if not self._patterns and not self._documents and self._look.clear(lower, body):
            return body
        text, codec = decoded(body)
        new = self.text(text, lower, swap, naming=naming)
        return body if new == text else new.encode(codec)

    def text(
        self,
        text: str,
        content_type: str,
        swap: Swap,
        depth: int = _DEPTH,
        *,
        naming: bool = True,
    ) -> str:
        """A text, of whatever kind it is, with its secrets swapped."""
        for rule in self._documents:
            text = rule(text, content_type, swap)
        text = self.shapes(text, swap)
        if depth == 0:
            return text
        if "csv" in content_type:
            return swap_csv(text, self._names, swap)

        def nested(inner: str) -> str:
            return self.text(inner, "", swap, depth - 1)

        def parameter(_: str, raw: str) -> str:
            plain = unquote_plus(raw)
            if plain[:1] not in ("{", "[", "<"):
                return raw
            new = nested(plain)
            return raw if new == plain else quote_plus(new)

        if '"' in text:
            markup = text.lstrip("\ufeff \t\r\n").startswith("<")
            text = swap_json(text, self._names, swap, None if markup else nested)
        if "<" in text:
            text = self._xml.swap(text, swap, naming)
        if "=" in text and is_form(content_type, text):
            return swap_pairs(text, self._names, swap, parameter)
        return swap_embedded(text, self._names, swap)

    def shapes(self, text: str, swap: Swap) -> str:
        """The text with what is known by its shape, or by a user's patterns, swapped."""
        for kind, sign, pattern in KNOWN_SHAPES:
            if sign in text:
                text = pattern.sub(lambda m, kind=kind: swap(kind, m[0]), text)  # type: ignore[misc]
        for pattern in self._patterns:
            text = pattern.sub(lambda m: _match(m, swap), text)
        return text


def _match(match: re.Match[str], swap: Swap) -> str:
    group: str | int = "secret" if "secret" in match.re.groupindex else min(1, match.re.groups)
    secret = match[group]
    if not secret:
        return match[0]
    start, end = (at - match.start() for at in match.span(group))
    return match[0][:start] + swap("pattern", secret) + match[0][end:]
