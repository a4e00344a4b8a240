"""Faults on command: what a client must survive."""

from __future__ import annotations

import time

import httpx
import pytest

from sandbox.sertainty.wire import Wire, envelope
from toolkit.sandbox.sertainty import SertaintyBox, incident

PING = envelope("agentPing")


def test_an_answer_on_command(wire: Wire, box: SertaintyBox) -> None:
    """Any code with any text, for one function, so often; the function is not performed."""
    box.fault("answer", "configCreate", code=502, text="disk <full> & slow", times=2)
    for _ in range(2):
        reply = wire.call("configCreate", "Fresh")
        assert (reply.code, reply.message) == (502, "disk <full> & slow")
        assert wire.call("agentPing").code == 1
    assert wire.call("configCreate", "Fresh").code == 1


def test_any_function_and_skipping(wire: Wire, box: SertaintyBox) -> None:
    """Without a function every call is struck, after those that are let pass; always, if asked."""
    box.fault("answer", code=999, text="?", skip=2, times=None)
    codes = [wire.call("agentPing").code for _ in range(5)]
    assert codes == [1, 1, 999, 999, 999]
    assert wire.send("no XML").code == 999
    box.clear_faults()
    assert wire.call("agentPing").code == 1


def test_an_html_page(wire: Wire, box: SertaintyBox) -> None:
    """A proxy's error page: HTML, HTTP 502."""
    box.fault("html")
    reply = wire.post(PING)
    assert (reply.status_code, reply.headers["content-type"]) == (502, "text/html")
    assert "<br>" in reply.text


@pytest.mark.parametrize("size", [0, 1, 30])
def test_a_cut_body(wire: Wire, box: SertaintyBox, size: int) -> None:
    """The reply promises its length and breaks off; the function was performed."""
    box.fault("cut", "configCreate", size=size)
    body = envelope("configCreate", "Fresh", session=wire.session)
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed"):
        wire.post(body)
    assert wire.call("configCreate", "Fresh").code == 232


@pytest.mark.parametrize(("after", "code"), [(False, 1), (True, 232)])
def test_a_dropped_connection(wire: Wire, box: SertaintyBox, after: bool, code: int) -> None:
    """The connection breaks without a byte, before or after the function was performed."""
    box.fault("drop", "configCreate", after=after)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        wire.post(envelope("configCreate", "Fresh", session=wire.session))
    assert wire.call("configCreate", "Fresh").code == code


def test_a_delay(wire: Wire, box: SertaintyBox) -> None:
    """The right answer, late; others are served meanwhile."""
    box.fault("delay", "agentPing", seconds=0.15)
    began = time.perf_counter()
    assert wire.call("agentPing").code == 1
    assert time.perf_counter() - began >= 0.15


def test_a_delay_ends_with_the_box(wire: Wire, box: SertaintyBox) -> None:
    """A long delay runs into the client's timeout, and does not hold up the end."""
    box.fault("delay", seconds=600)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(box.url, content=PING, timeout=0.1)
    began = time.perf_counter()
    box.close()
    assert time.perf_counter() - began < 2


def test_a_big_body(wire: Wire, box: SertaintyBox) -> None:
    """So many bytes of base64 in one Result, streamed."""
    box.fault("big", size=5_000_000)
    with wire.client.stream("POST", box.url, content=PING) as reply:
        size = sum(len(piece) for piece in reply.iter_raw())
    assert 5_000_000 <= size < 5_000_300


def test_a_document_type_in_the_reply(wire: Wire, box: SertaintyBox) -> None:
    """A Response with entities, as an attacker would send it."""
    box.fault("dtd")
    assert b"<!ENTITY" in wire.post(PING).content


def test_a_raw_reply(wire: Wire, box: SertaintyBox) -> None:
    """Whatever body and status a test wants."""
    box.fault("raw", text="<Response><Status>one</Status></Response>", status=418)
    reply = wire.post(PING)
    assert (reply.status_code, reply.text) == (418, "<Response><Status>one</Status></Response>")


def test_calls_are_counted(wire: Wire, box: SertaintyBox) -> None:
    """The box tells what it saw: function, code, fault, in order."""
    box.fault("answer", "configGetList", code=502).fault("html")
    wire.call("configGetList")
    wire.post(PING)
    wire.call("configgetlist")
    wire.send("<x/>")
    assert [(call["function"], call["code"], call["fault"]) for call in box.calls[1:]] == [
        ("configGetList", 502, "answer"),
        ("agentPing", None, "html"),
        ("configgetlist", 1, None),
        ("", 408, None),
    ]
    assert box.calls[0]["function"] == "hostOpenSession"


def test_an_incident(wire: Wire, box: SertaintyBox) -> None:
    """A bad day: one function slow, a burst of failures, a code that was never there before."""
    bad = incident.begin(box)
    began = time.perf_counter()
    assert wire.call(bad.slow_function, "Nightly").code == 1
    assert time.perf_counter() - began >= bad.slow_seconds
    codes = [wire.call(bad.failing_function, "Nightly", "index").code for _ in range(7)]
    assert codes == [502] * bad.failures + [1] * (7 - bad.failures)
    for _ in range(3):
        assert wire.call(bad.new_function, "Strict").code == bad.new_code


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"kind": "explode"}, "kind must be one of"),
        ({"kind": "answer", "times": 0}, "1 or more"),
        ({"kind": "delay", "seconds": -1}, "not be below 0"),
    ],
)
def test_wrong_faults(box: SertaintyBox, options: dict[str, object], said: str) -> None:
    """A fault that cannot be is refused when it is set."""
    with pytest.raises(ValueError, match=said):
        box.fault(**options)
