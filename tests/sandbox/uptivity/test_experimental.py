"""The commands that must exist, under names of our own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.uptivity.wire import code, names, post
from toolkit import sandbox
from toolkit.sandbox.uptivity import UptivityBox

# API Server Parameter Definitions: the fields of a recording.
FIELDS = (
    "agent_id ani archive_action_id audio_hash audio_size Calldirection callid channel device_alias"
    " device_id dnis duration filename filename_video gate globalid Ident keepdays locked"
    " listenedto mediaLabel overridden priority qa_forms qa_group_id qa_poss_score qa_score"
    " recording_time recording_type screen_capture sgroup"
).split()
LAST_FIELDS = ["video_hash", "video_size", "wrap_duration"]


@pytest.fixture
def box() -> Iterator[UptivityBox]:
    with sandbox.start("uptivity", agents=3, experimental=True) as started:
        yield started


def done(box: UptivityBox, command: str, **values: Any) -> ET.Element:
    """A RESULT that is no error."""
    result = post(box, command, **values)
    assert result.findtext("RESULTTYPE") != "ERROR", ET.tostring(result)
    return result


def test_recordings(box: UptivityBox) -> None:
    """A recording has all the vendor's fields; it is listed, changed, archived and fetched."""
    done(box, "CALLSTART", deviceid="2001", ani="5550100", gate="SALES", user1="a")
    box.advance(90)
    running = done(box, "RECORDINGLIST").find("RECORDINGS/RECORDING")
    assert running is not None
    assert (running.findtext("duration"), running.findtext("filename")) == ("90", "")
    done(box, "CALLSTOP", deviceid="2001")
    done(box, "RECORDUPDATE", recordid=1, user2="b", keepdays=365)
    done(box, "ARCHIVE", recordid=1, archiveaction=2)
    record = done(box, "RECORDINGGET", recordid=1, maskid=1).find("RECORDING")
    assert record is not None
    users = [f"user{number}" for number in range(1, 16)]
    assert names(record) == [*FIELDS, *users, *LAST_FIELDS]
    wanted = {"agent_id": "1", "ani": "5550100", "archive_action_id": "2", "duration": "90"}
    wanted |= {"user1": "a", "user2": "b", "keepdays": "365", "Ident": "1"}
    assert {name: record.findtext(name) for name in wanted} == wanted
    assert record.findtext("filename") == "D:\\Recordings\\1.wav"
    assert code(post(box, "ARCHIVE", recordid=1)) == 26
    assert code(post(box, "ARCHIVE", recordid=1, archiveaction=99)) == 59


def test_recordings_are_chosen(box: UptivityBox) -> None:
    """By device, agent and group, newest first, at most so many."""
    for device, gate in (("2001", "SALES"), ("2002", "BILLING"), ("2001", "BILLING")):
        done(box, "CALLSTART", deviceid=device, gate=gate)
    for values, found in (
        ({}, ["3", "2", "1"]),
        ({"count": 2}, ["3", "2"]),
        ({"deviceid": "2001"}, ["3", "1"]),
        ({"agentid": 2}, ["2"]),
        ({"group": "billing", "deviceid": "2001"}, ["3"]),
    ):
        listed = done(box, "RECORDINGLIST", **values).find("RECORDINGS")
        assert listed is not None
        assert [one.findtext("Ident") for one in listed.findall("RECORDING")] == found
        assert listed.findtext("COUNT") == str(len(found))
    assert code(post(box, "RECORDINGLIST", deviceid="1")) == 8
    assert code(post(box, "RECORDINGLIST", agentid="99")) == 24


def test_recording_on_demand(box: UptivityBox) -> None:
    """It begins without a schedule but not against a filter; the call outlives it."""
    done(box, "CALLSTOP", deviceid="2001") if box.items("call") else None
    assert code(post(box, "CALLSTART", deviceid="2001", gate="INTERNAL")) == 9
    assert code(done(box, "RECORDSTART", deviceid="2001")) == 0
    assert code(done(box, "RECORDSTOP", deviceid="2001")) == 13
    assert len(box.items("call")) == 1
    assert code(post(box, "CALLSTART", deviceid="2002", ani="5550190")) == 35
    assert code(post(box, "RECORDSTART", deviceid="2002")) == 35


def test_channels(box: UptivityBox) -> None:
    """Each channel has a state: 2 records, 0 is on hook."""
    box.switch(channels=3)
    done(box, "CALLSTART", deviceid="2001")
    listed = done(box, "CHANNELLIST").findall("CHANNELS/CHANNELSTATE")
    states = [(one.findtext("STATE"), one.findtext("DEVICEID")) for one in listed]
    assert states == [("2", "2001"), ("0", ""), ("0", "")]


def test_free_seating(box: UptivityBox) -> None:
    """An agent moves to another phone, which others cannot have meanwhile."""
    box.put("device", "2009", {"id": "2009", "alias": "EXT2009", "agent": None})
    assert code(post(box, "CALLSTART", devicealias="EXT2009")) == 24
    done(box, "AGENTLOGON", username="ada.ashby", deviceid="2009", stationname="LAB-1")
    assert code(post(box, "AGENTLOGON", agentid=2, deviceid="2009")) == 57
    assert code(post(box, "CALLSTART", crm_user="crm-ada.ashby")) == 0
    assert code(post(box, "CALLSTOP", stationname="LAB-1")) == 13
    agents = done(box, "AGENTLIST").findall("AGENTS/AGENT")
    assert [agent.findtext("DEVICEID") for agent in agents] == ["2009", "2002", "2003"]
    done(box, "AGENTLOGOFF", sys_user="ada.ashby")
    assert code(post(box, "AGENTLOGOFF", sys_user="ada.ashby")) == 24
    assert code(post(box, "AGENTLOGON", agentid=1)) == 26
    assert code(post(box, "AGENTLOGON", agentid=1, deviceid="1")) == 8
    assert code(post(box, "AGENTLOGON", deviceid="2001")) == 26


def test_users(box: UptivityBox) -> None:
    """A user is added, changed and taken away; whoever was there sits nowhere."""
    done(box, "IMPORTUSER", action="Add", username="new", email="new@contact.example", phone="7")
    user = done(box, "IMPORTUSER", action="list", username="NEW").find("USERS/USER")
    assert user is not None
    assert (user.findtext("AGENT"), user.findtext("STATUS")) == ("FALSE", "A")
    assert user.findtext("PHONES/PHONE") == "7"
    done(box, "IMPORTROLE", action="add", role="Lead", permissionident="export")
    changes = {"first_name": "New", "site_id": "1", "role": "lead", "phone": "7"}
    done(box, "IMPORTUSER", action="update", user_id=4, **changes)
    user = done(box, "IMPORTUSER", action="list", username="new").find("USERS/USER")
    assert user is not None
    assert (user.findtext("FIRST_NAME"), user.findtext("SITE_ID")) == ("New", "1")
    done(box, "IMPORTUSER", action="delete", username="ada.ashby")
    assert box.items("device")["2001"]["agent"] is None
    assert done(box, "IMPORTUSER", action="list").findtext("USERS/COUNT") == "3"
    assert code(post(box, "IMPORTUSER", action="update", username="new", status="Z")) == 59


def test_roles(box: UptivityBox) -> None:
    """Roles are added, listed, changed and taken away."""
    done(box, "IMPORTROLE", action="add", role="Lead")
    done(box, "IMPORTROLE", action="update", role="lead", permissionident="EXPORT")
    assert done(box, "IMPORTROLE", action="list").findtext("ROLES/ROLE/NAME") == "lead"
    done(box, "IMPORTROLE", action="delete", role="LEAD")
    assert done(box, "IMPORTROLE", action="list").findtext("ROLES/COUNT") == "0"
    assert code(post(box, "IMPORTROLE", action="add")) == 26


def test_a_blackout_belongs_to_the_agent(box: UptivityBox) -> None:
    """It is on for the agent wherever they sit, and for a device only if that has no agent."""
    done(box, "BLACKOUTSTART", deviceid="2001")
    done(box, "AGENTLOGOFF", agentid=1)
    done(box, "BLACKOUTSTART", deviceid="2001")
    assert sorted(box.items("blackout")) == ["agent 1", "device 2001"]
    done(box, "BLACKOUTSTOP", deviceid="2001")
    assert list(box.items("blackout")) == ["agent 1"]


def test_monitoring(box: UptivityBox) -> None:
    """A session monitors a call that goes on, once, until it stops."""
    session = {"sessionid": "s", "deviceid": "2001"}
    assert code(post(box, "MONITORSTART", **session)) == 7
    done(box, "CALLSTART", deviceid="2001")
    assert code(done(box, "MONITORSTART", **session, mode="screen")) == 43
    assert code(post(box, "MONITORSTART", **session)) == 32
    done(box, "MONITORSTOP", **session)
    assert code(post(box, "MONITORSTOP", **session)) == 31
