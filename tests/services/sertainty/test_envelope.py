"""The envelope: requests to bytes, bytes to replies (guide section 2)."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, strategies as st

from toolkit.outcomes import BadReply, InvalidArgument, UnsafeDocument
from toolkit.services.sertainty.envelope import (
    Reply,
    decode_base64,
    decode_reply,
    decode_request,
    encode_request,
)

XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\t\n\r")
).filter(lambda text: not set(text) & {"\ufffe", "\uffff"})
NAMES = st.one_of(st.none(), XML_TEXT)


def response(status: str = "1", message: str = "Success", results: str = "") -> bytes:
    return (
        f"<Response><Status>{status}</Status><StatusMessage>{message}</StatusMessage>"
        f"{results}</Response>"
    ).encode()


@given(
    function=st.text("abcXYZ", min_size=1),
    session=st.one_of(st.none(), XML_TEXT.filter(lambda text: "\r" not in text)),
    arguments=st.lists(st.tuples(NAMES, st.binary())),
)
def test_request_round_trip(
    function: str, session: str | None, arguments: list[tuple[str | None, bytes]]
) -> None:
    """Any function, session and arguments, of any bytes and names, come back as they went."""
    body = encode_request(function, arguments, session)
    assert body.isascii()
    document = decode_request(body)
    assert document.function == function
    assert document.session == session
    assert list(document.arguments) == arguments


@given(arguments=st.lists(st.tuples(NAMES, st.binary())))
def test_request_is_what_another_reader_sees(arguments: list[tuple[str | None, bytes]]) -> None:
    """The standard library's own parser reads the same names and bytes."""
    root = ET.fromstring(encode_request("f", arguments, "s"))
    assert [child.tag for child in root][:2] == ["Session", "Function"]
    items = root.findall("ArgList/Argument")
    assert [(item.get("name"), base64.b64decode(item.text or "")) for item in items] == arguments
    assert (root.find("ArgList") is None) == (not arguments)


@given(
    status=st.integers(-(10**9), 10**9),
    message=XML_TEXT.filter(lambda text: "\r" not in text),
    results=st.lists(st.tuples(NAMES, st.binary())),
    breaks=st.sampled_from(["", "\n", "\r\n  ", "\t"]),
    padded=st.booleans(),
)
def test_reply_round_trip(
    status: int,
    message: str,
    results: list[tuple[str | None, bytes]],
    breaks: str,
    padded: bool,
) -> None:
    """What another writer writes, with white space and with or without padding, is read back."""
    root = ET.Element("Response")
    ET.SubElement(root, "Status").text = f" {status}\n"
    ET.SubElement(root, "StatusMessage").text = message
    listing = ET.SubElement(root, "ResultList")
    for name, value in results:
        item = ET.SubElement(listing, "Result", {} if name is None else {"name": name})
        text = base64.b64encode(value).decode()
        text = text if padded else text.rstrip("=")
        item.text = breaks.join(text[i : i + 5] for i in range(0, len(text), 5))
    reply = decode_reply(ET.tostring(root, "utf-8"))
    assert reply == Reply(status, message, tuple(results))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_declared_encodings(encoding: str) -> None:
    """A declaration is honoured, also with a byte order mark."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><Response><Status>502</Status>'
        "<StatusMessage>Größe</StatusMessage></Response>"
    )
    assert decode_reply(text.encode(encoding)).message == "Größe"


def test_unknown_elements_are_ignored() -> None:
    """Extra elements anywhere, and lists inside them, change nothing."""
    body = (
        b"<Response><Trace><Status>9</Status><ResultList><Result>!</Result></ResultList></Trace>"
        b"<Status>1</Status><StatusMessage/><ResultList><Note>x</Note><Result>QQ==</Result>"
        b"</ResultList></Response>"
    )
    assert decode_reply(body) == Reply(1, "", ((None, b"A"),))


def test_empty_result_is_an_empty_value() -> None:
    """An empty element is an empty value, not a missing one; CDATA is text."""
    results = "<ResultList><Result/><Result></Result><Result><![CDATA[QQ==]]></Result></ResultList>"
    reply = decode_reply(response(results=results))
    assert [value for _, value in reply.results] == [b"", b"", b"A"]


def test_large_result_is_read() -> None:
    """A result past lxml's own text limit of 10 MB is read whole."""
    value = bytes(range(256)) * 60_000
    text = base64.b64encode(value).decode()
    reply = decode_reply(response(results=f"<ResultList><Result>{text}</Result></ResultList>"))
    assert reply.results[0][1] == value


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the body is empty"),
        (b"  \n", "the body is empty"),
        (b"Bad gateway", "not XML"),
        (b"\x1f\x8b\x08\x00\x00", "not XML"),
        (b"<!DOCTYPE html><html><body>no</body></html>", "HTML page"),
        (b"<html><head><title>502</title></head><br></html>", "HTML page"),
        (b"<Envelope/>", "a document <Envelope> came"),
        (b"<Response><Status>1</Status><Stat", "cut off"),
        (b"<Response><Status>1</Status>", "cut off"),
        (b"<Response><Status>1</Status></Response><x/>", "not well-formed"),
        (b"<Response><Status>1</Response>", "not well-formed"),
        (b"<Response></Response>", "no Status"),
        (b"<Response><Status></Status></Response>", "no integer"),
        (b"<Response><Status>OK</Status></Response>", "no integer"),
        (b"<Response><Status>1e3</Status></Response>", "no integer"),
        (b'<?xml version="1.0" encoding="no-such"?><Response/>', "decoded|well-formed"),
    ],
)
def test_not_a_reply(body: bytes, says: str) -> None:
    """Each kind of wrong answer gets its own sentence, with the HTTP status behind it."""
    with pytest.raises(BadReply, match=says) as caught:
        decode_reply(body, http="HTTP 502, text/html")
    assert "(HTTP 502, text/html)" in str(caught.value)


@pytest.mark.parametrize("text", ["!!!!", "QQ==QQ==", "A", "QQ=a", "QUFB=", "Q Q_-", "é"])
def test_wrong_base64(text: str) -> None:
    """A character outside the alphabet, or data after the padding, is refused and located."""
    results = f"<ResultList><Result>QQ==</Result><Result>{text}</Result></ResultList>"
    with pytest.raises(BadReply, match="Result 2 of 2 is not base64"):
        decode_reply(response(results=results))


@given(st.binary(), st.integers(0, 3))
def test_base64_white_space_and_padding(data: bytes, cut: int) -> None:
    """White space is ignored and padding may be missing; nothing else is given up."""
    text = base64.b64encode(data)
    stripped = text.rstrip(b"=")
    assert decode_base64(b"\n " + stripped + b"\t") == data
    assert decode_base64(text) == data
    if cut and len(stripped) > cut:
        assert decode_base64(stripped[:cut] + b"\r\n" + stripped[cut:]) == data


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE Response [<!ENTITY a "b">]><Response><Status>&a;</Status></Response>',
        b'<!DOCTYPE Response SYSTEM "http://127.0.0.1:9/x.dtd"><Response/>',
        b"<Response>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</Response>",
    ],
)
def test_unsafe_documents(body: bytes) -> None:
    """A DTD, an entity or endless nesting is refused before it is read."""
    with pytest.raises(UnsafeDocument):
        decode_reply(body)


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[0m", "\ud800", "\ufffe"])
def test_characters_that_xml_cannot_carry(text: str) -> None:
    """They are refused before anything is sent, and named."""
    with pytest.raises(InvalidArgument, match=r"U\+[0-9A-F]{4}"):
        encode_request("agentGetStatus", session=text)
    with pytest.raises(InvalidArgument):
        encode_request("hostOpenSession", [(text, b"x")])


def test_cut_at_every_byte() -> None:
    """A reply cut anywhere raises BadReply, and never gives a partial one."""
    whole = response(results="<ResultList><Result name='a'>QUJD</Result></ResultList>")
    for end in range(len(whole)):
        with pytest.raises(BadReply):
            decode_reply(whole[:end])
