"""Tasks in time: the clock, runs, status records, pause, resume, reset (guide 4.30-4.34)."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from sandbox.sertainty.wire import Wire
from toolkit import sandbox
from toolkit.sandbox.sertainty import MANUAL_START, SertaintyBox
from toolkit.sandbox.sertainty.definitions import Definition, next_due

HOUR = dt.timedelta(hours=1)
STAMP = "%Y-%m-%dT%H:%M:%S"


def test_a_task_that_never_ran(wire: Wire) -> None:
    """Empty times and error, zero counts, Waiting; a disabled one is Idle."""
    record = wire.status("Nightly", "index")
    assert record == {
        "StartTime": "", "EndTime": "", "LastErrorTime": "", "Status": "Waiting", "Error": "",
        "ExecCnt": "0", "ErrorCnt": "0",
    }  # fmt: skip
    assert wire.status("Nightly", "legacy-import")["Status"] == "Idle"


def test_ticks_move_a_task_on(wire: Wire, box: SertaintyBox) -> None:
    """A tick is one change: Waiting to Executing, then back to Waiting, counts bumped."""
    (began,) = box.tick()
    assert began.status == "Executing"
    record = wire.status("Nightly", began.task)
    assert (record["Status"], record["ExecCnt"], record["EndTime"]) == ("Executing", "1", "")
    assert record["StartTime"] == began.at.strftime(STAMP)
    assert box.now == began.at
    (ended,) = box.tick()
    assert (ended.task, ended.run, ended.status) == (began.task, 1, "Waiting")
    record = wire.status("Nightly", began.task)
    assert record["Status"] == "Waiting"
    assert record["EndTime"] == ended.at.strftime(STAMP)
    assert record["StartTime"] == began.at.strftime(STAMP)


def test_a_failed_run(wire: Wire, box: SertaintyBox) -> None:
    """A failure: Error, its message and time, ErrorCnt; the next success clears the status only."""
    box.plan("Nightly", "index", error="disk {folder} is full")
    changes = [change for change in box.advance(HOUR) if change.task == "index"]
    assert [change.status for change in changes[:4]] == [
        "Executing", "Error", "Executing", "Waiting",
    ]  # fmt: skip
    assert changes[1].error == "disk /in is full"
    record = wire.status("Nightly", "index")
    assert (record["Status"], record["Error"]) == ("Waiting", "disk /in is full")
    assert record["LastErrorTime"] == changes[1].at.strftime(STAMP)
    assert (record["ExecCnt"], record["ErrorCnt"]) == (str(len(changes) // 2), "1")


def test_the_aggregate_shows_errors(wire: Wire, box: SertaintyBox) -> None:
    """task-status is Errors while the last run of a task failed, Normal again after a success."""
    box.run_task("Nightly", "index", error="broken")
    assert wire.status("Nightly", "index")["Status"] == "Error"
    assert wire.call("configGetStatus", "Nightly").texts[1] == "Errors"
    assert wire.call("agentGetStatus").texts[5] == "Errors"
    assert wire.call("configGetStatus", "Daytime").texts[1] == "Normal"
    box.run_task("Nightly", "index")
    assert wire.call("configGetStatus", "Nightly").texts[1] == "Normal"


def test_tasks_keep_to_their_schedule(box: SertaintyBox) -> None:
    """A task of every 15 minutes is due at :00, :15, :30, :45 and starts within a second."""
    box.advance(dt.timedelta(hours=6, minutes=1))
    runs = [run for run in box.runs if run["task"] == "index"]
    assert len(runs) == 24
    for at, run in enumerate(runs):
        assert run["due"] == MANUAL_START + (at + 1) * dt.timedelta(minutes=15)
        assert 0 <= (run["started"] - run["due"]).total_seconds() < 1


def test_only_the_active_configuration_runs(wire: Wire, box: SertaintyBox) -> None:
    """Tasks run by themselves in the active configuration only (guide 4.8)."""
    assert {change.config for change in box.advance(HOUR)} == {"Nightly"}
    wire.call("configActivate", "Daytime")
    assert {change.config for change in box.advance(HOUR)} == {"Daytime"}


@pytest.mark.parametrize(
    ("off", "on"),
    [
        (("agentShutdown",), ("agentStart",)),
        (("agentAlter", "Disable"), ("agentAlter", "Enable")),
        (("taskPause", "Nightly", "*"), ("taskResume", "Nightly", "*")),
    ],
)
def test_what_stops_tasks(
    wire: Wire, box: SertaintyBox, off: tuple[str, ...], on: tuple[str, ...]
) -> None:
    """Offline, disabled or paused: nothing starts; afterwards the schedule goes on."""
    wire.call(*off)
    assert box.advance(2 * HOUR) == []
    assert box.tick() == []
    wire.call(*on)
    assert len([one for one in box.advance(HOUR) if one.task == "index"]) == 6


def test_pause_and_resume_one(wire: Wire, box: SertaintyBox) -> None:
    """A paused task is Paused and does not run; the others do."""
    assert wire.call("taskPause", "Nightly", "index").code == 1
    assert wire.status("Nightly", "index")["Status"] == "Paused"
    tasks = {change.task for change in box.advance(HOUR)}
    assert "index" not in tasks
    assert "unprotect-outbox" in tasks
    assert wire.call("taskResume", "Nightly", "index").code == 1
    assert wire.status("Nightly", "index")["Status"] == "Waiting"


def test_a_run_under_way_ends_when_paused(wire: Wire, box: SertaintyBox) -> None:
    """Pausing stops the next run, not this one."""
    (began,) = box.tick()
    wire.call("taskPause", "Nightly", began.task)
    ended = [change for change in box.advance(HOUR) if change.task == began.task]
    assert [change.status for change in ended] == ["Paused"]
    assert wire.status("Nightly", began.task)["EndTime"] != ""


def test_a_disabled_task_is_idle(wire: Wire, box: SertaintyBox) -> None:
    """Enabled false in the definition, or in its schedule: Idle, and no runs."""
    wire.call(
        "configSaveTasks",
        "Nightly",
        b'<Tasks><Task name="a"><Enabled type="bool">false</Enabled></Task>'
        b'<Task name="b"><Schedule><Enabled type="bool">0</Enabled></Schedule></Task>'
        b'<Task name="c"><Schedule><Every type="int">10</Every></Schedule></Task></Tasks>',
    )
    assert [wire.status("Nightly", name)["Status"] for name in "abc"] == ["Idle", "Idle", "Waiting"]
    assert {change.task for change in box.advance(HOUR)} == {"c"}


def test_reset(wire: Wire, box: SertaintyBox) -> None:
    """taskReset empties the status record and the log; with an asterisk those of all tasks."""
    box.run_task("Nightly", "index", error="broken")
    box.run_task("Nightly", "verify")
    assert len(wire.log("Nightly", "index")) > 0
    assert wire.call("taskReset", "Nightly", "index").code == 1
    record = wire.status("Nightly", "index")
    assert (record["ExecCnt"], record["Status"], record["Error"]) == ("0", "Waiting", "")
    assert len(wire.log("Nightly", "index")) == 0
    assert wire.status("Nightly", "verify")["ExecCnt"] == "1"
    assert wire.call("taskReset", "Nightly", "*").code == 1
    assert wire.status("Nightly", "verify")["ExecCnt"] == "0"


def test_reset_while_executing(wire: Wire, box: SertaintyBox) -> None:
    """The run under way is counted on, so that errors never exceed executions."""
    box.plan("Nightly", "replicate", error="broken", runs=-1)
    began = next(c for c in iter(lambda: box.tick()[0], None) if c.task == "replicate")
    assert began.status == "Executing"
    wire.call("taskReset", "Nightly", "replicate")
    record = wire.status("Nightly", "replicate")
    assert (record["Status"], record["ExecCnt"], record["ErrorCnt"]) == ("Executing", "1", "0")
    box.advance(dt.timedelta(minutes=30))
    record = wire.status("Nightly", "replicate")
    assert (record["Status"], record["ExecCnt"], record["ErrorCnt"]) == ("Error", "1", "1")


@pytest.mark.parametrize(
    "end", [("agentShutdown",), ("agentRestart",), ("configActivate", "Zürich")]
)
def test_runs_are_terminated(wire: Wire, box: SertaintyBox, end: tuple[str, ...]) -> None:
    """Shutdown, restart and another configuration end what executes; it is no error."""
    (began,) = box.tick()
    wire.call(*end)
    record = wire.status("Nightly", began.task)
    assert (record["Status"], record["ExecCnt"], record["ErrorCnt"]) == ("Waiting", "1", "0")
    assert wire.log("Nightly", began.task)[-1].get("level") == "Warning"


def test_planned_runs(box: SertaintyBox) -> None:
    """Late, missed and slow runs happen as planned, and only so many."""
    quarter = dt.timedelta(minutes=15)
    box.plan("Nightly", "index", skip=True)
    box.plan("Nightly", "index", delay=400)
    box.plan("Nightly", "index", factor=20, error="")
    box.advance(dt.timedelta(minutes=80))
    runs = [run for run in box.runs if run["task"] == "index"]
    assert [run["due"] for run in runs] == [MANUAL_START + at * quarter for at in (2, 3, 4, 5)]
    late = (runs[0]["started"] - runs[0]["due"]).total_seconds()
    assert 400 <= late < 401
    lengths = [(run["ended"] - run["started"]).total_seconds() for run in runs[1:]]
    assert lengths[0] > 90
    assert max(lengths[1:]) < 20


def test_the_same_seed_lives_the_same_life() -> None:
    """Runs, failures and durations are the seed's; another seed's differ."""

    def life(seed: int) -> list[dict[str, object]]:
        with sandbox.start("sertainty", seed=seed) as box:
            box.advance(6 * HOUR)
            return box.runs

    assert life(1) == life(1)
    assert life(1) != life(2)


def test_a_real_clock() -> None:
    """By the real clock, runs come by themselves and the clock cannot be moved."""
    with sandbox.start("sertainty", clock="real") as box:
        before = dt.datetime.now(dt.UTC)
        assert before - box.now < dt.timedelta(seconds=5)
        for move in (lambda: box.advance(1), box.tick):
            with pytest.raises(ValueError, match="real clock cannot be moved"):
                move()
        wire = Wire(box.url).open()
        box.run_task("Nightly", "index", seconds=0.2)
        assert wire.status("Nightly", "index")["Status"] == "Executing"
        deadline = time.monotonic() + 10
        while wire.status("Nightly", "index")["Status"] == "Executing":
            assert time.monotonic() < deadline
        assert wire.status("Nightly", "index")["ExecCnt"] == "1"
        wire.close()


def test_mistakes_are_told(box: SertaintyBox) -> None:
    """A wrong task, time or clock is refused in one sentence."""
    with pytest.raises(ValueError, match="no task 'x' in configuration 'Nightly'"):
        box.run_task("Nightly", "x")
    with pytest.raises(ValueError, match="no task"):
        box.plan("Nightly", "x", skip=True)
    with pytest.raises(ValueError, match="forward only"):
        box.advance(-1)
    with pytest.raises(ValueError, match='"manual" or "real"'):
        sandbox.start("sertainty", clock="fast")
    box.tick()
    executing = box.runs[-1]["task"]
    with pytest.raises(ValueError, match="executing already"):
        box.run_task("Nightly", executing)


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (Definition("x", every=60), ["2026-03-02T09:00", "2026-03-02T10:00"]),
        (Definition("x", every=0, start_minute=150), ["2026-03-03T02:30", "2026-03-04T02:30"]),
        (Definition("x", every=700), ["2026-03-02T11:40", "2026-03-02T23:20"]),
        (Definition("x", every=0, days=0b0100000), ["2026-03-07T00:00", "2026-03-14T00:00"]),
        (Definition("x", every=720, days=0b1000001), ["2026-03-02T12:00", "2026-03-08T00:00"]),
    ],
)
def test_due_times(task: Definition, expected: list[str]) -> None:
    """Times on a grid from midnight UTC, daily ones at their minute, on the marked days only."""
    at = MANUAL_START.timestamp()
    found = []
    for _ in expected:
        at = next_due(task, at, "0")
        found.append(dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M"))
    assert found == expected


def test_no_day_is_never() -> None:
    """A task without a day is never due."""
    assert next_due(Definition("x", days=0), 0.0, "0") == float("inf")
