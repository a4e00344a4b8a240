"""Many recordings: other writers', several processes, a folder of Parquet, URLs, a cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from tests.analysis import recording as made
from toolkit.analysis import parallel, read_calls, recorded, result_codes, unreadable
from toolkit.analysis.calls import COLUMNS
from toolkit.analysis.parquet import Stored
from toolkit.analysis.sources import cassette_files
from toolkit.cassettes import CassetteWarning, har
from toolkit.cassettes.convert import convert
from toolkit.outcomes import CassetteError, InvalidArgument
from toolkit.progress import Progress

CALLS = [
    made.gateway("taskGetStatus", "nightly", "ingest", code=213, message="none", minute=1),
    made.get("/users/42", 404, reason="Not Found", minute=2),
    made.failed("/users/7"),
    made.gateway("agentPing", minute=3),
]
WRITERS = ["a.yaml", "b.yaml", "c.json", "d.har"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same calls as four writers write them."""
    place = tmp_path / "recordings"
    place.mkdir()
    ours = made.cassette(place / "a.yaml", CALLS)
    convert(ours, place / "b.yaml", to="block")
    convert(ours, place / "c.json", to="json")
    har.write(CALLS, place / "d.har")
    return place


def without_file(calls: pd.DataFrame) -> pd.DataFrame:
    """Calls as they are in every writer's file: a HAR of others keeps no failure's text."""
    return calls.drop(columns="cassette").reset_index(drop=True)


def test_every_writer_gives_the_same_calls(folder: Path) -> None:
    """Ours, vcrpy's YAML and JSON, and HAR: the same rows."""
    first, *others = [without_file(read_calls(folder / name)) for name in WRITERS]
    assert first["code"].tolist() == [213, 404, pd.NA, 1]
    for other in others:
        pd.testing.assert_frame_equal(first, other)
    calls = read_calls(folder)
    assert calls["cassette"].astype(str).tolist() == [
        str(folder / name) for name in WRITERS for _ in CALLS
    ]
    labels = {label for label, _ in recorded(calls[calls["position"] == 3])}
    assert labels == {3, 7, 11, 15}


def test_several_processes_give_what_one_gives(folder: Path) -> None:
    """Order, faults and warnings are the same; the processes end."""
    (folder / "e.yaml").write_text("just: notes\n")
    found = []
    for workers in (1, 2):
        with pytest.warns(CassetteWarning, match=r"e\.yaml could not be read after 0 calls"):
            found.append(read_calls(folder, workers=workers))
    pd.testing.assert_frame_equal(*found)
    assert unreadable(found[1])["cassette"].tolist() == [str(folder / "e.yaml")]


def test_a_process_that_ends_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a process is ended from outside, its cassette is read all the same."""
    expected = read_calls(folder)
    read = parallel._Worker.read

    def ended(self: parallel._Worker, *asked: object) -> object:
        self._process.kill()
        self._process.wait()
        return read(self, *asked)  # type: ignore[arg-type]

    monkeypatch.setattr(parallel._Worker, "read", ended)
    pd.testing.assert_frame_equal(read_calls(folder, workers=2), expected)


def test_processes_are_started_only_where_they_pay(tmp_path: Path) -> None:
    """Never for few or small cassettes; for a large folder as many as there are processors."""
    small = [made.cassette(tmp_path / f"{n}.yaml", CALLS) for n in range(50)]
    assert parallel.workers_for(small) == 1
    large = [tmp_path / f"large-{n}.yaml" for n in range(8)]
    for path in large:
        path.write_bytes(b"version: 1\ninteractions:\n")
        os.truncate(path, 100_000_000)
    assert parallel.workers_for(large) == min(8, parallel._processors())
    assert parallel.workers_for(large[:1]) == 1


def test_a_script_without_a_guard_may_read(folder: Path, tmp_path: Path) -> None:
    """The processes do not run the caller's script again, on any system."""
    script = tmp_path / "script.py"
    script.write_text(
        "import toolkit\nprint('once')\n"
        f"print(len(toolkit.read_calls({str(folder)!r}, workers=2)))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["once", "16"]


def test_to_parquet(folder: Path, tmp_path: Path) -> None:
    """A folder with the same rows, dtypes and faults, which the analyses take as it is."""
    (folder / "e.yaml").write_text("just: notes\n")
    target = tmp_path / "stored"
    with pytest.warns(CassetteWarning, match="e.yaml"):
        stored = read_calls(folder, to="parquet", folder=target)
    with pytest.warns(CassetteWarning, match="e.yaml"):
        calls = read_calls(folder)
    assert isinstance(stored, Stored)
    assert (len(stored), stored.rows) == (16, 16)
    assert "16 rows in 4 Parquet files" in repr(stored)
    pd.testing.assert_frame_equal(stored.frame(), calls)
    assert stored.unreadable.equals(unreadable(calls))
    assert unreadable(stored).equals(unreadable(calls))
    pd.testing.assert_frame_equal(result_codes(stored), result_codes(calls))
    assert stored.frame(["code"]).columns.tolist() == ["code"]
    assert (
        stored.lazy().collect().height
        == stored.relation().aggregate("count(*)").fetchall()[0][0]
        == 16
    )
    with pytest.warns(CassetteWarning, match="e.yaml"):
        again = read_calls(folder, to="parquet", folder=target, workers=2)
    assert again.rows == 16
    pd.testing.assert_frame_equal(read_calls(target), calls)
    pd.testing.assert_frame_equal(result_codes(str(target)), result_codes(calls))


def test_parquet_folders_of_others_are_left_alone(folder: Path, tmp_path: Path) -> None:
    """What the toolkit did not write is not emptied, and options that do not fit are refused."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.parquet").touch()
    with pytest.raises(InvalidArgument, match="holds other files"):
        read_calls(folder, to="parquet", folder=tmp_path / "mine")
    with pytest.raises(InvalidArgument, match="is a file"):
        read_calls(folder, to="parquet", folder=folder / "a.yaml")
    with pytest.raises(InvalidArgument, match='add to="parquet"'):
        read_calls(folder, folder=tmp_path)  # type: ignore[call-overload]
    with pytest.raises(InvalidArgument, match="not to 'csv'"):
        read_calls(folder, to="csv")  # type: ignore[call-overload]
    with pytest.raises(InvalidArgument, match="no folder of Parquet"):
        Stored(tmp_path)


def test_an_empty_recording_to_parquet(tmp_path: Path) -> None:
    """No calls: a folder with the same columns."""
    (tmp_path / "a.yaml").touch()
    stored = read_calls(tmp_path / "a.yaml", to="parquet", folder=tmp_path / "stored")
    assert stored.frame().dtypes.astype(str).to_dict() == {c.name: c.dtype for c in COLUMNS}


@pytest.fixture
def remote(folder: Path) -> Iterator[str]:
    """The same files in fsspec's memory."""
    system = fsspec.filesystem("memory")
    for path in folder.iterdir():
        system.pipe(f"/calls/{path.name}", path.read_bytes())
    system.pipe("/calls/.hidden/x.yaml", b"")
    yield "memory://calls"
    system.rm("/calls", recursive=True)


def test_urls(folder: Path, remote: str) -> None:
    """A file, a folder and a glob elsewhere; their names are the URLs."""
    local = without_file(read_calls(folder))
    calls = read_calls(remote)
    pd.testing.assert_frame_equal(without_file(calls), local)
    assert calls["cassette"].astype(str).unique().tolist() == [
        f"memory:///calls/{name}" for name in WRITERS
    ]
    assert len(read_calls(f"{remote}/*.yaml")) == 8
    assert len(read_calls([f"{remote}/a.yaml", folder / "a.yaml"])) == 8
    assert len(list(recorded(calls[calls["position"] < 2]))) == 8
    pd.testing.assert_frame_equal(read_calls(folder.as_uri()), read_calls(folder))
    with pytest.raises(CassetteError, match="There is no cassette memory://nowhere"):
        read_calls("memory://nowhere/a.yaml")
    with pytest.raises(InvalidArgument, match="cannot be read"):
        read_calls("quux://nowhere/a.yaml")


def test_urls_without_fsspec(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(InvalidArgument, match=r"session-toolkit\[remote\]"):
        cassette_files("memory://calls")


def test_progress_is_shown_to_somebody_who_looks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line stays when it is asked for; nothing is written otherwise, or to the output."""
    read_calls(folder)
    assert capsys.readouterr() == ("", "")
    with Progress("cassettes", 3, show=True) as shown:
        shown._shown = 0
        for _ in range(3):
            shown.step(10)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Read 3 cassettes, 30 rows in" in err


def test_faults_are_json(folder: Path) -> None:
    """Attributes of a frame are JSON scalars, so that they survive Parquet."""
    (folder / "e.yaml").write_text("just: notes\n")
    with pytest.warns(CassetteWarning, match="e.yaml"):
        calls = read_calls(folder)
    assert json.loads(json.dumps(calls.attrs)) == calls.attrs
