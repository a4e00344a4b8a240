"""Each switch does what it says, at both doors where it concerns both."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import httpx
import pytest

from sandbox.uptivity.wire import Line, code, names, post
from toolkit import sandbox
from toolkit.sandbox.uptivity import Switches, UptivityBox


def raw(box: UptivityBox, **params: str) -> str:
    """A reply of the Web API as text."""
    return httpx.post(box.url, params={"requestid": "1", **params}).text


@pytest.mark.parametrize(
    ("choice", "start"),
    [
        ("before", ["REQUESTTYPE", "REQUESTID"]),
        ("after", ["REQUESTID", "REQUESTTYPE"]),
        ("absent", ["REQUESTID"]),
    ],
)
def test_requesttype(box: UptivityBox, choice: str, start: list[str]) -> None:
    """The three places of REQUESTTYPE."""
    box.switch(requesttype=choice)
    expected = [*start, "RESULTTYPE", "RESULTCODE", "RESULTMSG"]
    assert names(post(box, "TEST")) == expected


def test_errors_off_by_one(box: UptivityBox) -> None:
    """17 for 18 with 18's label, as in the vendor's example; codes below and successes stay."""
    box.switch(errors_off_by_one=True, recording_path="", blank_in_message=True, message="detail")
    result = post(box, "CALLSTART", deviceid="2001")
    assert (code(result), result.findtext("RESULTTYPE")) == (17, "ERROR")
    assert result.findtext("RESULTMSG") == " API_ERROR_NO_DEFAULT_RECORDING_PATH"
    assert code(post(box, "CALLSTART")) == 25  # for 26
    assert code(post(box, "CALLSTART", deviceid="1")) == 8
    assert code(post(box, "TEST")) == 20


def test_blank_in_message(box: UptivityBox) -> None:
    """A blank leads the message of errors only."""
    box.switch(blank_in_message=True)
    assert post(box, "HELLO").findtext("RESULTMSG") == " API_UNKNOWN_MESSAGE_TYPE"
    assert post(box, "TEST").findtext("RESULTMSG") == "API_OK"


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("label", "API_DEVICE_INVALID"),
        ("detail", "no device 1"),
        ("both", "API_DEVICE_INVALID: no device 1"),
    ],
)
def test_message(box: UptivityBox, choice: str, message: str) -> None:
    """What RESULTMSG of an error holds."""
    box.switch(message=choice)
    assert post(box, "CALLSTART", deviceid="1").findtext("RESULTMSG") == message


def test_drop_close_tag(box: UptivityBox) -> None:
    """The list's end tag is missing, all others are there."""
    whole = raw(box, type="importuser", action="list")
    box.switch(drop_close_tag=True)
    assert raw(box, type="importuser", action="list") == whole.replace("</USERS>", "")
    assert "</CALLS>" not in raw(box, type="calllist")
    ET.fromstring(raw(box, type="test"))


@pytest.mark.parametrize(("choice", "end"), [("crlf", b"\r\n"), ("lf", b"\n"), ("cr", b"\r")])
@pytest.mark.parametrize("indent", [False, True])
def test_line_end(box: UptivityBox, choice: str, end: bytes, indent: bool) -> None:
    """A reply on the socket ends with the line end; indented it has them inside too."""
    box.switch(line_end=choice, indent=indent)
    with Line(box.tcp) as line:
        line.send(b"<TEST><REQUESTID>1</REQUESTID></TEST>\r\n")
        lines = [line.read(end)]
        while not lines[-1].endswith(b"</RESULT>"):
            lines.append(line.read(end))
        assert line.held == b""
    assert len(lines) == (7 if indent else 1)
    assert not any(other in one for one in lines for other in (b"\r", b"\n"))
    assert lines[1:2] == ([b"  <REQUESTTYPE>TEST</REQUESTTYPE>"] if indent else [])


def test_declaration_and_encoding(box: UptivityBox) -> None:
    """A declaration names the encoding; what that has no sign for is a reference."""
    box.switch(declaration=True, encoding="windows-1252", content_type="")
    post(box, "CALLSTART", deviceid="2001", user1="André ≤ 7")
    reply = httpx.get(box.url, params={"type": "calllist", "requestid": "1"})
    assert reply.content.startswith(b'<?xml version="1.0" encoding="windows-1252"?><RESULT>')
    assert b"<USER1>Andr\xe9 &#8804; 7</USER1>" in reply.content
    assert "content-type" not in reply.headers
    assert ET.fromstring(reply.content).findtext("CALLS/CALL/USER1") == "André ≤ 7"


US = r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M"


@pytest.mark.parametrize(
    ("switches", "added", "changed", "never"),
    [
        ({}, rf"{US} -05:00", rf"{US}-05:00", "1/1/0001 12:00:00 AM +00:00"),
        ({"offset_space": "yes"}, rf"{US} -05:00", rf"{US} -05:00", "1/1/0001 12:00:00 AM +00:00"),
        ({"offset_space": "no"}, rf"{US}-05:00", rf"{US}-05:00", "1/1/0001 12:00:00 AM+00:00"),
        ({"utc_offset": 5.5}, rf"{US} \+05:30", rf"{US}\+05:30", "1/1/0001 12:00:00 AM +00:00"),
        (
            {"time_shape": "padded"},
            r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d",
            r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d",
            "01/01/0001 00:00:00",
        ),
        (
            {"time_shape": "iso"},
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-05:00",
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-05:00",
            "0001-01-01T00:00:00+00:00",
        ),
    ],
)
def test_times(switches: dict[str, Any], added: str, changed: str, never: str) -> None:
    """The shapes of times, with a blank before the offset or not, and of one never set."""
    with sandbox.start("uptivity", agents=5, **switches) as box:
        users = post(box, "IMPORTUSER", action="list").findall("USERS/USER")
    assert re.fullmatch(added, users[0].findtext("ADD_TIME", ""))
    assert re.fullmatch(changed, users[0].findtext("MOD_TIME", ""))
    assert users[4].findtext("ADD_TIME") == never


def test_http_status(box: UptivityBox) -> None:
    """Errors have the status, successes 200."""
    box.switch(http_status=500)
    params = {"type": "callstop", "requestid": "1", "deviceid": "2001"}
    assert httpx.post(box.url, params=params).status_code == 500
    assert httpx.post(box.url, params=params | {"type": "test"}).status_code == 200


@pytest.mark.parametrize(
    ("choice", "get", "post_"), [("both", 200, 200), ("GET", 200, 405), ("POST", 405, 200)]
)
def test_methods(box: UptivityBox, choice: str, get: int, post_: int) -> None:
    """Which verbs are taken."""
    box.switch(methods=choice)
    url = f"{box.url}?type=test&requestid=1"
    assert (httpx.get(url).status_code, httpx.post(url).status_code) == (get, post_)


def test_special_characters(box: UptivityBox) -> None:
    """Angle brackets are taken as they are, or are 59."""
    values = {"deviceid": "2001", "user1": "a < b"}
    assert code(post(box, "CALLSTART", **values)) == 0
    box.switch(special_characters="refuse")
    assert code(post(box, "CALLUPDATE", **values)) == 59


def test_call_result(box: UptivityBox) -> None:
    """With "ok" CALLSTART, CALLUPDATE and CALLSTOP say 20, whatever was decided."""
    box.switch(call_result="ok")
    values = {"deviceid": "2001"}
    assert [code(post(box, kind, **values)) for kind in ("CALLSTART", "CALLUPDATE")] == [20, 20]
    assert len(box.items("recording")) == 1
    assert code(post(box, "CALLSTOP", **values)) == 20
    assert code(post(box, "CALLSTART", **values, gate="INTERNAL")) == 20
    assert len(box.items("recording")) == 1


def test_repeated_start(box: UptivityBox) -> None:
    """A repeated CALLSTART of a recorded call is 1, or 20."""
    values = {"deviceid": "2001", "callinstance": "1"}
    post(box, "CALLSTART", **values)
    assert code(post(box, "CALLSTART", **values)) == 1
    box.switch(repeated_start="ok")
    assert code(post(box, "CALLSTART", **values)) == 20


def test_experimental(box: UptivityBox) -> None:
    """Commands whose names nobody confirmed are 10 unless they are switched on; so are actions."""
    assert code(post(box, "AGENTLIST")) == 10
    assert code(post(box, "IMPORTUSER", action="add", username="x")) == 21
    box.switch(experimental=True)
    assert code(post(box, "AGENTLIST")) == 20
    assert code(post(box, "IMPORTUSER", action="add", username="x")) == 20
    box.switch(disabled=["agentlist"])
    assert code(post(box, "AGENTLIST")) == 49


def test_switches_are_told(box: UptivityBox) -> None:
    """A box tells its switches, and those at the start count."""
    box.switch(line_end="lf", disabled=("calllist",))
    assert box.switches == Switches(line_end="lf", disabled=("CALLLIST",))
    with sandbox.start("uptivity", cores=5) as other:
        assert other.switches.cores == 5


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"colour": "red"}, "no switch 'colour': the switches are"),
        ({"line_end": "nul"}, "switch line_end must be one of"),
        ({"indent": 1}, "switch indent must be True or False"),
        ({"content_type": 1}, "switch content_type must be text"),
        ({"latency": -1}, "switch latency must not be below 0"),
        ({"latency": "1"}, "switch latency must be a number"),
        ({"http_status": 42}, "switch http_status must be 200 to 599"),
        ({"cores": 0}, "switch cores must be 1 or more"),
        ({"partial_cores": 4}, "switch partial_cores must be at most cores"),
        ({"utc_offset": 15}, "switch utc_offset must be -14 to 14"),
    ],
)
def test_wrong_switches(box: UptivityBox, switches: dict[str, Any], message: str) -> None:
    """An unknown name or value is one sentence, and nothing changes."""
    with pytest.raises(ValueError, match=message):
        box.switch(**switches)
    assert box.switches == Switches()
