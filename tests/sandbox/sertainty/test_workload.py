"""The seeded history: deterministic, and its truth is what the gateway itself shows."""

from __future__ import annotations

import collections
import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from sandbox.sertainty.wire import Wire
from toolkit import sandbox
from toolkit.sandbox.sertainty import MANUAL_START, SertaintyBox, Truth, Workload
from toolkit.sandbox.sertainty.definitions import read_tasks

DAYS = 6


@pytest.fixture(scope="module")
def history() -> Iterator[tuple[SertaintyBox, Wire]]:
    """A week's history with one of everything, read only."""
    with sandbox.start("sertainty", seed=5, workload=Workload(days=DAYS)) as box:
        wire = Wire(box.url).open()
        yield box, wire
        wire.close()


@pytest.fixture(scope="module")
def truth(history: tuple[SertaintyBox, Wire]) -> Truth:
    found = history[0].truth
    assert found is not None
    return found


def task_log(history: tuple[SertaintyBox, Wire], config: str, task: str) -> ET.Element:
    return history[1].log(config, task)


def at(entry: ET.Element) -> dt.datetime:
    return dt.datetime.fromisoformat(entry.get("time", "") + "+00:00")


def test_the_span_and_the_amounts(truth: Truth) -> None:
    """It ends where the clock starts, and holds as much trouble as was asked for."""
    assert truth.end == MANUAL_START
    assert truth.start == MANUAL_START - dt.timedelta(days=DAYS)
    asked = Workload()
    assert len(truth.bursts) == asked.bursts
    assert len(truth.slow) == asked.slow
    assert len(truth.late) == asked.late
    assert len(truth.missed) == asked.missed
    assert sum(new.count for new in truth.new_messages) == asked.new_messages


def test_totals_are_the_status_records(history: tuple[SertaintyBox, Wire], truth: Truth) -> None:
    """ExecCnt and ErrorCnt of every task are the truth's totals; some runs failed, most did not."""
    for total in truth.totals:
        record = history[1].status(total.config, total.task)
        assert (record["ExecCnt"], record["ErrorCnt"]) == (
            str(total.executions),
            str(total.errors),
        )
        assert total.errors < total.executions
    assert sum(total.executions for total in truth.totals) > DAYS * 200
    assert any(total.errors for total in truth.totals)


def test_bursts_are_in_the_logs(history: tuple[SertaintyBox, Wire], truth: Truth) -> None:
    """The entries of level Error that name the cause are as many as told, and inside the time."""
    for burst in truth.bursts:
        entries = [
            entry
            for task in burst.tasks
            for entry in task_log(history, burst.config, task)
            if entry.get("level") == "Error" and burst.message in (entry.text or "")
        ]
        assert len(entries) == burst.error_entries >= 20
        ends = [entry for entry in entries if entry.get("duration")]
        assert len(ends) == burst.failures
        assert burst.first is not None
        assert burst.last is not None
        assert burst.start <= burst.first <= burst.last < burst.end + dt.timedelta(minutes=5)
        assert min(map(at, ends)) == burst.first.replace(microsecond=0)
        assert max(map(at, ends)) == burst.last.replace(microsecond=0)


def test_bursts_stand_out(history: tuple[SertaintyBox, Wire], truth: Truth) -> None:
    """No other hour has nearly as many errors as the hours of the bursts."""
    hours: collections.Counter[dt.datetime] = collections.Counter()
    for total in truth.totals:
        for entry in task_log(history, total.config, total.task):
            if entry.get("level") == "Error":
                hours[at(entry).replace(minute=0, second=0)] += 1
    hour = dt.timedelta(hours=1)
    inside = {
        moment
        for moment in hours
        for burst in truth.bursts
        if burst.start - hour < moment < burst.end + hour
    }
    quiet = max((count for moment, count in hours.items() if moment not in inside), default=0)
    for burst in truth.bursts:
        peak = max(hours[moment] for moment in inside if burst.start - hour < moment < burst.end)
        assert peak >= 3 * quiet


def test_slow_runs_are_in_the_logs(history: tuple[SertaintyBox, Wire], truth: Truth) -> None:
    """Each slow run's logged duration is the told one; no other run of the task is like it."""
    for slow in truth.slow:
        lengths = {
            entry.get("run"): float(entry.get("duration", "0"))
            for entry in task_log(history, slow.config, slow.task)
            if entry.get("duration")
        }
        assert lengths.pop(str(slow.run)) == pytest.approx(slow.seconds, abs=0.001)
        others = [
            seconds
            for run, seconds in lengths.items()
            if run not in {str(one.run) for one in truth.slow if one.task == slow.task}
        ]
        assert slow.seconds > 2 * max(others)
        assert slow.seconds > 3 * slow.usual


def test_late_and_missed_runs(history: tuple[SertaintyBox, Wire], truth: Truth) -> None:
    """The schedule read from the definitions misses exactly the told runs, and finds the late."""
    box, wire = history
    document = wire.call("configGetTasks", "Nightly").values[0]
    late, missed = set(), set()
    for task in read_tasks(document):
        if task.kind != "Time" or task.every == 0 or not task.enabled:
            continue
        starts = [run["started"] for run in box.runs if run["task"] == task.name]
        due = truth.start.replace(hour=0, minute=0) + dt.timedelta(minutes=task.start_minute)
        step = dt.timedelta(minutes=task.every)
        while due < truth.end - step:
            if due > truth.start:
                near = [one for one in starts if due <= one < due + step]
                if not near:
                    missed.add((task.name, due))
                elif near[0] - due > dt.timedelta(seconds=1):
                    late.add((task.name, due))
            due += step
            if due.hour * 60 + due.minute < task.start_minute:  # the grid begins anew each day
                due = due.replace(hour=0, minute=0) + dt.timedelta(minutes=task.start_minute)
    frequent = {one.task for one in truth.late + truth.missed} - {"backup", "report"}
    assert missed == {(one.task, one.due) for one in truth.missed if one.task in frequent}
    assert late == {(one.task, one.due) for one in truth.late if one.task in frequent}
    assert all(one.delay > 700 for one in truth.late)


def test_the_new_message_is_new(history: tuple[SertaintyBox, Wire], truth: Truth) -> None:
    """It is logged on the last day only, so often as told."""
    (new,) = truth.new_messages
    found = [
        at(entry)
        for entry in task_log(history, new.config, new.task)
        if entry.get("duration") and f"failed: {new.message}" in (entry.text or "")
    ]
    assert len(found) == new.count
    assert min(found) == new.first.replace(microsecond=0)
    assert min(found) > truth.end - dt.timedelta(days=1)


def test_the_same_seed_the_same_history() -> None:
    """Logs and truth are the seed's, byte for byte; another seed's are others."""
    lives = []
    for seed in (5, 5, 6):
        with sandbox.start("sertainty", seed=seed, workload=1) as box:
            wire = Wire(box.url).open()
            lives.append((wire.call("taskGetLog", "Nightly", "index").values, box.truth))
            wire.close()
    assert lives[0] == lives[1]
    assert lives[0][0] != lives[2][0]
    assert lives[0][1] != lives[2][1]


def test_life_goes_on_after_the_history() -> None:
    """The clock moves on from the history's end."""
    with sandbox.start("sertainty", workload={"days": 0.5, "bursts": 1}) as box:
        assert box.now == MANUAL_START
        runs = len(box.runs)
        assert box.advance(3600)
        assert len(box.runs) > runs
        assert box.truth is not None
        assert len(box.truth.bursts) == 1


def test_no_workload_no_truth(box: SertaintyBox) -> None:
    """A plain gateway has no history."""
    assert box.truth is None
    assert box.runs == []


def test_truth_as_json(truth: Truth) -> None:
    """The truth goes through JSON unchanged."""
    import json

    assert Truth.from_json(json.loads(json.dumps(truth.to_json()))) == truth


@pytest.mark.parametrize("workload", [{"days": -1}, {"slow": -1}, {"days": 1e9}])
def test_wrong_workloads(workload: dict[str, float]) -> None:
    """Impossible amounts are refused."""
    with pytest.raises(ValueError, match="must"):
        sandbox.start("sertainty", workload=workload)
