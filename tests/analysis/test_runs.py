"""Runs of tasks from logs, and the schedules they follow."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tests.analysis import recording as made
from toolkit.analysis import read_log, recorded_logs, task_runs, task_stats, unusual_runs
from toolkit.analysis.runs import COLUMNS, UNUSUAL
from toolkit.analysis.schedules import schedule_of
from toolkit.outcomes import InvalidArgument

START = pd.Timestamp("2019-04-01T00:00:00Z")
DTYPES = {column.name: column.dtype for column in COLUMNS}


def begins(*seconds: float) -> pd.Series:
    return pd.Series([START + pd.Timedelta(seconds=one) for one in seconds])


def entry(second: float, run: int, text: str, level: str = "Info", **other: object) -> str:
    more = "".join(f' {name}="{value}"' for name, value in other.items())
    time = (START + pd.Timedelta(seconds=second)).isoformat().removesuffix("+00:00")
    return f'<Entry time="{time}" level="{level}" source="t" run="{run}"{more}>{text}</Entry>'


def log(*entries: str) -> pd.DataFrame:
    return read_log(f"<Log>{''.join(entries)}</Log>")


def test_how_runs_end() -> None:
    """Succeeded, failed, failed at first and then well, and still running."""
    runs = task_runs(
        log(
            entry(0, 1, "started"), entry(5, 1, "done", duration="5.25"),
            entry(10, 2, "started"), entry(12, 2, "disk full", "Error", duration="2"),
            entry(20, 3, "started"), entry(21, 3, "attempt 1 failed", "Error"),
            entry(25, 3, "done", duration="5"),
            entry(30, 4, "started"), entry(31, 4, "gone", "Error"),
            entry(40, 5, "started"),
        )
    )  # fmt: skip
    assert runs.dtypes.astype(str).to_dict() == DTYPES
    assert runs["outcome"].tolist() == ["succeeded", "failed", "succeeded", "failed", "unfinished"]
    assert runs["seconds"].tolist()[:4] == [5.25, 2.0, 5.0, 1.0]
    assert runs["error"].dropna().tolist() == ["disk full", "gone"]
    assert runs["ended"].isna().tolist() == [False] * 4 + [True]
    assert runs["gap"].tolist()[1:] == [10.0] * 4
    assert runs["task"].tolist() == ["t"] * 5
    assert not runs["late"].any()


def test_several_logs_and_tables_that_are_no_logs() -> None:
    """Logs of several tasks in a list; runs stay runs; a log without runs is refused."""
    one, other = log(entry(0, 1, "go")), log(entry(1, 1, "go"))
    one.attrs["target"], other.attrs["target"] = "Nightly/a", "Nightly/b"
    runs = task_runs([one, other])
    assert list(zip(runs["config"], runs["task"], strict=True)) == [
        ("Nightly", "a"),
        ("Nightly", "b"),
    ]
    assert task_runs(runs) is runs
    stats = task_stats(runs)
    assert stats["executions"].tolist() == [1, 1]
    assert stats["readings"].tolist() == [0, 0]
    with pytest.raises(InvalidArgument, match="with a column 'run'"):
        task_runs(read_log('<L><E a="1"/><E a="2"/></L>'))


@settings(max_examples=25)
@given(
    st.sampled_from([60, 300, 900, 1800, 3600, 7200, 86400]),
    st.integers(0, 59),
    st.lists(st.sampled_from(["", "", "", "", "", "", "late", "missed"]), min_size=14, max_size=40),
    st.randoms(use_true_random=False),
)
def test_late_and_missed_runs_of_any_schedule(
    every: int, offset: int, fates: list[str], draw: object
) -> None:
    """Whatever the interval: what was late is late by so much, what was left out is missed."""
    fates = ["", "", "", *fates, "", ""]  # edges tell nothing
    if sum(map(bool, fates)) > 0.2 * len(fates):
        return
    moments, missed, late = [], [], []
    # On a Monday, and for a daily schedule on working days only, so that no weekend is in it.
    places = [p for p in range(len(fates)) if every < 86400 or p % 7 < 5]
    for place in places:
        due = place * every + offset * 60
        delay = draw.uniform(0.0, 0.9)  # type: ignore[attr-defined]
        if fates[place] == "missed" and every < 86400:
            missed.append(due)
            continue
        if fates[place] == "late":
            delay += 0.4 * every
            late.append(due)
        moments.append(due + delay)
    schedule = schedule_of(begins(*moments))
    assert schedule is not None
    assert schedule.every == every
    assert [(one - START).total_seconds() for one in schedule.missed()] == missed
    due = schedule.due(begins(*moments))
    delays = (begins(*moments) - due).dt.total_seconds()
    assert (delays > schedule.tolerance).sum() == len(late)
    assert delays.max() < every


def test_weekends_are_free_but_a_free_friday_is_missed() -> None:
    """A week tells that nothing runs on weekends, two weeks that nothing runs on a Wednesday."""
    day = 86400.0
    week = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    assert schedule_of(begins(*(one * day for one in week))).missed() == []  # type: ignore[union-attr]
    holes = [one for one in week if one != 3]
    missed = schedule_of(begins(*(one * day for one in holes))).missed()  # type: ignore[union-attr]
    assert [one.day for one in missed] == [4]
    every_but = [one for one in range(21) if one % 7 != 2]
    assert schedule_of(begins(*(one * day for one in every_but))).missed() == []  # type: ignore[union-attr]


def test_what_follows_no_schedule() -> None:
    """Runs at any time, too few of them, or all at once have none."""
    assert schedule_of(begins(0, 50, 300, 340, 900, 1000, 1700, 1710)) is None
    assert schedule_of(begins(0, 60, 120)) is None
    assert schedule_of(begins(0, 0, 0, 0, 0)) is None
    assert schedule_of(begins()) is None


def test_empty_logs_have_the_same_columns(tmp_path: Path) -> None:
    """Recordings without a log: no rows, the same columns; a log read twice is counted once."""
    path = made.cassette(tmp_path / "a.yaml", [made.get("/a")])
    assert task_runs(path).dtypes.astype(str).to_dict() == DTYPES
    none = recorded_logs(path)
    assert len(none) == 0
    assert str(none["time"].dtype) == "datetime64[us, UTC]"
    first = f"<Log>{entry(0, 1, 'go')}{entry(0, 1, 'go')}</Log>"
    later = f"<Log>{entry(0, 1, 'go')}{entry(0, 1, 'go')}{entry(9, 1, 'done')}</Log>"
    lost = f"<Log>{entry(9, 1, 'done')}</Log>"
    path = made.cassette(
        tmp_path / "b.yaml",
        [
            made.gateway("taskGetLog", "c", "t", results={"task-log": text})
            for text in (first, later, lost)
        ]
        + [made.gateway("taskGetLog", "c", "x", results={"task-log": "<broken"})],
    )
    log = recorded_logs(path)
    assert log["text"].tolist() == ["go", "go", "done"]
    assert log["target"].unique().tolist() == ["c/t"]
    assert unusual_runs(path).dtypes.astype(str).to_dict() == {
        column.name: column.dtype for column in UNUSUAL
    }
