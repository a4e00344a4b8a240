"""An expat parser that refuses DTDs, entities and excess, and says in a sentence what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat
from xml.parsers.expat import errors

from toolkit.documents.limits import Limits, has_doctype, has_entity, size
from toolkit.documents.source import Stream
from toolkit.outcomes import DocumentError

# What expat says at the end of a document that is well formed as far as it goes.
_CUT = frozenset(
    errors.codes[message]
    for message in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_ENTITY = frozenset(
    errors.codes[message]
    for message in (errors.XML_ERROR_UNDEFINED_ENTITY, errors.XML_ERROR_RECURSIVE_ENTITY_REF)
)
_NOT_XML = frozenset(
    errors.codes[message] for message in (errors.XML_ERROR_SYNTAX, errors.XML_ERROR_INVALID_TOKEN)
)


def parser_for(encoding: str | None) -> expat.XMLParserType:
    """A parser without handlers of content, that raises at a DTD or an entity."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _doctype
    parser.EntityDeclHandler = _entity
    parser.UnparsedEntityDeclHandler = _entity
    parser.ExternalEntityRefHandler = _entity
    parser.SkippedEntityHandler = _entity
    return parser


def feed(parser: expat.XMLParserType, stream: Stream, limits: Limits) -> Iterator[int]:
    """Feed a document and give, after each chunk, the number of bytes fed so far.

    The generator returns when the document is complete.

    Raises
    ------
    Truncated
        The document ends before its last end tag, and is well formed up to there.
    DocumentError
        It is malformed, or passes a limit.
    UnsafeDocument
        It has a DTD or an entity.
    """
    fed = 0
    for chunk in stream.chunks:
        if not fed:
            _look_at(chunk)
        fed += len(chunk)
        if limits.document is not None and fed > limits.document:
            raise DocumentError(
                f"The document has more than the {size(limits.document)} allowed here."
            )
        try:
            parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise _refusal(error) from None
        if fed - parser.CurrentByteIndex > limits.token:
            raise DocumentError(
                f"One tag or comment of the document has more than {size(limits.token)}."
            )
        yield fed
    try:
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if error.code not in _CUT:
            raise _refusal(error) from None
        raise Truncated(fed) from None


class Truncated(DocumentError):
    """The document is well formed as far as it goes, and ends before its last end tag."""

    def __init__(self, fed: int) -> None:
        what = (
            f"The document is cut off after {size(fed)}: its end tags are missing"
            if fed
            else "The document is empty"
        )
        super().__init__(f'{what}; truncated="keep" keeps the whole records of a growing log.')


def _look_at(head: bytes) -> None:
    start = head[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html")):
        raise DocumentError("This is an HTML page and not an XML document.")


def _refusal(error: expat.ExpatError) -> DocumentError:
    if error.code in _ENTITY:
        return has_entity()
    if error.code in _NOT_XML and error.lineno == 1 and error.offset == 0:
        return DocumentError("The document is not XML: it does not begin with an element.")
    fault = expat.ErrorString(error.code)
    return DocumentError(
        f"The document is not well-formed XML: {fault} in line {error.lineno}, "
        f"column {error.offset + 1}."
    )


def _doctype(*_: object) -> None:
    raise has_doctype()


def _entity(*_: object) -> int:
    raise has_entity()
