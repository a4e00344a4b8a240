"""Whatever happens and wherever it stops: gone on with, it is the run that nothing disturbed."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings, strategies as st

import toolkit
from toolkit.sandbox.uptivity import UptivityBox

HOW = ("fine", "several", "empty", "refused", "lost", "unreachable")
WHERE = ("", "before", "after")
"""Where an interruption strikes the first call of a row."""

ROWS = st.lists(st.tuples(st.sampled_from(HOW), st.sampled_from(WHERE)), max_size=5)


class Tasks:
    """A client's part whose server counts what reaches it, and that is interrupted as planned."""

    service_name, url, _prefix = "sertainty", "http://127.0.0.1/", "task"

    def __init__(self, rows: list[tuple[str, str]], *, disturbed: bool) -> None:
        self.gateway = self
        self._rows, self._disturbed = rows, disturbed
        self._struck: set[int] = set()
        self.reached: Counter[int] = Counter()

    def get_log(self, config_name: int, task_name: str) -> pd.DataFrame:
        how, where = self._rows[config_name]
        strikes = self._disturbed and config_name not in self._struck
        if strikes and where == "before":
            self._struck.add(config_name)
            raise KeyboardInterrupt
        if how == "unreachable":
            raise toolkit.Unreachable("no connection")
        self.reached[config_name] += 1
        if strikes and where == "after":
            self._struck.add(config_name)
            raise KeyboardInterrupt
        if how == "refused":
            raise toolkit.NotFound("none", code=213, label="FILE_NOT_FOUND")
        if how == "lost":
            raise toolkit.ConnectionLost("lost")
        times = {"fine": 1, "several": 3, "empty": 0}[how]
        return pd.DataFrame(
            {"n": pd.array([config_name] * times, "Int64"), "t": pd.array(["x"] * times, "str")}
        )

    def reset(self, config_name: int, task_name: str) -> pd.DataFrame:
        return self.get_log(config_name, task_name)


def to_the_end(tasks: Any, over: pd.DataFrame, way: str, function: str, at_once: int) -> Any:
    """Run again and again until nothing stops it."""
    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Any] = {"journal": Path(folder) / "j"} if way == "journal" else {}
        while True:
            try:
                return toolkit.run(
                    getattr(tasks, function), over, at_once=at_once, on_error="continue", **options
                )
            except KeyboardInterrupt as stop:
                if way == "table":
                    options = {"previous": stop.table}  # type: ignore[attr-defined]


@settings(max_examples=15)
@given(ROWS, st.sampled_from(["journal", "table"]), st.sampled_from([1, 3]))
def test_reads(rows: list[tuple[str, str]], way: str, at_once: int) -> None:
    """A read gives the same table, labels, columns and dtypes."""
    over = pd.DataFrame({"config_name": range(len(rows)), "task_name": "t"})
    over.index = pd.Index([f"r{place % 3}" for place in range(len(rows))], dtype="str")
    over["config_name"] = over["config_name"].astype("int64")
    whole = to_the_end(Tasks(rows, disturbed=False), over, way, "get_log", at_once)
    again = to_the_end(Tasks(rows, disturbed=True), over, way, "get_log", at_once)
    timeless = [name for name in whole if name not in ("outcome.at", "outcome.elapsed")]
    pd.testing.assert_frame_equal(again[timeless], whole[timeless])


@settings(max_examples=15)
@given(ROWS, st.sampled_from(["journal", "table"]), st.sampled_from([1, 3]))
def test_changes(rows: list[tuple[str, str]], way: str, at_once: int) -> None:
    """What changes state reaches the server once at most, and all else is the same."""
    over = pd.DataFrame({"config_name": range(len(rows)), "task_name": "t"})
    quiet, disturbed = Tasks(rows, disturbed=False), Tasks(rows, disturbed=True)
    whole = to_the_end(quiet, over, way, "reset", at_once)
    again = to_the_end(disturbed, over, way, "reset", at_once)
    assert max(disturbed.reached.values(), default=0) <= 1
    struck = {n for n, row in enumerate(rows) if row[1] and row != ("unreachable", "after")}
    for place in range(len(rows)):
        mine, its = (one[one["outcome.row"] == place] for one in (again, whole))
        if place in struck:
            assert mine["outcome.category"].tolist() == ["interrupted"]
        else:
            names = ["outcome.fate", "outcome.code", "outcome.label", "outcome.category"]
            assert mine[names].astype(str).values.tolist() == its[names].astype(str).values.tolist()
            if its["outcome.fate"].iloc[0] == "done":
                assert mine["n"].astype(str).tolist() == its["n"].astype(str).tolist()


@settings(max_examples=6)
@given(st.lists(st.sampled_from(["", "drop", "html"]), min_size=1, max_size=5))
def test_at_a_server(box: UptivityBox, faults: list[str]) -> None:
    """Calls that begin at a real server, whose replies get lost after it did them."""
    before = len(box.calls)
    over = pd.DataFrame({"deviceid": "2001", "callinstance": [f"i{n}" for n in range(len(faults))]})
    with (
        tempfile.TemporaryDirectory() as folder,
        toolkit.uptivity.connect(box.url, wait=0.0, tries=1) as server,
    ):
        for place, fault in enumerate(faults):
            if fault:  # one that strikes hides the call from those behind it
                skip = faults[:place].count("")
                box.fault(fault, "CALLSTART", skip=skip, after=fault == "drop")  # type: ignore[arg-type]
        for _ in range(len(faults) + 1):
            table = toolkit.run(
                server.calls.start, over, journal=Path(folder) / "j", on_error="continue"
            )
        box.clear_faults()
        sent = [one for one in box.calls[before:] if one["function"] == "CALLSTART"]
        assert len(sent) == len(faults)
        unknown = [fate == "unknown" for fate in table["outcome.fate"]]
        assert unknown == [bool(fault) for fault in faults]
        for instance in over["callinstance"]:
            try:
                server.calls.stop("2001", callinstance=instance)
            except toolkit.Conflict:
                continue
