"""The event port: who hears what, and when."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from sandbox.uptivity.wire import Line, code, post, until
from toolkit.sandbox.uptivity import UptivityBox


@pytest.fixture
def ear(box: UptivityBox) -> Iterator[Line]:
    """One who listens."""
    with Line(box.events) as heard:
        box.wait_for_listeners()
        yield heard


def heard(ear: Line, count: int) -> list[dict[str, str]]:
    """The next so many events as names and texts."""
    events = [ET.fromstring(ear.read()) for _ in range(count)]
    assert {event.tag for event in events} <= {"EVENT"}
    return [{child.tag: child.text or "" for child in event} for event in events]


def test_the_events_of_a_call(box: UptivityBox, ear: Line) -> None:
    """Start, recording, change and end are told in order, with time and metadata."""
    values = {"deviceid": "2001", "callinstance": "9", "ani": "5550100"}
    post(box, "CALLSTART", **values)
    post(box, "CALLUPDATE", **values | {"user1": "a < b"})
    box.advance(60)
    post(box, "CALLSTOP", **values)
    events = heard(ear, 5)
    assert [event["TYPE"] for event in events] == [
        "CALLSTART",
        "RECORDSTART",
        "CALLUPDATE",
        "RECORDSTOP",
        "CALLSTOP",
    ]
    assert events[0]["TIME"] == "3/2/2026 8:00:00 AM-05:00"
    assert events[4]["TIME"] == "3/2/2026 8:01:00 AM-05:00"
    assert events[2]["USER1"] == "a < b"
    assert [events[0][name] for name in ("DEVICEALIAS", "CALLINSTANCE", "ANI")] == [
        "EXT2001",
        "9",
        "5550100",
    ]
    assert all(event["DEVICEID"] == "2001" for event in events)
    assert events[1]["CHANNEL"] == events[1]["RECORDID"] == "1"


def test_what_fails_is_not_told(box: UptivityBox, ear: Line) -> None:
    """Refused commands are no events; a call that is not recorded is one."""
    post(box, "CALLSTOP", deviceid="2001")
    post(box, "CALLSTART", deviceid="2001", calldirection="X")
    post(box, "CALLSTART", deviceid="2002", gate="INTERNAL")
    box.tell("END")
    assert [event["TYPE"] for event in heard(ear, 2)] == ["CALLSTART", "END"]


def test_everybody_hears(box: UptivityBox, ear: Line) -> None:
    """All listeners get each event; what they say themselves does not matter."""
    ear.send(b"hello?\r\n")
    with Line(box.events) as other:
        box.wait_for_listeners(2)
        assert box.listeners == [1, 2]
        box.tell("PING", NOTE="é")
        assert heard(ear, 1) == heard(other, 1)
    until(lambda: box.listeners == [1])


def test_no_listeners(box: UptivityBox) -> None:
    """Without them nothing is kept: who comes later hears what happens later."""
    box.tell("EARLY")
    with pytest.raises(TimeoutError, match="0 listen to events, not 1"):
        box.wait_for_listeners(timeout=0.01)
    with Line(box.events) as late:
        box.wait_for_listeners()
        box.tell("LATE")
        assert heard(late, 1)[0]["TYPE"] == "LATE"


def test_shapes_follow_the_switches(box: UptivityBox, ear: Line) -> None:
    """Line end, encoding and times are those of the replies; an event stays on one line."""
    box.switch(line_end="lf", encoding="windows-1252", time_shape="iso", indent=True)
    box.tell("PING", NOTE="é")
    expected = (
        "<EVENT><TYPE>PING</TYPE><TIME>2026-03-02T08:00:00-05:00</TIME><NOTE>é</NOTE></EVENT>"
    )
    assert ear.read(b"\n") == expected.encode("windows-1252")


def test_raw_text_and_cut_connections(box: UptivityBox, ear: Line) -> None:
    """Parts of events and what is none can be sent, and connections cut, to try listeners."""
    box.push("<EVENT><TYPE>A</").push("TYPE></EVENT>\r\njunk\r\n")
    assert [ear.read(), ear.read()] == [b"<EVENT><TYPE>A</TYPE></EVENT>", b"junk"]
    box.drop_listeners()
    assert ear.ended()
    with Line(box.events) as again:
        until(lambda: box.listeners == [2])
        box.tell("PING")
        assert heard(again, 1)[0]["TYPE"] == "PING"


def test_registration_for_some_types(box: UptivityBox, ear: Line) -> None:
    """A listener that registers hears the types that it named, others hear all."""
    box.switch(experimental=True)
    values = {"sessionid": "1", "eventtype": "CALLSTOP, recordstop"}
    assert code(post(box, "EVENTREGISTER", **values)) == 20
    with Line(box.events) as other:
        box.wait_for_listeners(2)
        post(box, "CALLSTART", deviceid="2001")
        post(box, "CALLSTOP", deviceid="2001")
        assert [event["TYPE"] for event in heard(ear, 2)] == ["RECORDSTOP", "CALLSTOP"]
        assert len(heard(other, 4)) == 4
