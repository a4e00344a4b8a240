"""Requests read and RESULTs written: XML on the socket, a query string on the Web API."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Union
from urllib.parse import unquote_to_bytes

from toolkit.sandbox.uptivity.codes import LABELS, NOT_ERRORS, Refusal
from toolkit.sandbox.uptivity.switches import Switches

LINE_ENDS = {"crlf": "\r\n", "lf": "\n", "cr": "\r"}

# A data sub-node: a name with text, or with nodes below it.
Node = tuple[str, Union[str, "list[Node]"]]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whichever door it came through.

    Attributes
    ----------
    type
        The command in upper case; empty if none was given.
    request_id
        As it was sent.
    values
        The other parameters by their names in upper case, white space around them gone.
    """

    type: str = ""
    request_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A parameter; empty if it is missing or blank."""
        return self.values.get(name, "")


@dataclass(slots=True)
class Reply:
    """What a command comes to.

    Attributes
    ----------
    label, message, result_type
        Of a scripted reply; None for those that belong to the code.
    detail
        What was wrong, in words.
    data
        The data sub-node, or None.
    cause
        The kind of incident that is to blame, or empty.
    """

    code: int
    detail: str = ""
    data: Node | None = None
    label: str | None = None
    message: str | None = None
    result_type: str | None = None
    cause: str = ""


def request_from(pairs: Iterable[tuple[str, str]], root: str = "") -> Request:
    """A request of names and values; the root's name is the type if no TYPE is there.

    Raises
    ------
    Refusal
        17 if a name comes twice with different values.
    """
    values: dict[str, str] = {}
    for name, value in pairs:
        upper, value = name.strip().upper(), value.strip()
        if values.setdefault(upper, value) != value:
            raise Refusal(17, f"{upper} is given twice")
    kind = values.pop("TYPE", root).upper()
    return Request(kind, values.pop("REQUESTID", ""), values)


def read_query(*parts: bytes) -> Request:
    """A request of query strings and form bodies: UTF-8, or Windows-1252 where it is not."""
    pairs = [
        tuple(_decode(unquote_to_bytes(side.replace(b"+", b" "))) for side in (name, value))
        for part in parts
        for name, _, value in (pair.partition(b"=") for pair in part.split(b"&") if pair)
    ]
    return request_from((name, value) for name, value in pairs)


def read_xml(message: bytes) -> Request:
    """A request of one XML message.

    Raises
    ------
    Refusal
        16 if it is not well-formed or has a document type; 17 if it is no request.
    """
    root = _parse(message)
    name = _name(root)
    if any(len(child) for child in root):
        raise Refusal(17, f"{name} must hold parameters only, each with text")
    if name == "RESULT" or (name == "REQUEST" and not len(root)):
        raise Refusal(17, f"{name} is no request")
    pairs = [(_name(child), child.text or "") for child in root]
    return request_from(pairs, "" if name == "REQUEST" else name)


def check_size(message: bytes, limit: int) -> None:
    """Refuse (16) a message that is too large."""
    if len(message) > limit:
        raise Refusal(16, f"the message is larger than {limit} bytes")


def _parse(message: bytes) -> ET.Element:
    if b"<!DOCTYPE" in message:
        raise Refusal(16, "a document type is not accepted")
    text: str | bytes = message
    if not message.lstrip().startswith(b"<?xml"):
        text = _decode(message)
    try:
        return ET.fromstring(text.strip())  # noqa: S314 - no document type, so no entities
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Refusal(16, f"the message is not well-formed: {error}") from None


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2].upper()


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def write_result(request: Request, reply: Reply, switches: Switches) -> bytes:
    """The RESULT of a request, without the line end that follows it on a socket."""
    label = LABELS.get(reply.code, "") if reply.label is None else reply.label
    failed = reply.code not in NOT_ERRORS
    kind = reply.result_type
    if kind is None:
        kind = "ERROR" if failed else label
    failed = kind.upper() == "ERROR"
    code = reply.code
    if failed and switches.errors_off_by_one and reply.result_type is None and code >= 18:
        code -= 1
    message = _message(label, reply, switches) if failed else label
    if reply.message is not None:
        message = reply.message
    if failed and switches.blank_in_message:
        message = f" {message}"
    head: list[Node] = [("REQUESTID", request.request_id)]
    if switches.requesttype != "absent":
        head.insert(switches.requesttype == "after", ("REQUESTTYPE", request.type))
    head += [("RESULTTYPE", kind), ("RESULTCODE", str(code)), ("RESULTMSG", message)]
    if reply.data is not None:
        head.append(reply.data)
    return write_xml(("RESULT", head), switches)


def _message(label: str, reply: Reply, switches: Switches) -> str:
    # With numbers that are off by one the label is all that tells what is meant.
    if not reply.detail or switches.message == "label" or switches.errors_off_by_one:
        return label
    return reply.detail if switches.message == "detail" else f"{label}: {reply.detail}"


def write_xml(node: Node, switches: Switches) -> bytes:
    """A node in the encoding, declaration, indentation and line ends that the switches say."""
    line_end = LINE_ENDS[switches.line_end] if switches.indent else ""
    text = line_end.join(_lines(node, 0, switches))
    if switches.declaration:
        text = f'<?xml version="1.0" encoding="{switches.encoding}"?>{line_end}{text}'
    return text.encode(switches.encoding, "xmlcharrefreplace")


def _lines(node: Node, depth: int, switches: Switches) -> Iterator[str]:
    name, content = node
    space = "  " * depth if switches.indent else ""
    if isinstance(content, str):
        text = escape(content)
        yield f"{space}<{name}>{text}</{name}>" if text else f"{space}<{name}/>"
        return
    yield f"{space}<{name}>"
    for child in content:
        yield from _lines(child, depth + 1, switches)
    if not (switches.drop_close_tag and depth == 1):
        yield f"{space}</{name}>"


def escape(text: str) -> str:
    """Text as XML holds it; characters that XML cannot hold become U+FFFD."""
    text = _NOT_XML.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
