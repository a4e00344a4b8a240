"""Messages grouped into patterns."""

from __future__ import annotations

import datetime as dt
import re

import duckdb
import narwhals as nw
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from toolkit.analysis import counting, log_patterns, patterns, read_log
from toolkit.analysis.patterns import ANY, count, finish, mask, pattern_of, text_column
from toolkit.outcomes import InvalidArgument

START = pd.Timestamp("2019-04-01T08:00:00Z")


def log(*texts: str | None, level: str = "Info") -> pd.DataFrame:
    times = [START + pd.Timedelta(place, "min") for place in range(len(texts))]
    return pd.DataFrame(
        {
            "time": pd.Series(times, dtype="datetime64[us, UTC]"),
            "level": pd.Series([level] * len(texts), dtype="category"),
            "text": pd.Series(list(texts), dtype="str"),
        }
    )


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Run 17 done in 2.5 s", "Run <number> done in <number> s"),
        ("took 15ms, 3.5MB", "took <number>, <number>"),
        ("File /in/scan-00316.pdf is locked", "File <path> is locked"),
        (r"cannot open C:\logs\a.txt: denied", "cannot open <path>: denied"),
        ("/var/log/x gone", "<path> gone"),
        ("Script ingest.uxl: line 8", "Script <file>: line <number>"),
        ("at 2019-04-01T08:00:00.5Z and 08:15:01", "at <time> and <time>"),
        ("10.0.0.7:8080 refused", "<address> refused"),
        ("see http://127.0.0.1:9/a?b=c now", "see <url> now"),
        ("mail to ada@example.org sent", "mail to <email> sent"),
        ("id f81d4fae-7dec-11d0-a765-00a0c91e6bf6 0xFF", "id <uuid> <hex>"),
        ('user "Ada L." said "no"', "user <text> said <text>"),
        ("Storage server s3 unreachable", "Storage server s3 unreachable"),
        ("Volume /store is read-only", "Volume <path> is read-only"),
        ("", ""),
    ],
)
def test_what_varies_is_named(text: str, pattern: str) -> None:
    """Values are named by their kind; words, and names with a digit in them, stay."""
    assert pattern_of(text) == pattern


LETTERS = 'ab 019.:/-"\\@<>\t\n'
TEXTS = st.lists(st.text(st.sampled_from(f"{LETTERS}é"), max_size=25) | st.none(), max_size=12)
PLAIN = st.lists(st.text(st.sampled_from(LETTERS), max_size=25) | st.none(), max_size=12)


@settings(max_examples=15)
@given(PLAIN)
def test_every_engine_masks_alike(texts: list[str | None]) -> None:
    """pandas' and DuckDB's regular expressions give what Python's give."""
    expected = [None if text is None else pattern_of(text) for text in texts]
    plain = log(*texts)
    for frame in (plain, duckdb.from_df(plain)):
        got = counting.lazily(frame).select(pattern=mask(nw.col("text")))
        found = got.collect().to_pandas()["pattern"]
        assert [None if pd.isna(one) else one for one in found] == expected


@settings(max_examples=15)
@given(TEXTS)
def test_every_event_is_counted_once(texts: list[str | None]) -> None:
    """Events add up to those with a text, shares to one; each example has its pattern."""
    found = log_patterns(log(*texts))
    known = [text for text in texts if text is not None]
    assert found["events"].sum() == len(known)
    assert found["share"].sum() == pytest.approx(1.0 if known else 0.0)
    assert found["pattern"].is_unique
    assert set(found["example"]) <= set(known)
    for row in found.itertuples():
        assert ANY in row.pattern or pattern_of(row.example) == row.pattern


def test_counts_of_parts_add_up() -> None:
    """What is counted apart and put together gives the same patterns."""
    whole = log(*(f"Run {n} {'done' if n % 3 else 'failed'}" for n in range(40)))
    parts = [count(whole.iloc[at::4]) for at in range(4)]
    together = counting.merged(parts, ["level", "pattern"], patterns.AGGREGATES)
    pd.testing.assert_frame_equal(finish(together), log_patterns(whole))


def test_one_word_of_many_is_any_word() -> None:
    """Messages that differ in one word are one pattern from ten words on, and not before."""
    names = [f"name{chr(97 + n)}" for n in range(10)]
    many = log_patterns(log(*(f"Session opened for {name}" for name in names)))
    assert many["pattern"].tolist() == [f"Session opened for {ANY}"]
    assert many["events"].tolist() == [10]
    few = log_patterns(log(*(f"Session opened for {name}" for name in names[:9])))
    assert len(few) == 9
    assert len(log_patterns(log("Agent started", "Agent stopped"))) == 2


def test_what_is_new() -> None:
    """New since a time, in the last part of the log, or against an earlier log."""
    events = log("Run 1 done", "Run 2 done", "disk full", "Run 3 done", "disk is full")
    new = ["disk full", "disk is full"]
    for since in (
        START + pd.Timedelta(2, "min"), dt.datetime(2019, 4, 1, 8, 2), "2019-04-01 08:02",
        dt.timedelta(minutes=2), "2min", log("Run 9 done"), '<L><E text="Run 9 done"/></L>',
    ):  # fmt: skip
        found = log_patterns(events, since=since)
        assert sorted(found["pattern"][found["new"]]) == new, since
    assert log_patterns(events)["new"].isna().all()
    assert not log_patterns(events, since=events)["new"].any()
    with pytest.raises(InvalidArgument, match="no time and no duration"):
        log_patterns(events, since="yesterday")


def test_columns_by_name() -> None:
    """The columns are found by their names, or named; others are refused, with what there is."""
    table = log("up").rename(columns={"text": "Event.message", "level": "severity"})
    assert text_column(table) == "Event.message"
    assert log_patterns(table)["level"].tolist() == ["Info"]
    assert log_patterns(table, text="severity")["pattern"].tolist() == ["Info"]
    with pytest.raises(InvalidArgument, match=re.escape("no column 'words'; it has: time")):
        log_patterns(table, text="words")
    with pytest.raises(InvalidArgument, match="no column of texts"):
        log_patterns(pd.DataFrame({"n": [1]}))


def test_the_same_columns_when_empty() -> None:
    """Columns and dtypes do not depend on the events; levels come from the least severe on."""
    full, none = log_patterns(log("a"), since="1D"), log_patterns(log(), since="1D")
    assert none.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
    several = pd.concat([log("a", level="Error"), log("b", level="Info")])
    assert log_patterns(several)["level"].cat.categories.tolist() == ["Info", "Error"]
    assert log_patterns(read_log('<L><E n="x"/><E n="x"/></L>'))["first"].isna().all()
