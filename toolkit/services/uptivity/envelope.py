"""Requests for both doors: one line of XML for the socket, a query for HTTP; and back.

The vendor's pages: "API Overview" (the socket's XML, parameters in any order), "API Server
Commands" (characters that some commands do not take), "API Server Web API Service" (the query).
Names are upper case on the socket and lower case in a query, as in the vendor's examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote
from xml.sax.saxutils import escape

from toolkit.outcomes import BadReply, InvalidArgument
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.reading import decoded_text, parsed
from toolkit.services.uptivity.warned import warn

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile(r"[<>\x00-\x1f\x7f]")
_RESERVED = ("TYPE", "REQUESTID")
_INSIDE = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


class Message(NamedTuple):
    """One request as either door carries it.

    Attributes
    ----------
    type : str
        Upper case.
    request_id : str
        As it stands there; empty when there is none.
    parameters : tuple of (str, str)
        Names in upper case.
    """

    type: str
    request_id: str
    parameters: tuple[tuple[str, str], ...] = ()


def checked(
    kind: str, parameters: Mapping[str, object], options: Options
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A command's type and parameters as texts; None leaves a parameter out, a bool is Y or N.

    Raises
    ------
    InvalidArgument
        A name or a value that no door can carry.

    Examples
    --------
    >>> checked("callstart", {"deviceid": 1001, "ani": None, "ctiinitiated": True}, Options())
    ('CALLSTART', (('DEVICEID', '1001'), ('CTIINITIATED', 'Y')))
    """
    if not _NAME.fullmatch(str(kind).strip()):
        raise InvalidArgument(f"a command's type is a word such as CALLSTART, not {kind!r}")
    texts: dict[str, str] = {}
    for name, value in parameters.items():
        key = str(name).upper()
        if not _NAME.fullmatch(key):
            raise InvalidArgument(f"a parameter's name is a word such as DEVICEID, not {name!r}")
        if key in _RESERVED:
            raise InvalidArgument(f"{key} is filled in by the client")
        if key in texts:
            raise InvalidArgument(f"{key} is given twice")
        if value is not None:
            texts[key] = _text(key, value)
    if options.warn_special:
        odd = [key for key, text in texts.items() if _SPECIAL.search(text)]
        if odd:
            warn(
                f"{', '.join(odd)}: some commands are documented to fail with angle brackets or "
                "control characters in a value"
            )
    return kind.strip().upper(), tuple(texts.items())


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int):
        return str(int(value))
    if not isinstance(value, str):
        raise InvalidArgument(
            f"{name} must be a text, a whole number or a bool, not {type(value).__name__}"
        )
    bad = _NOT_XML.search(value)
    if bad:
        raise InvalidArgument(f"{name} holds U+{ord(bad[0]):04X}, which XML cannot carry")
    return value


def encode_xml(
    kind: str, request_id: int, parameters: Iterable[tuple[str, str]], options: Options
) -> bytes:
    r"""The socket's message: one physical line, without its line end.

    Examples
    --------
    >>> encode_xml("TEST", 1, [("ANI", "a\nb<")], Options()).decode()
    '<REQUEST><TYPE>TEST</TYPE><REQUESTID>1</REQUESTID><ANI>a&#10;b&lt;</ANI></REQUEST>'
    """
    root, head = ("REQUEST", f"<TYPE>{kind}</TYPE>") if options.root == "REQUEST" else (kind, "")
    inner = "".join(f"<{name}>{escape(text, _INSIDE)}</{name}>" for name, text in parameters)
    line = f"<{root}>{head}<REQUESTID>{request_id}</REQUESTID>{inner}</{root}>"
    return line.encode(options.encoding, "xmlcharrefreplace")


def encode_query(
    kind: str, request_id: int, parameters: Iterable[tuple[str, str]], options: Options
) -> str:
    """The query of a URL.

    Raises
    ------
    InvalidArgument
        A value has a character that the encoding has not.

    Examples
    --------
    >>> encode_query("CALLUPDATE", 7, [("USER1", "a b&c")], Options())
    'type=callupdate&requestid=7&user1=a%20b%26c'
    """
    pairs = [("type", kind.lower()), ("requestid", str(request_id))]
    pairs += [(name.lower(), text) for name, text in parameters]
    try:
        return "&".join(
            f"{name}={quote(text, safe='', encoding=options.encoding, errors='strict')}"
            for name, text in pairs
        )
    except UnicodeEncodeError as error:
        raise InvalidArgument(
            f"{error.object[error.start]!r} is not in {options.encoding}, which the option "
            "encoding says that this server reads"
        ) from None


def decode_xml(body: bytes) -> Message:
    """A message of the socket, as a server or a recording reads it; names in any case.

    Raises
    ------
    BadReply
        It is no message of that form.
    """
    root = parsed(decoded_text(body))[0]
    fields = [(child.tag.upper(), child.text) for child in root.children]
    return _command(root.tag.upper(), fields)


def decode_query(query: str) -> Message:
    """A query of the Web API, read as UTF-8 or else as Windows-1252.

    Examples
    --------
    >>> decode_query("requestid=17&type=test")
    Message(type='TEST', request_id='17', parameters=())
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict")
    except ValueError:
        pairs = parse_qsl(query, keep_blank_values=True, encoding="cp1252", errors="replace")
    return _command("REQUEST", [(name.upper(), text) for name, text in pairs])


def _command(root: str, fields: list[tuple[str, str]]) -> Message:
    named = dict(reversed(fields))
    kind = named.get("TYPE", "").strip() if root == "REQUEST" else root
    if root != "REQUEST" and "REQUESTID" not in named:
        raise BadReply(f"a document {root} is no request")
    parameters = tuple((name, text) for name, text in fields if name not in _RESERVED)
    return Message(kind.upper(), named.get("REQUESTID", "").strip(), parameters)
