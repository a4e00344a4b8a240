"""Recorded interactions back to calls and frames."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.services.sertainty.wire import response
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.outcomes import InvalidArgument, NotFound
from toolkit.services.base.service import CallRecord
from toolkit.services.sertainty import service
from toolkit.services.sertainty.envelope import encode_request

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def interaction(body: bytes, answer: bytes | None, failure: Failure | None = None) -> Interaction:
    reply = None if answer is None else Response(200, "OK", [("content-type", "text/xml")], answer)
    return Interaction(Request("POST", "http://127.0.0.1/", [], body), reply, failure, AT, 0.25)


STATUS = encode_request("taskGetStatus", [(None, b"Nightly"), (None, "ingést".encode())], "s")


def test_decode_call() -> None:
    """Function, target, code, label, category and message, from canonical bytes."""
    record = service.decode_call(
        interaction(STATUS, response(213, message="File &lt;not&gt; found"))
    )
    assert record == CallRecord(
        "taskGetStatus", "Nightly/ingést", 213, "FILE_NOT_FOUND", "not found", "File <not> found"
    )


def test_decode_call_of_another_writer() -> None:
    """White space, attributes, the guide's other spelling and a declaration change nothing."""
    body = (
        b"<?xml version='1.0'?>\n<Request>\n<Session>s</Session> "
        b"<Function>tempateGetTask</Function>"
        b"<ArgList><Argument name='task-name'>\nYQ==\n</Argument></ArgList></Request>"
    )
    answer = b"<?xml version='1.0'?><Response><Status> 1 </Status><StatusMessage/></Response>"
    record = service.decode_call(interaction(body, answer))
    assert record[:4] == ("templateGetTask", "a", 1, "SUCCESS")


@pytest.mark.parametrize(
    ("answer", "category", "label"),
    [
        (b"<html>no</html>", "bad reply", "BadReply"),
        (b"<Response><Status>1</Status><StatusMessage>x</StatusMessage>", "bad reply", "BadReply"),
        (b"", "bad reply", "BadReply"),
        (response(777), "unknown status", "STATUS_777"),
    ],
)
def test_decode_call_never_raises(answer: bytes, category: str, label: str) -> None:
    """A reply that cannot be read is a category like others."""
    record = service.decode_call(interaction(STATUS, answer))
    assert (record.category, record.label) == (category, label)


def test_decode_call_of_a_failure() -> None:
    """A connection that broke has no code; its label is the exception's name."""
    record = service.decode_call(interaction(STATUS, None, Failure("ReadTimeout", "too slow")))
    assert record[2:] == (None, "ReadTimeout", "transport failure", "too slow")


@given(st.binary(max_size=200), st.one_of(st.none(), st.binary(max_size=200)))
def test_decode_call_of_junk(body: bytes, answer: bytes | None) -> None:
    """Any bytes in the request and the answer give a record."""
    assert isinstance(service.decode_call(interaction(b"<Request>" + body, answer)), CallRecord)


@given(st.sampled_from(service.functions.all), st.lists(st.text(max_size=8), max_size=4))
def test_fast_and_full_reading_agree(function: object, values: list[str]) -> None:
    """The quick reading of canonical bytes and the parser's give the same record."""
    name = function.name  # type: ignore[attr-defined]
    body = encode_request(name, [(None, value.encode()) for value in values], "sid")
    spaced = body.replace(b"<Request>", b"<Request> ")
    quick = service.decode_call(interaction(body, response(1)))
    full = service.decode_call(interaction(spaced, response(1).replace(b"><Status", b"> <Status")))
    assert quick == full


def test_decode_frame_is_the_live_frame() -> None:
    """The same columns and values as the method gives, or the same exception."""
    fields = {"StartTime": "2019-04-01T08:00:00", "EndTime": "", "LastErrorTime": "1554105600000"}
    fields |= {"Status": "waiting", "Error": "", "ExecCnt": "12", "ErrorCnt": "x"}
    frame = service.decode_frame(interaction(STATUS, response(1, *fields.items())))
    row = frame.iloc[0]
    assert row["config"] == "Nightly"
    assert row["start_time"].isoformat() == "2019-04-01T08:00:00+00:00"
    assert row["last_error_time"].isoformat() == "2019-04-01T08:00:00+00:00"
    assert frame["end_time"].isna().all()
    assert (row["status"], row["executions"], row["errors"]) == ("Waiting", 12, "x")
    assert frame.dtypes.astype(str).to_dict() == {
        "config": "str",
        "task": "str",
        "start_time": "datetime64[us, UTC]",
        "end_time": "datetime64[us, UTC]",
        "last_error_time": "datetime64[us, UTC]",
        "status": "category",
        "error": "str",
        "executions": "Int64",
        "errors": "str",  # the count was in an unknown form: it stays text
    }
    with pytest.raises(NotFound):
        service.decode_frame(interaction(STATUS, response(213)))
    with pytest.raises(InvalidArgument):
        service.decode_frame(interaction(STATUS, None, Failure("ConnectError")))


def test_unnamed_and_partial_status_records() -> None:
    """Results without names are read by position; missing ones are missing; odd ones are kept."""
    frame = service.decode_frame(
        interaction(STATUS, response(1, "2019-04-01 08:00:00+02:00", "soon", "", "Sleeping"))
    )
    assert frame["start_time"].item().isoformat() == "2019-04-01T06:00:00+00:00"
    assert frame["end_time"].item() == "soon"
    assert frame["status"].item() == "Sleeping"
    assert frame["executions"].isna().all()


def test_task_statuses_of_a_recording() -> None:
    """Only a successful taskGetStatus is a reading; it carries its time."""
    reading = service.task_statuses(interaction(STATUS, response(1, ("Status", "Idle"))))
    assert reading is not None
    assert reading["at"].item() == AT
    assert service.task_statuses(interaction(STATUS, response(213))) is None
    assert service.task_statuses(interaction(encode_request("agentPing"), response(1))) is None


def test_login_frames() -> None:
    """A recorded login gives its prompts, then the grant, without the id."""
    body = encode_request("hostOpenSession", [(None, b"ada")])
    asked = service.decode_frame(interaction(body, response(2, "Pet?", ("q", "Town?"))))
    assert asked["prompt"].tolist() == ["Pet?", "Town?"]
    granted = service.decode_frame(interaction(body, response(1, "sid-secret")))
    assert granted["state"].tolist() == ["granted"]
    assert "secret" not in granted.to_string()
    with pytest.raises(toolkit.AccessDenied):
        service.decode_frame(interaction(body, response(3)))
