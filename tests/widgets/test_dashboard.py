"""The dashboard, without a browser: what is sent to the page, and what choosing does to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.widgets.page import page, press, until
from toolkit.analysis.callrows import COLUMNS
from toolkit.frames import frame
from toolkit.widgets import dashboards as module
from toolkit.widgets.dashboards import Dashboard, dashboard
from toolkit.widgets.timeslots import MOST

DEMO = Path(__file__).parents[2] / "cassettes" / "sertainty-demo.yaml"
VIEWS = ["functions", "codes", "time", "slow", "tasks", "levels", "events"]


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    return toolkit.read_calls(DEMO)


@pytest.fixture
def published() -> Iterator[list[str]]:
    with page() as sent:
        yield sent


def made(count: int, *, functions: int = 3, minutes: float = 60.0, **changes: Any) -> pd.DataFrame:
    """Calls that nobody recorded: of the functions in turn, every seventh of them failed."""
    start = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
    rows = []
    for number in range(count):
        failed = number % 7 == 0
        row = {
            "at": start + dt.timedelta(minutes=minutes * number / count),
            "elapsed": 0.001 * (1 + number % 10),
            "service": "sertainty",
            "function": f"function{number % functions:03}",
            "target": "Nightly/ingest",
            "code": 500 if failed else 1,
            "label": "FAULT" if failed else "SUCCESS",
            "category": "server fault" if failed else "success",
            "message": "m" * 5000,
            "cassette": "gone.yaml",
            "position": number,
        }
        rows.append({**row, **changes})
    return frame(COLUMNS, rows)


def rows(board: Dashboard, view: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = board.shown["views"][view]["rows"]
    return found


def names(board: Dashboard, view: str) -> list[str]:
    return [row["name"] for row in rows(board, view)]


def run(code: str, **given: Any) -> Any:
    """What the lines give, as a notebook's cell would show it."""
    space: dict[str, Any] = {"toolkit": toolkit, **given}
    *before, last = code.splitlines()
    exec("\n".join(before), space)  # noqa: S102 (our own lines)
    return eval(last, space)  # noqa: S307


def test_all(calls: pd.DataFrame) -> None:
    """Every view has something of the demo's recording, and says how much of it."""
    board = dashboard(calls)
    views = board.shown["views"]
    assert list(views) == VIEWS
    assert repr(board) == "<dashboard of 64 calls, 5 failed>"
    assert board.shown["about"].startswith("64 calls, 2026-")
    assert board.shown["about"].endswith(" UTC; 5 failed.")
    assert rows(board, "functions")[0]["text"] == "14 calls, 1 failed"
    assert "SUCCESS 1" in names(board, "codes")
    assert views["slow"]["note"] == "The 15 slowest of 37 functions."
    assert "Nightly/ingest" in names(board, "tasks")
    assert names(board, "levels")[0] == "Error"
    assert views["events"]["note"] == "The latest 50 of 1,250 events."
    assert sum(int(one["text"].split()[0]) for one in views["time"]["columns"]) == 64


def test_choosing_filters_the_other_views(calls: pd.DataFrame, published: list[str]) -> None:
    """A function: its codes, its times; the functions stay to choose from. Once more: all."""
    board = dashboard(calls)
    before = names(board, "functions")
    press(board, "choose", view="functions", key="taskGetStatus")
    assert board.shown["now"] == "Shown: 14 of 64 calls."
    assert names(board, "functions") == before
    assert sorted(names(board, "codes")) == ["FILE_NOT_FOUND 213", "SUCCESS 1"]
    assert set(board.calls["function"]) == {"taskGetStatus"}
    press(board, "choose", view="codes", key="FILE_NOT_FOUND 213")
    assert board.shown["now"] == "Shown: 1 of 64 calls."
    assert names(board, "functions") == ["taskGetStatus"]
    assert [one["text"] for one in board.shown["choices"]] == [
        "function taskGetStatus",
        "result code FILE_NOT_FOUND 213",
    ]
    press(board, "choose", view="functions", key="taskGetStatus")
    assert [one["view"] for one in board.shown["choices"]] == ["codes"]
    press(board, "clear", view="")
    assert (board.shown["now"], board.shown["choices"]) == ("", [])
    assert names(board, "functions") == before
    assert len(board.calls) == 64


def test_bars_of_the_slowest_choose_functions(calls: pd.DataFrame) -> None:
    """Both views have one choice."""
    board = dashboard(calls)
    board.choose("slow", names(board, "slow")[0])
    assert [one["view"] for one in board.shown["choices"]] == ["functions"]
    board.choose("functions", names(board, "slow")[0])
    assert board.shown["choices"] == []


def test_time(published: list[str]) -> None:
    """A slot of time, and with Shift all from it to another; the axis stays that of all calls."""
    board = dashboard(made(600))
    columns = board.shown["views"]["time"]["columns"]
    assert len(columns) <= MOST
    assert columns[0]["name"] == "2026-03-02 08:00"
    press(board, "choose", view="time", key=columns[2]["key"])
    assert len(board.calls) == 20
    assert board.shown["choices"][0]["text"] == (
        "from 2026-03-02 08:04 to before 2026-03-02 08:06 UTC"
    )
    press(board, "choose", view="time", key=columns[0]["key"], extend=True)
    assert len(board.calls) == 60
    chosen = [one.get("chosen", False) for one in board.shown["views"]["time"]["columns"]]
    assert chosen == [True] * 3 + [False] * (len(columns) - 3)
    press(board, "choose", view="codes", key="FAULT 500")
    after = board.shown["views"]["time"]
    assert [one["name"] for one in after["columns"]] == [one["name"] for one in columns]


@pytest.mark.parametrize(
    ("view", "key"),
    [("", ""), ("functions", "taskGetStatus"), ("codes", "SUCCESS 1"), ("tasks", "Nightly/ingest")],
)
def test_the_lines_give_what_is_shown(calls: pd.DataFrame, view: str, key: str) -> None:
    """The lines of pandas behind each view run, and their numbers are those of its bars."""
    board = dashboard(calls)
    if view:
        board.choose(view, key)
    code, shown = board.code, board.shown["views"]
    table = run(code["functions"], calls=calls)
    sums = table.groupby("function", observed=True)["calls"].sum()
    for row in rows(board, "functions"):
        assert int(row["text"].split()[0]) == sums[row["name"]]
    table = run(code["codes"], calls=calls)
    assert [f"{one.label} {one.code}" for one in table.itertuples()] == names(board, "codes")
    table = run(code["time"], calls=calls)
    columns = [one for one in shown["time"]["columns"] if one["size"]]
    assert [int(one["text"].split()[0]) for one in columns] == table["size"].tolist()
    assert [bool(one["failed"]) for one in columns] == (table["sum"] > 0).tolist()
    table = run(code["slow"], calls=calls)
    assert table["function"].tolist()[:15] == names(board, "slow")
    table = run(code["tasks"], calls=calls)
    assert (table["config"] + "/" + table["task"]).tolist() == names(board, "tasks")
    counts = run(code["levels"], calls=calls)
    assert {row["name"]: row["text"] for row in rows(board, "levels")} == {
        level: f"{count:,} events" for level, count in counts.items() if count
    }
    table = run(code["events"], calls=calls)
    assert [row[3] for row in shown["events"]["rows"]] == [
        " ".join(text.split()) for text in table["text"].iloc[::-1]
    ]


def test_lines_with_time_and_level(calls: pd.DataFrame) -> None:
    """An interval and a level are in the lines too; an event is asked for what it has."""
    board = dashboard(calls)
    board.choose("time", board.shown["views"]["time"]["columns"][3]["key"])
    assert "between(" in board.code["codes"]
    table = run(board.code["codes"], calls=calls)
    assert table["calls"].sum() == len(board.calls)
    assert board.shown["views"]["events"]["note"] == (
        "No event of the log is among what was chosen."
    )
    board.clear()
    board.choose("levels", "Error")
    assert run(board.code["events"], calls=calls)["level"].eq("Error").all()
    assert len(board.calls) == 64
    board.choose("functions", "agentPing")
    assert board.shown["views"]["events"]["note"].endswith(
        "An event tells of no function and no code: these filter no events."
    )


def test_recordings_by_name() -> None:
    """A path is read, and the line that reads it is shown above all others."""
    board = dashboard(DEMO)
    assert board.shown["head"] == f'calls = toolkit.read_calls("{DEMO.as_posix()}")'
    assert dashboard([DEMO]).shown["head"].endswith(f'(["{DEMO.as_posix()}"])')
    assert dashboard(iter([str(DEMO)])).shown["about"] == board.shown["about"]


def test_stored(tmp_path: Path, calls: pd.DataFrame) -> None:
    """A folder of Parquet is counted by its engine, filters and all; its numbers are the same."""
    stored = toolkit.read_calls(DEMO, to="parquet", folder=tmp_path / "p")
    boards = dashboard(stored), dashboard(calls)
    for board in boards:
        board.choose("functions", "taskGetStatus")
        board.choose("time", board.shown["views"]["time"]["columns"][0]["key"])
        board.choose("codes", "SUCCESS 1")
    ours, theirs = (board.shown for board in boards)
    assert ours["views"]["codes"]["rows"] == theirs["views"]["codes"]["rows"]
    assert ours["views"]["time"]["columns"] == theirs["views"]["time"]["columns"]
    assert ours["now"] == theirs["now"]
    assert ours["head"] == f'calls = toolkit.Stored("{(tmp_path / "p").as_posix()}").frame()'
    assert ours["views"]["tasks"]["rows"] == theirs["views"]["tasks"]["rows"]


def test_frame_of_another_engine(calls: pd.DataFrame) -> None:
    """Polars: counted there; tasks and log are not read, and that is said."""
    polars = pytest.importorskip("polars")
    board = dashboard(polars.from_pandas(calls))
    board.choose("functions", "taskGetStatus")
    assert board.shown["now"] == "Shown: 14 of 64 calls."
    assert "for a pandas frame" in board.shown["views"]["tasks"]["note"]


def test_nothing() -> None:
    """No calls: each view says so in a sentence."""
    board = dashboard(frame(COLUMNS))
    notes = {name: view["note"] for name, view in board.shown["views"].items()}
    assert board.shown["about"] == "There is no call."
    assert notes == {
        "functions": "No call to show.",
        "codes": "No call to show.",
        "time": "No call to show has a time.",
        "slow": "No call to show has a recorded duration.",
        "tasks": "The calls recorded no status and no log of a task.",
        "levels": "",
        "events": "The calls recorded no log.",
    }
    assert "There is no call." in board._repr_mimebundle_()[0]["text/html"]


def test_no_failure_no_time_no_duration() -> None:
    """What cassettes of other writers lack, and what went well, is said in its view."""
    fine = made(3).assign(category=pd.Categorical(["success"] * 3))
    assert dashboard(fine).shown["views"]["time"]["note"] == "No call to show failed."
    bare = dashboard(made(3, at=None, elapsed=None)).shown
    assert bare["views"]["time"]["note"] == "No call to show has a time."
    assert bare["views"]["slow"]["note"] == "No call to show has a recorded duration."
    assert bare["about"] == "3 calls; 1 failed."


def test_cassettes_that_are_gone() -> None:
    """Calls that were kept while their cassettes were not: all but tasks and log is shown."""
    calls = made(5).assign(function=pd.Categorical(["agentGetLog"] * 5))
    board = dashboard(calls)
    assert "gone.yaml is not there any more" in board.shown["views"]["tasks"]["note"]
    assert board.shown["views"]["codes"]["rows"]


def test_what_is_sent_is_bounded(published: list[str]) -> None:
    """Of a thousand functions forty are sent, and how many are left out is said; no message is."""
    board = dashboard(made(3000, functions=1000))
    assert len(rows(board, "functions")) == 40
    assert board.shown["views"]["functions"]["note"] == (
        "The first 40 of 1,000 functions; 2,880 calls of the others are not shown."
    )
    assert len(json.dumps(board.shown)) < 60_000
    assert "mmmm" not in "\n".join(published)


def test_many_calls_are_read_when_asked(
    calls: pd.DataFrame, published: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above a limit tasks and logs wait for a button, and are read beside the page."""
    monkeypatch.setattr(module, "AT_ONCE", 10)
    board = dashboard(calls)
    assert board.shown["unread"] == "asks"
    assert rows(board, "tasks") == []
    press(board, "read")
    until(lambda: board.shown["unread"] == "")
    assert "Nightly/ingest" in names(board, "tasks")


def test_given_tasks_and_log(calls: pd.DataFrame) -> None:
    """Others than the recorded: their lines name them."""
    log = '<Log><E time="2026-03-02T08:00:00" level="Info" text="up &lt;b&gt;"/></Log>'
    board = dashboard(calls, tasks=toolkit.task_stats(calls).head(2), log=log)
    assert len(rows(board, "tasks")) == 2
    assert board.shown["views"]["events"]["rows"] == [
        ["2026-03-02 08:00:00", "Info", None, "up <b>"]
    ]
    assert board.code["tasks"] == "tasks"


def test_several_services(calls: pd.DataFrame) -> None:
    """Bars of more than one service have its name, and their lines ask for it."""
    both = pd.concat([calls.head(10), made(4, service="http", function="GET /a")])
    board = dashboard(both.reset_index(drop=True))
    board.choose("functions", "http GET /a")
    assert board.shown["now"] == "Shown: 4 of 14 calls."
    assert '(calls["service"] == "http") & (calls["function"] == "GET /a")' in board.code["codes"]


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "choose"},
        {"kind": "choose", "view": "functions", "key": "never"},
        {"kind": "choose", "view": "events", "key": "x"},
        {"kind": "choose", "view": "__init__", "key": "x"},
        {"kind": "clear", "view": ["x"]},
        {"kind": "other"},
    ],
)
def test_messages_that_fit_nothing(
    calls: pd.DataFrame, published: list[str], content: dict[str, Any]
) -> None:
    """A page that is older than the kernel changes nothing."""
    board = dashboard(calls)
    press(board, content.pop("kind"), **content)
    assert board.shown["choices"] == []


def test_not_calls() -> None:
    """Another table is refused in one sentence."""
    with pytest.raises(toolkit.InvalidArgument, match="a dashboard is of calls"):
        dashboard(pd.DataFrame({"a": [1]}))


def test_without_widgets(calls: pd.DataFrame) -> None:
    """Beside the widget stands a table of HTML, all of it escaped."""
    strange = calls.assign(function=pd.Categorical(["<script>x</script>"] * len(calls)))
    data, _ = dashboard(strange)._repr_mimebundle_()
    assert data["text/plain"] == "<dashboard of 64 calls, 5 failed>"
    assert "<script" not in data["text/html"]
    assert "&lt;script&gt;" in data["text/html"]
    assert "SUCCESS 1" in data["text/html"]
