"""Failures that come thick and fast, in calls, logs and runs."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tests.analysis import table
from toolkit.analysis import bursts, errors
from toolkit.analysis.counting import merged
from toolkit.analysis.happenings import happenings
from toolkit.analysis.scans import AGGREGATES, COLUMNS, count, finish, interval_of
from toolkit.frames import frame
from toolkit.outcomes import InvalidArgument

DTYPES = {column.name: column.dtype for column in COLUMNS}


def steady(total: int, step: float = 60.0) -> list[dict[str, object]]:
    """A call a minute."""
    return [{"second": place * step} for place in range(total)]


def burst_at(start: float, number: int, step: float = 20.0, **row: object) -> list[dict]:
    return [table.failed(second=start + place * step, **row) for place in range(number)]


def test_one_burst_and_what_came_before() -> None:
    """Its first and last failure, its share, the usual share, and the rarest thing before it."""
    rows = [*steady(600), {"second": 17_990.0, "function": "configActivate", "target": "Nightly"}]
    rows += burst_at(18_001.0, 12, function="taskGetLog")
    rows += [table.failed(second=second) for second in (500.0, 30_000.0)]
    found = bursts(table.calls(sorted(rows, key=lambda row: row["second"])))
    assert found.dtypes.astype(str).to_dict() == DTYPES
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["failures"], row["seconds"], row["where"]) == (12, 220.0, "taskGetLog")
    assert row["what"] == "FAULT_502: disk full"
    assert row["share"] > 0.7
    assert row["share_usual"] == pytest.approx(2 / 600, rel=0.05)
    assert row["before"] == "configActivate Nightly SUCCESS: Success"
    assert row["before_at"] < row["start"]


def test_two_bursts_of_one_cause_and_one_of_another() -> None:
    """Each is found apart, in the order of time."""
    rows = steady(2000)
    rows += burst_at(20_000.0, 9) + burst_at(80_000.0, 30) + burst_at(50_001.0, 7, code=408)
    found = bursts(table.calls(sorted(rows, key=lambda row: row["second"])))
    assert found["failures"].tolist() == [9, 7, 30]
    assert [what[:9] for what in found["what"]] == ["FAULT_502", "FAULT_408", "FAULT_502"]


def test_failing_all_the_time_is_no_burst() -> None:
    """What fails every time, or ever so often, has no time at which it is worse."""
    assert bursts(table.calls(table.failed(second=n * 30.0) for n in range(300))).empty
    every = [table.failed(second=n * 60.0) if n % 10 == 0 else {"second": n * 60.0}
             for n in range(500)]  # fmt: skip
    assert bursts(table.calls(every)).empty
    assert bursts(table.calls(steady(50))).empty
    assert bursts(table.calls([])).dtypes.astype(str).to_dict() == DTYPES


def test_chance_makes_few_bursts() -> None:
    """Of random failures hardly one recording in twenty has what looks like a burst."""
    draw = np.random.default_rng(8)
    wrong = 0
    for _ in range(60):
        failing = draw.random(400) < 0.1
        times = pd.date_range("2019-04-01", periods=400, freq="min", tz="UTC")
        counted = pd.DataFrame({"interval": times, "first": times, "last": times})
        counted = counted.assign(failed=failing, what="x", place="y", events=1)
        wrong += len(finish(counted)) > 0
    assert wrong <= 6


def test_within_seconds() -> None:
    """A short recording is counted by milliseconds: five failures in a row are found."""
    rows = [{"second": n * 0.02} for n in range(60)]
    rows += burst_at(0.6, 5, step=0.004)
    found = bursts(table.calls(sorted(rows, key=lambda row: row["second"])))
    assert found["failures"].tolist() == [5]
    assert found["seconds"].iloc[0] == pytest.approx(0.016)


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 5000), st.booleans()), max_size=80))
def test_bursts_hold_failures_that_there_are(rows: list[tuple[int, bool]]) -> None:
    """Whatever happens: no burst overlaps another of its cause, none counts more than there is."""
    happened = [table.failed(second=float(at)) if bad else {"second": float(at)}
                for at, bad in sorted(rows)]  # fmt: skip
    calls = table.calls(happened)
    found = bursts(calls, least=2)
    failed = calls[calls["code"] == 502]
    for row in found.itertuples():
        assert failed["at"].between(row.start, row.end).sum() == row.failures
        assert calls["at"].between(row.start, row.end).sum() <= row.events <= len(calls)
        assert row.share > row.share_usual
    assert (found["end"].iloc[:-1].to_numpy() < found["start"].iloc[1:].to_numpy()).all()


def test_counts_of_parts_and_another_engine() -> None:
    """Counted apart, or by DuckDB: the same bursts."""
    rows = sorted([*steady(600), *burst_at(18_001.0, 12)], key=lambda row: row["second"])
    calls = table.calls(rows)
    whole = bursts(calls)
    happened = [happenings(calls.iloc[at::3]) for at in range(3)]
    parts = [count(one, interval_of(happenings(calls))) for one in happened]
    keys = ["interval", "failed", "what", "place"]
    together = finish(merged(parts, keys, AGGREGATES))
    names = ["start", "end", "what", "where", "failures", "events", "share"]
    pd.testing.assert_frame_equal(together[names], whole[names])
    plain = calls.astype(dict.fromkeys(calls.select_dtypes("category"), "str"))
    duckdb.execute("SET TimeZone = 'UTC'")
    pd.testing.assert_frame_equal(bursts(duckdb.from_df(plain)), whole)


def test_thousands_of_failures_are_scanned_coarsely() -> None:
    """More failing intervals than are scanned one by one: the burst is still where it was."""
    draw = np.random.default_rng(9)
    seconds = np.sort(draw.uniform(0, 4_000_000, 20_000))
    rows = [table.failed(second=float(at)) if draw.random() < 0.15 else {"second": float(at)}
            for at in seconds]  # fmt: skip
    rows += burst_at(2_000_000.0, 400, step=10.0)
    found = bursts(table.calls(sorted(rows, key=lambda row: row["second"])))
    assert len(found) == 1
    assert 400 <= found["failures"].iloc[0] <= 440


def test_what_has_no_bursts_is_refused() -> None:
    """Readings of counters have no events; one failure is no burst."""
    from toolkit.analysis.tasks import READING_COLUMNS

    with pytest.raises(InvalidArgument, match="tell no events"):
        bursts(frame(READING_COLUMNS))
    with pytest.raises(InvalidArgument, match="2 failures at least, not 1"):
        bursts(table.calls([]), least=1)


def test_errors_by_function_and_code() -> None:
    """Counts, share of the function's calls with its interval, first and last; no challenge."""
    rows = [{"function": "a"}] * 3 + [table.failed(function="a", target="t", second=99.0)]
    rows += [{"function": "b", "code": 2, "label": "CHALLENGED", "category": "challenged"}]
    rows += [{"function": "b", "code": None, "label": "ReadTimeout",
              "category": "transport failure", "message": "timed out"}] * 2  # fmt: skip
    found = errors(table.calls(rows))
    assert found["function"].tolist() == ["b", "a"]
    assert found["calls"].tolist() == [2, 1]
    assert found["share"].tolist() == pytest.approx([2 / 3, 0.25])
    assert (found["share_low"] < found["share"]).all()
    assert found["message"].tolist() == ["timed out", "disk full"]
    assert found["target"].tolist() == ["", "t"]
    assert pd.isna(found["code"].iloc[0])
    none = errors(table.calls([{}]))
    assert none.dtypes.astype(str).to_dict() == found.dtypes.astype(str).to_dict()
