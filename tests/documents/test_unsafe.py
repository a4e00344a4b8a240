"""What is refused, by both readers, and with which sentence."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings, strategies as st

from toolkit.documents import Limits, batches, parse, records
from toolkit.outcomes import DocumentError, InvalidArgument, ToolkitError, UnsafeDocument

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "&{a};&{a};&{a};&{a};">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><l>&i;</l>"
)
UNSAFE = {
    "doctype": '<!DOCTYPE Log SYSTEM "file:///etc/hostname"><Log/>',
    "declared first": '<?xml version="1.0"?>\n<!-- x --><!DOCTYPE Log><Log/>',
    "external entity": '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><l>&x;</l>',
    "parameter entity": '<!DOCTYPE l [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><l/>',
    "billion laughs": LAUGHS,
    "in an attribute": '<!DOCTYPE l [<!ENTITY x "y">]><l a="&x;"/>',
    "undefined": "<Log><Entry>&nbsp;</Entry></Log>",
    "deep": "<a>" * 150 + "</a>" * 150,
    "very deep": "<a>" * 100_000,
}
MALFORMED = {
    "mismatch": ("<a><b></a></b>", "not well-formed XML"),
    "two roots": ("<a/><b/>", "not well-formed XML"),
    "control character": ("<a>\x01</a>", "not well-formed XML"),
    "bare ampersand": ("<a>x & y</a>", "not well-formed XML"),
    "attribute twice": ("<a x='1' x='2'/>", "not well-formed XML"),
    "text": ("no markup at all", "does not begin with an element"),
    "json": ('{"a": 1}', "does not begin with an element"),
    "binary": ("\x89PNG\r\n\x1a\n\x00\x00", "does not begin with an element"),
    "html": ("<html><body><p>Bad gateway<br></body></html>", "an HTML page"),
    "html 5": ("<!DOCTYPE html><html></html>", "an HTML page"),
    "surrogate": ("<a>\ud800</a>", "half a character"),
    "encoding": (b'<?xml version="1.0" encoding="klingon"?><a/>', "'klingon', which is unknown"),
    "codec": (b'<?xml version="1.0" encoding="zlib"?><a/>', "which is unknown"),
    "not utf-8": (b"<a>\xe4</a>", "not well-formed XML"),
    "not shift_jis": (b'<?xml version="1.0" encoding="shift_jis"?><a>\xff\xff</a>', "are not"),
    "empty": ("", "The document is empty"),
    "blank": (" \n ", "The document is empty"),
}


@pytest.mark.parametrize("reader", [parse, records], ids=["parse", "records"])
@pytest.mark.parametrize("document", UNSAFE.values(), ids=UNSAFE.keys())
@pytest.mark.parametrize("encoding", ["str", "utf-8", "utf-16", "cp500"])
def test_unsafe_documents_are_refused(reader: object, document: str, encoding: str) -> None:
    """A DTD, an entity or excess depth is refused unread, in whatever encoding it hides."""
    data: str | bytes = document
    if encoding != "str":
        if encoding == "cp500" and "<?xml" not in document:
            document = f'<?xml version="1.0" encoding="cp500"?>{document}'
        data = document.encode(encoding)
    expected = DocumentError if encoding == "cp500" else UnsafeDocument
    with pytest.raises(expected) as caught:
        reader(data)  # type: ignore[operator]
    assert "\n" not in str(caught.value)
    assert "hostname" not in str(caught.value)


@pytest.mark.parametrize("reader", [parse, records], ids=["parse", "records"])
@pytest.mark.parametrize(("document", "sentence"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_documents_say_what_is_wrong(
    reader: object, document: str | bytes, sentence: str
) -> None:
    """Each fault has a sentence that names it."""
    with pytest.raises(DocumentError, match=sentence) as caught:
        reader(document)  # type: ignore[operator]
    assert not isinstance(caught.value, UnsafeDocument)


@settings(max_examples=150)
@given(st.binary(max_size=60) | st.text(max_size=40))
def test_junk_never_ends_in_another_exception(junk: bytes | str) -> None:
    """Whatever comes, the answer is a table, an element or an error of ours."""
    for reader in (parse, records):
        try:
            reader(junk)
        except ToolkitError:
            continue


WHOLE = (
    '<?xml version="1.0"?>\n<Log n="x"><Entry a="1">é&amp;</Entry>\n'
    '<!-- c --><Entry a="2"><![CDATA[x]]></Entry></Log>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_truncated_at_every_byte(encoding: str) -> None:
    """Cut anywhere, a log raises, or keeps exactly its whole records and says so."""
    data = WHOLE.encode(encoding)
    ends = [WHOLE.index("</Entry>") + 8, WHOLE.rindex("</Entry>") + 8]
    for cut in range(len(data)):
        part = data[:cut]
        with pytest.raises(DocumentError, match=r'cut off|is empty.*truncated="keep"'):
            records(part, path="Log/Entry")
        kept = records(part, path="Log/Entry", truncated="keep")
        assert kept.attrs["truncated"] is True
        whole = sum(len(WHOLE[:end].encode(encoding)) <= cut for end in ends)
        assert kept.get("a", []).__len__() == whole
        assert records(part, truncated="keep").attrs["truncated"] is True
    assert records(data, truncated="keep").attrs["truncated"] is False


def test_truncated_is_not_malformed() -> None:
    """What is wrong before the end is refused even when truncated logs are kept."""
    with pytest.raises(DocumentError, match="not well-formed"):
        records("<Log><Entry a='1'></Log><Entry", truncated="keep")
    with pytest.raises(InvalidArgument, match='"raise" or "keep", not \'yes\''):
        records("<Log/>", truncated="yes")  # type: ignore[arg-type]


MANY = " ".join(f"a{n}='1'" for n in range(9))
LONG = "n" * 40
TOO_MUCH = [
    (f"<R><E {MANY}/></R>", Limits(attributes=8), "8 attributes"),
    (f"<R><E><F {MANY}/></E></R>", Limits(attributes=8), "8 attributes"),
    (f"<R><E><{LONG}/></E></R>", Limits(name=32), "32 characters"),
    (f"<R><E {LONG}='1'/></R>", Limits(name=32), "32 characters"),
    (f"<R><E><F {LONG}='1' b=''/></E></R>", Limits(name=32), "32 characters"),
    ("".join(["<R>", *(f"<E a{n}=''/>" for n in range(99)), "</R>"]), Limits(fields=50), "50 diff"),
    (f"<R><E>{'<F/>' * 99}</E></R>", Limits(fields=50), "50 diff"),
    ("<R><E>" + "<F><G a=''/></F>" * 99 + "</E></R>", Limits(fields=50), "50 diff"),
    ("".join(["<R><E>", *(f"<F{n}/>" for n in range(99)), "</E></R>"]), Limits(fields=40), "40 d"),
    (f"<R><E>{'x' * 400_000}</E></R>", Limits(record=200_000), "One record .* 195 KiB"),
    (f"<R><E a='{'x' * 400_000}'/></R>", Limits(token=200_000), "One tag .* 195 KiB"),
    (f"<R>{'<E/>' * 99_000}</R>", Limits(document=200_000), "195 KiB allowed"),
    ("<R><E><F><G/></F></E></R>", Limits(depth=3), "3 elements deep"),
]


@pytest.mark.parametrize(("document", "limits", "sentence"), TOO_MUCH)
def test_limits(document: str, limits: Limits, sentence: str) -> None:
    """Each limit is held where it is passed."""
    with pytest.raises(DocumentError, match=sentence):
        records(document, path="E", limits=limits)


def test_parse_limits() -> None:
    """A small document has a size and a depth."""
    with pytest.raises(DocumentError, match="more than the 10 bytes allowed"):
        parse(b"<a>01234567</a>", max_bytes=10)
    with pytest.raises(UnsafeDocument, match="3 elements deep"):
        parse("<a><b><c><d/></c></b></a>", max_depth=3)
    assert parse("<a><b><c/></b></a>", max_depth=3).tag == "a"


@pytest.mark.parametrize(
    "document",
    ["<a><![CDATA[<!DOCTYPE x>]]></a>", "<a><!-- <!DOCTYPE x> --></a>", "<!-- c --><a x='&#33;'/>"],
)
def test_what_only_looks_like_a_dtd_is_read(document: str) -> None:
    """A comment or CDATA may speak of DOCTYPE."""
    assert parse(document).tag == "a"
    assert len(records(document)) >= 0


def test_parse_accepts_encodings_and_marks() -> None:
    """Declared encodings, byte order marks and text with a declaration."""
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "iso-8859-1"):
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        text = f'<?xml version="1.0" encoding="{name}"?><a>ü</a>'
        assert parse(text.encode(encoding)).text == "ü"
        assert parse(text).text == "ü"


def test_a_long_log_is_read_in_bounded_memory() -> None:
    """Streaming holds a batch and not the log."""

    def log() -> object:
        yield b"<Log>"
        for _ in range(100):
            yield b"<Entry a='1'>some text of an entry</Entry>" * 1000
        yield b"</Log>"

    rows = 0
    tracemalloc.start()
    try:
        for batch in batches(log(), path="Log/Entry", batch_rows=2000):  # type: ignore[arg-type]
            rows += batch.rows
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 100_000
    assert peak < 8_000_000


def test_text_outside_of_records_is_not_gathered() -> None:
    """A long text beside the records is neither held nor kept."""
    table = records(io.BytesIO(b"<L>" + b"x" * 3_000_000 + b"<E a='1'/></L>"), path="L/E")
    assert table.attrs == {"record": "L/E", "truncated": False}
