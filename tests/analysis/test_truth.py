"""What the sandbox planted, and that the analyses find exactly that, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from toolkit.analysis.patterns import pattern_of
from toolkit.sandbox.sertainty import incident
from toolkit.sandbox.sertainty.truth import Truth

TASKS = (
    "ingest", "protect-inbox", "unprotect-outbox", "index", "replicate", "verify", "backup",
    "report",
)  # fmt: skip


@dataclass
class History:
    """A recorded history, what is known of it, and what it gives."""

    path: Path
    truth: Truth
    failed: int
    log: pd.DataFrame
    runs: pd.DataFrame


@pytest.fixture(scope="module", params=[(7, 7.0), (4, 3.0)], ids=lambda one: f"seed{one[0]}")
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> History:
    """A session that reads every log of a gateway with a planted history."""
    seed, days = request.param
    path = tmp_path_factory.mktemp("history") / "session.yaml"
    with toolkit.sandbox.start("sertainty", seed=seed, workload=days) as box:
        with toolkit.record(path), toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with("ada", box.answers)
            gateway.task_statuses()
            for task in TASKS:
                gateway.task.get_log("Nightly", task)
            gateway.agent.get_log()
        truth = box.truth
        failed = sum(run["error"] is not None for run in box.runs)
    assert truth is not None
    log = toolkit.recorded_logs(path)
    return History(path, truth, failed, log, toolkit.task_runs(log))


def second(moment: object) -> pd.Timestamp:
    """As a log has it: to the second."""
    return pd.Timestamp(moment).floor("s")  # type: ignore[arg-type]


def own_log(history: History) -> pd.DataFrame:
    return history.log[history.log["function"] == "agentGetLog"]


def test_every_run_and_how_it_ended(history: History) -> None:
    """Executions and errors are the sandbox's own, from logs and from status records alike."""
    runs = history.runs
    assert (runs["outcome"] == "failed").sum() == history.failed
    assert runs["error"].notna().sum() == history.failed
    stats = toolkit.task_stats(history.path).set_index("task")
    for total in history.truth.totals:
        row = stats.loc[total.task]
        assert (row["executions"], row["errors"]) == (total.executions, total.errors)
        assert (row["runs"], row["failed_runs"]) == (total.executions, total.errors)
    pd.testing.assert_series_equal(
        toolkit.task_stats(history.log)["missed"], toolkit.task_stats(runs)["missed"]
    )


def test_late_slow_and_missed_runs(history: History) -> None:
    """Exactly those that were planted: by task, number and due time."""
    truth, odd = history.truth, toolkit.unusual_runs(history.runs)
    late = odd[odd["kind"] == "late"]
    assert {(row.task, row.run, row.due) for row in late.itertuples()} == {
        (one.task, one.run, pd.Timestamp(one.due)) for one in truth.late
    }
    for row, one in zip(late.itertuples(), truth.late, strict=True):
        assert row.delay == pytest.approx(one.delay, abs=1.0)
    slow = odd[odd["kind"] == "slow"]
    assert {(row.task, row.run) for row in slow.itertuples()} == {
        (one.task, one.run) for one in truth.slow
    }
    for row, one in zip(slow.itertuples(), truth.slow, strict=True):
        assert row.seconds == pytest.approx(one.seconds, abs=0.001)
        assert row.usual == pytest.approx(one.usual, rel=0.2)
    missed = odd[odd["kind"] == "missed"]
    assert {(row.task, row.due) for row in missed.itertuples()} == {
        (one.task, pd.Timestamp(one.due)) for one in truth.missed
    }
    counted = toolkit.task_stats(history.runs)[["late", "slow", "missed"]].sum().to_dict()
    assert counted == {"late": len(truth.late), "slow": len(slow), "missed": len(missed)}


def test_schedules_are_told_from_the_runs(history: History) -> None:
    """Tasks that run by the clock have their interval; those that wait for a change have none."""
    every = toolkit.task_stats(history.runs).set_index("task")["every"]
    expected = {
        "index": 900, "unprotect-outbox": 1800, "replicate": 3600, "verify": 7200,
    }  # fmt: skip
    assert every[list(expected)].to_dict() == expected
    assert every[["ingest", "protect-inbox"]].isna().all()


@pytest.mark.parametrize("seen", ["runs", "log"])
def test_bursts(history: History, seen: str) -> None:
    """Each burst with its cause, count, first and last failure and tasks, from runs and log."""
    found = toolkit.bursts(history.runs if seen == "runs" else own_log(history))
    expected = [
        (
            f"Run <number> failed: {pattern_of(burst.message)}",
            burst.failures, second(burst.first), second(burst.last),
            {f"{burst.config}/{task}" for task in burst.tasks},
        )
        for burst in history.truth.bursts
    ]  # fmt: skip
    got = [
        (row.what, row.failures, row.start, row.end, set(row.where.split(", ")))
        for row in found.itertuples()
    ]
    assert got == expected
    assert (found["share"] > 0.5).all()
    assert (found["share_usual"] == 0).all()


def test_new_messages(history: History) -> None:
    """Of errors, those that were planted are new on the last day, and no other."""
    truth = history.truth
    since = truth.new_messages[0].first
    patterns = toolkit.log_patterns(own_log(history), since=since.replace(microsecond=0))
    new = patterns[patterns["new"] & (patterns["level"] == "Error")]
    bursts = {pattern_of(one.message) for one in truth.bursts if one.start >= since}
    expected = {f"Run <number> failed: {one}" for one in bursts}
    expected |= {"Run <number> failed: Signature of <path> does not match"}
    assert set(new["pattern"]) == expected
    planted = new[new["pattern"].str.contains("Signature")].iloc[0]
    assert planted["events"] == sum(one.count for one in truth.new_messages)
    assert planted["first"] == second(since)
    assert planted["example"].split(": ")[1].startswith(truth.new_messages[0].message)
    assert patterns["events"].sum() == len(own_log(history))


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, incident.Incident]:
    """A session before and one after an incident began."""
    folder = tmp_path_factory.mktemp("bad-day")
    paths = folder / "1-before.yaml", folder / "2-after.yaml"

    def session(box: toolkit.sandbox.sertainty.SertaintyBox, path: Path) -> None:
        with toolkit.record(path), toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with("ada", box.answers)
            for _ in range(3):
                for config in gateway.config.get_list()["config"]:
                    gateway.config.get_tasks(config)
                for task in TASKS:
                    gateway.task.get_status("Nightly", task)
                for call in (
                    *(("taskGetLog", "Nightly", task) for task in TASKS[-3:]),
                    *(("sharedGetPreset", name) for name in ("Standard", "Strict")),
                ):
                    try:
                        gateway.call(*call)
                    except toolkit.CallError:
                        continue
            gateway.host.close_session()

    with toolkit.sandbox.start("sertainty", seed=5, workload=0.5) as box:
        session(box, paths[0])
        bad = incident.begin(box)
        session(box, paths[1])
    return *paths, bad


def test_a_bad_day(bad_day: tuple[Path, Path, incident.Incident]) -> None:
    """The new code, the failing function and the slow one: these and no other."""
    before, after, bad = bad_day
    codes = toolkit.compare(before, after)
    new = codes[codes["state"] == "new"]
    assert set(zip(new["function"], new["code"], strict=True)) == {
        (bad.new_function, bad.new_code), (bad.failing_function, bad.failing_code),
    }  # fmt: skip
    gone = codes[codes["state"] == "gone"]
    assert gone["function"].tolist() == [bad.new_function]
    shifts = toolkit.compare_latency(before, after)
    slow = shifts.iloc[0]
    assert (slow["function"], slow["state"]) == (bad.slow_function, "slower")
    moved = shifts["p50_after"] - shifts["p50_before"]
    assert moved.iloc[0] == pytest.approx(bad.slow_seconds, abs=0.1)
    # A busy machine moves all calls by milliseconds, and truly so; none by what was planted.
    assert (moved.iloc[1:].abs() < bad.slow_seconds / 2).all()


def test_a_bad_days_errors(bad_day: tuple[Path, Path, incident.Incident]) -> None:
    """Failures by function and code, the burst among them, and the sessions they were in."""
    before, after, bad = bad_day
    both = toolkit.read_calls([before, after])
    failures = toolkit.errors(both).set_index("function")
    assert failures["calls"].to_dict() == {bad.new_function: 6, bad.failing_function: bad.failures}
    assert failures.loc[bad.failing_function, "message"] == bad.failing_text
    found = toolkit.bursts(both)
    burst = found[found["where"] == bad.failing_function].iloc[0]
    assert burst["failures"] == bad.failures
    assert bad.failing_text in burst["what"]
    logins = toolkit.sessions(both)
    assert logins["outcome"].tolist() == ["opened", "opened"]
    assert logins["challenges"].tolist() == [2, 2]
    assert logins["end"].tolist() == ["closed", "closed"]
    assert logins["failures"].tolist() == [0, 6 + bad.failures]
    assert logins["calls"].sum() + 6 == len(both)


def test_fields_that_changed(bad_day: tuple[Path, Path, incident.Incident]) -> None:
    """Nothing that the two sessions read has changed, though every answer has new times in it."""
    before, after, _ = bad_day
    assert toolkit.compare_fields(before, after).empty


@pytest.mark.parametrize("history", [(4, 3.0)], indirect=True, ids=["seed4"])
def test_an_overview_picks_what_fits(history: History) -> None:
    """Of recordings everything, of a log what a log has, of readings the tasks."""
    view = toolkit.overview(history.path)
    assert set(view) == {
        "result_codes", "latency", "sessions", "task_stats", "log_levels", "log_bursts",
        "log_patterns", "unusual_runs",
    }  # fmt: skip
    assert "result_codes" in repr(view)
    assert "<h4>latency</h4>" in view._repr_html_()
    assert set(toolkit.overview(own_log(history).drop(columns="run"))) == {
        "log_levels", "log_bursts", "log_patterns",
    }  # fmt: skip
    assert "unusual_runs" in toolkit.overview(history.runs)
