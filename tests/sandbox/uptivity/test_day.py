"""The contact centre's day: the same for a seed, over any door, and its truth is what happened."""

from __future__ import annotations

import collections
import datetime as dt
import itertools
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.uptivity.wire import Line, code
from toolkit import sandbox
from toolkit.sandbox.uptivity import Agent, Day, Step, Truth, UptivityBox
from toolkit.sandbox.uptivity.workload import requests

SIZE: dict[str, Any] = {"seed": 3, "agents": 8, "calls": 150}


@pytest.fixture(scope="module")
def lived() -> Iterator[tuple[UptivityBox, Truth]]:
    """A box that lived a day by itself, read only."""
    with sandbox.start("uptivity") as box:
        yield box, box.run_day(seed=1, agents=12, calls=300)


def test_a_day_is_the_same_for_its_numbers() -> None:
    """The same numbers give the same requests, another seed gives others; times go forward."""
    first, again = list(requests(**SIZE)), list(Day(**SIZE).requests())
    assert first == again
    assert first != list(requests(**SIZE | {"seed": 4}))
    assert all(one.at <= two.at for one, two in itertools.pairwise(first))
    with pytest.raises(ValueError, match="a day needs 1 agent or more"):
        Day(agents=0)
    with pytest.raises(ValueError, match="calls must not be below 0"):
        Day(calls=-1)
    with pytest.raises(ValueError, match="start must have a zone"):
        Day(start=dt.datetime(2026, 1, 1))


def test_a_day_is_a_contact_centre_s() -> None:
    """As many calls as asked for, two peaks, and all the confirmed commands."""
    day = Day(seed=2, agents=10, calls=400)
    starts: dict[str, Step] = {}
    for step in day.requests():
        instance = step.params.get("CALLINSTANCE")
        if step.type == "CALLSTART" and instance:
            starts.setdefault(instance, step)
    assert len(starts) == 400
    hours = collections.Counter(
        (one.at - day.start) // dt.timedelta(hours=1) for one in starts.values()
    )
    assert hours[2] > 1.5 * hours[0]
    assert hours[6] > hours[4] > hours[9]
    assert {step.type for step in day.requests()} == {
        "TEST", "CALLSTART", "CALLUPDATE", "CALLSTOP", "CALLLIST", "IMPORTUSER",
    }  # fmt: skip


def test_nobody_speaks_twice_at_once() -> None:
    """Whatever name its phone is given, an agent's next call begins when the last one ended."""
    day = Day(seed=2, agents=10, calls=400)
    agents = [Agent(number) for number in range(1, 11)]
    phones = {
        name: one.device
        for one in agents
        for name in (one.device, one.alias, one.station, one.crm_user)
    }
    speaking: dict[str, str] = {}
    for step in day.requests():
        instance = step.params.get("CALLINSTANCE", "")
        phone = next((phones[one] for one in step.params.values() if one in phones), "")
        if not phone or not instance:
            continue
        if step.type == "CALLSTART":
            assert speaking.setdefault(phone, instance) == instance
        elif step.type == "CALLSTOP":
            speaking.pop(phone, None)
    assert speaking == {}


def test_the_codes_that_a_day_has(lived: tuple[UptivityBox, Truth]) -> None:
    """Most goes well; each kind of trouble is there, and no other."""
    _, truth = lived
    assert truth.planned == truth.answered == sum(total.count for total in truth.codes)
    well = truth.count(0, 13, 20, 37)
    assert well > 0.75 * truth.answered
    always, rare = {1, 2, 3, 7, 8, 9, 18, 24, 46, 47}, {26, 35, 59}
    assert {total.code for total in truth.codes} - {0, 13, 20, 37} - rare == always
    assert 0.05 < truth.count(9) / truth.calls < 0.18
    assert {total.label for total in truth.codes if total.code == 9} == {
        "API_DID_NOT_MATCH_A_SCHEDULE"
    }


def test_incidents_are_where_the_truth_says(lived: tuple[UptivityBox, Truth]) -> None:
    """Their codes come inside their times only, as often as told; the outage has three parts."""
    box, truth = lived
    kinds = [one.kind for one in truth.incidents]
    assert kinds == ["queue", "cores", "disk", "path", "channels"]
    disk, path, channels = truth.incidents[2:]
    assert disk.end == path.start
    assert path.end == channels.start
    for one in truth.incidents:
        hits = [call for call in box.calls if call["code"] in one.codes]
        assert len(hits) == one.requests > 0
        assert all(one.start <= call["at"] < one.end for call in hits)
        assert {call["cause"] for call in hits} == {one.kind}


def test_the_agent_whose_program_is_wrong(lived: tuple[UptivityBox, Truth]) -> None:
    """8 until it is repaired, 24 from then on, and nobody else has either."""
    box, truth = lived
    wrong = truth.misconfigured
    for call in box.calls:
        if call["code"] == 8:
            assert call["values"]["DEVICEID"] == wrong.wrong_device
            assert call["at"] < wrong.repaired + dt.timedelta(hours=1)  # a call that went on then
        if call["code"] == 24:
            assert call["values"]["CRM_USER"] == wrong.wrong_crm_user
            assert call["at"] >= wrong.repaired
    assert truth.count(8) > 0 < truth.count(24)
    assert wrong.device not in {one["device"] for one in box.items("recording").values()}


def test_hours_and_events(lived: tuple[UptivityBox, Truth]) -> None:
    """Calls by hour add up, two hours are peaks, and events match the codes."""
    _, truth = lived
    assert sum(hour.calls for hour in truth.hours) == truth.calls
    assert [hour.peak for hour in truth.hours].count(True) == 2
    told = {total.type: total.count for total in truth.events}
    assert told["RECORDSTART"] == truth.count(0)
    assert told["RECORDSTOP"] == truth.count(13)
    assert told["CALLUPDATE"] == truth.count(20, 37, function="CALLUPDATE")


def test_truth_survives_json(lived: tuple[UptivityBox, Truth]) -> None:
    """A truth can be written as JSON and read back."""
    _, truth = lived
    assert Truth.from_json(json.loads(json.dumps(truth.to_json()))) == truth


def drive(box: UptivityBox, door: str) -> tuple[Truth, list[int], int]:
    """A day sent by a plain client through a door: truth, codes, and events heard."""
    day = box.plan_day(**SIZE)
    codes = []
    with Line(box.tcp) as line, Line(box.events) as ear, httpx.Client() as client:
        box.wait_for_listeners()
        for number, step in enumerate(day.requests()):
            box.advance_to(step.at)
            if door == "tcp":
                codes.append(code(line.ask(step.type, number, **step.params)))
            else:
                params = {"type": step.type, "requestid": str(number), **step.params}
                codes.append(code(ET.fromstring(client.post(box.url, params=params).content)))
        box.tell("END")
        heard = 0
        while b"<TYPE>END<" not in ear.read():
            heard += 1
    truth = box.truth
    assert truth is not None
    return truth, codes, heard


def test_both_doors_live_the_same_day() -> None:
    """Through the socket, through the Web API and by itself the day has the same codes."""
    with sandbox.start("uptivity") as box:
        alone = box.run_day(**SIZE)
    for door in ("tcp", "http"):
        with sandbox.start("uptivity") as box:
            truth, codes, heard = drive(box, door)
        assert truth.codes == alone.codes
        assert truth.incidents == alone.incidents
        assert len(codes) == truth.planned
        assert collections.Counter(codes) == collections.Counter(
            {one: truth.count(one) for one in set(codes)}
        )
        assert heard == sum(total.count for total in alone.events)


def test_a_day_in_parts(tmp_path: Path) -> None:
    """A day can be lived a few requests at a time, over a restart too; then comes the next day."""
    path = tmp_path / "day.db"
    with sandbox.start("uptivity", path=path) as box:
        assert box.truth is None
        assert box.tick() == 0
        day = box.plan_day(**SIZE)
        assert box.tick(100) == 100
        at = box.now
    with sandbox.start("uptivity", path=path) as box:
        assert box.now == at == list(day.requests())[99].at
        assert box.tick(None) > 100
        assert box.tick() == 0
        truth = box.truth
        assert box.plan_day(**SIZE).start == day.start + dt.timedelta(days=1)
    with sandbox.start("uptivity") as other:
        assert other.run_day(**SIZE) == truth


def test_an_analysis_can_be_checked(lived: tuple[UptivityBox, Truth]) -> None:
    """Counting what the server saw gives the truth's table of codes."""
    box, truth = lived
    seen = collections.Counter((call["function"], call["code"]) for call in box.calls)
    assert seen == {(one.function, one.code): one.count for one in truth.codes}
