"""Recordings to a table of calls."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import httpx
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from tests import loopback
from tests.analysis import recording as made
from toolkit import cassettes, services
from toolkit.analysis import read_calls, recorded, unreadable
from toolkit.analysis.calls import COLUMNS, Rows
from toolkit.analysis.plainhttp import category_of, decode_plain, path_shape
from toolkit.analysis.sources import cassette_files
from toolkit.cassettes import CassetteWarning, Interaction, Request
from toolkit.outcomes import CassetteError, Category, InvalidArgument

DTYPES = {column.name: column.dtype for column in COLUMNS}


def test_a_gateways_calls_and_plain_ones(tmp_path: Path) -> None:
    """Each call is told in the words of its service; what no service knows as plain HTTP."""
    path = made.cassette(
        tmp_path / "monday.yaml",
        [
            made.gateway("taskGetStatus", "nightly", "ingest", code=213, message="no &lt;task&gt;"),
            made.get("/users/42?token=secret", 404, reason="Not Found", minute=1),
            made.failed("/users/7"),
        ],
    )
    calls = read_calls(path)
    assert calls.dtypes.astype(str).to_dict() == DTYPES
    expected = {
        "at": [made.START, made.START + pd.Timedelta("1min"), made.START],
        "elapsed": [0.5, 0.25, 5.0],
        "service": ["sertainty", "http", "http"],
        "function": ["taskGetStatus", "GET /users/{id}", "GET /users/{id}"],
        "target": ["nightly/ingest", "127.0.0.1:9/users/42", "127.0.0.1:9/users/7"],
        "code": [213, 404, pd.NA],
        "label": ["FILE_NOT_FOUND", "Not Found", "ReadTimeout"],
        "category": ["not found", "not found", "transport failure"],
        "message": ["no <task>", "", "timed out"],
        "http_status": [200, 404, pd.NA],
        "response_bytes": [calls["response_bytes"][0], 2, pd.NA],
        "cassette": [str(path)] * 3,
        "position": [0, 1, 2],
    }
    for name, values in expected.items():
        assert calls[name].tolist() == values, name
    assert calls["request_bytes"].tolist()[1:] == [0, 0]
    assert unreadable(calls).empty


def test_an_empty_recording_has_the_same_columns(tmp_path: Path) -> None:
    """No calls: the same columns and dtypes. An empty file is an empty recording."""
    (tmp_path / "blank.yaml").touch()
    for source in (tmp_path / "blank.yaml", tmp_path, []):
        calls = read_calls(source)
        assert len(calls) == 0
        assert calls.dtypes.astype(str).to_dict() == DTYPES


def test_every_unreadable_file_is_named(tmp_path: Path) -> None:
    """What cannot be read is warned of by name and listed, and hides nothing that can be read."""
    made.cassette(tmp_path / "a.yaml", [made.get("/a"), made.get("/b")])
    (tmp_path / "b.json").write_text('{"not": "a cassette"}')
    with (tmp_path / "a.yaml").open("ab") as file:
        file.write(b'- {"request": "broken"}\n' + b"- {}\n")
    made.cassette(tmp_path / "c.yaml", [made.get("/c")])
    with pytest.warns(CassetteWarning) as warned:
        calls = read_calls(tmp_path)
    assert [Path(row.cassette).name for row in calls.itertuples()] == ["a.yaml"] * 2 + ["c.yaml"]
    assert {name for name in ("a.yaml", "b.json") if name in str(warned[0].message)}
    assert len(warned) == 2
    faults = unreadable(calls)
    assert [Path(name).name for name in faults["cassette"]] == ["a.yaml", "b.json"]
    assert faults["read"].tolist() == [2, 0]
    assert faults["reason"].str.len().min() > 10
    assert unreadable(calls[calls["code"] == 200]).equals(faults)
    assert json.dumps(calls.attrs)


def test_when_nothing_can_be_read_it_is_an_error(tmp_path: Path) -> None:
    """One file that is no cassette raises, and does not look like an empty recording."""
    path = tmp_path / "notes.yaml"
    path.write_text("just: notes\n")
    with pytest.raises(CassetteError, match=r"notes\.yaml could not be read"):
        read_calls(path)


def test_sources(tmp_path: Path) -> None:
    """A file, a folder, a glob and a list of these; each file once; hidden ones left out."""
    (tmp_path / "deep").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.yaml", "a.yml", "deep/c.json", "d.har", "e.txt", ".f.yaml", ".hidden/g.yaml"):
        (tmp_path / name).touch()
    names = ["a.yml", "b.yaml", "d.har", "deep/c.json"]
    everything = [tmp_path / name for name in names]
    assert cassette_files(tmp_path) == everything
    assert cassette_files(str(tmp_path)) == everything
    assert cassette_files(f"{tmp_path}/*.y*ml") == everything[:2]
    assert cassette_files(f"{tmp_path}/**/*.json") == everything[3:]
    assert cassette_files([tmp_path, everything[0], f"{tmp_path}/d*"]) == everything
    assert cassette_files(tmp_path / "e.txt") == [tmp_path / "e.txt"]


def test_sources_that_are_none(tmp_path: Path) -> None:
    """What is not there is said, with what was asked for."""
    with pytest.raises(CassetteError, match=r"There is no cassette .*missing\.yaml"):
        read_calls(tmp_path / "missing.yaml")
    with pytest.raises(CassetteError, match="No cassette matches"):
        read_calls(f"{tmp_path}/*.yaml")
    with pytest.raises(InvalidArgument, match="not int"):
        read_calls(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("http://h/users/42", "/users/{id}"),
        ("http://h", "/"),
        ("http://h/", "/"),
        ("http://user:pw@h:1/a?b=c#d", "/a"),
        ("/a/1", "/a/{id}"),
        ("http://h/f81d4fae-7dec-11d0-a765-00a0c91e6bf6/x", "/{uuid}/x"),
        ("http://h/t/0f3a9c7b21", "/t/{hex}"),
        ("http://h/deadbeef/facade", "/deadbeef/facade"),
        ("http://h/1.5/2019-04-01", "/{number}/{date}"),
        ("http://h/1.1/api", "/{number}/api"),
        ("http://h/k/AKb3xZ0q9Lw2nV7tR5yU8iOp", "/k/{token}"),
        ("http://h/report-2019.csv", "/report-2019.csv"),
        ("http://[::1", "/"),
    ],
)
def test_path_shapes(url: str, shape: str) -> None:
    """Values in a path are named by their kind; user, password and query never show."""
    found, target = path_shape(url)
    assert found == shape
    assert "pw" not in target
    assert "=" not in target


@given(st.text())
def test_any_url_has_a_shape(url: str) -> None:
    """No URL is too odd."""
    record = decode_plain(Interaction(Request("GET", url)))
    assert record.function.startswith("GET ")
    assert record.category == "transport failure"


def test_http_statuses_have_categories() -> None:
    """Every status has a category, and only 2xx, 3xx and 1xx are successes."""
    for status in range(100, 600):
        assert (category_of(status) in (Category.SUCCESS, Category.PARTIAL)) == (status < 400)
    assert category_of(700) is Category.UNKNOWN


def test_recorded_gives_the_interactions_of_any_selection(tmp_path: Path) -> None:
    """From rows of calls back to what was recorded; a cassette that is gone is an error."""
    paths = [
        made.cassette(tmp_path / name, [made.get(f"/{name}/{n}") for n in range(5)])
        for name in ("a.yaml", "b.yaml")
    ]
    calls = read_calls(paths)
    chosen = calls[calls["position"].isin([1, 3])]
    found = {label: one.request.url[-8:] for label, one in recorded(chosen)}
    assert found == {1: "a.yaml/1", 3: "a.yaml/3", 6: "b.yaml/1", 8: "b.yaml/3"}
    made.cassette(paths[0], [made.get("/a")])
    with pytest.raises(CassetteError, match="fewer calls"):
        list(recorded(chosen))
    paths[0].unlink()
    with pytest.raises(CassetteError, match="not there any more"):
        list(recorded(chosen))


def test_what_our_own_transport_records_is_read(tmp_path: Path) -> None:
    """Real traffic over a socket: recorded by the engine, read as calls."""
    path = tmp_path / "real.yaml"
    answer = made.gateway("agentPing").response
    assert answer is not None
    answers = loopback.reply(answer.body), loopback.reply(b"{}", "404 Gone")
    with loopback.scripted(*answers) as server:
        with httpx.Client(transport=cassettes.RecordTransport(path)) as client:
            client.post(server.url, content=made.gateway("agentPing").request.body)
            client.get(f"{server.url}users/1")
    calls = read_calls(path)
    assert calls["function"].tolist() == ["agentPing", "GET /users/{id}"]
    assert calls["code"].tolist() == [1, 404]
    assert calls["at"].notna().all()
    assert (calls["elapsed"] > 0).all()


def test_services_are_asked_in_turn() -> None:
    """The first service that recognises a request decodes it."""
    rows = Rows()
    rows.add(made.gateway("agentGetLog"), "x", 0)
    assert rows.frame()["service"].tolist() == ["sertainty"]
    assert "sertainty" in services.load()


def test_reading_is_silent_when_all_is_well(tmp_path: Path) -> None:
    """No warning without a reason."""
    path = made.cassette(tmp_path / "a.yaml", [made.get("/a")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_calls(path)
