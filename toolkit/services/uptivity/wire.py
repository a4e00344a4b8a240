"""Requests of this service among recorded ones: whose they are, and what they call."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from toolkit.cassettes.interaction import Request
from toolkit.outcomes import BadReply
from toolkit.services.uptivity.envelope import Message, decode_query, decode_xml

SEND, LISTEN = "SEND", "LISTEN"
"""The methods under which the sockets' traffic is recorded: a command, and waiting for an event."""

ANSWERS = "x-answers-requestid"
"""A header that the client adds to a response: the REQUESTID that was sent.

A replay's requests have other numbers than the recording's; by it the echo can still be checked.
"""

EVENT = "EVENT"
"""The function's name of a recorded event."""

_ID_IN_URL = re.compile(r"(?<=[?&])(requestid=)([^&#]*)", re.IGNORECASE)
_TYPE_IN_URL = re.compile(r"[?&]type=", re.IGNORECASE)
_ID_IN_XML = re.compile(rb"(<REQUESTID>)([^<]*)(</REQUESTID>)", re.IGNORECASE)
_LEAF = re.compile(rb"<([A-Za-z_][A-Za-z0-9_]*)>([^<&\x80-\xff]*)</\1>")
_ROOM = 4096


def recognised(request: Request) -> bool:
    """Whether a recorded request is for an API server. Never raises."""
    url = request.url
    if url.startswith("tcp://"):
        return request.method == LISTEN or _ID_IN_XML.search(request.body[:_ROOM]) is not None
    if not url.startswith("http") or "?" not in url:
        return False
    if "?type=" in url and "&requestid=" in url:  # as this client writes it
        return True
    return bool(_TYPE_IN_URL.search(url) and _ID_IN_URL.search(url))


def command_of(request: Request) -> Message | None:
    """The command of a recorded request; None where it is none."""
    if request.url.startswith("tcp://"):
        if request.method == LISTEN:
            return None
        try:
            return decode_xml(request.body)
        except BadReply:
            return None
    return decode_query(urlsplit(request.url).query)


def request_id(url: str, body: bytes) -> str:
    """The REQUESTID of a request; empty when it has none.

    Examples
    --------
    >>> request_id("http://h/webAPI.aspx?type=test&requestid=17", b"")
    '17'
    """
    in_url = _ID_IN_URL.search(url)
    if in_url:
        return in_url[2]
    in_xml = _ID_IN_XML.search(body[:_ROOM])
    return in_xml[2].decode("ascii", "replace").strip() if in_xml else ""


def steady(url: str, body: bytes) -> tuple[str, bytes] | None:
    """URL and body without the REQUESTID's value; None for a request that has none.

    Examples
    --------
    >>> steady("tcp://h:5620", b"<REQUEST><REQUESTID>17</REQUESTID></REQUEST>")[1]
    b'<REQUEST><REQUESTID></REQUESTID></REQUEST>'
    """
    if url.startswith("tcp://"):
        found = _ID_IN_XML.search(body[:_ROOM])
        if found is None:
            return None
        return url, body[: found.start(2)] + body[found.end(2) :]
    if "equest" not in url and "EQUEST" not in url:  # asked of every service's requests: quick
        return None
    there = _ID_IN_URL.search(url)
    if there is None or ("?type=" not in url and not _TYPE_IN_URL.search(url)):
        return None
    return url[: there.start(2)] + url[there.end(2) :], body


def leaves(inner: bytes) -> dict[str, str] | None:
    """Names (upper case) and texts of elements without children; None for anything less plain.

    Examples
    --------
    >>> leaves(b"<Ani>5</Ani>"), leaves(b"<A>&amp;</A>")
    ({'ANI': '5'}, None)
    """
    found = _LEAF.findall(inner)
    if sum(2 * len(name) + len(text) + 5 for name, text in found) != len(inner):
        return None
    return {name.decode().upper(): text.decode().strip() for name, text in reversed(found)}
