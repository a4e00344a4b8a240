"""Sessions, the timeline, and fields of answers that changed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.analysis import recording as made, table
from toolkit.analysis import compare_fields, overview, read_log, sessions, timeline
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.outcomes import InvalidArgument

LOGIN = {"function": "hostOpenSession", "target": "ada"}
CHALLENGE = {**LOGIN, "code": 2, "label": "CHALLENGED", "category": "challenged"}
DENIED = {"code": 3, "label": "ACCESS_DENIED", "category": "denied"}
LOG = "".join(
    f'<E time="2019-04-01T08:0{n}:00" level="{level}" source="s">{level} {n}</E>'
    for n, level in enumerate(("Info", "Error", "Info"))
)


def test_logins_and_what_came_of_them() -> None:
    """Opened and closed, denied, given up, replaced by the next; with their calls and denials."""
    rows = [
        CHALLENGE, CHALLENGE, LOGIN, {}, table.failed(), {**DENIED},
        {"function": "hostCloseSession"}, {},
        CHALLENGE, {**LOGIN, **DENIED},
        {**LOGIN, "target": "grace"}, {},
        {**LOGIN, "target": "charles"}, {}, {},
        {**CHALLENGE, "target": "edsger"},
    ]  # fmt: skip
    found = sessions(table.calls(rows))
    assert found["user"].tolist() == ["ada", "ada", "grace", "charles", "edsger"]
    assert found["outcome"].tolist() == ["opened", "denied", "opened", "opened", "unfinished"]
    assert found["challenges"].tolist() == [2, 1, 0, 0, 1]
    ends = [None if pd.isna(end) else end for end in found["end"]]
    assert ends == ["closed", None, "replaced", "end of recording", None]
    first = found.iloc[0]
    assert (first["calls"], first["failures"], first["denials"]) == (4, 2, 1)
    assert first["seconds"] == 4.0
    assert found["calls"].tolist()[2:4] == [1, 2]
    none = sessions(table.calls([]))
    assert none.dtypes.astype(str).to_dict() == found.dtypes.astype(str).to_dict()


def test_a_timeline_of_everything() -> None:
    """Calls with their length, events and runs in the order of time; a span of it."""
    calls = table.calls([{"second": 30.0, "elapsed": 2.0}, table.failed(second=90.0)])
    log = read_log(f"<L>{LOG}</L>")
    task = read_log(
        f"<L>{LOG.replace('source=', 'run=' + chr(34) + '1' + chr(34) + ' source=')}</L>"
    )
    found = timeline(calls=calls, log=log, runs=task)
    assert found["kind"].tolist() == ["event", "run", "call", "event", "call", "event"]
    assert found["failed"].tolist() == [False, False, False, True, True, False]
    call = found.iloc[2]
    assert (call["end"] - call["time"]).total_seconds() == 2.0
    assert found["place"].tolist() == ["s", "s", "agentPing", "s", "agentPing", "s"]
    part = timeline(log=log, start="2019-04-01 08:01", end="2019-04-01 08:02")
    assert part["text"].tolist() == ["Error 1"]
    assert timeline(calls=table.calls([])).dtypes.equals(found.dtypes)
    with pytest.raises(InvalidArgument, match="give one of them"):
        timeline()
    with pytest.raises(InvalidArgument, match="'noon' is no time"):
        timeline(log=log, start="noon")


def answer(url: str, body: object, status: int = 200) -> Interaction:
    return Interaction(
        Request("GET", f"http://127.0.0.1:9{url}"),
        Response(status, "OK", body=json.dumps(body).encode()),
        recorded_at=made.START,
    )


def test_changed_fields_of_json(tmp_path: Path) -> None:
    """New, gone and changed fields; what is volatile by its look or by itself is left out."""
    before = {
        "name": "ada", "age": 36, "old": True, "token": "a1", "seen": "2019-04-01T08:00:00Z",
        "id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "tags": [{"name": "x", "n": 1}],
    }  # fmt: skip
    after = before | {
        "age": 37, "new": [1], "token": "b2", "seen": "2020-04-01T08:00:00Z",
        "id": "f81d4fae-7dec-11d0-a765-00a0c91e6bf7", "tags": [{"name": "x", "n": 2}],
    }  # fmt: skip
    del after["old"]
    one = made.cassette(
        tmp_path / "1.yaml",
        [answer("/users/1", before), answer("/n", {"n": 1}), answer("/n", {"n": 2}),
         answer("/x", "text", 404), made.get("/gone")],
    )  # fmt: skip
    two = made.cassette(tmp_path / "2.yaml", [answer("/users/1", after), answer("/n", {"n": 9})])
    found = compare_fields(one, two)
    assert found[["state", "field", "before", "after"]].fillna("").values.tolist() == [
        ["changed", "age", "36", "37"],
        ["new", "new[0]", "", "1"],
        ["gone", "old", "True", ""],
        ["changed", "tags[x].n", "1", "2"],
    ]
    same = compare_fields(one, one)
    assert same.dtypes.astype(str).equals(found.dtypes.astype(str))
    assert same.empty
    with pytest.raises(InvalidArgument, match="as read_calls gives them"):
        compare_fields(pd.DataFrame({"a": [1]}), one)


def test_changed_fields_of_a_gateway(tmp_path: Path) -> None:
    """Results by column, rows of documents by name; times, and logs that grow, are left out."""
    tasks = "<Tasks>{}<Task name='b' kind='Time'/></Tasks>"

    def side(name: str, errors: int, kind: str, more: str, entries: int) -> Path:
        log = "<Log>" + LOG * entries + "</Log>"
        return made.cassette(
            tmp_path / name,
            [
                made.status("c", "t", 5, errors, EndTime=f"2019-04-01T07:0{errors}:00"),
                made.gateway("configGetTasks", "c",
                             results={"x": tasks.format(f"<Task name='a' kind='{kind}'/>{more}")}),
                made.gateway("agentGetLog", results={"clear-log-data": log}),
                made.gateway("agentPing"),
            ],
        )  # fmt: skip

    found = compare_fields(
        side("1.yaml", 1, "Time", "", 1),
        side("2.yaml", 2, "Change", "<Task name='c' kind='x'/>", 2),
    )
    assert found[["function", "target", "state", "field"]].values.tolist() == [
        ["configGetTasks", "c", "changed", "a.kind"],
        ["configGetTasks", "c", "new", "c"],
        ["configGetTasks", "c", "new", "c.kind"],
        ["taskGetStatus", "c/t", "changed", "errors"],
    ]


def test_an_overview_of_logs_and_tables(tmp_path: Path) -> None:
    """A log by its text or its name, calls without a cassette's service, and readings."""
    (tmp_path / "a.xml").write_text(f"<L>{LOG}</L>", encoding="utf-8")
    for source in (f"<L>{LOG}</L>", tmp_path / "a.xml", str(tmp_path / "a.xml")):
        assert list(overview(source)) == ["log_levels", "log_patterns"]
    plain = overview(made.cassette(tmp_path / "a.yaml", [made.get("/a"), made.failed("/b")]))
    assert list(plain) == ["result_codes", "errors", "latency"]
    assert len(plain) == 3
    assert repr(overview([])) == "<overview result_codes: 0 rows>"
