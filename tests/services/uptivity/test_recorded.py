"""Recorded sessions of both doors: replayed with equal frames, decoded, readable by vcrpy."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st
from vcr.cassette import Cassette as StockCassette

import toolkit
from tests.services.uptivity.wire import answer, drop, error, refusal, result, scripted
from toolkit.cassettes import read
from toolkit.cassettes.check import check
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.sandbox.uptivity import UptivityBox
from toolkit.services.uptivity import service
from toolkit.services.uptivity.call import target_of
from toolkit.services.uptivity.codes import CODES
from toolkit.services.uptivity.doors import Door
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.reply import decode_reply
from toolkit.services.uptivity.server import Server
from toolkit.services.uptivity.verdict import verdict_of

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def box() -> Iterator[UptivityBox]:
    with toolkit.sandbox.start("uptivity") as running:
        yield running


@pytest.fixture(params=["http", "tcp"])
def url(request: pytest.FixtureRequest, box: UptivityBox) -> str:
    return box.url if request.param == "http" else f"tcp://{box.tcp[0]}:{box.tcp[1]}"


def walk(server: Server) -> list[pd.DataFrame]:
    """Calls of every kind: reads, changes, refusals."""
    frames = [server.test(), server.users.list(), server.calls.list()]
    frames.append(server.calls.start("2003", ani="5550100", calldirection="I", user1="é & <"))
    frames += [server.calls.list(), server.calls.update("2003", keepdays=30), server.calls.list()]
    for use in (
        lambda: server.calls.stop("77"),
        lambda: server.send("NONSENSE"),
        lambda: server.users.send("nothing"),
    ):
        with pytest.raises(toolkit.OutcomeError) as caught:
            use()
        told = {"text": [str(caught.value)], "code": [caught.value.__dict__["wire_code"]]}
        frames.append(pd.DataFrame(told))
    frames.append(server.calls.stop("2003"))
    return frames


def test_a_session_replays(url: str, tmp_path: Path) -> None:
    """Without the server, with other numbers, with equal frames; vcrpy reads what we read."""
    path = tmp_path / "session.yaml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", toolkit.uptivity.UptivityWarning)
        with toolkit.record(path), toolkit.uptivity.connect(url) as server:
            live = walk(server)
        with toolkit.replay(path) as played, toolkit.uptivity.connect(url) as server:
            again = walk(server)
            with pytest.raises(toolkit.NotRecorded, match="TEST"):
                server.test()
    assert played.calls == len(live)
    for before, after in zip(live, again, strict=True):
        pd.testing.assert_frame_equal(before, after)
        assert before.attrs == after.attrs
    assert check(path).empty
    stock = StockCassette.load(path=str(path))
    assert len(stock) == len(list(read(path))) == len(live)
    assert {request.uri.split("?")[0] for request in stock.requests} == {url}


def test_recorded_calls(url: str, tmp_path: Path) -> None:
    """``read_calls`` has each command, its device, its code; ``decode_frame`` the live frames."""
    path = tmp_path / "session.yaml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", toolkit.uptivity.UptivityWarning)
        with toolkit.record(path), toolkit.uptivity.connect(url) as server:
            live = walk(server)
        calls = toolkit.read_calls(path)
        for one, frame in zip(read(path), live, strict=True):
            if service.decode_call(one).category == "success":
                pd.testing.assert_frame_equal(service.decode_frame(one), frame)
            else:
                with pytest.raises(toolkit.OutcomeError) as caught:
                    service.decode_frame(one)
                assert str(caught.value) == frame["text"].item()
    assert set(calls["service"]) == {"uptivity"}
    assert calls["function"].tolist() == [
        "TEST", "IMPORTUSER", "CALLLIST", "CALLSTART", "CALLLIST", "CALLUPDATE", "CALLLIST",
        "CALLSTOP", "NONSENSE", "IMPORTUSER", "CALLSTOP",
    ]  # fmt: skip
    assert calls["target"].tolist()[3] == "2003"
    assert calls["code"].tolist() == [20, 20, 20, 0, 20, 37, 20, 8, 10, 21, 13]
    assert calls["category"].tolist()[7:10] == ["invalid request"] * 3


def test_two_services_in_one_table(url: str, tmp_path: Path) -> None:
    """Result codes of different services stand side by side, in shared categories."""
    path = tmp_path / "session.yaml"
    with (
        toolkit.sandbox.start("sertainty") as other,
        toolkit.record(path),
        toolkit.uptivity.connect(url) as server,
        toolkit.sertainty.connect(other.url) as gateway,
    ):
        gateway.login_with(other.user, other.answers)
        server.test()
        with pytest.raises(toolkit.NotFound):
            gateway.task.get_status("Nightly", "nothing")
        with pytest.raises(toolkit.InvalidRequest):
            server.calls.stop("77")
    codes = toolkit.result_codes(toolkit.read_calls(path))
    assert set(codes["service"]) == {"sertainty", "uptivity"}
    found = codes.set_index(["service", "code"])["category"].to_dict()
    assert found["uptivity", 20] == found["sertainty", 1] == "success"
    assert (found["uptivity", 8], found["sertainty", 213]) == ("invalid request", "not found")


KILLED = """
import os, signal, sys, toolkit
with toolkit.record(sys.argv[1]), toolkit.uptivity.connect(sys.argv[2]) as server:
    for _ in range(5):
        server.test()
    server.users.list()
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_killed_while_recording(url: str, tmp_path: Path) -> None:
    """A process that is killed leaves each call that had ended, and they replay."""
    path = tmp_path / "killed.yaml"
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(path), url]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.kill()
    child.wait(10)
    child.communicate()
    assert child.returncode == -signal.SIGKILL if os.name == "posix" else True
    assert len(StockCassette.load(path=str(path))) == 6
    with toolkit.replay(path), toolkit.uptivity.connect(url) as server:
        assert [server.test()["code"].item() for _ in range(5)] == [20] * 5
        assert not server.users.list().empty


def test_replay_opens_no_socket(tmp_path: Path) -> None:
    """Nor does a busy server's recording make it wait again."""
    path = tmp_path / "busy.yaml"
    busy = refusal(47, "API_COMMAND_QUEUE_FULL")
    with scripted(busy, busy, answer()) as server:
        with toolkit.record(path), toolkit.uptivity.connect(server.url, wait=0.01) as one:
            one.calls.start("1")
    started = dt.datetime.now(dt.UTC)
    with toolkit.replay(path), toolkit.uptivity.connect(server.url, wait=60.0) as one:
        assert one.calls.start("1")["code"].item() == 20
    assert (dt.datetime.now(dt.UTC) - started).total_seconds() < 30


def test_recorded_failure_replays(tmp_path: Path) -> None:
    """A lost answer is recorded as the failure that it was."""
    path = tmp_path / "lost.yaml"
    with scripted(drop) as server:
        with toolkit.record(path), toolkit.uptivity.connect(server.url) as one:
            with pytest.raises(toolkit.ConnectionLost) as live:
                one.calls.stop("1")
    with toolkit.replay(path), toolkit.uptivity.connect(server.url) as one:
        with pytest.raises(toolkit.ConnectionLost) as again:
            one.calls.stop("1")
    assert str(again.value) == str(live.value)
    row = toolkit.read_calls(path).iloc[0]
    assert (row["function"], row["target"], row["label"], row["category"]) == (
        "CALLSTOP", "1", "RemoteProtocolError", "transport failure",
    )  # fmt: skip
    assert len(StockCassette.load(path=str(path))) == 1


def test_answers_in_order(tmp_path: Path) -> None:
    """A replay whose numbers overlap the recording's gets the answers in recorded order."""
    path = tmp_path / "order.yaml"
    lists = [answer(data=f"<CALLS><CALL><DEVICEID>{n}</DEVICEID></CALL></CALLS>") for n in "123"]
    with scripted(*lists) as server:
        with toolkit.record(path), toolkit.uptivity.connect(server.url) as one:
            count_from(one, 3, 2, 1)
            live = [one.calls.list()["deviceid"].item() for _ in lists]
    with toolkit.replay(path), toolkit.uptivity.connect(server.url) as one:
        count_from(one, 1, 2, 3)
        again = [one.calls.list()["deviceid"].item() for _ in lists]
    assert again == live == ["1", "2", "3"]


def count_from(server: Server, *numbers: int) -> None:
    """Give a client its REQUESTIDs."""
    object.__setattr__(server._state, "number", iter(numbers).__next__)


# --- decoding alone ----------------------------------------------------------------------------


def tcp(kind: str, inner: str = "", number: str = "1") -> Request:
    body = f"<REQUEST><TYPE>{kind}</TYPE><REQUESTID>{number}</REQUESTID>{inner}</REQUEST>"
    return Request("SEND", "tcp://h:5620", [], body.encode())


def told(request: Request, body: bytes) -> Interaction:
    return Interaction(request, Response(200, "OK", [], body), recorded_at=AT, elapsed=0.25)


SEEN = Request("POST", "https://h/Webapi.aspx?requestid=17&type=test")
CASES: list[tuple[Interaction, tuple[Any, ...]]] = [
    (told(SEEN, result("17")), ("TEST", "", 20, "API_OK", "success")),
    (told(tcp("CALLSTART", "<SYS_USER>jo</SYS_USER>"), error("1", 24, "API_AGENT_NOT_FOUND")),
     ("CALLSTART", "jo", 24, "API_AGENT_NOT_FOUND", "not found")),
    (told(tcp("RECORDSTART"), error("1", 17, " API_ERROR_NO_DEFAULT_RECORDING_PATH")),
     ("RECORDSTART", "", 18, "API_ERROR_NO_DEFAULT_RECORDING_PATH", "server fault")),
    (told(tcp("CALLLIST"), result("1", 46, "API_PARTIAL_CORE_RESPONSE")),
     ("CALLLIST", "", 46, "API_PARTIAL_CORE_RESPONSE", "partial")),
    (told(tcp("X"), result("1", 19, "API_NEW")), ("X", "", 19, "API_NEW", "unknown status")),
    (told(tcp("TEST"), b"<html>"), ("TEST", "", None, "BadReply", "bad reply")),
    (told(Request("LISTEN", "tcp://h:5621"),
          b"<EVENT><TYPE>CALLSTOP</TYPE><DEVICEID>7</DEVICEID></EVENT>"),
     ("EVENT", "7", None, "CALLSTOP", "success")),
    (told(Request("LISTEN", "tcp://h:5621"), b"?"), ("EVENT", "", None, "BadReply", "bad reply")),
    (Interaction(tcp("TEST"), failure=Failure("ReadError", "gone")),
     ("TEST", "", None, "ReadError", "transport failure")),
    (Interaction(tcp("TEST")), ("TEST", "", None, "no response", "transport failure")),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_decode_call(one: Interaction, expected: tuple[Any, ...]) -> None:
    """Command, target, code, label, category; never an exception."""
    assert service.recognises(one.request)
    assert service.decode_call(one)[:5] == expected


def test_decode_frame() -> None:
    """The live call's exception, and what is no call."""
    with pytest.raises(toolkit.BadReply, match="request 2, and 1 was sent"):
        service.decode_frame(told(tcp("TEST"), result("2")))
    with pytest.raises(toolkit.InvalidArgument, match="no answer"):
        service.decode_frame(Interaction(tcp("TEST")))
    event = told(Request("LISTEN", "tcp://h:5621"), b"<EVENT><A>1</A></EVENT>")
    frame = service.decode_frame(event)
    assert frame["at"].item() == AT + dt.timedelta(seconds=0.25)
    assert service.task_statuses(event) is None
    assert repr(service) == "<service uptivity: 6 functions>"


@given(
    st.dictionaries(
        st.sampled_from(["DEVICEID", "CALLINSTANCE", "SYS_USER", "ACTION", "USER1"]),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(str.strip),
    ),
    st.sampled_from(["tcp", "http"]),
)
def test_quick_reading_of_requests(fields: dict[str, str], door: str) -> None:
    """The short way to a command's type and target says what the long way says."""
    options = Options(warn_special=False)
    where = Door.of(f"{door}://h")
    step = where.step("CALLSTOP", 7, tuple(fields.items()), options, repeatable=False)
    record = service.decode_call(Interaction(Request(step.method, step.url, [], step.body)))
    assert (record.function, record.target) == ("CALLSTOP", target_of(fields))


@given(
    code=st.sampled_from([*CODES, 19, 77]),
    kind=st.sampled_from(["ERROR", "API_OK", " API_USER_NOT_FOUND ", ""]),
    message=st.sampled_from(["API_OK", " API_DEVICE_INVALID", "a &amp; b", "é", "<!-- x -->y", ""]),
    before=st.sampled_from(["", "\r\n", "junk "]),
    data=st.sampled_from(["", "<USERS><COUNT>0</COUNT></USERS>", "<USERS>"]),
)
def test_quick_reading_of_answers(
    code: int, kind: str, message: str, before: str, data: str
) -> None:
    """The short way to an outcome says what the long way says."""
    body = before.encode() + result("1", code, kind, message, data)
    record = service.decode_call(told(tcp("TEST"), body))
    outcome = verdict_of(decode_reply(body)).outcome
    assert record[2:] == (outcome.code, outcome.label, outcome.category.value, outcome.message)


def test_verifying(tmp_path: Path) -> None:
    """A recording is compared with a live server, the numbers left out."""
    path = tmp_path / "verified.yaml"
    changed = answer(data="<CALLS><CALLCOUNT>0</CALLCOUNT></CALLS>")
    with scripted(answer(), answer(), answer(), changed) as server:
        with toolkit.record(path), toolkit.uptivity.connect(server.url) as one:
            one.test()
            one.calls.list()
        ignore = [r"<REQUESTID>[0-9]*</REQUESTID>"]
        with toolkit.replay(path, mode="verify", ignore=ignore) as live:
            with toolkit.uptivity.connect(server.url) as one:
                one.test()
                one.calls.list()
            differences = live.cassette.differences
    assert [difference.parts for difference in differences] == [("body",)]
    assert "CALLCOUNT" in differences[0].text
