"""The envelope on the wire: what is accepted, what is refused with 408."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from sandbox.sertainty.wire import Wire, encode, envelope
from toolkit import sandbox
from toolkit.sandbox.sertainty import Switches
from toolkit.sandbox.sertainty.codes import Refusal
from toolkit.sandbox.sertainty.envelope import (
    Reply,
    Result,
    decode_base64,
    encode_base64,
    parse_request,
    write_reply,
)

PING = "<Request><Function>agentPing</Function></Request>"
SUCCESS = "<Response><Status>1</Status><StatusMessage>Success</StatusMessage></Response>"


@pytest.fixture(scope="module")
def shared() -> Iterator[Wire]:
    """One gateway for the tests that leave nothing behind."""
    with sandbox.start("sertainty") as box:
        wire = Wire(box.url).open()
        yield wire
        wire.close()


def test_the_plain_reply(shared: Wire) -> None:
    """A success without results is exactly this document, as text/xml over HTTP 200."""
    reply = shared.post(PING)
    assert reply.text == SUCCESS
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/xml; charset=utf-8"
    assert int(reply.headers["content-length"]) == len(SUCCESS)


@pytest.mark.parametrize("path", ["", "api", "deep/er?x=1"])
def test_any_path_is_the_endpoint(shared: Wire, path: str) -> None:
    """The guide names no path, so each one answers."""
    assert httpx.post(shared.url + path, content=PING).text == SUCCESS


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0"?>' + PING.encode(),
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>' + PING.encode(),
        ('<?xml version="1.0" encoding="utf-16"?>' + PING).encode("utf-16"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?><!-- \xfc -->' + PING.encode(),
        b"<Request>\n <Other><Function/></Other><Function>\n agentPing </Function></Request>",
        b"<Request><Function>agent<![CDATA[Ping]]></Function></Request>",
        b"<Request><Function>agent&#80;ing</Function><Session/></Request>",
    ],
    ids=["declaration", "bom", "utf-16", "latin-1", "spaces", "cdata", "reference"],
)
def test_forms_of_the_same_request(shared: Wire, body: bytes) -> None:
    """Declarations, encodings, white space and unknown elements make no difference."""
    assert shared.post(body).text == SUCCESS


@pytest.mark.parametrize(
    "body",
    [
        "",
        "agentPing",
        "<Request>",
        PING + PING,
        "<Request><Function>agentPing</Function>",
        "<request><Function>agentPing</Function></request>",
        "<Request><function>agentPing</function></Request>",
        "<Request><Function></Function></Request>",
        "<Request/>",
        "<Response><Function>agentPing</Function></Response>",
        "<Request><Function>agentPing</Function><Function>agentPing</Function></Request>",
        "<Request><Function>agentPong</Function></Request>",
        "<Request xmlns='urn:x'><Function>&unknown;</Function></Request>",
        "<Request>" + "<a>" * 100 + "</a>" * 100 + "<Function>agentPing</Function></Request>",
        b'<?xml version="1.0" encoding="no-such"?>' + PING.encode(),
        b"<Request><Function>agent\xffPing</Function></Request>",
        b"\x1f\x8b\x00\x01",
    ],
)
def test_what_is_no_request_is_invalid(shared: Wire, body: str | bytes) -> None:
    """Bad XML, a wrong root, a missing, double or unknown function: 408 in an HTTP 200."""
    reply = shared.send(body)
    assert (reply.code, reply.message) == (408, "Invalid request")
    assert reply.values == []
    assert reply.http_status == 200


@pytest.mark.parametrize(
    "prologue",
    [
        "<!DOCTYPE Request>",
        '<!DOCTYPE Request SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Request [<!ENTITY f "agentPing">]>',
        '<!DOCTYPE Request [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE Request [<!ENTITY a "aa"><!ENTITY f "&a;&a;&a;">]>',
    ],
)
def test_a_document_type_is_refused(shared: Wire, prologue: str) -> None:
    """A DTD or an entity is 408, whether it is used or not."""
    for body in (PING, PING.replace("agentPing", "&f;")):
        assert shared.send(prologue + body).code == 408


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_carries_a_request(shared: Wire, method: str) -> None:
    """Another method is an invalid request, said in the protocol's own words."""
    reply = httpx.request(method, shared.url)
    assert reply.status_code == 200
    assert "<Status>408</Status>" in reply.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", b""),
        ("TmlnaHRseQ==", b"Nightly"),
        ("TmlnaHRseQ", b"Nightly"),
        ("TmlnaHRseQ=", b"Nightly"),
        ("\n  Tmln\r\n\taHRs eQ= =\n", b"Nightly"),
        ("+/+/", b"\xfb\xff\xbf"),
    ],
)
def test_base64_that_is_accepted(text: str, value: bytes) -> None:
    """White space anywhere and missing padding are no fault."""
    assert decode_base64(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "T",
        "TmlnaHR!",
        "Tmln-_8=",
        "Tm==aHRs",
        "TmlnaHRseQ===",
        "====",
        "TmlnaHRs=",
        "Tml\xa0n",
        "é",
    ],
)
def test_base64_that_is_refused(shared: Wire, text: str) -> None:
    """Other characters, impossible lengths, padding inside or in excess: 408, nothing guessed."""
    with pytest.raises(Refusal) as refused:
        decode_base64(text)
    assert refused.value.code == 408
    body = (
        f"<Request><Session>{shared.session}</Session><Function>configGetStatus</Function>"
        f"<ArgList><Argument>{text}</Argument></ArgList></Request>"
    )
    assert shared.send(body.encode()).code == 408


def test_an_empty_argument_is_a_value(shared: Wire) -> None:
    """An empty element is an empty value, not a missing one: wrong as a name, right as contents."""
    assert shared.call("configGetStatus", "").code == 408
    assert shared.call("sharedSaveScript", "empty.uxl", "").code == 1
    assert shared.call("sharedGetScript", "empty.uxl").values == [b""]


def test_an_argument_that_is_not_utf_8(shared: Wire) -> None:
    """Text inside base64 is UTF-8; anything else is an invalid request."""
    assert shared.call("configGetStatus", b"\xff\xfe").code == 408


def test_a_request_over_the_limit() -> None:
    """A body over the limit is 408, one of exactly the limit is read; the connection lives on."""
    with sandbox.start("sertainty", body_limit=4096) as box:
        wire = Wire(box.url)
        exact = PING + " " * (4096 - len(PING))
        assert wire.send(exact).code == 1
        assert wire.send(exact + " ").code == 408
        assert wire.send(exact * 2000).code == 408
        assert wire.send(PING).code == 1
        wire.close()


def test_the_limit_is_64_mib(wire: Wire) -> None:
    """An ID of 40 MiB goes in and comes out; over 64 MiB of request is 408."""
    contents = bytes(range(256)) * (40 * 4096)
    assert wire.call("sharedSaveID", "big.iic", contents).code == 1
    reply = wire.post(envelope("sharedGetID", "big.iic", session=wire.session))
    text = reply.text.partition("<Result>")[2].partition("<")[0]
    assert base64.b64decode(text) == contents
    over = b"<Request>" + b" " * (64 * 1024 * 1024) + b"</Request>"
    assert wire.send(over).code == 408


@given(st.binary(max_size=400), st.integers(0, 20).map(lambda groups: groups * 4))
def test_base64_round_trip(value: bytes, line: int) -> None:
    """Any bytes in any line length decode to themselves, padded or not."""
    text = b"".join(encode_base64([value[:7], value[7:11], value[11:]], line)).decode()
    assert decode_base64(text) == value
    assert decode_base64(text.replace("=", "")) == value
    assert all(len(one) <= line for one in text.split()) or not line
    assert base64.b64decode("".join(text.split())) == value


@given(st.text(max_size=60))
def test_no_text_breaks_the_base64_reader(text: str) -> None:
    """Whatever stands in an argument: bytes or a refusal, and no bytes that base64 denies."""
    try:
        value = decode_base64(text)
    except Refusal:
        return
    bare = "".join(text.split()).rstrip("=")
    assert base64.b64encode(value).decode().rstrip("=")[: len(bare) - 1] == bare[:-1]


@given(
    st.lists(
        st.tuples(
            st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])),
            st.binary(),
        )
    )
)
def test_arguments_round_trip(arguments: list[tuple[str | None, bytes]]) -> None:
    """Any names and any bytes arrive as they were sent."""
    spoken = [value if name is None else (name, value) for name, value in arguments]
    legal = [name or "" for name, _ in arguments]
    request = envelope("agentPing", *spoken, session="a<b&c")
    if any(letter in "\ufffe\uffff" for name in legal for letter in name):
        with pytest.raises(Refusal):
            parse_request(request.encode())
        return
    parsed = parse_request(request.encode())
    assert [(one.name, one.value) for one in parsed.arguments] == arguments
    assert (parsed.function, parsed.session) == ("agentPing", "a<b&c")


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    """Any bytes that are no request are a refusal with 408 and never another exception."""
    codes = set()
    try:
        parse_request(body)  # by luck it is a request: constants of the code are tried too
    except Refusal as refusal:
        codes.add(refusal.code)
    assert codes <= {408}


@settings(max_examples=60)
@given(
    st.text(),
    st.lists(st.tuples(st.none() | st.text(), st.binary())),
    st.booleans(),
    st.sampled_from([0, 4, 76]),
)
def test_replies_are_well_formed(
    message: str, results: list[tuple[str | None, bytes]], white_space: bool, line: int
) -> None:
    """Whatever a reply holds, it is well-formed, and values come back byte for byte."""
    switches = Switches(white_space=white_space, base64_line=line)
    reply = Reply(502, message, [Result(value, name) for name, value in results])
    root = ET.fromstring(b"".join(write_reply(reply, switches)))
    found = root.findall("ResultList/Result")
    assert [base64.b64decode(one.text or "") for one in found] == [value for _, value in results]
    assert [one.get("name") is None for one in found] == [name is None for name, _ in results]


def test_the_helper_writes_what_the_guide_shows() -> None:
    """The tests' own envelope is the guide's example, so that they test what they claim."""
    assert envelope("configGetTasks", "base64", session="SID") == (
        "<Request><Session>SID</Session><Function>configGetTasks</Function><ArgList>"
        f"<Argument>{encode('base64')}</Argument></ArgList></Request>"
    )
