"""A real Dask cluster of separate processes: the same answers, also when a worker is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.analysis import recording as made
from tests.analysis.cluster import kill_once
from tests.analysis.test_engines import ANALYSES, CALLS, LATER, LOG, check, text
from toolkit.analysis import read_calls, result_codes, unreadable
from toolkit.cassettes import CassetteWarning

pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of a cluster in processes of its own."""
    import distributed

    with subprocess.Popen(
        [sys.executable, "-m", "tests.analysis.cluster"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        with distributed.Client(process.stdout.readline().strip()) as found:
            yield found
        process.stdin.close()


def parts(table: pd.DataFrame) -> Any:
    import dask.dataframe

    return dask.dataframe.from_pandas(text(table), npartitions=4)


@pytest.mark.parametrize("name", ANALYSES)
def test_a_cluster_gives_what_pandas_gives(name: str, client: Any) -> None:
    """Values, order, columns and dtypes."""
    assert len(client.scheduler_info()["workers"]) == 2
    given = [parts(table) for table in (CALLS, LATER, LOG)]
    check(ANALYSES[name](*given), ANALYSES[name](CALLS, LATER, LOG))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixteen cassettes, one of which cannot be read."""
    for number in range(15):
        calls = [made.get(f"/users/{n}", 200 + number % 3, minute=n) for n in range(20)]
        made.cassette(tmp_path / f"{number:02}.yaml", calls)
    (tmp_path / "99.yaml").write_text("just: notes\n")
    return tmp_path


def test_recordings_are_read_on_the_cluster(client: Any, folder: Path, tmp_path: Path) -> None:
    """The same calls as read here, in the same order, to a frame or to Parquet."""
    with pytest.warns(CassetteWarning, match=r"99\.yaml"):
        here = read_calls(folder)
    with pytest.warns(CassetteWarning, match=r"99\.yaml"):
        there = read_calls(folder, engine=client)
    pd.testing.assert_frame_equal(there, here)
    with pytest.warns(CassetteWarning, match=r"99\.yaml"):
        stored = read_calls(folder, to="parquet", folder=tmp_path / "stored", engine=client)
    pd.testing.assert_frame_equal(stored.frame(), here)
    assert unreadable(stored).equals(unreadable(here))
    check(result_codes(stored.dask()), result_codes(here))


def test_a_worker_killed_in_the_middle(client: Any, folder: Path) -> None:
    """Its work is done by another; the answers are the same."""
    expected = ANALYSES["result_codes"](CALLS, LATER, LOG)
    slow = parts(CALLS).map_partitions(kill_once, str(folder / "killed"), meta=text(CALLS))
    check(result_codes(slow), expected)
    assert (folder / "killed").exists()
