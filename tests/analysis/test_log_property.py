"""Any log reads like a naive DOM reader reads it: encodings, line ends, markup, cuts, merging."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree

from tests.documents import naive
from toolkit.analysis import read_log
from toolkit.documents import infer
from toolkit.documents.keys import is_namespace, public_names
from toolkit.outcomes import DocumentError

TIMES = st.datetimes(pd.Timestamp("2019-01-01"), pd.Timestamp("2019-12-31")).map(
    lambda moment: moment.isoformat(timespec="seconds")
)
LETTERS = st.sampled_from("abc 019.\u00e4\u00df\u20ac\"'\n\t")
TEXTS = st.text(LETTERS, max_size=8) | st.sampled_from(["1", "007", "true", " ", "up", "down"])
MARKUP = ["<!-- a remark -->", "<![CDATA[<&\u00e4]]>", "<b>bold</b>", "<x:b q='1'>y</x:b>", "&#13;"]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


@st.composite
def event(draw: st.DrawFn) -> str:
    attributes = f' time="{draw(TIMES)}"'
    if draw(st.booleans()):
        attributes += f' level="{draw(st.sampled_from(["Info", "Error"]))}"'
    if draw(st.integers(0, 3)) == 0:
        attributes += f' n="{escaped(draw(TEXTS))}"'
    text = escaped(draw(TEXTS))
    if draw(st.integers(0, 4)) == 0:
        text += draw(st.sampled_from(MARKUP)) + escaped(draw(TEXTS))
    if draw(st.integers(0, 2)) == 0:
        text = f"<run>{draw(st.integers(0, 9))}</run>"
    return f"<Entry{attributes}>{text}</Entry>"


@st.composite
def log(draw: st.DrawFn) -> str:
    """A log as a program writes it: a few kinds of events again and again, some of them odd."""
    kinds = draw(st.lists(event(), min_size=1, max_size=5))
    events = [kinds[place % len(kinds)] for place in range(draw(st.integers(0, 40)))]
    gap = draw(st.sampled_from(["", "\n", "\r\n", "\n  <!-- between -->\n"]))
    return f"<Log xmlns:x='urn:x' name='a'>{gap.join([*events, ''])}</Log>"


def encoded(xml: str, encoding: str) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return (head + xml).encode(encoding, "xmlcharrefreplace")


ENCODINGS = st.sampled_from(["utf-8", "utf-16", "iso-8859-1", "windows-1252", "ascii"])


def by_dom(data: bytes) -> pd.DataFrame:
    """The table, from rows that lxml's DOM gives and the types that all of a column have."""
    rows = [naive.row(one) for one in etree.fromstring(data).iterchildren("Entry")]
    rows = [{_key(key): text for key, text in row.items()} for row in rows]
    keys = dict.fromkeys(key for row in rows for key in row)
    ordered = [key for key in keys if key] + [""] * ("" in keys)
    names = public_names(ordered)
    columns = {
        names[key]: infer.column(
            pa.chunked_array([[row.get(key) for row in rows]], pa.large_string()), names[key]
        )
        for key in ordered
        if not is_namespace(key)
    }
    return pd.DataFrame(columns, pd.RangeIndex(len(rows)))


def _key(key: str) -> str:
    return key.replace("{urn:x}", "x:")


@settings(max_examples=30)
@given(log(), ENCODINGS, st.sampled_from(["strict", "fast"]))
def test_any_log_reads_as_by_a_dom_reader(xml: str, encoding: str, reader: str) -> None:
    """The same columns, types and cells, whatever it is written in and whoever reads it."""
    data = encoded(xml, encoding)
    expected = by_dom(data)
    found = read_log(data, path="Log/Entry", reader=reader)  # type: ignore[call-overload]
    if not len(expected):
        assert len(found) == 0
    else:
        pd.testing.assert_frame_equal(found, expected)


@settings(max_examples=30)
@given(log(), ENCODINGS, st.sampled_from(["strict", "fast"]), st.floats(0, 1, exclude_max=True))
def test_a_cut_log_raises_or_is_flagged(xml: str, encoding: str, reader: str, share: float) -> None:
    """Anywhere: it is refused, or its whole events are kept and the table says so."""
    data = encoded(xml, encoding)
    data = data[: int(share * len(data))]
    with pytest.raises(DocumentError):
        read_log(data, path="Log/Entry", reader=reader)  # type: ignore[call-overload]
    kept = read_log(data, path="Log/Entry", reader=reader, truncated="keep")  # type: ignore[call-overload]
    assert kept.attrs["truncated"] is True
    codec = "cp1252" if encoding == "windows-1252" else encoding
    assert len(kept) == data.decode(codec, "ignore").count("</Entry>")


@settings(max_examples=12)
@given(st.lists(log(), min_size=2, max_size=3), ENCODINGS)
def test_several_logs_are_their_events_by_time(several: list[str], encoding: str) -> None:
    """No event is lost or made, each says where it is from, and they are in the order of time."""
    parts = [by_dom(encoded(xml, encoding)) for xml in several]
    merged = read_log([encoded(xml, encoding) for xml in several], path="Log/Entry")
    assert len(merged) == sum(map(len, parts))
    if not len(merged):
        return
    assert merged["time"].is_monotonic_increasing
    for number, part in enumerate(parts):
        own = merged[merged["log"] == str(number)]
        assert len(own) == len(part)
        if len(part):
            assert own["time"].tolist() == sorted(part["time"])
