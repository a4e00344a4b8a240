"""Task statistics from recorded status calls, readings and gateways."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from tests.analysis import recording as made
from toolkit.analysis import read_calls, task_stats
from toolkit.analysis.tasks import COLUMNS, READING_COLUMNS, task_readings
from toolkit.frames import frame
from toolkit.outcomes import CassetteError, InvalidArgument

DTYPES = {column.name: column.dtype for column in COLUMNS}


def readings(*counts: tuple[int | None, int | None]) -> pd.DataFrame:
    """Status records of one task, an hour apart."""
    start = made.START
    rows = [
        ("c", "t", start, None, None, "Executing", "", runs, errors, start + dt.timedelta(hours=n))
        for n, (runs, errors) in enumerate(counts)
    ]
    return frame(READING_COLUMNS, rows)


def test_recorded_status_calls(tmp_path: Path) -> None:
    """The latest reading of each task and the change since the first, in the order of names."""
    path = made.cassette(
        tmp_path / "a.yaml",
        [
            made.status("nightly", "ingest", 3, 1),
            made.status("daily", "clean", 1, 0, 5, Status="Odd", EndTime=""),
            made.get("/users/1"),
            made.gateway("taskGetStatus", "nightly", "none", code=213),
            made.status(
                "nightly",
                "ingest",
                10,
                4,
                60,
                Error="disk full",
                LastErrorTime="2019-04-01 07:30:00",
            ),
        ],
    )
    for source in (path, read_calls(path)):
        stats = task_stats(source)
        assert stats.dtypes.astype(str).to_dict() == DTYPES
        assert stats["task"].tolist() == ["clean", "ingest"]
        assert stats["status"].tolist() == ["Odd", "Waiting"]
        ingest = stats.iloc[1]
        assert ingest["executions"] == 10
        assert ingest["error_rate"] == 0.4
        assert ingest["last_duration"] == 90.0
        assert ingest["last_error"] == "disk full"
        assert ingest["last_error_at"].isoformat() == "2019-04-01T07:30:00+00:00"
        assert (ingest["new_executions"], ingest["new_errors"]) == (7, 3)
        assert ingest["readings"] == 2
        assert ingest["last_read"] - ingest["first_read"] == pd.Timedelta("1h")
        assert pd.isna(stats["last_duration"][0])


def test_no_status_calls_give_no_rows(tmp_path: Path) -> None:
    """Calls without a status record: the same columns, no rows; an unread cassette is an error."""
    calls = read_calls(made.cassette(tmp_path / "a.yaml", [made.get("/a")]))
    assert task_stats(calls).dtypes.astype(str).to_dict() == DTYPES
    assert task_stats(readings()).dtypes.astype(str).to_dict() == DTYPES
    status = read_calls(made.cassette(tmp_path / "b.yaml", [made.status("c", "t", 1, 0)]))
    (tmp_path / "b.yaml").unlink()
    with pytest.raises(CassetteError, match="not there any more"):
        task_stats(status)


@pytest.mark.parametrize(
    ("counts", "executions", "errors", "resets"),
    [
        ([(5, 1)], 0, 0, 0),
        ([(5, 1), (9, 1)], 4, 0, 0),
        ([(5, 1), (2, 1), (6, 2)], 6, 1, 1),
        ([(5, 1), (None, None), (8, 2)], 3, 1, 0),
        ([(None, None)], pd.NA, pd.NA, 0),
        ([(0, 0)], 0, 0, 0),
    ],
)
def test_change_between_readings(
    counts: list[tuple[int | None, int | None]], executions: object, errors: object, resets: int
) -> None:
    """Counters that fall were reset, and grew from nothing since then."""
    row = task_stats(readings(*counts)).iloc[0]
    for name, expected in (("new_executions", executions), ("new_errors", errors)):
        assert pd.isna(row[name]) if expected is pd.NA else row[name] == expected
    assert row["resets"] == resets


def test_readings_may_come_in_any_order() -> None:
    """The time of a reading counts and not its place."""
    table = readings((1, 0), (5, 2)).iloc[::-1]
    assert task_stats(table)["executions"].tolist() == [5]


def test_a_gateway_is_asked() -> None:
    """Anything that has task_statuses is a gateway."""

    class Gateway:
        def task_statuses(self) -> pd.DataFrame:
            return readings((4, 1)).drop(columns="error")

    stats = task_stats(Gateway())
    assert stats["error_rate"].tolist() == [0.25]
    assert stats["last_error"].isna().all()
    assert len(task_readings(Gateway())) == 1


def test_other_tables_are_refused() -> None:
    """A table of something else is named by its columns."""
    with pytest.raises(InvalidArgument, match=r"columns name, age"):
        task_stats(pd.DataFrame({"name": [], "age": []}))
