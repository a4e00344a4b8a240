"""Columns that are packed while they are gathered: nothing of a text is lost, no type differs."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st

from toolkit.documents import infer
from toolkit.documents.packing import CodeForm, IntegerForm, PackedColumn, Packer, TimeForm

INTEGERS = ["0", "7", "-7", "123456789012345678", "-999999999999999999", "1554105600000"]
NEARLY_INTEGERS = [
    "007", "+5", "-0", "0x1F", "0xFFFFFF", "-0x1", "1234567890123456789", "9223372036854775807",
    "-9223372036854775808", "99999999999999999999", " 5", "5 ", "1.5", "1e3", "٣", "00",
]  # fmt: skip
TIMES = [
    "2019-04-01T08:00:00", "2019-04-01 08:00:00", "2019-04-01T08:00:00Z", "1850-01-01T00:00:00",
    "2019-04-01T08:00:00.5", "2019-04-01T08:00:00.250", "2019-04-01T08:00:00.250001",
    "2019-04-01T08:00:00.25Z", "2019-04-01 08:00:00+00:00", "9999-12-31T23:59:59",
    "0000-01-01T00:00:00",
]  # fmt: skip
NEARLY_TIMES = [
    "2019-02-31T08:00:00", "2019-04-01T24:00:00", "2019-04-01T08:00:60", "2019-04-01T08:00+0200",
    "2019-04-01T08:00:00+02:00", "2019-04-01T08:00:00.1234567", "2019-4-1T08:00:00     ",
    "2019-04-01t08:00:00", "2019-04-01T08:00:0x", "2019-04-01T08:00:00,5",
]  # fmt: skip
OTHERS = ["", " ", "true", "FALSE", "Info", "Error", "größer", "a", "\n"]
ANY = st.sampled_from(INTEGERS + NEARLY_INTEGERS + TIMES + NEARLY_TIMES + OTHERS) | st.text(
    max_size=4
)
ALIKE = [st.sampled_from(INTEGERS), *(st.just(one) for one in TIMES), st.sampled_from(OTHERS)]
VALUES = st.one_of(
    st.lists(ANY | st.none(), max_size=12),
    *(st.lists(kind | st.none(), max_size=30) for kind in ALIKE),
    st.tuples(*(st.lists(kind, max_size=12) for kind in (ALIKE[0], ANY))).map(
        lambda two: [*two[0], *two[1]]
    ),
    st.integers(60, 70).map(lambda count: [f"value {number}" for number in range(count)] * 5),
)
HINTS = [
    "none",
    "text",
    "integer",
    "number",
    "boolean",
    "time",
    "epoch",
    "mixed",
    "string",
    "float",
]


def arrow(values: list[str | None]) -> pa.Array:
    return pa.array(values, pa.large_string())


def gathered(values: list[str | None], size: int, key: str = "x") -> PackedColumn:
    column = PackedColumn(key)
    for start in range(0, len(values), size):
        column.add(arrow(values[start : start + size]))
    return column


@settings(max_examples=150)
@given(VALUES, st.integers(1, 9))
def test_each_text_comes_back_to_the_letter(values: list[str | None], size: int) -> None:
    """Whatever the values are and however they come in batches."""
    assert gathered(values, size).texts().to_pylist() == values


@settings(max_examples=150)
@given(
    VALUES,
    st.integers(1, 9),
    st.sampled_from(HINTS),
    st.sampled_from(["x", "text", "level", "version"]),
)
def test_the_type_is_that_of_the_texts(
    values: list[str | None], size: int, hint: str, name: str
) -> None:
    """The packed column becomes what the column of texts does: values, type, categories."""
    expected = infer.column(pa.chunked_array([arrow(values)]), name, hint)
    found = gathered(values, size).series(name, hint)
    pd.testing.assert_series_equal(found, expected)
    if isinstance(expected.dtype, pd.CategoricalDtype):
        assert found.cat.categories.tolist() == expected.cat.categories.tolist()


@pytest.mark.parametrize("values", [INTEGERS, *([one, one] for one in TIMES), ["Info", "Error"]])
@pytest.mark.parametrize("missing", [[], [None]])
def test_what_is_alike_is_packed(values: list[str], missing: list[None]) -> None:
    """Times of one form, integers and few texts take a few bytes each, also of a part of them."""
    packer = Packer("x")
    packed = packer.pack(arrow([*missing, *values, *missing, *values]).slice(1))
    assert not packer.is_text
    assert isinstance(packer.form, TimeForm | IntegerForm | CodeForm)
    assert packed.type == packer.form.type
    assert packer.form.texts(packed).to_pylist() == [*missing, *values, *missing, *values][1:]


@pytest.mark.parametrize("value", [*NEARLY_INTEGERS, *NEARLY_TIMES, ""])
@pytest.mark.parametrize("first", [INTEGERS[1], TIMES[0], TIMES[2], TIMES[5]])
def test_what_is_nearly_alike_stays_text(first: str, value: str) -> None:
    """A value that numbers could not give back is refused, and everything after it is text."""
    packer = Packer("x")
    assert packer.pack(arrow([first])).type != pa.large_string()
    assert packer.pack(arrow([first, value, None])).to_pylist() == [first, value, None]
    assert packer.is_text
    assert packer.pack(arrow([first])).to_pylist() == [first]


def test_missing_before_between_and_after() -> None:
    """A column that begins late, pauses and ends early."""
    column = PackedColumn("x", 3)
    column.add(arrow(["5"]))
    column.add_missing(2)
    column.add(arrow(["6", None]))
    assert column.series("x", "none").tolist() == [pd.NA] * 3 + [5, pd.NA, pd.NA, 6, pd.NA]


def test_a_packed_column_is_smaller_than_its_texts() -> None:
    """Times take 8 bytes instead of 27 and more, levels one."""
    for values, most in ((["2019-04-01T08:00:00"], 9), (["Info", "Warning"], 2)):
        texts = arrow(values * 5000)
        assert Packer("x").pack(texts).nbytes <= most * len(texts)
