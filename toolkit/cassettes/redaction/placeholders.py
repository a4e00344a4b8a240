"""What stands where a secret was: a keyed, stable placeholder, and the mask of matching keys.

A placeholder reads ``XXXXXXXX-session-5f0c2a91b7c4d2e1``: letters, digits, ``-`` and ``_`` only,
so that it needs no escaping in a header, a URL, JSON, XML, a form or a cookie. The hex part is a
keyed digest; its key is random for each recording and never stored, so that nobody can try short
secrets against it. The run of one letter is on purpose: its base64 is the same at every
alignment, so one search finds a placeholder inside any base64 text.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading

MASK = "XXXXXXXX"
"""The constant that stands for any secret in a matching key."""

MASK_BYTES = MASK.encode()
BASE64_MARK = b"WFhYWFhY"
"""Part of the base64 of every placeholder and of the mask, at any alignment."""

# The run is written out: a pattern that starts with a literal is found by a plain search.
PATTERN = re.compile(r"XXXXXXXX-[a-z0-9_]{1,24}-[0-9a-f]{16}")
PATTERN_BYTES = re.compile(PATTERN.pattern.encode())

_NOT_IN_KIND = re.compile(r"[^a-z0-9_]+")
_BLANKED = re.compile(r"[*xX•.\-]+|<?redacted>?|\[?(?:redacted|filtered|masked)\]?", re.IGNORECASE)
_KINDS_KEPT = 4096


def is_placeholder(text: str) -> bool:
    """Whether the text is nothing but a placeholder, or the mask."""
    return text == MASK or PATTERN.fullmatch(text) is not None


def is_blanked(text: str) -> bool:
    """Whether somebody blanked the text already (``***``, ``REDACTED``, a placeholder).

    Examples
    --------
    >>> is_blanked("****"), is_blanked("[FILTERED]"), is_blanked("hunter2")
    (True, True, False)
    """
    return is_placeholder(text) or _BLANKED.fullmatch(text) is not None


class Placeholders:
    """The placeholders of one recording.

    Parameters
    ----------
    key : bytes, optional
        Key of the digest; random when not given. Whoever gives one, to have the same
        placeholders in several recordings, keeps it as secret as what it hides.

    Examples
    --------
    >>> placeholders = Placeholders(key=b"only for this example")
    >>> placeholders.hide("session", "abc") == placeholders.hide("token", "abc")
    True
    """

    def __init__(self, key: bytes | None = None) -> None:
        # blake2b takes keys of up to 64 bytes; hashing first serves any length.
        self._key = hashlib.sha256(key).digest() if key is not None else secrets.token_bytes(32)
        self._kinds: dict[str, str] = {}
        self._lock = threading.Lock()

    def hide(self, kind: str, secret: str) -> str:
        """The placeholder of a secret; the same secret has one, whatever kind it is seen as."""
        if not secret or is_placeholder(secret):
            return secret
        raw = secret.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(raw, key=self._key, digest_size=8).hexdigest()
        known = self._kinds.get(digest)
        if known is None:
            known = _NOT_IN_KIND.sub("_", kind.lower()).strip("_")[:24] or "secret"
            with self._lock:
                known = self._kinds.setdefault(digest, known)
                if len(self._kinds) > _KINDS_KEPT:
                    del self._kinds[next(iter(self._kinds))]
        return f"{MASK}-{known}-{digest}"

    def __repr__(self) -> str:
        return f"<Placeholders kinds={len(self._kinds)}>"


def mask(kind: str, secret: str) -> str:  # noqa: ARG001 - has the shape of ``hide``
    """The constant, for any secret that is not empty."""
    return MASK if secret else secret
