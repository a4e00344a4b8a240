"""Logs of other forms than XML text: lines, JSON, streams, Parquet, recordings."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import fsspec
import httpx
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tests import loopback
from tests.analysis import recording as made
from toolkit import documents
from toolkit.analysis import read_calls, read_log
from toolkit.analysis.logfiles import Spool
from toolkit.analysis.logs import iter_log
from toolkit.analysis.parquet import Stored
from toolkit.documents import Limits
from toolkit.documents.table import Gathered
from toolkit.outcomes import DocumentError, InvalidArgument

EVENTS = "".join(
    f'<Entry time="2019-04-01T08:{n // 60:02}:{n % 60:02}" level="Info" run="{n}">at {n}</Entry>'
    for n in range(3000)
)  # fmt: skip
XML = f'<Log name="agent">{EVENTS}</Log>'
WEB = '127.0.0.1 - - [01/Apr/2019:08:00:00 +0000] "GET / HTTP/1.1" 200 2'
TEXT = """\
2019-04-01 08:00:00,250 INFO service started
2019-04-01 08:00:01,000 [ERROR] volume is full
Traceback:
  line 1

2019-04-01T08:00:02Z - WARN: disk
"""


def test_lines_of_text() -> None:
    """Times, levels and the rest; a line without a time goes on with the one before."""
    for source in (TEXT, TEXT.encode(), TEXT.replace("\n", "\r\n").encode("utf-16")):
        log = read_log(source)
        assert log.dtypes.astype(str).to_dict() == {
            "level": "category", "time": "datetime64[us, UTC]", "text": "str",
        }  # fmt: skip
        assert log["level"].tolist() == ["INFO", "ERROR", "WARN"]
        assert log["text"].tolist() == [
            "service started", "volume is full\nTraceback:\n  line 1", "disk",
        ]  # fmt: skip
        assert log["time"].dt.microsecond.tolist() == [250_000, 0, 0]


@pytest.mark.parametrize(
    ("line", "time", "level", "text"),
    [
        ("just words", None, None, "just words"),
        ("[2019-04-01 08:00:00] error: no", "2019-04-01T08:00:00+00:00", "error", "no"),
        ("2019-04-01T10:00:00+02:00 up", "2019-04-01T08:00:00+00:00", None, "up"),
        ("2019-04-01 08:00:00 errors so", "2019-04-01T08:00:00+00:00", None, "errors so"),
        (WEB, "2019-04-01T08:00:00+00:00", None, WEB),
        ("<34>kernel: up", None, None, "<34>kernel: up"),
    ],
)  # fmt: skip
def test_a_line(line: str, time: str | None, level: str | None, text: str) -> None:
    """What is recognised in one line; what is not stays text."""
    log = read_log(f"{line}\n".encode())
    assert log["text"].tolist() == [text]
    assert [None if pd.isna(at) else at.isoformat() for at in log["time"]] == [time]
    assert (log["level"].tolist() if "level" in log else [None]) == [level]


def test_lines_of_json() -> None:
    """Fields become columns, those of objects within with a dot; strings stay strings."""
    log = read_log(
        '{"at": "2019-04-01T08:00:00Z", "n": 1, "x": 0.30000000000000004, "ok": true,'
        ' "id": "5", "by": {"user": {"name": "ada"}}, "tags": ["a", 1], "none": null}\n'
        '{"at": "2019-04-01T08:00:01Z", "n": 2, "x": 1, "late": "x"}\n'
    )
    assert log.dtypes.astype(str).to_dict() == {
        "at": "datetime64[us, UTC]", "n": "Int64", "x": "float64", "ok": "boolean", "id": "str",
        "by.user.name": "str", "tags": "str", "none": "str", "late": "str",
    }  # fmt: skip
    assert log["x"].tolist() == [0.30000000000000004, 1.0]
    assert log["tags"][0] == '["a",1]'
    assert log["late"].isna().tolist() == [True, False]


def test_json_that_is_cut_or_broken() -> None:
    """A cut last line raises or is left out and flagged; a broken one before always raises."""
    whole = b'{"a": 1}\n{"a": 2}\n'
    with pytest.raises(DocumentError, match=r"Line 3 of the log, its last, is cut off"):
        read_log(whole + b'{"a": ')
    kept = read_log(whole + b'{"a": ', truncated="keep")
    assert (kept["a"].tolist(), kept.attrs["truncated"]) == ([1, 2], True)
    assert read_log(whole, truncated="keep").attrs["truncated"] is False
    with pytest.raises(DocumentError, match=r"Line 1 .* not JSON"):
        read_log(b'{"a": \n' + whole, truncated="keep")
    with pytest.raises(DocumentError, match="not an object"):
        read_log(whole + b"3\n", truncated="keep")


def test_encodings_of_lines() -> None:
    """UTF-8, UTF-16 with its mark, or the one that is named; wrong bytes are an error."""
    latin = "2019-04-01 08:00:00 INFO Grüße\n".encode("latin-1")
    assert read_log(latin, encoding="latin-1")["text"].tolist() == ["Grüße"]
    with pytest.raises(DocumentError, match=r"not utf-8-sig after line 0; encoding="):
        read_log(latin)
    with pytest.raises(DocumentError, match="'quux' is unknown"):
        read_log(latin, encoding="quux")
    with pytest.raises(DocumentError, match="One line of the log has more than 10 bytes"):
        read_log(b"x" * 100 + b"\n", limits=Limits(record=10))


def test_the_fast_reader_gives_the_same() -> None:
    """Same table, same refusals."""
    pd.testing.assert_frame_equal(read_log(XML), read_log(XML, reader="fast"))
    with pytest.raises(DocumentError, match="cut off"):
        read_log(XML[:-40], reader="fast")
    with pytest.raises(InvalidArgument, match='"strict" or "fast"'):
        read_log(XML, reader="quick")  # type: ignore[call-overload]


def test_from_a_response() -> None:
    """An httpx response is read as it comes, compressed or not."""
    for body in (XML.encode(), gzip.compress(XML.encode())):
        with loopback.scripted(loopback.reply(body)) as server, httpx.Client() as client:
            with client.stream("GET", server.url) as response:
                log = read_log(response)
        assert len(log) == 3000


def test_urls() -> None:
    """A file elsewhere, by fsspec."""
    fsspec.filesystem("memory").pipe("/logs/agent.xml", XML.encode())
    assert len(read_log("memory://logs/agent.xml")) == 3000


def test_batches_are_frames() -> None:
    """They come in order, and together they are the log."""
    parts = list(iter_log(XML, rows=500))
    assert len(parts) > 1
    whole = pd.concat(parts, ignore_index=True)
    assert whole["run"].tolist() == list(range(3000))
    assert len(list(iter_log("<Log/>"))) == 1


SOURCES: list[Any] = [
    XML, [XML, XML.replace("at 7<", "seven<")], TEXT, '{"a": 1, "v": "x"}\n{"b": 2.5}\n',
    "<L>" + "".join(f'<E a="{n}"/>' for n in range(9)) + '<E a="007"/><E b=" "/></L>',
    "<L><E t='2019-04-01T08:00:00' b='true' version='1.0'/><E t='' b='False' version='1.1'/></L>",
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_to_parquet(source: Any, tmp_path: Path) -> None:
    """The same rows and types as in memory, in a folder without leftovers; types by all values."""
    stored = read_log(source, to="parquet", folder=tmp_path / "log")
    assert isinstance(stored, Stored)
    expected = read_log(source)
    found = stored.frame()
    for name, kind in expected.dtypes.items():
        if str(kind) == "category":
            expected[name] = expected[name].astype("str")
    if isinstance(source, list):
        order = ["log", "time", "run"]
        expected, found = (t.sort_values(order, ignore_index=True) for t in (expected, found))
    pd.testing.assert_frame_equal(found, expected)
    assert sorted(path.suffix for path in (tmp_path / "log").iterdir()) == [".json", ".parquet"]


VALUES = st.sampled_from(["1", "1.5", "007", "", "x", "true", "2019-04-01T08:00:00"])


@settings(max_examples=25)
@given(st.lists(VALUES, max_size=6))
def test_types_on_disk_are_those_in_memory(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    """Whatever the values, and wherever the batches end."""
    events = "".join(f"<E n='{value}'>t</E>" for value in values)
    stored = read_log(
        f"<L>{events}</L>", path="E", to="parquet", folder=tmp_path_factory.mktemp("l")
    )
    expected = read_log(f"<L>{events}</L>", path="E")
    text = {"category": "str"}
    kinds = {n: text.get(str(k), str(k)) for n, k in expected.dtypes.items()}
    assert {n: str(k) for n, k in stored.frame().dtypes.items()} == kinds


ODD = st.sampled_from(
    ["1", "-20", "007", "1554105600000", "99999999999999999", "1.5", "x", "y", "true", " ",
     "2019-04-01T08:00:00", "2019-04-01T09:00:00", "2019-04-01 08:00:00.25", None]
)  # fmt: skip
RUNS = st.lists(st.tuples(ODD, st.integers(1, 6)), min_size=1, max_size=4)


@settings(max_examples=60)
@given(RUNS, st.integers(1, 4), st.sampled_from(["", 'type="int"', 'type="date"', 'type="float"']))
def test_types_on_disk_whatever_comes_later(
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[tuple[str | None, int]],
    rows: int,
    kind: str,
) -> None:
    """A column that looks like one type for some batches and like another later."""
    values = [value for value, times in runs for _ in range(times)]
    cells = ["" if value is None else f"<N {kind}>{value}</N>" for value in values]
    log = "<L>" + "".join(f"<E><A>{n}</A>{cell}</E>" for n, cell in enumerate(cells)) + "</L>"
    spool = Spool(tmp_path_factory.mktemp("l"))
    gathered = Gathered()
    for batch in documents.batches(log, path="L/E", batch_rows=rows, block=40 * rows):
        spool.add(batch, None)
        gathered.add(batch)
    expected = gathered.frame(())
    for name, dtype in expected.dtypes.items():
        if str(dtype) == "category":
            expected[name] = expected[name].astype("str")
    found = spool.finish().frame()
    pd.testing.assert_frame_equal(found, expected)


def test_an_empty_log_to_parquet(tmp_path: Path) -> None:
    """No rows, and a folder that can be read."""
    assert len(read_log("<Log/>", to="parquet", folder=tmp_path / "log").frame()) == 0


def test_a_cut_log_to_parquet(tmp_path: Path) -> None:
    """It raises and leaves no half a table, or is flagged."""
    with pytest.raises(DocumentError, match="cut off"):
        read_log(XML[:-40], to="parquet", folder=tmp_path / "log")
    assert not list((tmp_path / "log").glob("*.parquet"))
    stored = read_log(XML[:-40], to="parquet", folder=tmp_path / "log", truncated="keep")
    assert stored.about["truncated"] is True
    assert stored.rows == 2999


def test_the_logs_of_recordings(tmp_path: Path) -> None:
    """A cassette or its calls give the logs that they brought."""
    log = '<Log><Entry time="2019-04-01T08:00:00" level="Info" source="a">up</Entry></Log>'
    path = made.cassette(
        tmp_path / "a.yaml", [made.gateway("agentGetLog", results={"Log": log}), made.get("/x")]
    )
    for source in (path, str(path), read_calls(path)):
        assert read_log(source)["text"].tolist() == ["up"]
    with pytest.raises(InvalidArgument, match="a table is no log"):
        read_log(pd.DataFrame({"a": [1]}))
