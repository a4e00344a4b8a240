"""The types of columns: right, or text."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, strategies as st
from lxml import etree

from toolkit.documents import records


def column(*values: str | None, kind: str = "", **options: object) -> pd.Series:
    """The column that these values become."""
    root = etree.Element("R")
    for value in values:
        record = etree.SubElement(root, "E", mark="x")
        if value is not None:
            etree.SubElement(record, "v", **({"type": kind} if kind else {})).text = value
    return records(etree.tostring(root), path="R/E", **options)["v"]  # type: ignore[arg-type]


MOMENT = dt.datetime(2019, 4, 1, 8, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019-04-01T08:00:00", MOMENT),
        ("2019-04-01 08:00:00", MOMENT),
        ("2019-04-01T08:00:00Z", MOMENT),
        ("2019-04-01 10:00:00+02:00", MOMENT),
        ("2019-04-01T10:00:00 +0200", MOMENT),
        ("2019-04-01T08:00:00.5", MOMENT + dt.timedelta(seconds=0.5)),
        ("2019-04-01T03:00:00.1234567-05:00", MOMENT + dt.timedelta(microseconds=123456)),
        ("1850-01-01T00:00:00", dt.datetime(1850, 1, 1, tzinfo=dt.UTC)),
        ("9999-12-31T23:59:59", dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)),
    ],
)
def test_times(text: str, moment: dt.datetime) -> None:
    """Each form of a time, alone and among others; empty is missing."""
    for values in ([text], ["2019-04-01T08:00:00", text, "", None, " 2019-04-01T08:00:00Z "]):
        found = column(*values)
        assert str(found.dtype) == "datetime64[us, UTC]"
        assert found[values.index(text)].to_pydatetime() == moment
    assert column("2019-04-01T08:00:00", "", None).isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    "odd",
    [
        "2019-02-30T00:00:00", "2019-04-01", "08:00:00", "2019-04-01T24:00:00", "01.04.2019",
        "2019-04-01T08:00", "2019-04-01T08:00:60", "soon", "1554105600000",
        "2019-04-01T08:00:00 Europe/Berlin",
    ],
)  # fmt: skip
def test_one_odd_time_keeps_the_column_text(odd: str) -> None:
    """Nothing is guessed, and no time is changed because another is none."""
    found = column("2019-04-01T08:00:00", odd)
    assert str(found.dtype) == "str"
    assert found.tolist() == ["2019-04-01T08:00:00", odd]


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (["1", "-2", "0"], "Int64", [1, -2, 0]),
        (["1", "", None], "Int64", [1, None, None]),
        (["999999999999999999"], "Int64", [999999999999999999]),
        (["1", "2.5", "1e3"], "float64", [1.0, 2.5, 1000.0]),
        (["0.25", ""], "float64", [0.25, None]),
        (["true", "False", ""], "boolean", [True, False, None]),
        (["007", "1"], "str", ["007", "1"]),
        (["+5"], "str", ["+5"]),
        (["-0"], "float64", [0.0]),
        (["1,5"], "str", ["1,5"]),
        (["9999999999999999999"], "str", ["9999999999999999999"]),
        (["12345678901234567.5"], "str", ["12345678901234567.5"]),
        (["1e999", "2.5"], "str", ["1e999", "2.5"]),
        (["nan"], "str", ["nan"]),
        (["inf"], "str", ["inf"]),
        (["0x10"], "str", ["0x10"]),
        (["1", "true"], "str", ["1", "true"]),
        (["", ""], "str", ["", ""]),
        (["1.2.3"], "str", ["1.2.3"]),
    ],
)
def test_numbers_and_booleans(values: list[str], dtype: str, expected: list[object]) -> None:
    """A number is what a number is written as; anything else stays as it is."""
    found = column(*values)
    assert str(found.dtype) in (dtype, "category")
    assert [None if pd.isna(cell) else cell for cell in found] == expected


@pytest.mark.parametrize(
    ("values", "kind", "dtype"),
    [
        (["12"], "string", "str"),
        (["12"], "int", "Int64"),
        (["12"], "double", "float64"),
        (["true"], "bool", "boolean"),
        (["yes"], "bool", "str"),
        (["1554105600000"], "date", "datetime64[us, UTC]"),
        (["36524"], "date", "str"),
        ([""], "date", "datetime64[us, UTC]"),
        ([""], "int", "Int64"),
        (["1554105600000"], "", "Int64"),
    ],
)
def test_declared_types(values: list[str], kind: str, dtype: str) -> None:
    """type="int" and the like decide; a value that is not of its type stays text."""
    assert str(column(*values, kind=kind).dtype) == dtype


def test_milliseconds_only_when_said() -> None:
    """Integers are times only when a hint says so."""
    found = column("1554105600000", epoch=["v"])
    assert found[0].to_pydatetime() == MOMENT
    assert column("5", epoch=["v"]).tolist() == ["5"]


def test_types_that_disagree_decide_nothing() -> None:
    """Of several types the values themselves decide; an unknown type is a column."""
    text = "<R><E><v type='int'>1</v></E><E><v type='string'>2</v></E></R>"
    assert records(text)["v"].tolist() == [1, 2]
    odd = records("<R><E><v type='fatal'>x</v></E><E><v type='int'>2</v></E></R>")
    assert odd["v.type"].tolist()[0] == "fatal"
    plain = records("<R><E><v type='int'>1</v></E></R>", path="E", types=False)
    assert plain["v.type"].tolist() == ["int"]


def test_versions_are_not_numbers() -> None:
    """3.10 is not 3.1."""
    assert records("<R><E OsVersion='3.10'/></R>", path="E")["OsVersion"].tolist() == ["3.10"]


def test_categories() -> None:
    """Few values that come again are a category; levels always; texts of records never."""
    few = column(*["a", "b"] * 4)
    assert str(few.dtype) == "category"
    assert few.tolist() == ["a", "b"] * 4
    assert str(column("a", "b", "a").dtype) == "str"
    many = column(*[str(n) + "x" for n in range(65)] * 4)
    assert str(many.dtype) == "str"
    log = records("<R><E status='odd'>t</E><E>t</E><E>t</E><E>t</E></R>")
    assert log.dtypes.astype(str).to_dict() == {"status": "category", "text": "str"}
    assert log["status"].isna().tolist() == [False, True, True, True]


def test_the_whole_column_decides_and_not_a_sample() -> None:
    """One text after many thousand integers keeps all of them text."""
    values = [str(number) for number in range(25_000)]
    assert str(column(*values).dtype) == "Int64"
    found = column(*values, "x")
    assert str(found.dtype) == "str"
    assert found.tolist() == [*values, "x"]


VALUES = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    st.datetimes().map(str),
    st.sampled_from(["true", "", "007", "x", " 1", "1 ", "-0", "1_000", "٣"]),
)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_typed_value_always_means_its_text(values: list[str]) -> None:
    """Whatever type a column gets, each cell is the value that its text says."""
    found = column(*values)
    kind = str(found.dtype)
    for cell, value in zip(found, values, strict=True):
        text = value.strip(" ")
        if kind in ("str", "category"):
            assert cell == value
        elif text == "":
            assert pd.isna(cell)
        elif kind == "Int64":
            assert str(cell) == text
        elif kind == "float64":
            assert cell == float(text)
        elif kind == "boolean":
            assert str(cell).lower() == text
        else:
            expected = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
            assert cell.to_pydatetime() == expected
