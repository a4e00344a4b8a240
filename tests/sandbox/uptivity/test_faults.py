"""Faults at both doors: what a client sees, what was performed, and that others are not struck."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from sandbox.uptivity.wire import TIMEOUT, Line, code, post, request
from toolkit import sandbox
from toolkit.sandbox.uptivity import UptivityBox

START = {"type": "callstart", "requestid": "7", "deviceid": "2001"}


def begin(line: Line) -> bytes:
    """Send a CALLSTART and give what comes back in one line."""
    line.send(request("CALLSTART", 7, DEVICEID="2001"))
    return line.read()


@pytest.mark.parametrize("after", [False, True])
def test_drop(box: UptivityBox, after: bool) -> None:
    """The connection breaks without a reply; the command was performed or not, as asked for."""
    box.fault("drop", "CALLSTART", after=after, times=2)
    with Line(box.tcp) as line:
        line.send(request("CALLSTART", 7, DEVICEID="2001"))
        assert line.ended()
    assert len(box.items("call")) == after
    with pytest.raises(httpx.TransportError):
        httpx.post(box.url, params=START | {"deviceid": "2002"})
    assert len(box.items("call")) == 2 * after
    assert code(post(box, "TEST")) == 20


def test_silence(box: UptivityBox) -> None:
    """No reply comes, and the connection stays."""
    box.fault("silence", "CALLSTART", times=2, after=True)
    with Line(box.tcp) as line:
        line.send(request("CALLSTART", 7, DEVICEID="2001") + request("TEST", 8))
        assert b"<REQUESTID>8<" in line.read()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(box.url, params=START, timeout=httpx.Timeout(TIMEOUT, read=0.2))
    assert len(box.items("call")) == 1


@pytest.mark.parametrize("size", [0, 20])
def test_half_close(box: UptivityBox, size: int) -> None:
    """The server's side ends within the reply; what the client still says is no error."""
    box.fault("half_close", size=size, times=2)
    with Line(box.tcp) as line:
        line.send(request("TEST", 1))
        assert line.read() == b"<RESULT><REQUESTTYPE>TEST"[:size]
        line.send(request("TEST", 2))
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(box.url, params=START)


@pytest.mark.parametrize("size", [0, 20])
def test_cut(box: UptivityBox, size: int) -> None:
    """A part of the reply, then the end; the command was performed."""
    box.fault("cut", "CALLSTART", size=size, times=2)
    with Line(box.tcp) as line:
        part = begin(line)
        assert part.startswith(b"<RESULT><REQUESTTYPE")
        assert not size or len(part) == size
        assert line.read() == b""
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(box.url, params=START | {"deviceid": "2002"})
    assert len(box.items("call")) == 2


@pytest.mark.parametrize("kind", ["slow", "split"])
def test_in_pieces(box: UptivityBox, kind: str) -> None:
    """The reply comes in pieces, and is whole in the end."""
    whole = httpx.post(box.url, params={"type": "test", "requestid": "1"}).content
    box.fault(kind, seconds=0.001, size=7, times=2)  # type: ignore[arg-type]
    with Line(box.tcp) as line:
        line.send(request("TEST", 1))
        assert line.read() == whole
    assert httpx.post(box.url, params={"type": "test", "requestid": "1"}).content == whole


def test_delay(box: UptivityBox) -> None:
    """Nothing happens for a while; a client that does not wait goes without."""
    box.fault("delay", "CALLSTART", seconds=60.0)
    with Line(box.tcp) as line:
        line.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            begin(line)
    box.fault("delay", seconds=0.01)
    assert code(post(box, "TEST")) == 20


PLAIN = b"<RESULT><REQUESTTYPE>TEST</REQUESTTYPE><REQUESTID>1</REQUESTID>"


@pytest.mark.parametrize(
    ("kind", "text", "start", "results"),
    [
        ("garbage", "Ready.\r\n", b"Ready.\r\n" + PLAIN, 1),
        ("html", "", b"<!DOCTYPE html>", 0),
        ("raw", "<A/>", b"<A/>", 0),
        ("other_id", "", PLAIN.replace(b">1<", b">2<"), 1),
        ("twice", "", PLAIN, 2),
    ],
)
def test_bodies_that_are_bent(
    box: UptivityBox, kind: Any, text: str, start: bytes, results: int
) -> None:
    """Garbage before the XML, a page or a text instead of it, another id, a reply twice."""
    box.fault(kind, times=2, text=text)
    reply = httpx.post(box.url, params={"type": "test", "requestid": "1"})
    assert reply.content.startswith(start)
    assert reply.content.count(b"<RESULT>") == results
    assert reply.status_code == (502 if kind == "html" else 200)
    with Line(box.tcp) as line:
        line.send(request("TEST", 1) + request("CALLSTOP", 9))
        before, _, _ = line.read(b"<REQUESTTYPE>CALLSTOP").rpartition(b"<RESULT>")
        assert before.startswith(start)
        assert before.count(b"<RESULT>") == results
        assert before.endswith(b"\r\n")


def test_a_very_long_reply(box: UptivityBox) -> None:
    """16 MiB more arrive whole at both doors."""
    size = 16 * 1024 * 1024
    box.fault("big", size=size, times=2)
    with Line(box.tcp) as line:
        line.send(request("TEST", 1))
        got = bytearray()
        while not got.endswith(b"\r\n"):
            got += line.socket.recv(1 << 20)
    reply = httpx.post(box.url, params={"type": "test", "requestid": "1"}).content
    assert bytes(got) == reply + b"\r\n"
    assert len(reply) > size
    assert reply.endswith(b"x</FILLER></RESULT>")


def test_whom_a_fault_strikes(box: UptivityBox) -> None:
    """Its command, its door, after those that it lets pass, so many times, until it is cleared."""
    box.fault("raw", "TEST", door="tcp", skip=1, times=1, text="struck")
    with Line(box.tcp) as line:
        assert code(post(box, "TEST")) == 20
        assert code(line.ask("CALLLIST")) == 20
        assert code(line.ask("TEST")) == 20
        line.send(request("TEST"))
        assert line.read() == b"struck"
        assert code(line.ask("TEST")) == 20
        box.fault("raw", times=None, text="struck").clear_faults()
        assert code(line.ask("TEST")) == 20
    assert [call["fault"] for call in box.calls].count("raw") == 1


def test_what_is_no_fault(box: UptivityBox) -> None:
    """A kind, door or number that is wrong is one sentence."""
    with pytest.raises(ValueError, match="fault kind must be one of"):
        box.fault("flood")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match='door must be "http", "tcp" or None'):
        box.fault("drop", door="back")
    with pytest.raises(ValueError, match="times must be 1 or more"):
        box.fault("drop", times=0)


def test_the_end_leaves_nobody_waiting() -> None:
    """When the box closes, those who wait for a reply or an event are let go, at all doors."""
    with sandbox.start("uptivity", agents=1) as box:
        box.fault("delay", seconds=600.0, times=None)
        line, events = Line(box.tcp), socket.create_connection(box.events, timeout=TIMEOUT)
        line.send(request("TEST", 1))
        box.wait_for_listeners()
    for end in (line.socket, events):
        try:
            while end.recv(4096):
                pass
        except ConnectionError:
            pass
        end.close()
    with pytest.raises(OSError, match=r"refused|10061"):
        socket.create_connection(box.tcp, timeout=TIMEOUT)
    with pytest.raises(RuntimeError, match="the sandbox is closed"):
        _ = box.calls
