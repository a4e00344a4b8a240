"""Looks in even steps, at a gateway whose clock is ticked; nothing here sleeps."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import toolkit
from toolkit.sandbox.sertainty import SertaintyBox
from toolkit.services.sertainty.gateway import Gateway
from toolkit.watching import CHANGE_COLUMNS, Change, Clock, Watch
from toolkit.watching.lines import show, summary

START = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)


class Steps(Clock):
    """A clock that a wait moves on; what happens meanwhile is done step by step."""

    def __init__(self, *happens: Callable[[], Any], look_takes: float = 0.0) -> None:
        self._happens = list(happens)
        self._now = 0.0
        self._takes = look_takes
        self.waits: list[float] = []
        self.looks: list[float] = []

    def now(self) -> dt.datetime:
        self.looks.append(self._now)
        self._now += self._takes
        return START + dt.timedelta(seconds=self._now)

    def seconds(self) -> float:
        return self._now

    def wait(self, seconds: float, stopped: threading.Event) -> None:
        self.waits.append(seconds)
        self._now += seconds
        if self._happens:
            self._happens.pop(0)()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[SertaintyBox, Gateway]]:
    with (
        toolkit.sandbox.start("sertainty", seed=7, workload=0.1) as box,
        toolkit.sertainty.connect(box.url, reopen=False) as gateway,
    ):
        gateway.login_with(box.user, box.answers)
        yield box, gateway


@pytest.fixture
def box(running: tuple[SertaintyBox, Gateway]) -> Iterator[SertaintyBox]:
    yield running[0]
    running[0].clear_faults()


@pytest.fixture
def gateway(running: tuple[SertaintyBox, Gateway]) -> Gateway:
    return running[1]


def whats(watch: Watch) -> list[str]:
    return watch.changes["what"].astype(str).tolist()


def test_tasks_and_log(gateway: Gateway, box: SertaintyBox) -> None:
    """A run that fails between two looks: its status, its error, and the log's new lines."""
    clock = Steps(lambda: box.run_task("Nightly", "ingest", error="disk is full"))
    watch = Watch(gateway, 30, times=3, clock=clock)
    watch.wait()
    changes = watch.changes
    assert changes.columns.tolist() == [column.name for column in CHANGE_COLUMNS]
    mine = changes[changes["key"] == "Nightly/ingest"].set_index("column")
    assert mine.loc["error", "after"] == "disk is full"
    assert int(mine.loc["errors", "after"]) == int(mine.loc["errors", "before"]) + 1
    assert mine.loc["error", "at"] == START + dt.timedelta(seconds=30)
    logged = changes.loc[changes["what"] == "logged", "after"]
    assert any("disk is full" in text for text in logged)
    assert watch.log["text"].str.contains("disk is full").any()
    assert watch.statuses.set_index(["config", "task"]).loc[("Nightly", "ingest"), "error"] == (
        "disk is full"
    )
    assert (watch.looks, watch.ended) == (3, "Ended after 3 looks")
    assert clock.waits == [30, 30]


def test_nothing_changes(gateway: Gateway) -> None:
    """Looks at what stands still give no change, with the columns and dtypes of a full table."""
    watch = Watch(gateway, "1min", times=2, clock=Steps())
    watch.wait()
    assert len(watch.changes) == len(watch.log) == 0
    assert watch.changes.dtypes.astype(str).tolist() == [c.dtype for c in CHANGE_COLUMNS]


def test_agent_restarted(gateway: Gateway, box: SertaintyBox) -> None:
    """A restart begins a new log: that is said, and all its lines are new."""

    def restart() -> None:
        box.tick()
        gateway.agent.restart()

    watch = Watch(gateway, 30, times=2, clock=Steps(restart))
    watch.wait()
    assert "log began anew" in whats(watch)
    assert len(watch.log) >= 1


def test_network_cut(gateway: Gateway, box: SertaintyBox) -> None:
    """A look without an answer is a change and not an end; the next answer is one too."""

    def cut() -> None:
        box.fault("drop", times=None)

    watch = Watch(gateway, 30, times=5, clock=Steps(cut, lambda: None, box.clear_faults))
    watch.wait()
    assert whats(watch) == ["not reached"] * 2 + ["reached again"] * 2
    assert watch.changes["of"].astype(str).tolist() == ["tasks", "log"] * 2
    assert watch.error is None


def test_log_that_is_gone(gateway: Gateway, box: SertaintyBox) -> None:
    """A log that does not exist now is not reached, and the tasks are looked at all the same."""
    watch = Watch(gateway, 30, times=2, clock=Steps(box.forget_log))
    watch.wait()
    found = watch.changes.set_index("what")
    assert found.loc["not reached", "of"] == "log"
    assert "FILE_NOT_FOUND" in found.loc["not reached", "after"]
    gateway.agent.restart()


def test_session_lost() -> None:
    """A session that ended ends the watch with one sentence."""
    with (
        toolkit.sandbox.start("sertainty") as box,
        toolkit.sertainty.connect(box.url, reopen=False) as other,
    ):
        other.login_with(box.user, box.answers)
        watch = Watch(other, 30, clock=Steps(box.drop_sessions))
        watch.wait()
    assert isinstance(watch.error, toolkit.AccessDenied)
    assert watch.ended.startswith("Ended: ")
    assert "ACCESS_DENIED" in watch.ended
    assert "\n" not in watch.ended


def test_recorded_and_replayed(box: SertaintyBox, tmp_path: Path) -> None:
    """The looks are recorded; their replay gives the same changes, at once."""
    happens = [lambda: box.tick(3), lambda: box.tick(3)]
    with toolkit.sertainty.connect(box.url) as gateway:
        gateway.login_with(box.user, box.answers)
        with toolkit.record(tmp_path / "watch.yaml"):
            live = Watch(gateway, 30, times=3, clock=Steps(*happens))
            live.wait()
        clock = Steps()
        with toolkit.replay(tmp_path / "watch.yaml"):
            again = Watch(gateway, "1h", clock=clock)
            again.wait()
    assert len(live.changes) > 0
    assert (again.ended, again.error) == ("The recording has no further look", None)
    assert clock.waits == []
    timeless = [name for name in live.changes if name != "at"]
    pd.testing.assert_frame_equal(again.changes[timeless], live.changes[timeless])
    pd.testing.assert_frame_equal(again.log, live.log)


def test_never_drifts_and_never_overlaps() -> None:
    """A look begins at a multiple of the step; one that takes longer leaves steps out."""
    clock = Steps(look_takes=12.0)
    Watch(Shelf(), 10, of=list_nothing, times=4, clock=clock).wait()
    assert clock.looks == [0.0, 20.0, 40.0, 60.0]
    clock = Steps(look_takes=3.0)
    Watch(Shelf(), 10, of=list_nothing, times=4, clock=clock).wait()
    assert clock.looks == [0.0, 10.0, 20.0, 30.0]
    assert clock.waits == [7.0, 7.0, 7.0]


class Shelf:
    """Something with rows that come and go."""

    service_name, url = "shelf", "http://127.0.0.1/"

    def __init__(self, *frames: Any) -> None:
        self._frames = list(frames)

    def read(self) -> pd.DataFrame:
        found = self._frames.pop(0) if len(self._frames) > 1 else self._frames[0]
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]


def list_nothing() -> pd.DataFrame:
    return pd.DataFrame()


def frame(**rows: Any) -> pd.DataFrame:
    return pd.DataFrame({"id": list(rows), "state": list(rows.values())})


def test_any_function() -> None:
    """Rows that come, go and change, told apart by a key; missing values are alike."""
    shelf = Shelf(frame(a="x", b=None, c=float("nan")), frame(b=None, a="y", d="z"))
    watch = Watch(shelf, 1, of={"things": shelf.read}, key="id", times=2, clock=Steps())
    watch.wait()
    told = [(one.what, one.key, one.column, one.before, one.after) for one in watch]
    assert told == [
        ("changed", "a", "state", "x", "y"),
        ("came", "d", "", "", "state z"),
        ("went", "c", "", "", ""),
    ]
    assert set(watch.changes["of"].astype(str)) == {"things"}


def test_columns_that_are_ignored() -> None:
    """What differs at each look is no change."""
    shelf = Shelf(frame(a="x").assign(at=1), frame(a="y").assign(at=2))
    options: dict[str, Any] = {"of": shelf.read, "times": 2, "clock": Steps()}
    watch = Watch(shelf, 1, key=["id"], ignore="at", **options)
    watch.wait()
    assert [(one.what, one.column) for one in watch] == [("changed", "state")]


def test_without_a_key() -> None:
    """Rows without a key are themselves: they come and go, and twins are counted."""
    shelf = Shelf(frame(a="x"), pd.concat([frame(a="x"), frame(a="x"), frame(b="y")]))
    watch = Watch(shelf, 1, of=shelf.read, times=2, clock=Steps())
    watch.wait()
    assert [(one.what, one.key) for one in watch] == [("came", "a/x (2)"), ("came", "b/y")]


def test_what_cannot_be_watched(gateway: Gateway) -> None:
    """Each option that is none is refused with a sentence, before anything is sent."""
    for options, told in [
        ({"every": "soon"}, 'every is like "30s"'),
        ({"every": 0}, 'every is like "30s"'),
        ({"times": 0}, "1 or more, not 0"),
        ({"until": dt.datetime(2026, 1, 5)}, "needs a time zone"),
        ({"of": "tasks"}, "of is a function without arguments"),
        ({"key": "id"}, "say what of sertainty to watch"),
    ]:
        with pytest.raises(toolkit.InvalidArgument, match=told):
            Watch(gateway, **{"every": 1, **options})
    with pytest.raises(toolkit.InvalidArgument, match="say what of shelf to watch"):
        Watch(Shelf())
    with pytest.raises(toolkit.InvalidArgument, match="takes a client of connect"):
        Watch(toolkit.sertainty.connect_async("http://127.0.0.1:1/"))


def test_no_table() -> None:
    """A function that gives something else than a table ends the watch with a sentence."""
    watch = Watch(Shelf(), 1, of={"shelf": lambda: 3}, clock=Steps())
    watch.wait()
    assert "shelf gave no DataFrame but int" in watch.ended


def test_a_key_that_is_not_there() -> None:
    """It ends the watch and names the columns; so does any other exception of the function."""
    shelf = Shelf(frame(a="x"))
    watch = Watch(shelf, 1, of=shelf.read, key="name", clock=Steps())
    watch.wait()
    assert "read has no column 'name' to tell its rows apart; it has id, state" in watch.ended
    shelf = Shelf(ZeroDivisionError("by zero"))
    watch = Watch(shelf, 1, of=shelf.read, clock=Steps())
    watch.wait()
    assert watch.ended == "Ended: ZeroDivisionError: by zero"
    assert isinstance(watch.error, ZeroDivisionError)


def test_until() -> None:
    """It ends at a time, or with the change that was waited for."""
    clock = Steps()
    shelf = Shelf(frame(a="x"))
    watch = Watch(shelf, 10, of=shelf.read, until=START + dt.timedelta(seconds=25), clock=clock)
    watch.wait()
    assert clock.looks[-1] == 30.0 or watch.looks == 4
    shelf = Shelf(frame(a="x"), frame(a="y"), frame(a="z"))
    watch = Watch(shelf, 10, of=shelf.read, key="id", until=is_y, clock=Steps())
    watch.wait()
    assert [one.after for one in watch] == ["y"]
    assert watch.ended == "Ended: what was waited for has come"


def is_y(change: Change) -> bool:
    return change.after == "y"


def test_with_and_stop() -> None:
    """``with`` starts it in a thread and ends it; a real clock's wait is ended at once."""
    shelf = Shelf(frame(a="x"), frame(a="y"))
    with Watch(shelf, 0.01, of=shelf.read, key="id") as watch:
        first = next(iter(watch))
        assert watch.running
    assert (first.before, first.after) == ("x", "y")
    assert watch.ended == "Stopped"
    assert not watch.running
    with Watch(shelf, "1h", of=shelf.read) as waiting:
        pass
    assert waiting.looks <= 1
    assert "Stopped, " in repr(waiting)


def test_async_for() -> None:
    """The changes of an awaited loop, which is free meanwhile."""

    async def main() -> list[str]:
        shelf = Shelf(frame(a="x"), frame(a="y"), frame(a="z"))
        watch = Watch(shelf, 1, of=shelf.read, key="id", times=3, clock=Steps())
        return [change.after async for change in watch]

    assert asyncio.run(main()) == ["y", "z"]


def printed(watch: Watch, **console: Any) -> list[str]:
    out = io.StringIO()
    show(watch, Console(file=out, width=200, highlight=False, markup=False, **console))
    return out.getvalue().splitlines()


def test_lines() -> None:
    """A line a change and one at the end; plain where it is no terminal, coloured where it is."""
    shelf = Shelf(frame(a="x"), toolkit.TimedOut("too long"), frame(a="[red]failed"))
    options: dict[str, Any] = {"of": shelf.read, "key": "id", "times": 3}
    lines = printed(Watch(shelf, 5, clock=Steps(), **options))
    assert lines[0] == "Watching read of shelf http://127.0.0.1/ every 5 s; Ctrl-C ends it."
    assert lines[1].endswith("read  not reached: TimedOut: too long")
    assert lines[2].endswith("read  reached again")
    assert lines[3].endswith("read a state  x → [red]failed")
    assert lines[4] == "Ended after 3 looks: 3 changes (1 changed, 1 not reached, 1 reached again)."
    shelf = Shelf(frame(a="x"), frame(a="failed"))
    options["of"] = shelf.read
    coloured = printed(Watch(shelf, 5, clock=Steps(), **options), force_terminal=True)
    assert "\x1b[31m" in coloured[1]


def test_ctrl_c_ends_the_lines() -> None:
    """An interrupt ends it with the summary, and is no error."""

    class Interrupted(Watch):
        def __iter__(self) -> Iterator[Change]:
            yield from super().__iter__()
            raise KeyboardInterrupt

    shelf = Shelf(frame(a="x"))
    lines = printed(Interrupted(shelf, 5, of=shelf.read, times=1, clock=Steps()))
    assert lines[-1] == "Ended after 1 look: 0 changes."


def test_the_face_blocks_or_not(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    """In a script it prints until it ends; in a running loop it is started and given."""
    watch = toolkit.watch(gateway, 30, times=1, clock=Steps())
    assert summary(watch) in capsys.readouterr().out

    async def main() -> Watch:
        return toolkit.watch(gateway, 30, times=1, clock=Steps())

    started = asyncio.run(main())
    started.wait()
    assert started.looks == 1
    with pytest.raises(toolkit.NoSession):
        toolkit.watch(toolkit.sertainty.connect(gateway.url), 30, clock=Steps())


def test_other_services() -> None:
    """Uptivity's calls and GeoOp's jobs are watched without being told how."""
    with (
        toolkit.sandbox.start("uptivity") as box,
        toolkit.uptivity.connect(box.url, wait=0.0) as server,
    ):
        clock = Steps(
            lambda: server.calls.start("2001", callinstance="a"),
            lambda: server.calls.stop("2001", callinstance="a"),
        )
        watch = Watch(server, 5, times=3, clock=clock)
        watch.wait()
        mine = watch.changes[watch.changes["key"] == "2001/a"]
    assert mine["what"].astype(str).tolist() == ["came", "went"]
    with (
        toolkit.sandbox.start("geoop") as box,
        toolkit.geoop.connect(
            box.url,
            login_url=box.login_url,
            client_id=box.client_id,
            client_secret=box.client_secret,
        ) as geoop,
    ):
        geoop.login_with()
        watch = Watch(geoop, 5, times=2, clock=Steps())
        watch.wait()
    assert (watch.looks, len(watch.changes)) == (2, 0)
