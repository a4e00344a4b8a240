"""Where a document ends, however it is cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, strategies as st

from toolkit.services.uptivity.framing import Frame

DOCUMENTS = [
    b"<RESULT/>",
    b"<RESULT  a='/' />",
    b"<result><A/></result >",
    b"<RESULT><RESULTTYPE>x</RESULTTYPE></RESULT>",
    b"<RESULT><!-- </RESULT> --><A><![CDATA[</RESULT>]]></A></RESULT>",
    b"<RESULT><USERS><COUNT>1</COUNT></RESULT>",
    b"<RESULT><RESULT>inner</RESULT></RESULT>",
    b"<RESULT>" + b"x" * 300 + b"</RESULT\r\n>",
]


def end_of(pieces: list[bytes], root: bytes | None) -> int | None:
    frame, before = Frame(root), 0
    for piece in pieces:
        end = frame.feed(piece)
        if end is not None:
            return before + end
        before += len(piece)
    return None


@given(
    document=st.sampled_from(DOCUMENTS),
    before=st.sampled_from([b"", b"junk ", b"<hello> <!--", b"\x00\xff<RESULTS>"]),
    after=st.sampled_from([b"", b"\r\n", b"<RESULT>next</RESULT>"]),
    cuts=st.lists(st.integers(0, 400), max_size=8),
)
def test_any_cut(document: bytes, before: bytes, after: bytes, cuts: list[int]) -> None:
    """The end is found at the same byte, whatever pieces the stream comes in."""
    if before.endswith(b"<!--"):
        before += b" </RESULT> -->"
    stream = before + document + after
    places = sorted({0, *(cut % (len(stream) + 1) for cut in cuts), len(stream)})
    pieces = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert end_of(pieces, b"RESULT") == len(before) + len(document)
    assert end_of([stream[at : at + 1] for at in range(len(stream))], b"RESULT") == len(
        before
    ) + len(document)


@pytest.mark.parametrize("document", [b"<EVENT><A/></EVENT>", b"<?xml version='1.0'?><e.v/>"])
def test_any_root(document: bytes) -> None:
    """Without a name, the first element is the root."""
    stream = document + b"\r\n<OTHER/>"
    assert end_of([stream], None) == len(document)
    assert end_of([stream[at : at + 1] for at in range(len(stream))], None) == len(document)


@pytest.mark.parametrize("start", [b"", b"<RESULT>", b"<RESULTS/></RESULT>", b"<RESULT><A></A>"])
def test_no_end(start: bytes) -> None:
    """What has not ended has no end; other names that begin alike do not count."""
    frame = Frame(b"RESULT")
    assert frame.feed(start) is None
    assert frame.begun == (b"<RESULT>" in start)
