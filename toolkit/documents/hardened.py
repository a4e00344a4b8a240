"""An expat parser that refuses DTDs, entities and excess, and says in a sentence what is wrong."""

from __future__ import annotations

from xml.parsers import expat
from xml.parsers.expat import errors

from toolkit.documents.limits import Limits, has_doctype, has_entity, size
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


class Feed:
    """Feeds a document to a parser piece by piece, and says in a sentence what is wrong with it.

    Attributes
    ----------
    fed : int
        Bytes so far.
    """

    def __init__(self, parser: expat.XMLParserType, limits: Limits) -> None:
        self._parser = parser
        self._limits = limits
        self._skipped = 0
        self.fed = 0

    def take(self, chunk: bytes) -> None:
        """Feed one more piece.

        Raises
        ------
        DocumentError
            It is malformed, or passes a limit.
        UnsafeDocument
            It has a DTD or an entity.
        """
        self._count(chunk)
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as error:
            raise self._refusal(error) from None
        held = self.fed - self._skipped - self._parser.CurrentByteIndex
        if held > self._limits.token:
            raise DocumentError(
                f"One tag or comment of the document has more than {size(self._limits.token)}."
            )

    def is_clear(self) -> bool:
        """Whether all that was fed is read, with no tag or comment begun and not ended."""
        return bool(self._parser.CurrentByteIndex == self.fed - self._skipped)

    def skip(self, chunk: bytes) -> None:
        """Count a piece of whole records that is known to be well-formed without the parser."""
        self._count(chunk)
        self._skipped += len(chunk)

    def end(self) -> None:
        """Say that this was all.

        Raises
        ------
        Truncated
            The document ends before its last end tag, and is well formed up to there.
        DocumentError
            It is malformed.
        """
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            if error.code not in _CUT:
                raise self._refusal(error) from None
            raise Truncated(self.fed) from None

    def _count(self, chunk: bytes) -> None:
        if not self.fed:
            _look_at(chunk)
        self.fed += len(chunk)
        if self._limits.document is not None and self.fed > self._limits.document:
            raise DocumentError(
                f"The document has more than the {size(self._limits.document)} allowed here."
            )

    def _refusal(self, error: expat.ExpatError) -> DocumentError:
        if error.code in _ENTITY:
            return has_entity()
        if error.code in _NOT_XML and error.lineno == 1 and error.offset == 0:
            return DocumentError("The document is not XML: it does not begin with an element.")
        fault = expat.ErrorString(error.code)
        if self._skipped:  # lines were not counted
            where = f"near byte {self._skipped + self._parser.ErrorByteIndex:,}"
        else:
            where = f"in line {error.lineno}, column {error.offset + 1}"
        return DocumentError(f"The document is not well-formed XML: {fault} {where}.")


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


def _doctype(*_: object) -> None:
    raise has_doctype()


def _entity(*_: object) -> int:
    raise has_entity()
