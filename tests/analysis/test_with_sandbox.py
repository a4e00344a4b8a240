"""The whole path: a sandbox with a planted workload, recorded, and what the analysis finds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import toolkit


def test_the_analysis_finds_what_the_sandbox_did(tmp_path: Path) -> None:
    """Executions, errors and events equal the sandbox's own account; recorded equals live."""
    path = tmp_path / "session.yaml"
    with toolkit.sandbox.start("sertainty", seed=7, workload=2.0) as box:
        answers, truth = box.answers, box.truth
        with toolkit.record(path), toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with("ada", answers)
            live = gateway.task_statuses()
            log = gateway.agent.get_log()
    calls = toolkit.read_calls(path)
    stats = toolkit.task_stats(calls)
    pd.testing.assert_frame_equal(stats, toolkit.task_stats(live))
    counted = stats.set_index(["config", "task"])[["executions", "errors"]]
    for total in truth.totals:
        row = counted.loc[(total.config, total.task)]
        assert (row["executions"], row["errors"]) == (total.executions, total.errors)
    codes = toolkit.result_codes(calls)
    assert codes["calls"].sum() == len(calls)
    assert set(codes["label"]) == {"SUCCESS", "CHALLENGED"}
    levels = toolkit.log_levels(log)
    assert levels["events"].sum() == len(log)
    burst = max(truth.bursts, key=lambda burst: burst.failures)
    errors = levels[levels["level"] == "Error"].set_index("time")["events"]
    assert errors.idxmax() in {
        pd.Timestamp(burst.start).floor("h") + pd.Timedelta(n, "h") for n in (0, 1)
    }
    page = toolkit.write_report(tmp_path / "r.html", calls=calls, tasks=stats, log=log)
    text = page.read_text(encoding="utf-8")
    assert not any(answer in text for answer in answers.values())
