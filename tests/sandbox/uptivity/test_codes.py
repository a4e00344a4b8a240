"""Every code: on demand at both doors, and by what really leads to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.uptivity.wire import Line, Says, code, post
from toolkit import sandbox
from toolkit.sandbox.uptivity import LABELS, UptivityBox

NOT_ERRORS = {0, 13, 20, 37, 43, 46, 58}


def test_the_table() -> None:
    """59 rows: 0 to 59 but for 19; 16 and 17 share a label and no others do."""
    assert set(LABELS) == set(range(60)) - {19}
    assert LABELS[16] == LABELS[17] == "API_INVALID_MESSAGE_FORMAT"
    assert len(set(LABELS.values())) == 58


def test_each_code_on_demand(box: UptivityBox, ask: Says) -> None:
    """A scripted reply has the code's label, and ERROR as its type if it is an error."""
    for number in range(60):
        box.next_reply(code=number)
        result = ask("CALLSTART", number, DEVICEID="2001")
        label = LABELS.get(number, "API_STATUS_19")
        assert code(result) == number
        assert result.findtext("RESULTTYPE") == (label if number in NOT_ERRORS else "ERROR")
        assert result.findtext("RESULTMSG") == label
        assert result.findtext("REQUESTID") == str(number)
    assert box.items("call") == {}  # none of them was performed


def test_a_reply_in_every_detail(box: UptivityBox, ask: Says) -> None:
    """Label, message and type can be any; it waits for its command, and comes so many times."""
    box.next_reply(77, "API_NEW", " why ", result_type="ERROR", type="calllist", times=2)
    assert code(ask("TEST")) == 20
    for _ in range(2):
        result = ask("CALLLIST")
        assert (code(result), result.findtext("RESULTTYPE")) == (77, "ERROR")
        assert result.findtext("RESULTMSG") in (" why ", "why")
    assert code(ask("CALLLIST")) == 20
    box.next_reply(20, result_type="error", times=None)
    assert ask("TEST").findtext("RESULTTYPE") == ask("TEST").findtext("RESULTTYPE") == "error"
    box.clear_faults()
    assert ask("TEST").findtext("RESULTTYPE") == "API_OK"


def test_an_unreadable_message_takes_it_too(box: UptivityBox, line: Line) -> None:
    """What cannot be read is answered as asked for."""
    box.next_reply(4)
    line.send(b"junk\r\n")
    assert b"<RESULTCODE>4<" in line.read()


def test_what_cannot_be_asked_for(box: UptivityBox) -> None:
    """A code that is no integer and a count below 1 are refused in a sentence."""
    with pytest.raises(ValueError, match="code must be an integer"):
        box.next_reply("20")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="times must be 1 or more"):
        box.next_reply(20, times=0)


Steps = list[tuple[str, dict[str, Any]]]
CALL: dict[str, Any] = {"DEVICEID": "2001"}
START: Steps = [("CALLSTART", CALL)]
RECORDED: Steps = [*START, ("CALLSTOP", CALL)]
USER: dict[str, Any] = {"ACTION": "add", "USERNAME": "new"}
ROLE: dict[str, Any] = {"ACTION": "add", "ROLE": "lead"}
HEAR: dict[str, Any] = {"SESSIONID": "7", "DEVICEID": "2001"}


def nothing(box: UptivityBox) -> object:
    return box


def incident(kind: Any, **options: Any) -> Callable[[UptivityBox], object]:
    return lambda box: box.incident(kind, **options)


def switched(**switches: Any) -> Callable[[UptivityBox], object]:
    return lambda box: box.switch(**switches)


def retired(box: UptivityBox) -> object:
    return box.put("user", "1", box.items("user")["1"] | {"status": "I"})


def twins(box: UptivityBox) -> object:
    return box.put("user", "2", box.items("user")["2"] | {"crm_user": "crm-ada.ashby"})


def lost(box: UptivityBox) -> object:
    return box.put("recording", "1", box.items("recording")["1"] | {"lost": True})


# code, what is done before, what is done to the server then, the last request
TRIGGERS: list[
    tuple[int, Steps, Callable[[UptivityBox], object], tuple[str, dict[str, Any]]]
] = [
    (0, [], nothing, ("CALLSTART", CALL)),
    (0, [("CALLSTART", CALL | {"GATE": "INTERNAL"})], nothing, ("RECORDSTART", CALL)),
    (1, [("CALLSTART", CALL | {"CALLINSTANCE": "a"})], nothing,
     ("CALLSTART", CALL | {"CALLINSTANCE": "a"})),
    (1, START, nothing, ("RECORDSTART", CALL)),
    (2, [], incident("disk"), ("CALLSTART", CALL)),
    (3, [], incident("channels", amount=0), ("CALLSTART", CALL)),
    (3, START, switched(channels=1), ("CALLSTART", {"DEVICEID": "2002"})),
    (4, [], incident("unknown"), ("CALLLIST", {})),
    (5, [], nothing, ("CALLSTART", {"DEVICEALIAS": ""})),
    (6, [], incident("scheduler"), ("CALLSTART", CALL)),
    (7, [], nothing, ("CALLSTOP", CALL)),
    (7, RECORDED, nothing, ("CALLUPDATE", CALL)),
    (8, [], nothing, ("CALLSTART", {"DEVICEID": "1"})),
    (9, [], nothing, ("CALLSTART", CALL | {"GATE": "internal"})),
    (10, [], nothing, ("HELLO", {})),
    (11, [], incident("processing"), ("CALLSTART", CALL)),
    (12, [*START, ("RECORDSTOP", CALL)], nothing, ("RECORDSTOP", CALL)),
    (13, START, nothing, ("CALLSTOP", CALL)),
    (13, START, nothing, ("RECORDSTOP", CALL)),
    (15, [], nothing, ("", {})),
    (18, [], incident("path"), ("CALLSTART", CALL)),
    (18, [], switched(recording_path=""), ("CALLSTART", CALL)),
    (20, [], nothing, ("TEST", {})),
    (20, [("CALLSTART", CALL | {"GATE": "INTERNAL"})], nothing, ("CALLSTOP", CALL)),
    (21, [], nothing, ("IMPORTUSER", {"ACTION": "frobnicate"})),
    (21, [], nothing, ("IMPORTROLE", ROLE | {"ACTION": "frobnicate"})),
    (22, [], nothing, ("CALLSTART", CALL | {"CRM_USER": "crm-alan.birch"})),
    (22, [], twins, ("CALLSTART", {"CRM_USER": "crm-ada.ashby"})),
    (23, [], incident("database"), ("IMPORTUSER", {"ACTION": "list"})),
    (24, [], nothing, ("CALLSTART", {"CRM_USER": "nobody"})),
    (24, [("AGENTLOGOFF", {"AGENTID": "1"})], nothing, ("CALLSTART", {"DEVICEALIAS": "EXT2001"})),
    (25, [], retired, ("CALLSTART", {"SYS_USER": "ada.ashby"})),
    (26, [], nothing, ("CALLSTART", {"ANI": "5550100"})),
    (26, [], nothing, ("CALLSTART", {"DEVICEID": "", "DEVICEALIAS": " "})),
    (26, [], nothing, ("IMPORTUSER", {})),
    (27, [], nothing, ("RECORDINGLIST", {"GROUP": "CATERING"})),
    (28, [], nothing, ("IMPORTUSER", {"ACTION": "list", "USERNAME": "nobody"})),
    (28, [], nothing, ("IMPORTUSER", {"ACTION": "delete", "USERNAME": "nobody"})),
    (29, START, nothing, ("MONITORSTART", HEAR | {"MODE": "SMELL"})),
    (30, [], nothing, ("EVENTREGISTER", {"SESSIONID": "1", "EVENTTYPE": "LUNCH"})),
    (31, [], nothing, ("EVENTREGISTER", {"SESSIONID": "1", "EVENTTYPE": "CALLSTART"})),
    (31, [], nothing, ("MONITORSTOP", HEAR)),
    (32, [*START, ("MONITORSTART", HEAR)], nothing, ("MONITORSTART", HEAR)),
    (33, START, nothing, ("MONITORSTART", CALL)),
    (34, [], incident("recorder"), ("CALLSTART", CALL)),
    (34, START, incident("recorder"), ("CALLSTOP", CALL)),
    (35, [], nothing, ("CALLSTART", CALL | {"ANI": "5550191"})),
    (36, [], incident("logger"), ("CALLSTART", CALL)),
    (37, START, nothing, ("CALLUPDATE", CALL | {"USER1": "x"})),
    (37, RECORDED, nothing, ("RECORDUPDATE", {"RECORDID": "1", "USER1": "x"})),
    (38, [("BLACKOUTSTART", CALL)], nothing, ("BLACKOUTSTART", {"CRM_USER": "crm-ada.ashby"})),
    (38, [], nothing, ("BLACKOUTSTOP", CALL)),
    (39, START, switched(unlicensed=("monitorstart",)), ("MONITORSTART", HEAR)),
    (40, [], nothing, ("RECORDINGGET", {"RECORDID": "1"})),
    (41, RECORDED, lost, ("RECORDINGGET", {"RECORDID": "1"})),
    (42, [], nothing, ("AGENTADD", {"USERNAME": "Ada.Ashby"})),
    (43, START, nothing, ("MONITORSTART", HEAR)),
    (44, [], switched(forbidden="CALLSTART"), ("CALLSTART", CALL)),
    (45, [], nothing, ("IMPORTUSER", USER | {"EMAIL": "at home"})),
    (46, [], switched(partial_cores=1), ("CALLLIST", {})),
    (46, [], incident("cores", amount=9), ("CALLLIST", {})),
    (47, [], incident("queue", amount=0), ("TEST", {})),
    (49, [], switched(disabled=("CALLLIST",)), ("CALLLIST", {})),
    (50, [("IMPORTROLE", ROLE)], nothing, ("IMPORTROLE", ROLE)),
    (51, [], nothing, ("IMPORTROLE", ROLE | {"PERMISSIONIDENT": "FLY"})),
    (52, [], nothing, ("IMPORTROLE", ROLE | {"ACTION": "update"})),
    (52, [], nothing, ("IMPORTUSER", USER | {"ROLE": "lead"})),
    (53, [], nothing, ("IMPORTUSER", USER | {"SITE_ID": "99"})),
    (54, [("IMPORTUSER", USER)], nothing, ("IMPORTUSER", USER)),
    (55, [], incident("config"), ("CALLLIST", {})),
    (56, RECORDED, nothing, ("RECORDINGGET", {"RECORDID": "1", "MASKID": "99"})),
    (57, [], nothing, ("AGENTADD", {"USERNAME": "new", "PHONE": "2001"})),
    (57, [], nothing, ("AGENTLOGON", {"AGENTID": "2", "DEVICEID": "2001"})),
    (59, [], nothing, ("CALLSTART", CALL | {"CALLDIRECTION": "X"})),
    (59, START, nothing, ("CALLUPDATE", CALL | {"KEEPDAYS": "long"})),
    (59, [], nothing, ("CALLSTART", CALL | {"CTIINITIATED": "perhaps"})),
]  # fmt: skip


@pytest.mark.parametrize(("number", "before", "arrange", "last"), TRIGGERS)
def test_what_leads_to_a_code(
    number: int,
    before: Steps,
    arrange: Callable[[UptivityBox], object],
    last: tuple[str, dict[str, Any]],
) -> None:
    """The last request is answered with the code; all before it are not errors."""
    with sandbox.start("uptivity", agents=2, experimental=True) as box:
        for kind, values in before:
            assert post(box, kind, **values).findtext("RESULTTYPE") != "ERROR" or (
                values.get("GATE") == "INTERNAL"
            )
        arrange(box)
        result = post(box, last[0], **last[1])
        assert code(result) == number, box.calls
        if number in NOT_ERRORS:
            assert result.findtext("RESULTTYPE") == LABELS[number]


def test_no_code_is_without_a_way_to_it() -> None:
    """What no request leads to here is tested elsewhere, or nobody knows what means it."""
    elsewhere = {14, 16, 17, 48}
    nobody = {19, 58}
    assert {row[0] for row in TRIGGERS} | elsewhere | nobody == set(range(60))
