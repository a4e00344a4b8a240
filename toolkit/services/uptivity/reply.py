"""RESULT documents to replies: the five elements of the envelope, and whatever stands beside.

The vendor's page "API Server Command Results". Its order and its completeness are not relied on:
REQUESTTYPE is in some of the vendor's examples only, and before or after REQUESTID.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.outcomes import BadReply
from toolkit.services.uptivity.reading import Element, decoded_text, parsed

_ENVELOPE = ("REQUESTID", "REQUESTTYPE", "RESULTTYPE", "RESULTCODE", "RESULTMSG")
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Reply:
    """One RESULT, as it came.

    Attributes
    ----------
    request_id, request_type, result_type, message : str
        Without the white space around; empty where the element is missing.
    code : int or None
        None where RESULTCODE is missing or no number.
    data : tuple of Element
        What stands in the RESULT beside the envelope.
    repairs : tuple of str
        What was wrong with the document, in short sentences; empty for a good one.
    """

    request_id: str
    request_type: str
    result_type: str
    code: int | None
    message: str
    data: tuple[Element, ...] = field(default=(), repr=False)
    repairs: tuple[str, ...] = ()

    @property
    def repaired(self) -> bool:
        """Whether the document was not as it should be."""
        return bool(self.repairs)


def decode_reply(body: bytes, *, repair: bool = True, http: str = "") -> Reply:
    """Read an answer of either door.

    Parameters
    ----------
    http : str
        What HTTP said, for the exception's text.

    Raises
    ------
    BadReply
        There is no RESULT in it, or it is cut, or it says neither a code nor a label.
    UnsafeDocument
        It has a DTD or an entity.

    Examples
    --------
    >>> decode_reply(b"<RESULT><REQUESTID>1</REQUESTID><RESULTTYPE>API_OK</RESULTTYPE>"
    ...              b"<RESULTCODE>20</RESULTCODE><RESULTMSG> API_OK</RESULTMSG></RESULT>")
    Reply(request_id='1', request_type='', result_type='API_OK', code=20, message='API_OK', \
repairs=())
    """
    try:
        root, repairs = parsed(decoded_text(body), "RESULT", repair=repair)
    except BadReply as error:
        error.message += f" ({http})" if http else ""
        raise
    found = {name: root.child(name) for name in _ENVELOPE}
    texts = {name: "" if one is None else one.text for name, one in found.items()}
    number = texts["RESULTCODE"].removeprefix("+")
    good = number.isascii() and number.isdigit() and len(number) <= _DIGITS
    code = int(number) if good else None
    if code is None and not texts["RESULTTYPE"]:
        raise BadReply("the RESULT says neither a RESULTCODE that is a number nor a RESULTTYPE")
    used = {id(one) for one in found.values() if one is not None}
    return Reply(
        texts["REQUESTID"],
        texts["REQUESTTYPE"],
        texts["RESULTTYPE"],
        code,
        texts["RESULTMSG"],
        tuple(child for child in root.children if id(child) not in used),
        repairs,
    )
