"""The master log and the task logs, small and huge (guide 4.2 and 4.30)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sandbox.sertainty.wire import Wire, envelope
from toolkit import sandbox
from toolkit.sandbox.sertainty import MANUAL_START, SertaintyBox, filler, logs, write_big_log


def texts(log: ET.Element) -> list[str]:
    return [entry.text or "" for entry in log]


def times(log: ET.Element) -> list[str]:
    return [entry.get("time", "") for entry in log]


def test_the_master_log(wire: Wire) -> None:
    """A Log named by the agent's start, of Entry elements with time, level and source."""
    log = wire.log()
    assert (log.tag, log.get("name")) == ("Log", "agent_20260302_080000")
    assert {entry.tag for entry in log} == {"Entry"}
    assert set(log[0].attrib) == {"time", "level", "source"}
    assert log[0].attrib == {"time": "2026-03-02T08:00:00", "level": "Info", "source": "Agent"}
    assert texts(log) == ["Agent started", "Session opened for charles"]


def test_logs_grow_with_use(wire: Wire, box: SertaintyBox) -> None:
    """Changes of state and runs add entries, reading adds none; times never go back."""
    before = len(wire.log())
    wire.call("configGetList")
    assert len(wire.log()) == before
    wire.call("configCreate", "Fresh")
    assert texts(wire.log())[-1] == "configCreate by charles"
    box.advance(dt.timedelta(hours=2))
    log = wire.log()
    assert len(log) > before + 20
    assert times(log) == sorted(times(log))
    wire.bare("hostOpenSession", "nobody")
    assert "Access refused" in texts(wire.log())[-1]


def test_a_restart_begins_a_new_log(wire: Wire, box: SertaintyBox) -> None:
    """Each start makes a new log with a time-based name (guide 4.2, 4.5)."""
    box.advance(dt.timedelta(seconds=3661))
    wire.call("agentRestart")
    log = wire.log()
    assert log.get("name") == "agent_20260302_090101"
    assert texts(log)[0] == "Agent started"
    assert len(log) == 2


def test_no_log(wire: Wire, box: SertaintyBox) -> None:
    """Without a master log agentGetLog is 213, until the agent writes again."""
    box.forget_log()
    assert wire.call("agentGetLog").code == 213
    wire.call("configCreate", "Fresh")
    assert texts(wire.log()) == ["configCreate by charles"]


def test_a_task_log(wire: Wire, box: SertaintyBox) -> None:
    """Each run logs its start and its end, with its number and, at the end, its duration."""
    box.run_task("Nightly", "report", seconds=12.5)
    box.run_task("Nightly", "report", error='<b> & "c"\x01', seconds=3)
    log = wire.log("Nightly", "report")
    assert (log.get("config"), log.get("task")) == ("Nightly", "report")
    assert [(entry.get("run"), entry.get("level")) for entry in log if entry.get("duration")] == [
        ("1", "Info"),
        ("2", "Error"),
    ]
    ends = [entry for entry in log if entry.get("duration")]
    assert [entry.get("duration") for entry in ends] == ["12.500", "3.000"]
    assert ends[1].text == 'Run 2 failed: <b> & "c"\ufffd'
    assert texts(log)[0] == "Run 1 started"
    assert wire.log()[-1].attrib["source"] == "Nightly/report"


def test_filler_is_well_formed_and_the_seeds(tmp_path: Path) -> None:
    """A big log on disk: as long as asked, rising times, the same bytes for the same seed."""
    sizes, digests = [], []
    for seed in (1, 1, 2):
        path = tmp_path / "log.xml"
        count = write_big_log(path, 3_000_000, seed=seed)
        data = path.read_bytes()
        sizes.append(len(data))
        digests.append(hashlib.sha256(data).hexdigest())
    log = ET.fromstring(data)
    assert len(log) == count
    assert 3_000_000 < sizes[0] < 3_000_400
    assert digests[0] == digests[1] != digests[2]
    assert times(log) == sorted(times(log))
    assert times(log)[-1] < MANUAL_START.strftime("%Y-%m-%dT%H:%M:%S")
    levels = [entry.get("level") for entry in log]
    assert {"Debug", "Info", "Warning", "Error"} == set(levels)
    assert 0.02 < levels.count("Error") / count < 0.04


def test_filler_comes_in_pieces() -> None:
    """Gigabytes are never held: a piece is under a megabyte, and the first comes at once."""
    pieces = filler(10**12)
    assert 100_000 < len(next(pieces)) < 1_000_000
    assert b"".join(filler(0)) == b""


@pytest.mark.parametrize("line", [0, 76])
def test_a_big_log_is_streamed(line: int) -> None:
    """A log of 8 MB arrives chunked, in one Result, its entries before the real ones."""
    with sandbox.start("sertainty", log_size=8_000_000, base64_line=line) as box:
        wire = Wire(box.url).open()
        body = envelope("agentGetLog", session=wire.session)
        with wire.client.stream("POST", box.url, content=body) as reply:
            assert "content-length" not in reply.headers
            text = reply.read().decode()
        value = "".join(text.partition("<Result>")[2].partition("<")[0].split())
        log = ET.fromstring(base64.b64decode(value, validate=True))
        assert len(log) > 50_000
        assert times(log) == sorted(times(log))
        assert texts(log)[-2:] == ["Agent started", "Session opened for charles"]
        wire.close()


def test_task_logs_may_be_big_too(wire: Wire, box: SertaintyBox) -> None:
    """Any log can be given a filler while it runs, and have it taken away."""
    box.grow_log(500_000, "Nightly", "index")
    log = wire.log("Nightly", "index")
    assert len(log) > 3000
    assert log.get("task") == "index"
    box.grow_log(0, "Nightly", "index")
    assert len(wire.log("Nightly", "index")) == 0
    assert len(wire.log()) < 10


def test_the_same_big_log_twice(wire: Wire, box: SertaintyBox) -> None:
    """Asked twice, the log says the same."""
    box.grow_log(2_000_000)
    assert wire.call("agentGetLog").values == wire.call("agentGetLog").values


def test_a_client_that_leaves_early(wire: Wire, box: SertaintyBox) -> None:
    """Half-read gigabytes neither block the gateway nor its end."""
    box.grow_log(10**10)
    body = envelope("agentGetLog", session=wire.session)
    with wire.client.stream("POST", box.url, content=body) as reply:
        assert next(reply.iter_raw())
    assert wire.call("agentPing").code == 1


def test_a_long_history_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log with more entries than one piece holds is whole, in order, none twice."""
    monkeypatch.setattr(logs, "_BATCH", 100)
    with sandbox.start("sertainty", workload=1) as box:
        wire = Wire(box.url).open()
        log = wire.log()
        runs = [text.split(":")[0] for text in texts(log) if ": " in text and " files, " in text]
        assert len(log) > 300
        assert len(runs) == len(set(runs))
        assert times(log) == sorted(times(log))
        wire.close()
