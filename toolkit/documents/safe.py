"""One small document to an lxml element, safely."""

from __future__ import annotations

from typing import Any, cast
from xml.parsers import expat

from lxml import etree

from toolkit.documents.limits import LIMITS, MIB, has_doctype, has_entity, size, too_deep
from toolkit.documents.source import Stream, encoding_of, open_stream
from toolkit.outcomes import DocumentError

MAX_BYTES = 16 * MIB

_ENTITY_CODES = frozenset(
    {
        etree.ErrorTypes.ERR_UNDECLARED_ENTITY,
        etree.ErrorTypes.WAR_UNDECLARED_ENTITY,
        etree.ErrorTypes.ERR_ENTITY_LOOP,
    }
)


def parse(
    data: bytes | str, *, max_bytes: int = MAX_BYTES, max_depth: int = LIMITS.depth
) -> etree._Element:
    """The root element of a small document.

    Parameters
    ----------
    data : bytes or str
        Bytes in the encoding they declare (UTF-8 without a declaration; a byte order mark is
        accepted), or text.
    max_bytes : int
        The largest document that is read.
    max_depth : int
        The deepest nesting that is accepted.

    Raises
    ------
    UnsafeDocument
        It has a DTD, uses an entity, or is nested too deeply.
    DocumentError
        It is too large, empty, in an encoding that is unknown, or not well formed.

    Examples
    --------
    >>> parse("<Response><Status>1</Status></Response>").findtext("Status")
    '1'
    """
    if len(data) > max_bytes:
        raise DocumentError(
            f"The document has {size(len(data))}, more than the {size(max_bytes)} allowed here."
        )
    raw, encoding = _bytes(data)
    _look_at_start(raw)
    if _may_have_doctype(raw) and _has_doctype(raw, encoding):
        raise has_doctype()
    # huge_tree=False keeps libxml2's own limits as well: text of 10 MB, 256 levels.
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(error, max_depth) from None
    except (LookupError, ValueError) as error:
        raise DocumentError(f"The document cannot be read as XML: {error}.") from None
    if cast("Any", root.getroottree().docinfo).doctype:
        raise has_doctype()
    if raw.count(b"<") > max_depth and _deeper(root, max_depth):
        raise too_deep(max_depth)
    return root


def _bytes(data: bytes | str) -> tuple[bytes, str | None]:
    if isinstance(data, bytes) and encoding_of(data[:1024].lstrip())[0] is None:
        data = data.lstrip(b" \t\r\n")
        return data, encoding_of(data[:1024])[1]
    stream: Stream = open_stream(data)
    return b"".join(stream.chunks), stream.encoding


def _look_at_start(raw: bytes) -> None:
    if not raw.strip():
        raise DocumentError("The document is empty.")
    head = raw[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html")):
        raise DocumentError("This is an HTML page and not an XML document.")
    if not head.startswith((b"<", b"\0<", b"\xff\xfe", b"\xfe\xff")):
        # libxml2 would try EBCDIC and more, where a DTD looks different.
        raise DocumentError("The document is not XML: it does not begin with an element.")


def _may_have_doctype(raw: bytes) -> bool:
    # A declaration begins with "<!"; in UTF-16 the two are not neighbours, so look closer there.
    return b"<!" in raw or b"\0" in raw[:4] or raw[:2] in (b"\xff\xfe", b"\xfe\xff")


def _has_doctype(raw: bytes, encoding: str | None) -> bool:
    """Whether a DTD stands before the root element (it can stand nowhere else)."""
    parser = expat.ParserCreate(encoding)
    found: list[bool] = []

    def doctype(*_: object) -> None:
        found.append(True)

    def element(*_: object) -> None:
        found.append(False)
        parser.StartElementHandler = None

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        for start in range(0, len(raw), 4096):
            parser.Parse(raw[start : start + 4096], False)
            if found:
                return found[0]
    except expat.ExpatError:
        # lxml says better what is wrong; and what came before the fault is what counts here.
        return bool(found) and found[0]
    return False


def _refusal(error: etree.XMLSyntaxError, max_depth: int) -> DocumentError:
    if cast("Any", error).code in _ENTITY_CODES:
        return has_entity()
    if "xcessive depth" in str(error):
        return too_deep(max_depth)
    if "Document is empty" in str(error) or "Start tag expected" in str(error):
        return DocumentError("The document is not XML: it does not begin with an element.")
    return DocumentError(f"The document is not well-formed XML: {str(error.msg).rstrip('.')}.")


def _deeper(root: etree._Element, limit: int) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limit:
            return True
    return False
