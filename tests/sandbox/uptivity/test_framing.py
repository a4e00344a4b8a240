"""Messages on the socket, however they arrive: whole, in pieces, many at once, or never ending."""

from __future__ import annotations

import socket
import xml.etree.ElementTree as ET
from collections.abc import Callable

import httpx
import hypothesis
import pytest
from hypothesis import strategies as st

from sandbox.uptivity.wire import Line, code, post, request, until
from toolkit import sandbox
from toolkit.sandbox.uptivity import UptivityBox
from toolkit.sandbox.uptivity.codes import Refusal
from toolkit.sandbox.uptivity.envelope import Reply, Request, read_query, read_xml, write_result
from toolkit.sandbox.uptivity.framing import Framer
from toolkit.sandbox.uptivity.switches import Switches

TEST = b"<REQUEST><TYPE>TEST</TYPE><REQUESTID>%d</REQUESTID></REQUEST>"


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"", b" \t\r\n\r\n"])
def test_every_line_end(line: Line, end: bytes) -> None:
    """CRLF, LF, CR, none at all: a request is answered when its root element closes."""
    for number in range(3):
        line.send(TEST % number + end)
        assert b"<REQUESTID>%d<" % number in line.read()


def test_many_at_once(line: Line) -> None:
    """Requests that arrive together are answered one after the other."""
    line.send(b"".join(TEST % number + b"\r\n" for number in range(50)))
    for number in range(50):
        assert b"<REQUESTID>%d<" % number in line.read()


def test_one_byte_at_a_time(line: Line) -> None:
    """A request that arrives in pieces, with line ends inside it, is one request."""
    line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in b"<REQUEST>\r\n <TYPE>TEST</TYPE>\n\n<REQUESTID>8</REQUESTID>\r</REQUEST>\r\n":
        line.send(bytes([byte]))
    assert b"<REQUESTID>8<" in line.read()


def test_a_client_that_ends_its_side(line: Line) -> None:
    """After it said its last it still gets the reply; a message without an end is 16."""
    line.send(TEST % 1 + b"\r\n<REQUEST><TYPE>")
    line.socket.shutdown(socket.SHUT_WR)
    assert b"<RESULTCODE>20<" in line.read()
    assert b"<RESULTCODE>16<" in line.read()
    assert line.read() == b""


def test_a_line_of_junk_without_its_end(line: Line) -> None:
    """Junk is a message when its line ends, or the client does."""
    line.send(b"GET / HTTP/1.1")
    line.socket.shutdown(socket.SHUT_WR)
    assert b"<RESULTCODE>16<" in line.read()


@pytest.mark.parametrize("start", [b"<REQUEST><TYPE>", b"junk "])
def test_a_message_that_is_too_large(box: UptivityBox, start: bytes) -> None:
    """Beyond the limit it is 16, and the connection is closed."""
    box.switch(message_limit=1000)
    with Line(box.tcp) as line:
        line.send(start + b"x" * 1100)
        assert b"<RESULTCODE>16<" in line.read()
        assert line.read() == b""
    with Line(box.tcp) as line:
        assert code(line.ask("TEST", 1, USER1="x" * 1000)) == 16


def test_a_message_that_does_not_end_in_time() -> None:
    """After the read timeout it is 16, and the connection is closed; so is one that is idle."""
    with sandbox.start("uptivity", agents=0, read_timeout=0.05) as box:
        with Line(box.tcp) as line:
            line.send(b"<REQUEST>")
            assert b"<RESULTCODE>16<" in line.read()
            assert line.read() == b""
        box.switch(idle_timeout=0.05)
        with Line(box.tcp) as line:
            assert line.read() == b""


def test_more_clients_than_allowed(box: UptivityBox) -> None:
    """One too many is told 48 after its request and closed; when one leaves there is room."""
    box.switch(max_clients=2)
    with Line(box.tcp) as first, Line(box.tcp) as second:
        assert code(first.ask("TEST", 1)) == code(second.ask("TEST", 2)) == 20
        with Line(box.tcp) as third:
            assert code(third.ask("TEST", 3)) == 48
            assert third.read() == b""
        assert code(second.ask("TEST", 4)) == 20
        box.switch(refuse_on="connect")
        with Line(box.tcp) as third:
            assert b"<RESULTCODE>48<" in third.read()
            assert third.read() == b""
    until(lambda: box.clients["tcp"] == 0)
    with Line(box.tcp) as fourth:
        assert code(fourth.ask("TEST", 5)) == 20


def test_the_web_api_is_full_too(box: UptivityBox) -> None:
    """Connections of both doors count together."""
    box.switch(max_clients=1)
    params = {"type": "test", "requestid": "1"}
    with Line(box.tcp) as line:
        assert code(line.ask("TEST", 1)) == 20
        reply = httpx.post(box.url, params=params)
        assert "<RESULTCODE>48<" in reply.text
        assert reply.headers["connection"] == "close"
    until(lambda: not any(box.clients.values()))
    assert "<RESULTCODE>20<" in httpx.post(box.url, params=params).text


def test_a_full_queue(box: UptivityBox) -> None:
    """While one slow command is worked on, a queue of one has no room: 47."""
    box.switch(queue_size=1, latency=60.0)
    with Line(box.tcp) as first, Line(box.tcp) as second:
        first.send(request("TEST", 1))
        until(lambda: box.waiting == 1)
        assert code(second.ask("TEST", 2)) == 47
        assert code(post(box, "TEST", 3)) == 47
    assert [call["code"] for call in box.calls] == [47, 47]


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)
names = st.sampled_from(["DEVICEID", "USER1", "USER2", "ANI", "CALLINSTANCE"])


@hypothesis.given(st.dictionaries(names, texts), st.lists(st.integers(1, 40), max_size=8))
def test_pieces_make_no_difference(values: dict[str, str], cuts: list[int]) -> None:
    """However three messages are cut, the framer gives the three, and they read as they were."""
    message = request("CALLSTART", 5, **values).strip()
    data = b"\r\n".join([message] * 3)
    framer, at = Framer(), 0
    found: list[bytes] = []
    for cut in cuts:
        found += framer.feed(data[at : at + cut])
        at += cut
    found += framer.feed(data[at:])
    assert found == [message] * 3
    assert framer.pending == b""
    expected = {name: value.strip() for name, value in values.items()}
    assert read_xml(message) == Request("CALLSTART", "5", expected)


@hypothesis.given(st.binary(max_size=60))
def test_any_bytes_end_with_their_line(data: bytes) -> None:
    """Whatever comes, each message is a request or refused; nothing else is raised."""
    framer = Framer()
    for message in [*framer.feed(data), *framer.feed(b"\r\n")]:
        assert refused(read_xml, message) in (None, 16, 17)
    assert refused(read_query, data) in (None, 17)


def refused(read: Callable[[bytes], Request], data: bytes) -> int | None:
    """The code with which a message is refused, if it is."""
    try:
        read(data)
    except Refusal as refusal:
        return refusal.code
    return None


@hypothesis.given(texts, texts, st.sampled_from(["utf-8", "windows-1252"]), st.booleans())
def test_results_are_well_formed(message: str, value: str, encoding: str, indent: bool) -> None:
    """Any text survives in a RESULT, in either encoding."""
    switches = Switches().changed(encoding=encoding, indent=indent, declaration=True)
    reply = Reply(7, message=message, data=("DATA", [("VALUE", value)]))
    result = ET.fromstring(write_result(Request("TEST", "1"), reply, switches))
    clean = "".join(one if one not in "\ufffe\uffff" else "\ufffd" for one in value)
    assert (result.findtext("DATA/VALUE") or "") == clean
    assert result.findtext("RESULTCODE") == "7"
