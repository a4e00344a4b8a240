"""Which fault is which code, how a device is found, and how calls are told apart."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.uptivity.wire import Line, Says, code, post, request
from toolkit.sandbox.uptivity import UptivityBox


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (b"hello", 16),
        (b"<REQUEST><TYPE>TEST</REQUEST>", 16),
        (b"<REQUEST><TYPE>TEST</TYPE><REQUESTID>&no;</REQUESTID></REQUEST>", 16),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><REQUEST><TYPE>TEST</TYPE></REQUEST>', 16),
        (b"<REQUEST/>", 17),
        (b"<REQUEST>TEST</REQUEST>", 17),
        (b"<RESULT><REQUESTID>1</REQUESTID></RESULT>", 17),
        (b"<REQUEST><PART><TYPE>TEST</TYPE></PART></REQUEST>", 17),
        (b"<REQUEST><TYPE>TEST</TYPE><TYPE>CALLLIST</TYPE></REQUEST>", 17),
        (b"<REQUEST><TYPE>TEST</TYPE></REQUEST>", 14),
        (b"<REQUEST><TYPE>TEST</TYPE><REQUESTID/></REQUEST>", 14),
        (b"<REQUEST><TYPE>TEST</TYPE><REQUESTID>one</REQUESTID></REQUEST>", 14),
        (b"<TEST/>", 14),
        (b"<REQUEST><REQUESTID>1</REQUESTID></REQUEST>", 15),
        (b"<REQUEST><TYPE> </TYPE><REQUESTID>1</REQUESTID></REQUEST>", 15),
        (b"<HELLO><REQUESTID>1</REQUESTID></HELLO>", 10),
        (b"<REQUEST><TYPE>RECORDSTART</TYPE><REQUESTID>1</REQUESTID></REQUEST>", 10),
        (b"<CALLSTART><REQUESTID>1</REQUESTID></CALLSTART>", 26),
        (b"<REQUEST><REQUESTID> 1 </REQUESTID><TYPE>\ttest </TYPE></REQUEST>", 20),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><test><requestid>1</requestid></test>', 20),
    ],
)
def test_requests_that_are_wrong(line: Line, message: bytes, number: int) -> None:
    """Each has its code, the connection goes on, and what is right after it is answered."""
    line.send(message + b"\r\n")
    assert b"<RESULTCODE>%d<" % number in line.read()
    assert code(line.ask("TEST", 2)) == 20


def test_a_request_id_that_is_none(ask: Says) -> None:
    """It is echoed as it was sent."""
    result = ask("TEST", "12a")
    assert (code(result), result.findtext("REQUESTID")) == (14, "12a")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 14),
        ("type=test", 14),
        ("requestid=1", 15),
        ("requestid=1&type=", 15),
        ("requestid=1&type=test&type=calllist", 17),
        ("requestid=1&type=test&type=TEST", 17),
        ("type=test&requestid=1&requestid=1", 20),
        ("TYPE=TEST&RequestID=+1", 20),
    ],
)
def test_queries_that_are_wrong(box: UptivityBox, query: str, number: int) -> None:
    """The same rules at the other door."""
    assert f"<RESULTCODE>{number}<" in httpx.post(f"{box.url}?{query}").text


@pytest.mark.parametrize(
    "values",
    [
        {"DEVICEID": "2002"},
        {"DEVICEALIAS": "ext2002"},
        {"STATIONNAME": "desk-002"},
        {"STATIONNAME": "DESK-002", "DEVICEID": ""},
        {"SYS_USER": "alan.birch"},
        {"SYS_USER": "CONTACT\\alan.birch"},
        {"CRM_USER": "crm-alan.birch"},
        {"CRM_USER": "crm-alan.birch", "SYS_USER": "alan.birch", "DEVICEID": "2002"},
        {"DEVICEID": "2002", "DEVICEALIAS": "any remark"},
    ],
)
def test_names_of_a_device(box: UptivityBox, ask: Says, values: dict[str, Any]) -> None:
    """Each of the five names finds the device, and all of them the same call."""
    assert code(ask("CALLSTART", 1, **values)) == 0
    assert [call["device"] for call in box.items("call").values()] == ["2002"]
    assert code(ask("CALLSTOP", 2, DEVICEID="2002")) == 13


@pytest.mark.parametrize(
    ("values", "number"),
    [
        ({"STATIONNAME": "DESK-999"}, 8),
        ({"DEVICEID": "1", "STATIONNAME": "DESK-002"}, 8),
        ({"DEVICEALIAS": "EXT9"}, 24),
        ({"SYS_USER": "nobody"}, 24),
        ({"CRM_USER": "crm-ada.ashby", "SYS_USER": "alan.birch"}, 22),
        ({"DEVICEALIAS": "", "CALLINSTANCE": "1"}, 5),
        ({"DEVICEALIAS": "", "CRM_USER": ""}, 26),
        ({}, 26),
    ],
)
def test_names_of_no_device(ask: Says, values: dict[str, Any], number: int) -> None:
    """What is not found, contradicts itself or is blank has its code, for each command."""
    for kind in ("CALLSTART", "CALLUPDATE", "CALLSTOP"):
        assert code(ask(kind, 1, **values)) == number


def test_a_station_beside_a_device(box: UptivityBox, ask: Says) -> None:
    """STATIONNAME beside DEVICEID is the device's new station, for this call and the next."""
    ask("CALLSTART", 1, DEVICEID="2002", STATIONNAME="LAB-1")
    assert ask("CALLLIST").findtext("CALLS/CALL/STATION") == "LAB-1"
    ask("CALLSTOP", 2, DEVICEID="2002")
    assert code(ask("CALLSTART", 3, STATIONNAME="lab-1")) == 0
    assert code(ask("CALLSTART", 4, STATIONNAME="DESK-002")) == 8
    assert {one["device"] for one in box.items("call").values()} == {"2002"}


def test_instances_tell_calls_apart(ask: Says) -> None:
    """Two instances on a device are two calls; a missing one is the blank one."""
    assert code(ask("CALLSTART", 1, DEVICEID="2001", CALLINSTANCE="a", USER1="first")) == 0
    assert code(ask("CALLSTART", 2, DEVICEID="2001", CALLINSTANCE="b", USER1="second")) == 0
    assert ask("CALLLIST").findtext("CALLS/CALLCOUNT") == "2"
    assert code(ask("CALLUPDATE", 3, DEVICEID="2001", USER1="none")) == 7
    assert code(ask("CALLSTOP", 4, DEVICEID="2001", CALLINSTANCE="a")) == 13
    left = ask("CALLLIST")
    assert left.findtext("CALLS/CALL/USER1") == "second"
    assert code(ask("CALLSTOP", 5, DEVICEID="2001")) == 7


def test_a_start_without_instance_is_another_call(box: UptivityBox, ask: Says) -> None:
    """A second CALLSTART without an instance ends the first call and its recording."""
    ask("CALLSTART", 1, DEVICEID="2001", ANI="5550100")
    box.advance(60)
    assert code(ask("CALLSTART", 2, DEVICEID="2001", ANI="5550101")) == 0
    assert ask("CALLLIST").findtext("CALLS/CALL/ANI") == "5550101"
    first, second = box.items("recording").values()
    assert first["until"] - first["at"] == 60
    assert second["until"] is None


def test_a_start_that_is_repeated(box: UptivityBox, ask: Says) -> None:
    """With the same instance nothing changes: 1 if it is recorded, else 20."""
    for gate, number in (("SALES", 1), ("INTERNAL", 20)):
        values = {"DEVICEID": "2001", "CALLINSTANCE": gate, "GATE": gate}
        ask("CALLSTART", 1, **values)
        before = box.items("call")
        assert code(ask("CALLSTART", 2, **values, USER1="new")) == number
        assert box.items("call") == before


def test_an_update_changes_what_it_names(ask: Says) -> None:
    """Other fields stay, a blank value empties one, and a recording is told from none."""
    ask("CALLSTART", 1, DEVICEID="2001", USER1="a", USER2="b", CALLDIRECTION="i")
    assert code(ask("CALLUPDATE", 2, DEVICEID="2001", USER2="", USER15="z", KEEPDAYS=90)) == 37
    call = ask("CALLLIST").find("CALLS/CALL")
    assert call is not None
    found = {child.tag: child.text for child in call if child.text}
    assert {"USER1": "a", "USER15": "z", "KEEPDAYS": "90", "CALLDIRECTION": "I"}.items() <= (
        found.items()
    )
    assert "USER2" not in found
    ask("CALLSTART", 3, DEVICEID="2002", GATE="INTERNAL")
    assert code(ask("CALLUPDATE", 4, DEVICEID="2002", USER1="x")) == 20


def test_calls_of_a_device_an_agent_a_core(ask: Says) -> None:
    """CALLLIST can be asked for one device, agent or core."""
    for device in ("2001", "2002", "2003"):
        ask("CALLSTART", 1, DEVICEID=device)
    assert ask("CALLLIST", 2, DEVICEID="2002").findtext("CALLS/CALL/DEVICEID") == "2002"
    assert ask("CALLLIST", 3, AGENTID="3").findtext("CALLS/CALL/DEVICEID") == "2003"
    counts = [ask("CALLLIST", 4, COREIDENT=core).findtext("CALLS/CALLCOUNT") for core in (1, 2, 3)]
    assert sum(map(int, filter(None, counts))) == 3
    assert code(ask("CALLLIST", 5, DEVICEID="1")) == 8
    assert code(ask("CALLLIST", 6, AGENTID="me")) == 59


def test_schedules_decide(box: UptivityBox, ask: Says) -> None:
    """The first rule that fits decides; a call that fits none is not recorded, but goes on."""
    box.set_schedules(
        {"decision": "block", "dnis": "911"},
        {"decision": "record", "gate": "SALES*", "calldirection": "I"},
    )
    values = {"GATE": "sales-east", "CALLDIRECTION": "I"}
    answers = [
        code(ask("CALLSTART", 1, DEVICEID="2001", **values)),
        code(ask("CALLSTART", 2, DEVICEID="2002", **values | {"CALLDIRECTION": "O"})),
        code(ask("CALLSTART", 3, DEVICEID="2003", **values, DNIS="911")),
    ]
    assert answers == [0, 9, 35]
    calls = ask("CALLLIST").findall("CALLS/CALL")
    assert [call.findtext("RECORDING") for call in calls] == ["Y", "N", "N"]
    assert box.schedules[0] == {"decision": "block", "dnis": "911"}
    with pytest.raises(ValueError, match="no field 'colour' in a schedule"):
        box.set_schedules({"decision": "record", "colour": "red"})
    with pytest.raises(ValueError, match="decision of a schedule must be one of"):
        box.set_schedules({"gate": "SALES"})


def test_channels_run_out_and_come_back(box: UptivityBox, ask: Says) -> None:
    """With two channels the third recording is refused (3) until another ends."""
    box.switch(channels=2)
    codes = [code(ask("CALLSTART", 1, DEVICEID=device)) for device in ("2001", "2002", "2003")]
    assert codes == [0, 0, 3]
    assert code(ask("CALLSTOP", 2, DEVICEID="2001")) == 13
    assert code(ask("CALLSTART", 3, DEVICEID="2004")) == 0
    channels = {call.findtext("CHANNEL") for call in ask("CALLLIST").findall("CALLS/CALL")}
    assert channels == {None, "", "1", "2"} - {None}


def test_an_incident_ends(box: UptivityBox, ask: Says) -> None:
    """Trouble lasts as long as it was set to by the server's clock, or until it is cleared."""
    box.incident("disk", 60)
    assert code(ask("CALLSTART", 1, DEVICEID="2001")) == 2
    box.advance(60)
    assert code(ask("CALLSTART", 2, DEVICEID="2002")) == 0
    box.incident("database").clear_incidents()
    assert code(ask("CALLLIST")) == 20
    with pytest.raises(ValueError, match="an incident's kind must be one of"):
        box.incident("flood")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must not be below 0"):
        box.incident("queue", amount=-1)


def test_a_queue_empties_with_time(box: UptivityBox, ask: Says) -> None:
    """Two commands wait, one a second is done: the third at once is 47, a second later it is in."""
    box.incident("queue", amount=2, rate=1.0)
    assert [code(ask("TEST")) for _ in range(3)] == [20, 20, 47]
    box.advance(1)
    assert [code(ask("TEST")) for _ in range(2)] == [20, 47]


def test_cores_that_are_silent(box: UptivityBox) -> None:
    """46 comes with the calls of the other cores; the directory is not kept by cores."""
    box.hire(30)
    for number in range(30):
        post(box, "CALLSTART", number, deviceid=str(2001 + number))
    counts = []
    for silent in range(4):
        box.switch(partial_cores=silent)
        result = post(box, "CALLLIST")
        assert code(result) == (46 if silent else 20)
        expected = "API_PARTIAL_CORE_RESPONSE" if silent else "API_OK"
        assert result.findtext("RESULTTYPE") == result.findtext("RESULTMSG") == expected
        counts.append(len(result.findall("CALLS/CALL")))
    assert counts[0] == 30 > counts[1] > counts[2] > counts[3] == 0
    assert code(post(box, "IMPORTUSER", action="list")) == 20


def test_what_the_server_saw(box: UptivityBox, line: Line) -> None:
    """Requests are remembered with their door, code and parameters."""
    post(box, "CALLSTOP", 7, deviceid="2001")
    line.ask("TEST", 8)
    line.send(request("HELLO", 9) + b"junk\r\n")
    line.read()
    line.read()
    seen = [
        (call["door"], call["function"], call["request_id"], call["code"]) for call in box.calls
    ]
    assert seen == [
        ("http", "CALLSTOP", "7", 7),
        ("tcp", "TEST", "8", 20),
        ("tcp", "HELLO", "9", 10),
        ("tcp", "", "", 16),
    ]
    assert box.calls[0]["values"] == {"DEVICEID": "2001"}
    assert box.calls[0]["at"] == box.now
