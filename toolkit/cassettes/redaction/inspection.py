"""The places where an interaction still holds a secret: redaction run without replacing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pybase64

from toolkit.cassettes.interaction import Headers, Interaction
from toolkit.cassettes.redaction.encodings import Unreadable, decoded, rewritten
from toolkit.cassettes.redaction.headers import described
from toolkit.cassettes.redaction.placeholders import PATTERN, is_blanked
from toolkit.cassettes.redaction.urls import Swap, swap_embedded, swap_url

if TYPE_CHECKING:
    from toolkit.cassettes.redaction.redactor import Redactor

SHAPES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("jwt", "eyJ", re.compile(r"\beyJ[\w\-]{8,}\.eyJ[\w\-]{8,}\.[\w\-]+")),
    ("private key", "PRIVATE KEY-----", re.compile(r"(?<=PRIVATE KEY-----)[^\-]{16,}")),
    ("basic", "asic ", re.compile(r"\b[Bb]asic ([A-Za-z0-9+/]{8,}={0,2})")),
    ("bearer", "earer ", re.compile(r"\b[Bb]earer ([\w\-.~+/]{16,}=*)")),
    ("access key", "A", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("token", "gh", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}\b|\bgithub_pat_\w{30,}\b")),
    ("token", "xox", re.compile(r"\bxox[abeprs]-[A-Za-z0-9\-]{10,}")),
    ("token", "glpat-", re.compile(r"\bglpat-[\w\-]{20,}")),
    ("api key", "AIza", re.compile(r"\bAIza[\w\-]{35}\b")),
    ("api key", "sk", re.compile(r"\bsk[_\-](?:live_|test_|proj-)?[A-Za-z0-9]{20,}\b")),
)
"""Kind, a text that must be there for it, and the pattern of secrets known by their shape."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9_\-]{16,}={0,2}")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_LARGEST = 16 * 1024 * 1024


@dataclass(slots=True)
class Found:
    """One secret: where it stands, what kind it is, and the secret itself (never shown)."""

    place: str
    kind: str
    secret: str = field(repr=False)


class Inspection:
    """Collects the secrets of one interaction, each once for a place.

    Parameters
    ----------
    redactor : Redactor
        Its names, patterns and rules are used; it learns nothing.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._found: list[Found] = []
        self._seen: set[tuple[str, str]] = set()

    def secrets(self, interaction: Interaction) -> Iterator[Found]:
        """Everything in the interaction that looks like a secret and is not blanked."""
        self._found, self._seen = [], set()
        request, response = interaction.request, interaction.response
        names = self._redactor.names
        self._try("url", lambda swap: swap_url(request.url, names, swap))
        self._text("url", request.url)
        self._message("request", request.headers, request.body)
        if response is not None:
            self._message("response", response.headers, response.body)
        if interaction.failure is not None:
            message = interaction.failure.message
            self._try("failure", lambda swap: swap_embedded(message, names, swap))
            self._text("failure", message)
        rules = self._redactor.rules_for(request)
        if rules is not None:
            self._try("request body", lambda swap: rules.redact_request(request, swap))
            if response is not None:
                self._try(
                    "response body", lambda swap: rules.redact_response(request, response, swap)
                )
        yield from self._found

    def _message(self, side: str, headers: Headers, body: bytes) -> None:
        for name, value in headers:
            place = f"{side} header {name}"
            self._try(place, partial(self._redactor.headers.apply, [(name, value)]))
            self._text(place, value)
        if not body:
            return
        place = f"{side} body"
        content_type, encoding = described(headers)
        bodies = self._redactor.bodies
        self._try(place, lambda swap: bodies.apply(content_type, encoding, body, swap))

        def look(plain: bytes) -> bytes:
            self._text(place, decoded(plain)[0])
            self._inside_base64(place, plain, 2)
            return plain

        self._try(place, lambda _: rewritten(content_type.lower(), encoding, body, look))

    def _inside_base64(self, place: str, data: bytes, depth: int) -> None:
        place = f"{place}, in base64"
        for run in _BASE64.findall(data[:_LARGEST]):
            body = run.rstrip(b"=").translate(_TO_STANDARD)
            if len(body) % 4 == 1:
                continue
            inner = pybase64.b64decode(body + b"=" * (-len(body) % 4))
            try:
                text = inner.decode()
            except UnicodeDecodeError:
                continue
            if not text.isprintable() and any(sign < " " and sign not in "\t\r\n" for sign in text):
                continue
            self._try(place, partial(self._redactor.bodies.text, text, ""))
            self._text(place, text)
            if depth > 1:
                self._inside_base64(place, inner, depth - 1)

    def _text(self, place: str, text: str) -> None:
        for kind, secret in shapes_in(text):
            self._add(place, kind, secret)

    def _try(self, place: str, look: Callable[[Swap], object]) -> None:
        def note(kind: str, secret: str) -> str:
            self._add(place, kind, secret)
            return secret

        try:
            look(note)
        except Exception as error:  # noqa: BLE001 - what cannot be read cannot be called clean
            # Other exceptions may quote what they could not read.
            ours = isinstance(error, Unreadable)
            self._add(place, "unreadable", str(error) if ours else type(error).__name__)

    def _add(self, place: str, kind: str, secret: str) -> None:
        if not secret or is_blanked(secret) or PATTERN.search(secret):
            return
        # A place's scanners overlap: the same secret once, in its first and most exact form.
        key = (place.removesuffix(", in base64"), secret)
        if key not in self._seen:
            self._seen.add(key)
            self._found.append(Found(place, kind.replace("_", " "), secret))


def shapes_in(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each secret that is known by its shape alone."""
    for kind, sign, pattern in SHAPES:
        if sign not in text:
            continue
        for match in pattern.finditer(text):
            secret = match[match.re.groups and 1]
            if kind == "basic" and b":" not in _decoded(secret):
                continue
            if not is_blanked(secret) and not PATTERN.search(secret):
                yield kind, secret


def _decoded(text: str) -> bytes:
    body = text.rstrip("=")
    return bytes(pybase64.b64decode(body + "=" * (-len(body) % 4))) if len(body) % 4 != 1 else b""
