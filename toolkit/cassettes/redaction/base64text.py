"""What stands inside base64 rewritten in its place, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pybase64

from toolkit.cassettes.redaction.placeholders import BASE64_MARK, MASK_BYTES, PATTERN_BYTES

_TO_URLSAFE = bytes.maketrans(b"+/", b"-_")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_RUNS = (re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}"), re.compile(rb"[A-Za-z0-9_\-]{8,}={0,2}"))
_WRAPPED = re.compile(
    rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{8,}+(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/=]{1,})+"
)
_BLANK = re.compile(rb"[ \t]*\r?\n[ \t]*")

Rewrite = Callable[[bytes], bytes]


def mask_placeholders(data: bytes) -> bytes:
    """The data with every placeholder replaced by the mask, inside base64 too."""
    if MASK_BYTES in data:
        data = PATTERN_BYTES.sub(MASK_BYTES, data)
    if BASE64_MARK in data:
        data = rewrite_base64(data, (BASE64_MARK,), mask_placeholders, pad=False)
    if b"\n" in data and BASE64_MARK in data.translate(None, b" \t\r\n"):
        data = rewrite_wrapped(data, mask_placeholders, pad=False)
    return data


def rewrite_base64(
    data: bytes, needles: tuple[bytes, ...], rewrite: Rewrite, pad: bool = True
) -> bytes:
    """The data with what stands inside base64 rewritten, in the runs that hold a needle.

    Parameters
    ----------
    pad : bool
        False never ends a rewritten run in ``=``: in a matching key, whether the original was
        padded must not matter, because one of a fitting length does not tell.
    """

    def one(match: re.Match[bytes]) -> bytes:
        run = match[0]
        return _run(run, rewrite, pad) if any(needle in run for needle in needles) else run

    for pattern in _RUNS:
        data = pattern.sub(one, data)
    return data


def rewrite_wrapped(data: bytes, rewrite: Rewrite, pad: bool = True) -> bytes:
    """The same for base64 that is broken into lines; the lines' first width is kept."""

    def one(match: re.Match[bytes]) -> bytes:
        first = _BLANK.search(match[0])
        joined = _BLANK.sub(b"", match[0])
        new = rewrite(joined)
        if new == joined:
            new = _run(joined, rewrite, pad)
        if new == joined or first is None:
            return match[0]
        width = first.start()
        return first[0].join(new[at : at + width] for at in range(0, len(new), width))

    return _WRAPPED.sub(one, data)


def _run(run: bytes, rewrite: Rewrite, pad: bool) -> bytes:
    body = run.rstrip(b"=")
    urlsafe = b"-" in body or b"_" in body
    # One of a fitting length does not tell: a strict reader then wants the standard's padding.
    padded = pad and (len(body) != len(run) or (len(body) % 4 == 0 and not urlsafe))
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
