"""Declared columns to DataFrames."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from hypothesis import given, strategies as st

from toolkit.frames import Column, describe, frame

COLUMNS = (
    Column("text"),
    Column("integer", "integer"),
    Column("number", "number"),
    Column("boolean", "boolean"),
    Column("time", "time"),
    Column("category", "category", ("a", "b")),
    Column("binary", "binary"),
)
VALUES = st.tuples(
    st.one_of(st.none(), st.text()),
    st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    st.one_of(st.none(), st.floats(allow_nan=False)),
    st.one_of(st.none(), st.booleans()),
    st.one_of(
        st.none(),
        st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)),
    ),
    st.one_of(st.none(), st.sampled_from(["a", "b", "odd"])),
    st.one_of(st.none(), st.binary()),
)


@given(st.lists(VALUES, max_size=5))
def test_same_dtypes_whatever_the_rows(rows: list[tuple[object, ...]]) -> None:
    """Empty, full or with missing values: the same columns and dtypes, and the values kept."""
    table = frame(COLUMNS, rows)
    declared = describe(COLUMNS).set_index("column")["dtype"].to_dict()
    assert table.dtypes.astype(str).to_dict() == declared
    for place, column in enumerate(table.columns):
        got = [None if value is None or value is pd.NA else value for value in table[column]]
        for value, row in zip(got, rows, strict=True):
            assert (pd.isna(value) and row[place] is None) or value == row[place]


def test_mappings_and_attrs() -> None:
    """Rows may be mappings; what they lack is missing. Attributes are carried."""
    table = frame(COLUMNS[:2], [{"integer": 3}], attrs={"code": 1})
    assert pd.isna(table["text"].item())
    assert table["integer"].item() == 3
    assert table.attrs == {"code": 1}


def test_unknown_category_is_added_last() -> None:
    """The declared order stays, so that plots and sorts do."""
    table = frame(COLUMNS[5:6], [("odd",), ("b",)])
    assert list(table["category"].cat.categories) == ["a", "b", "odd"]


def test_other_zones_become_utc() -> None:
    """An aware time is turned to UTC; a naive one is UTC already."""
    zone = dt.timezone(dt.timedelta(hours=2))
    table = frame([Column("t", "time")], [[dt.datetime(2026, 1, 1, 2, tzinfo=zone)]])
    assert table["t"].item() == pd.Timestamp("2026-01-01", tz="UTC")
