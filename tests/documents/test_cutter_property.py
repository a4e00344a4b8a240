"""Records that are alike are cut out of the bytes: the same table as by a DOM reader, each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, given, settings, strategies as st
from lxml import etree

from tests.documents import naive
from toolkit import documents
from toolkit.documents import cutter
from toolkit.documents.inside import TYPES
from toolkit.outcomes import DocumentError

TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "\n", "1", "a>b", 'said "so"', "'", "é", "\U0001f600", "]]", "/>", "a=b", "</"]
    ),
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        max_size=5,
    ),
)  # fmt: skip
NO_RECORDS = '<Entry a="1">no</Entry>' * 20
ODD = [
    "<!-- <Entry a='1'>no</Entry> -->", '<!-- <Entry a="1">no</Entry> -->', "<Other/>",
    f"<!-- {NO_RECORDS} -->", f"<?note {NO_RECORDS}?>", f"<![CDATA[{NO_RECORDS}]]>",
    "between", "<Entry a='single'>x</Entry>", '<Entry a = "x">y</Entry>',
    '<Entry a="x\ty">z</Entry>', '<Entry a="x\r\ny">z</Entry>', "<Entry>x\r\ny\rz</Entry>",
    '<Entry a="&#10;">&#x41;</Entry>', "<Entry><Entry>inner</Entry></Entry>",
    "<Entry>a<b/>c</Entry>", "<Entry />", "<Entry></Entry >", "<Entry a='1' />",
    '<Entry a="1" xmlns:q="u">x</Entry>', "<Entries a='1'>x</Entries>",
    "<Entry><d q='1'>x</d></Entry>", "<Entry><d type='int'>1</d><d type='int'>2</d></Entry>",
    "<Entry>\n<d>1</d>\n</Entry>", '<Entry><d type="int">1</d></Entry>',
    '<Entry a="&lt;![CDATA[">x</Entry>', "<Entry><![CDATA[<&]]></Entry>", "<Entry><d/></Entry>",
    "<Entry><d>x</d>text</Entry>", "</Day><Day date='2'>", "\n \t\r\n", '<Entry a="1">\n</Entry>',
]  # fmt: skip


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@st.composite
def record(draw: st.DrawFn) -> str:
    """A record as a program writes it: some attributes, some values or a text."""
    names = draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
    attributes = "".join(
        f' {name}="{escaped(draw(TEXTS)).replace(chr(34), "&quot;").replace(chr(10), " ")}"'
        for name in names
    )
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return f"<Entry{attributes}/>"
    if kind == 1:
        values = draw(st.lists(st.tuples(st.sampled_from("xyz"), TEXTS), min_size=1, max_size=3))
        inner = "\n ".join(f"<{name}>{escaped(text)}</{name}>" for name, text in values)
        return f"<Entry{attributes}>{inner}</Entry>"
    return f"<Entry{attributes}>{escaped(draw(TEXTS))}</Entry>"


@st.composite
def document(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.one_of(record(), record(), st.sampled_from(ODD)), max_size=12))
    gap = draw(st.sampled_from(["", "\n  ", "\r\n"]))
    return f"<Log><Day date='1'>{gap.join([*pieces, ''])}</Day></Log>"


def rows_of(xml: str | bytes, **options: Any) -> list[dict[str, str]]:
    rows = []
    for part in documents.batches(xml, path="Log/Day/Entry", **options):
        for index in range(part.rows):
            cells = {key: texts[index].as_py() for key, texts in part.columns.items()}
            rows.append({key: cell for key, cell in cells.items() if cell is not None})
    return rows


def by_dom(xml: str) -> list[dict[str, str]]:
    expected = []
    for found in etree.fromstring(xml).iterfind("Day/Entry"):
        around = {"^Day@date": found.getparent().get("date")}
        own = {key: value for key, value in naive.row(found).items() if "xmlns" not in key}
        expected.append(around | own)
    return expected


@settings(max_examples=200)
@given(document(), st.integers(1, 200), st.sampled_from(["strict", "fast"]))
def test_what_is_cut_is_what_a_dom_reader_finds(xml: str, block: int, reader: str) -> None:
    """Whatever stands among the records, and wherever the blocks end."""
    assert rows_of(xml, block=block, reader=reader) == by_dom(xml)


@pytest.mark.parametrize("odd", ODD)
def test_one_oddity_among_regular_records(odd: str) -> None:
    """Wherever the blocks end, within the oddity or before it or after."""
    regular = "".join(f'<Entry a="{number}">at {number}</Entry>' for number in range(12))
    xml = f"<Log><Day date='1'>{regular}{odd}{regular}</Day></Log>"
    expected = by_dom(xml)
    for block in (40, 47, 61, 75, 90, 133, 200, 300, 1 << 19):
        for reader in ("strict", "fast"):
            assert rows_of(xml, block=block, reader=reader) == expected, (block, reader)


DAMAGE: list[Callable[[str], str]] = [
    lambda text: text.replace("</Entry>", "</Entri>", 1),
    lambda text: text[: text.rindex("</Entry>")],
    lambda text: text.replace('a="1"', 'a="<"', 1),
    lambda text: text.replace('a="1"', 'a="1" a="1"', 1),
    lambda text: text.replace(">up", ">\x01", 1),
    lambda text: text.replace(">up", ">]]>", 1),
    lambda text: text.replace(">up", ">&nbsp;", 1),
    lambda text: text.replace(">up", ">&", 1),
    lambda text: text.replace(">up", ">\uffff", 1),
    lambda text: text.replace("</Entry>", "</Entry>up", 1).replace("<Log>", "<Log>&x;", 1),
    lambda text: text.replace('a="1"', 'a="</Entry>"', 1),
]


@pytest.mark.parametrize("reader", ["strict", "fast"])
@pytest.mark.parametrize("place", [0, 40, 90])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_anywhere_is_refused(damage: Callable[[str], str], place: int, reader: str) -> None:
    """One broken record among regular ones is an error, with either reader."""
    records = ['<Entry a="1">up</Entry>'] * 100
    tail = "".join(records[place:])
    xml = (
        "<Log>" + "".join(records[:place]) + damage(f"<Log>{tail}").removeprefix("<Log>") + "</Log>"
    )
    for block in (50, 700, 1 << 19):
        with pytest.raises(DocumentError):
            list(documents.batches(xml, path="Log/Entry", reader=reader, block=block))  # type: ignore[arg-type]


@given(st.lists(record(), min_size=1, max_size=8))
def test_regular_records_are_cut(records: list[str]) -> None:
    """No record that a program writes is too odd to be cut, but for values without a text."""
    chunk = "".join(records).encode()
    found = cutter.Cutter("Entry", TYPES, documents.LIMITS).cut(chunk)
    event(type(found).__name__)
    if "\n" not in chunk.decode().replace("\n ", ""):
        assert isinstance(found, cutter.Cut)
        assert found.rows == len(records)
