"""What a body is wrapped in: compression and character encodings, undone and done again."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable
from functools import lru_cache

_INFLATED_LIMIT = 256 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# These are searched as bytes.
_PLAIN = frozenset({"", "utf-8", "ascii", "iso8859-1", "utf-8-sig", "cp1252"})
_OPAQUE = ("image/", "video/", "audio/", "font/")


class Unreadable(ValueError):
    """A body that may hold secrets and cannot be looked into."""


def rewritten(
    content_type: str, encoding: str, body: bytes, rewrite: Callable[[bytes], bytes]
) -> bytes:
    """The body with its content rewritten as plain bytes, and wrapped again as it was.

    Parameters
    ----------
    content_type, encoding : str
        The headers Content-Type and Content-Encoding in lower case; empty when there are none.
    rewrite : callable
        Gets bytes in an encoding that holds ASCII; gives the same object for "nothing to do".

    Raises
    ------
    Unreadable
        When the body cannot be unwrapped.
    """
    if encoding and encoding != "identity":
        return _decompressed(content_type, encoding, body, rewrite)
    codec = ""
    if "charset=" in content_type:
        codec = charset(content_type)
    if codec in _PLAIN and b"\0" not in body[:64]:
        return rewrite(body)
    codec = _codec(body, codec)
    if codec in _PLAIN:
        return rewrite(body)
    try:
        plain = body.decode(codec).encode()
    except UnicodeError:
        if codec.startswith("utf"):
            raise Unreadable(f"a body that is not the {codec} it says") from None
        return rewrite(body)
    new = rewrite(plain)
    return body if new == plain else new.decode().encode(codec)


@lru_cache(maxsize=256)
def charset(content_type: str) -> str:
    """The normalised name of the charset that a Content-Type gives; empty for none or unknown."""
    name = content_type.partition("charset=")[2].split(";", 1)[0].strip(" \"'")
    try:
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return ""


def decoded(body: bytes) -> tuple[str, str]:
    """The body as text, and the codec to go back: latin-1 keeps any byte."""
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"


def _codec(body: bytes, declared: str) -> str:
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return codec
    if declared.startswith(("utf-16", "utf-32")) and b"\0" not in body[:64]:
        return ""  # says so, and is not: markup and JSON have zeros there
    if declared not in _PLAIN:
        # With the mark gone (above), the plain name means the machine's order: say which.
        return {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(declared, declared)
    for codec, zero in (("utf-16-le", body[1:2]), ("utf-16-be", body[:1])):
        if zero == b"\0" and len(body) % 2 == 0:
            try:
                body.decode(codec)
            except UnicodeDecodeError:
                continue
            return codec
    return ""


def _decompressed(
    content_type: str, encoding: str, body: bytes, rewrite: Callable[[bytes], bytes]
) -> bytes:
    """Some recorders keep such a body as it was sent, and some keep it decoded."""
    for mark, window, compress in (
        (b"\x1f\x8b", 31, lambda plain: gzip.compress(plain, mtime=0)),
        (b"\x78", 15, zlib.compress),
    ):
        if body.startswith(mark) and (window == 31 or "deflate" in encoding):
            plain = inflated(body, window)
            new = rewritten(content_type, "", plain, rewrite)
            return body if new == plain else compress(new)
    try:
        body.decode(charset(content_type) or "utf-8")
    except UnicodeDecodeError:
        if content_type.startswith(_OPAQUE):
            return body
        raise Unreadable(f"a body with Content-Encoding {encoding}") from None
    return rewritten(content_type, "", body, rewrite)


def inflated(body: bytes, window: int) -> bytes:
    """A gzip (window 31) or zlib (15) body, at most 256 MiB of it."""
    inflate = zlib.decompressobj(window)
    try:
        plain = inflate.decompress(body, _INFLATED_LIMIT)
    except zlib.error as error:
        raise Unreadable(f"a compressed body: {error}") from None
    if inflate.unconsumed_tail:
        raise Unreadable("a compressed body of more than 256 MiB")
    return plain
