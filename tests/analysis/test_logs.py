"""Logs from wherever they are, and their levels."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from toolkit.analysis import log_levels, read_log
from toolkit.analysis.levels import COLUMNS, LEVELS
from toolkit.outcomes import DocumentError, InvalidArgument, UnsafeDocument

ENTRY = '<Entry time="2019-04-01T{hour:02d}:10:00" level="{level}" source="Agent">{text}</Entry>'


def log(*events: tuple[int, str], name: str = "agent") -> str:
    entries = "".join(ENTRY.format(hour=h, level=level, text=f"at {h}") for h, level in events)
    return f'<Log name="{name}">{entries}</Log>'


XML = log((8, "Info"), (9, "Error"))


@pytest.mark.parametrize(
    "wrap",
    [
        str, str.encode, lambda text: io.BytesIO(text.encode()), io.StringIO,
        lambda text: gzip.compress(text.encode()), lambda text: bz2.compress(text.encode()),
        lambda text: lzma.compress(text.encode()), lambda text: bytearray(text.encode()),
        lambda text: io.BytesIO(gzip.compress(text.encode("utf-16"))),
        lambda text: f"\ufeff\n {text}", lambda text: text.encode("utf-16"),
    ],
)  # fmt: skip
def test_sources(wrap: object) -> None:
    """Text, bytes, open files, compressed or not: the same table."""
    table = read_log(wrap(XML))  # type: ignore[operator]
    assert table.dtypes.astype(str).to_dict() == {
        "time": "datetime64[us, UTC]", "level": "category", "source": "str", "text": "str",
    }  # fmt: skip
    assert table["text"].tolist() == ["at 8", "at 9"]
    assert table.attrs["Log.name"] == "agent"


def test_paths(tmp_path: Path) -> None:
    """A str that is no XML is a path, as is a Path; compression is seen in the file itself."""
    plain, packed = tmp_path / "a.xml", tmp_path / "b.log"
    plain.write_text(XML)
    packed.write_bytes(gzip.compress(XML.encode()))
    for source in (plain, str(plain), packed, str(packed)):
        assert len(read_log(source)) == 2
    with plain.open("rb") as file:
        assert len(read_log(file)) == 2


def test_several_logs_are_one_table_by_time(tmp_path: Path) -> None:
    """Merged by time, each event with its source; types are decided over all of them."""
    path = tmp_path / "old.xml"
    path.write_text(log((7, "Info"), (12, "Info")))
    table = read_log(
        [log((8, "Info")), path, '<Log><Entry time="2019-04-01T09:00:00" n="1"/></Log>']
    )
    assert table["time"].dt.hour.tolist() == [7, 8, 9, 12]
    assert table["log"].astype(str).tolist() == [str(path), "0", "2", str(path)]
    assert table["source"].notna().tolist() == [True, True, False, True]
    assert table["n"].tolist() == [pd.NA, pd.NA, 1, pd.NA]


def test_a_column_of_a_dataframe() -> None:
    """The cells of a column are a list of logs; one cell is a log."""
    cells = pd.DataFrame({"log": [XML.encode(), log((10, "Info")).encode()]})
    assert len(read_log(cells["log"])) == 3
    assert len(read_log(cells.loc[0, "log"])) == 2


def test_empty_logs() -> None:
    """A log without events has no rows."""
    assert len(read_log('<Log name="x"/>')) == 0
    assert len(read_log([])) == 0
    assert read_log("<Log/>").attrs["truncated"] is False


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("no-such-file.xml", r"There is no file 'no-such-file.xml'; a log given as text begins"),
        (b"", "is empty"),
        (XML[:-5], "cut off"),
        (gzip.compress(XML.encode())[:-9], "compressed log is cut off"),
        (gzip.compress(XML.encode())[:-8] + b"junkjunk", "damaged"),
        (b"\x1f\x8b" + b"junk" * 9, "damaged"),
        ("<html><body></body></html>", "an HTML page"),
        (b"\x00\x01\x02", "does not begin with an element"),
        (5, "an open file, not int"),
    ],
)
def test_what_cannot_be_read(source: object, sentence: str) -> None:
    """One sentence each."""
    with pytest.raises(DocumentError, match=sentence):
        read_log(source)  # type: ignore[arg-type]


def test_a_table_is_no_log() -> None:
    """A whole DataFrame is not taken for a list of its column names."""
    with pytest.raises(InvalidArgument, match="one of its cells"):
        read_log(pd.DataFrame({"log": [XML]}))  # type: ignore[arg-type]


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    """What the system says of a path is passed on."""
    with pytest.raises(DocumentError, match="cannot be read"):
        read_log(tmp_path)


def test_one_of_several_is_named() -> None:
    """The error of a list says which log it was."""
    with pytest.raises(UnsafeDocument) as caught:
        read_log([XML, "<!DOCTYPE x><x/>"])
    assert "number 1 of the list" in caught.value.__notes__[0]


def test_growing_logs_are_kept_when_asked() -> None:
    """Whole events are kept and the frame says so, plain or compressed."""
    cut = XML[:-20]
    for source in (
        cut,
        cut.encode(),
        gzip.compress(cut.encode()),
        gzip.compress(XML.encode())[:-30],
    ):
        table = read_log(source, truncated="keep")
        assert table.attrs["truncated"] is True or len(table) == 2
        assert len(table) <= 2
    assert read_log(cut, truncated="keep")["text"].tolist() == ["at 8"]
    both = read_log([XML, cut], truncated="keep")
    assert both.attrs["truncated"] is True
    assert len(both) == 3


EVENTS = st.lists(
    st.tuples(st.integers(0, 23), st.sampled_from(["Info", "Error", "Odd", "debug"])), max_size=30
)


@settings(max_examples=50)
@given(EVENTS, st.sampled_from(["h", "15min", "D", "3h"]))
def test_levels_add_up(events: list[tuple[int, str]], freq: str) -> None:
    """Events add up to the log, shares to one in each interval, in order; dtypes never differ."""
    levels = log_levels(log(*events), freq)
    assert levels["events"].sum() == len(events)
    assert levels.dtypes.astype(str).to_dict() == {one.name: one.dtype for one in COLUMNS}
    assert levels["time"].is_monotonic_increasing
    assert all(total == pytest.approx(1) for total in levels.groupby("time")["share"].sum())
    if freq == "h":
        for row in levels.itertuples():
            assert row.events == events.count((row.time.hour, row.level))


def test_levels_are_in_the_order_of_severity() -> None:
    """Known levels by severity, whatever the order they appear in; unknown ones last."""
    names = ["Odd", "Error", "INFO", "Debug", "Fatal", "Warning"]
    levels = log_levels(log(*((8, name) for name in names)))["level"]
    assert levels.tolist() == ["Debug", "INFO", "Warning", "Error", "Fatal", "Odd"]
    assert levels.cat.ordered
    assert len(set(LEVELS)) == len(LEVELS)


def test_columns_of_levels_and_times() -> None:
    """They are found by name and type, or named; a log without them has one level, no time."""
    text = (
        '<L><E at="2019-04-01T08:00:00" sent="2019-04-01T10:00:00" Severity="Low" s="x"/>'
        '<E at="2019-04-01T08:00:01" sent="2019-04-01T10:00:00" Severity="Low" s="y"/></L>'
    )
    assert log_levels(text)["level"].tolist() == ["Low"]
    assert log_levels(text, level="s", time="sent")["time"].dt.hour.tolist() == [10, 10]
    bare = log_levels("<L><E>a b</E><E>b</E></L>")
    assert bare["events"].tolist() == [2]
    assert bare["time"].isna().all()
    assert bare["level"].isna().all()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"freq": "parsec"}, "not a frequency; h, 15min or D"),
        ({"level": "colour"}, "no column 'colour'; it has: time, level, source, text"),
        ({"time": "text"}, "'text' is not one of times"),
    ],
)
def test_wrong_options(options: dict[str, str], sentence: str) -> None:
    """Each says what would be right."""
    with pytest.raises(InvalidArgument, match=sentence):
        log_levels(XML, **options)  # type: ignore[arg-type]
