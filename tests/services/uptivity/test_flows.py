"""The flow of a call: what is sent again, after which pause, and what never is."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.services.uptivity.wire import error, result
from toolkit.http import Answer
from toolkit.outcomes import ConnectionLost, NotRecorded, Unreachable
from toolkit.services.base.asking import TerminalAsker
from toolkit.services.base.driving import Send, drive, drive_async, in_thread
from toolkit.services.uptivity import wire
from toolkit.services.uptivity.call import Call, Command
from toolkit.services.uptivity.codes import CODES
from toolkit.services.uptivity.doors import Door
from toolkit.services.uptivity.flows import State, call_flow, next_number, pause
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.warned import UptivityWarning

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
DOORS = {"tcp": Door.of("tcp://h"), "http": Door.of("http://h")}


class Wire:
    """Answers from a list, what was sent and how long was waited."""

    def __init__(self, *bodies: bytes | Exception, echo: str | None = "own") -> None:
        self.left, self.echo = list(bodies), echo
        self.sent: list[Send] = []
        self.waited: list[float] = []

    def send(self, step: Send) -> Answer:
        self.sent.append(step)
        body = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(body, Exception):
            raise body
        number = wire.request_id(step.url, step.body)
        body = body.replace(b"<REQUESTID>#<", f"<REQUESTID>{number}<".encode())
        asked = number if self.echo == "own" else self.echo
        headers = httpx.Headers({} if asked is None else {wire.ANSWERS: asked})
        return Answer(200, headers, body, AT, 0.5)

    def run(
        self, kind: str, door: str = "tcp", options: Options | None = None, **given: str
    ) -> Call:
        numbers: Callable[[], int] = itertools.count(7).__next__
        state = State(DOORS[door], options or Options(), numbers, lambda: 1.0)
        command = Command(kind, tuple(given.items()))
        return drive(call_flow(command, state), self.send, wait=self.waited.append)


def refused(code: int) -> bytes:
    return error("#", code, CODES[code].label)


GOOD = result("#")


@pytest.mark.parametrize("door", ["tcp", "http"])
def test_request(door: str) -> None:
    """Each door's form, the number of the counter, and whether it may be repeated."""
    tcp = Wire(GOOD)
    call = tcp.run("CALLUPDATE", door, DEVICEID="1001", USER1="a b")
    step = tcp.sent[0]
    assert not step.repeatable
    if door == "tcp":
        assert step.body == (
            b"<REQUEST><TYPE>CALLUPDATE</TYPE><REQUESTID>7</REQUESTID>"
            b"<DEVICEID>1001</DEVICEID><USER1>a b</USER1></REQUEST>"
        )
        assert (step.method, step.url) == ("SEND", "tcp://h:5620")
    else:
        query = "type=callupdate&requestid=7&deviceid=1001&user1=a%20b"
        assert (step.method, step.url) == ("POST", f"http://h:2012/webAPI.aspx?{query}")
        assert step.body == b""
    assert (call.target, call.outcome.code, call.at, call.elapsed) == ("1001", 20, AT, 0.5)


@pytest.mark.parametrize(
    ("kind", "given_", "is_read"),
    [
        ("TEST", {}, True),
        ("CALLLIST", {}, True),
        ("IMPORTUSER", {"ACTION": "List"}, True),
        ("IMPORTUSER", {"ACTION": "add"}, False),
        ("IMPORTUSER", {}, False),
        ("CALLSTART", {"DEVICEID": "1"}, False),
        ("CALLSTOP", {"DEVICEID": "1"}, False),
        ("CALLUPDATE", {"DEVICEID": "1"}, False),
        ("SOMETHING", {}, False),
    ],
)
def test_reads(kind: str, given_: dict[str, str], is_read: bool) -> None:
    """Only reads may be sent again; what is in no table may change anything."""
    one = Wire(GOOD)
    one.run(kind, **given_)
    assert one.sent[0].repeatable is is_read


@pytest.mark.parametrize("code", [4, 11, 23])
def test_faults_of_the_moment(code: int) -> None:
    """A read is sent once more, with another number; a change is not."""
    one = Wire(refused(code), GOOD)
    assert one.run("CALLLIST").outcome.code == 20
    assert [wire.request_id("", step.body) for step in one.sent] == ["7", "8"]
    with pytest.raises(toolkit.ServerFault):
        Wire(refused(code)).run("CALLLIST")
    change = Wire(refused(code), GOOD)
    with pytest.raises(toolkit.ServerFault):
        change.run("CALLSTART", DEVICEID="1")
    assert len(change.sent) == 1


@pytest.mark.parametrize("code", [47, 48])
@pytest.mark.parametrize("kind", ["CALLSTART", "CALLLIST"])
def test_backing_off(code: int, kind: str) -> None:
    """A full queue and too many clients: sent again after pauses that grow, a few times."""
    one = Wire(refused(code), refused(code), GOOD)
    assert one.run(kind).outcome.code == 20
    assert one.waited == [0.5, 1.0]
    never = Wire(refused(code))
    with pytest.raises(toolkit.Busy) as caught:
        never.run(kind, options=Options(tries=3, wait=1.0, wait_most=1.5))
    assert (len(never.sent), never.waited) == (3, [1.0, 1.5])
    assert caught.value.__dict__["kind"] == "throttling"


@given(st.integers(1, 30), st.floats(0, 1))
def test_pauses(tries: int, chance: float) -> None:
    """Bounded, and never nothing."""
    assert 0.25 <= pause(tries, Options(), lambda: chance) <= 8.0


@pytest.mark.parametrize("code", sorted(set(CODES) - {4, 11, 23, 46, 47, 48} - {0, 13, 20, 37, 43}))
def test_the_others_are_sent_once(code: int) -> None:
    """No other refusal is sent again, not even of a read."""
    one = Wire(refused(code), GOOD)
    with pytest.raises(toolkit.OutcomeError) as caught:
        one.run("CALLLIST")
    assert (len(one.sent), one.waited) == (1, [])
    assert (caught.value.code, caught.value.function) == (code, "CALLLIST")
    assert (caught.value.at, caught.value.elapsed) == (AT, 0.5)


def test_partial() -> None:
    """46 gives its data, marked."""
    data = "<CALLS><CALLCOUNT>1</CALLCOUNT><CALL><DEVICEID>1</DEVICEID></CALL></CALLS>"
    call = Wire(result("#", 46, "API_PARTIAL_CORE_RESPONSE", data=data)).run("CALLLIST")
    assert call.is_partial
    assert call.frame.attrs["partial"] is True
    assert call.frame.attrs["category"] == "partial"
    assert call.frame["deviceid"].tolist() == ["1"]


def test_unknown_code_that_is_no_error() -> None:
    """Its data come with a warning, and the outcome stays unknown."""
    one = Wire(result("#", 77, "API_NEW", data="<L><I><A>1</A></I></L>"))
    with pytest.warns(UptivityWarning, match="RESULTCODE 77 with RESULTTYPE API_NEW is in no"):
        call = one.run("SOMETHING")
    assert call.frame["a"].tolist() == ["1"]
    assert call.frame.attrs["category"] == "unknown status"


def test_repairs_are_told() -> None:
    """A repaired answer is a warning and a mark."""
    data = "<USERS><USER><USER_ID>1</USER_ID></USER>"
    with pytest.warns(UptivityWarning, match="end of <USERS> was missing"):
        call = Wire(result("#", data=data)).run("IMPORTUSER", ACTION="list")
    assert (call.frame["user_id"].item(), call.frame.attrs["repaired"]) == (1, True)
    with pytest.raises(toolkit.BadReply):
        Wire(result("#", data=data)).run("CALLLIST", options=Options(repair=False))


@pytest.mark.parametrize(
    ("echo", "fine"), [("7", True), ("007", True), ("", True), ("8", False), ("x7", False)]
)
@pytest.mark.parametrize("door", ["tcp", "http"])
def test_echo(door: str, echo: str, fine: bool) -> None:
    """Another number raises on the socket and warns over HTTP; the option says otherwise."""
    one = Wire(result(echo))
    if fine:
        assert one.run("TEST", door).outcome.code == 20
    elif door == "tcp":
        with pytest.raises(toolkit.BadReply, match="and 7 was sent") as caught:
            one.run("TEST", door)
        assert (caught.value.function, caught.value.at) == ("TEST", AT)
    else:
        with pytest.warns(UptivityWarning, match="and 7 was sent"):
            one.run("TEST", door)
        with pytest.raises(toolkit.BadReply):
            one.run("TEST", door, Options(other_id="raise"))


def test_echo_of_a_recording() -> None:
    """What a cassette answers is compared with the number that was sent when it was recorded."""
    assert Wire(result("99"), echo="99").run("TEST").outcome.code == 20
    assert Wire(result("99"), echo=None).run("TEST").outcome.code == 20
    with pytest.raises(toolkit.BadReply, match="request 99, and 98 was sent"):
        Wire(result("99"), echo="98").run("TEST")


@pytest.mark.parametrize(
    ("failure", "kind", "says", "silent"),
    [
        (ConnectionLost("gone"), "CALLSTART", "it may have been done; calls.list", ""),
        (ConnectionLost("gone"), "SOMETHING", "look before sending it again", ""),
        (ConnectionLost("gone"), "CALLLIST", "gone", "may have been done"),
        (Unreachable("no"), "CALLSTART", "no", "may have been done"),
    ],
)
def test_lost_answers(failure: Exception, kind: str, says: str, silent: str) -> None:
    """The exception says which call it was, and what to do."""
    with pytest.raises(type(failure)) as caught:
        Wire(failure).run(kind, DEVICEID="1")
    assert str(caught.value).startswith(f"{kind}(1): ")
    assert says in str(caught.value)
    assert not silent or silent not in str(caught.value)


def test_not_recorded_is_told() -> None:
    """A replay's refusal names the call."""
    with pytest.raises(NotRecorded, match=r"CALLSTOP\(1/2\): nothing"):
        Wire(NotRecorded("nothing")).run("CALLSTOP", DEVICEID="1", CALLINSTANCE="2")


def test_counter() -> None:
    """Numbers of one process only grow."""
    numbers = [next_number() for _ in range(5)]
    assert numbers == sorted(set(numbers))


def test_http_without_a_result() -> None:
    """The body is looked at first, whatever the status; without a RESULT the status is told."""

    def sender(_step: Send) -> Answer:
        return Answer(503, httpx.Headers({"content-type": "text/html"}), b"<p>busy</p>", AT, 0.1)

    state = State(DOORS["http"], Options())
    with pytest.raises(toolkit.BadReply, match="HTTP 503, text/html"):
        drive(call_flow(Command("TEST"), state), sender)

    def late(step: Send) -> Answer:
        number = wire.request_id(step.url, b"")
        return Answer(500, httpx.Headers(), error(number, 24, "API_AGENT_NOT_FOUND"), AT, 0.1)

    with pytest.raises(toolkit.NotFound):
        drive(call_flow(Command("TEST"), state), late)


def test_state_shows_nothing_odd() -> None:
    """Reprs are short."""
    call: Any = Wire(GOOD).run("TEST")
    assert "RESULT" not in repr(call)


def test_awaited() -> None:
    """The same flow under a driver that awaits: the pause is awaited too."""
    one = Wire(refused(47), GOOD)
    options = Options(wait=0.001)
    flow = call_flow(Command("TEST"), State(DOORS["tcp"], options))
    call = asyncio.run(drive_async(flow, in_thread(one.send), TerminalAsker()))
    assert (call.outcome.code, len(one.sent)) == (20, 2)
