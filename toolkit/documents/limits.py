"""What a document may cost, and the sentences said when it costs more."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.outcomes import UnsafeDocument

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a document is read before it is refused.

    Attributes
    ----------
    depth : int
        Elements within elements.
    attributes : int
        Attributes of one element.
    name : int
        Characters of an element's or an attribute's name.
    fields : int
        Columns of the table.
    token : int
        Bytes of one tag, comment or processing instruction.
    record : int
        Bytes of one record. Nothing larger than this and one batch of rows is ever held.
    document : int or None
        Bytes of the whole document; None, no limit, is safe because it is read as a stream.
    """

    depth: int = 100
    attributes: int = 256
    name: int = 256
    fields: int = 1024
    token: int = 8 * MIB
    record: int = 64 * MIB
    document: int | None = None


LIMITS = Limits()


def size(count: int) -> str:
    """A number of bytes as people say it.

    Examples
    --------
    >>> size(16 * MIB), size(1536), size(12)
    ('16 MiB', '1.5 KiB', '12 bytes')
    """
    for unit, name in ((MIB, "MiB"), (KIB, "KiB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"


def too_deep(limit: int) -> UnsafeDocument:
    """The refusal of a document that is nested too deeply."""
    return UnsafeDocument(
        f"The document is nested more than {limit} elements deep; a real one is flatter."
    )


def has_doctype() -> UnsafeDocument:
    """The refusal of a document type declaration."""
    return UnsafeDocument(
        "The document has a DTD (<!DOCTYPE ...>), which is never read; send it without one."
    )


def has_entity() -> UnsafeDocument:
    """The refusal of an entity."""
    return UnsafeDocument(
        "The document uses an entity that XML itself does not define; "
        "only &lt; &gt; &amp; &quot; &apos; and character references are read."
    )
