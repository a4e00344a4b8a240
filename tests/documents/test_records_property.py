"""Any tree of records reads like a naive DOM reader reads it."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
from lxml import etree

from tests.documents import naive
from toolkit import documents

NAMES = st.sampled_from(["a", "b", "name", "text", "time", "type", "Name", "x.y"])
TEXTS = st.one_of(
    st.sampled_from(["", " ", "\n  ", "1", "007", "true", "2019-04-01T08:00:00", "int", "a<&>]]>"]),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        max_size=6,
    ),
)
ATTRIBUTES = st.dictionaries(NAMES, TEXTS, max_size=3)


@st.composite
def element(draw: st.DrawFn, name: str | None = None, depth: int = 0) -> etree._Element:
    made = etree.Element(name or draw(NAMES), draw(ATTRIBUTES))
    made.text = draw(TEXTS)
    if depth < 2:
        for _ in range(draw(st.integers(0, 3))):
            if draw(st.integers(0, 9)) == 0:
                made.append(etree.Comment("remark"))
            else:
                made.append(draw(element(depth=depth + 1)))
            made[-1].tail = draw(TEXTS)
    return made


@settings(max_examples=60)
@given(st.lists(element(name="Record"), max_size=5), st.integers(1, 3))
def test_any_records_read_as_by_a_dom_reader(records: list[etree._Element], batch: int) -> None:
    """Keys and texts equal those of the DOM, whatever the records hold and the batches are."""
    root = etree.Element("Root", name="r")
    root.extend(records)
    xml = etree.tostring(root)
    expected = [naive.row(record) for record in etree.fromstring(xml)]

    rows = []
    for part in documents.batches(xml, path="Root/Record", batch_rows=batch):
        for index in range(part.rows):
            cells = {key: values[index].as_py() for key, values in part.columns.items()}
            rows.append({key: cell for key, cell in cells.items() if cell is not None})
    assert rows == expected


@settings(max_examples=25)
@given(st.lists(element(name="Record"), max_size=4))
def test_a_frame_has_a_row_for_each_record_and_a_column_for_each_key(
    records: list[etree._Element],
) -> None:
    """The frame's shape is that of the DOM's rows, and texts stay what they are."""
    root = etree.Element("Root")
    root.extend(records)
    xml = etree.tostring(root)
    expected = [naive.row(record) for record in etree.fromstring(xml)]
    keys = {key for row in expected for key in row}

    table = documents.records(xml, path="Record")
    assert table.shape == (len(expected), len(keys))
    assert table.notna().sum().sum() <= sum(len(row) for row in expected)
    for name, kind in table.dtypes.items():
        if str(kind) in ("str", "category") and name in ("a", "b"):
            key = f"/{name}" if any(f"/{name}" in row for row in expected) else name
            assert [None if cell != cell else cell for cell in table[name]] == [
                row.get(key) for row in expected
            ]


@settings(max_examples=25)
@given(element(name="Root"))
def test_the_record_is_found_in_any_document(root: etree._Element) -> None:
    """The rule always finds a path that the document has, and the same one each time."""
    xml = etree.tostring(root)
    path = documents.find_record(xml)
    assert documents.find_record(xml) == path
    assert root.getroottree().xpath("/" + "/".join(path.names))
