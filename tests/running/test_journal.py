"""Going on after an interruption: from the journal, or from the table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import toolkit
from toolkit.cassettes.lock import WriterLock
from toolkit.running.cells import Result
from toolkit.running.ended import Ended, Fate
from toolkit.running.table import table_of

OVER = pd.DataFrame(
    {"config_name": ["a", "b", "c", "d", "e"], "task_name": ["t"] * 5}, index=list("vwxyz")
)


class Tasks:
    """A client's part: ``get_status`` reads, ``pause`` changes state; each does as it is told."""

    service_name, url, _prefix = "sertainty", "http://127.0.0.1/", "task"

    def __init__(self, **told: Any) -> None:
        self.gateway = self
        self.told = told
        self.sent: list[str] = []

    def get_status(self, config_name: str, task_name: str) -> pd.DataFrame:
        self.sent.append(config_name)
        error = self.told.get(config_name)
        if error is not None:
            raise error
        return pd.DataFrame({"config": [config_name], "task": [task_name], "runs": [1]})

    def pause(self, config_name: str, task_name: str) -> pd.DataFrame:
        return self.get_status(config_name, task_name)


REFUSED = toolkit.NotFound("there is none", code=213, label="FILE_NOT_FOUND")
LOST = toolkit.ConnectionLost("the connection broke")
UNREACHABLE = toolkit.Unreachable("no connection")


@pytest.fixture(autouse=True)
def _unused_errors() -> None:
    """Errors as they come from a call, not as an earlier test left them."""
    for error in (REFUSED, LOST, UNREACHABLE):
        error.__dict__.pop("table", None)


def fates(table: pd.DataFrame) -> list[str]:
    return table["outcome.fate"].astype(str).tolist()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


@pytest.mark.parametrize(
    ("error", "kept"), [(REFUSED, ["refused"]), (LOST, ["done"]), (UNREACHABLE, ["done"])]
)
def test_a_read_goes_on(journal: Path, error: Exception, kept: list[str]) -> None:
    """What was answered is not asked again; what got no answer is."""
    first, second = Tasks(c=error), Tasks()
    with pytest.raises(type(error)):
        toolkit.run(first.get_status, OVER, journal=journal)
    assert first.sent == ["a", "b", "c"]
    table = toolkit.run(second.get_status, OVER, journal=journal)
    assert second.sent == ["c"] * (kept == ["done"]) + ["d", "e"]
    assert fates(table) == ["done", "done", *kept, "done", "done"]
    assert table.index.tolist() == list("vwxyz")


def test_a_change_of_unknown_fate_is_not_sent_again(journal: Path) -> None:
    """Unless that is said; what was never sent is sent."""
    first, second, third = Tasks(b=LOST, d=UNREACHABLE), Tasks(), Tasks()
    table = toolkit.run(first.pause, OVER, journal=journal, on_error="continue")
    assert fates(table) == ["done", "unknown", "done", "not sent", "done"]
    table = toolkit.run(second.pause, OVER, journal=journal)
    assert second.sent == ["d"]
    assert fates(table) == ["done", "unknown", "done", "done", "done"]
    assert table.loc["w", "outcome.label"] == "ConnectionLost"
    table = toolkit.run(third.pause, OVER, journal=journal, again="unknown")
    assert (third.sent, fates(table)) == (["b"], ["done"] * 5)


def test_what_was_refused_is_sent_again_when_asked(journal: Path) -> None:
    """``again="failed"``: the cause was mended."""
    toolkit.run(Tasks(b=REFUSED).pause, OVER, journal=journal, on_error="continue")
    mended = Tasks()
    table = toolkit.run(mended.pause, OVER, journal=journal, again=["failed", "unknown"])
    assert (mended.sent, fates(table)) == (["b"], ["done"] * 5)


def test_from_the_table() -> None:
    """The table of the error is as good as a journal."""
    with pytest.raises(toolkit.NotFound) as caught:
        toolkit.run(Tasks(c=REFUSED).pause, OVER)
    so_far = caught.value.table  # type: ignore[attr-defined]
    second = Tasks()
    table = toolkit.run(second.pause, OVER, previous=so_far)
    assert (second.sent, fates(table)) == (["d", "e"], ["done", "done", "refused", "done", "done"])
    whole = toolkit.run(Tasks(c=REFUSED).pause, OVER, on_error="continue")
    timeless = [name for name in whole if name not in ("outcome.at", "outcome.elapsed")]
    pd.testing.assert_frame_equal(table[timeless], whole[timeless])


def test_its_folder_is_made(tmp_path: Path) -> None:
    """As that of a cassette is."""
    path = tmp_path / "runs" / "monday" / "run.jsonl"
    toolkit.run(Tasks().get_status, OVER, journal=path)
    assert path.is_file()


def test_another_run_is_refused(journal: Path) -> None:
    """A journal, and a table, belong to one function and one table; the sentence says which."""
    table = toolkit.run(Tasks().pause, OVER, journal=journal)
    other = OVER.assign(task_name="u")
    for options, told in [({"journal": journal}, "journal of"), ({"previous": table}, "is of")]:
        with pytest.raises(toolkit.InvalidArgument, match=f"{told} sertainty taskPause, not"):
            toolkit.run(Tasks().get_status, OVER, **options)
        with pytest.raises(toolkit.InvalidArgument, match="of another table"):
            toolkit.run(Tasks().pause, other, **options)
    with pytest.raises(toolkit.InvalidArgument, match="a table of 5 rows, and this one has 2"):
        toolkit.run(Tasks().pause, OVER.head(2), journal=journal)
    with pytest.raises(toolkit.InvalidArgument, match="as it gave it"):
        toolkit.run(Tasks().pause, OVER, previous=OVER)


@pytest.mark.parametrize("text", ["not json\n", "[1]\n", '{"row":1}\n', '{"run":1}\n'])
def test_no_journal(journal: Path, text: str) -> None:
    """A file that is something else is left alone."""
    journal.write_text(text)
    with pytest.raises(toolkit.DocumentError, match="is no journal"):
        toolkit.run(Tasks().pause, OVER, journal=journal)
    assert journal.read_text() == text


def test_later_version(journal: Path) -> None:
    """A journal of a later form is not guessed at."""
    journal.write_text('{"run":2,"function":"","rows":0,"digest":""}\n')
    with pytest.raises(toolkit.DocumentError, match="later version"):
        toolkit.run(Tasks().pause, OVER, journal=journal)


def test_one_run_at_a_time(journal: Path) -> None:
    """Two runs would send the same rows twice."""
    lock = WriterLock(journal)
    with pytest.raises(toolkit.CassetteError):
        toolkit.run(Tasks().pause, OVER, journal=journal)
    lock.release()
    toolkit.run(Tasks().pause, OVER, journal=journal)


def test_torn_at_any_byte(journal: Path) -> None:
    """A process that died while it wrote: its last line counts for nothing, the rest does."""
    first = Tasks()
    toolkit.run(first.pause, OVER, journal=journal)
    lines = journal.read_bytes().splitlines(keepends=True)
    last = lines[-1]
    for cut in range(0, len(last), 7):
        journal.write_bytes(b"".join(lines[:-1]) + last[:cut])
        second = Tasks()
        table = toolkit.run(second.pause, OVER, journal=journal)
        assert second.sent == []
        assert fates(table) == ["done"] * 4 + ["unknown"]
        assert table["outcome.category"].iloc[-1] == "interrupted"


def test_killed(journal: Path) -> None:
    """A process that is killed in a call: the next goes on, and that call is of unknown fate."""
    code = (
        "import os, sys, toolkit\n"
        "sys.path.insert(0, os.getcwd())\n"
        "from tests.running.test_journal import OVER, Tasks\n"
        "class Dying(Tasks):\n"
        "    def get_status(self, config_name, task_name):\n"
        "        if config_name == 'c': os._exit(9)\n"
        "        return super().get_status(config_name, task_name)\n"
        f"toolkit.run(Dying().pause, OVER, journal={str(journal)!r})\n"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == 9
    second = Tasks()
    table = toolkit.run(second.pause, OVER, journal=journal)
    assert second.sent == ["d", "e"]
    assert fates(table) == ["done", "done", "unknown", "done", "done"]


def test_no_argument_and_no_secret_is_written(journal: Path) -> None:
    """Of arguments a digest; of results all but what names call secret."""

    def make(user: str, password: str) -> pd.DataFrame:
        return pd.DataFrame({"user": [user], "token": ["t0ken-of-" + user]})

    over = pd.DataFrame({"user": ["ada"], "password": ["hunter2-hunter2"]})
    toolkit.run(make, over, journal=journal)
    written = journal.read_text()
    assert "hunter2" not in written
    assert "t0ken" not in written
    other = over.assign(password="another")
    table = toolkit.run(make, other, journal=journal)
    assert table["user"].tolist() == ["ada"]
    assert table["token"].isna().all()


TEXTS = st.none() | st.text(max_size=5)
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "str": TEXTS,
    "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(),
    "boolean": st.none() | st.booleans(),
    "datetime64[us, UTC]": st.none()
    | st.datetimes(pd.Timestamp(1700, 1, 1), pd.Timestamp(2200, 1, 1)).map(
        lambda moment: pd.Timestamp(moment, tz="UTC")
    ),
    "datetime64[us]": st.none() | st.datetimes(pd.Timestamp(1700, 1, 1), pd.Timestamp(2200, 1, 1)),
    "object": st.none() | st.binary(max_size=5) | st.lists(st.integers(0, 9), max_size=2),
    "category": st.none() | st.sampled_from(["x", "y"]),
}


@settings(max_examples=40)
@given(data=st.data(), rows=st.integers(0, 4))
def test_frames_through_json(data: st.DataObject, rows: int) -> None:
    """Every dtype of a declared column comes back as it was, values and all."""
    columns = {}
    for dtype, cells in CELLS.items():
        values = data.draw(st.lists(cells, min_size=rows, max_size=rows))
        kind = pd.CategoricalDtype(["x", "y"]) if dtype == "category" else dtype
        columns[dtype] = pd.Series(values, dtype=kind)
    frame = pd.DataFrame(columns)
    result = Result.of(frame)
    again = Result.from_plain(msgspec.json.decode(msgspec.json.encode(result.to_plain())))
    for one in (result, again):
        table = table_of([Ended(Fate.DONE, result=one)], pd.Index([0]))
        if rows:
            made = table[list(columns)].reset_index(drop=True)
            pd.testing.assert_frame_equal(made, frame)
        else:
            assert table[list(columns)].dtypes.to_dict() == frame.dtypes.to_dict()
