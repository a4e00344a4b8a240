"""Base64 and Responses read piece by piece give what they give whole."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, strategies as st

from tests.services.sertainty.wire import response
from toolkit.outcomes import BadReply
from toolkit.services.sertainty.envelope import decode_base64
from toolkit.services.sertainty.pieces import Base64Pieces, ResponsePieces

SPACED = st.lists(st.sampled_from(["QUJD", "QQ==", "=", "A", "-", "Zm9v", " ", "\r\n", "\t", "é"]))
PACKED = st.binary(max_size=40).map(base64.b64encode).map(bytes.decode)
SIZES = st.integers(1, 9)


def in_pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.one_of(SPACED.map("".join), PACKED, PACKED.map(lambda text: text.rstrip("="))), SIZES)
def test_base64_in_pieces_is_base64(text: str, size: int) -> None:
    """The same bytes, and the same refusals, as of the whole text."""
    data = text.encode()
    decoder = Base64Pieces()
    try:
        expected = decode_base64(data)
    except ValueError:
        with pytest.raises(BadReply, match="not base64"):
            b"".join([*map(decoder.feed, in_pieces(data, size)), decoder.end()])
    else:
        assert b"".join([*map(decoder.feed, in_pieces(data, size)), decoder.end()]) == expected


@given(st.binary(max_size=60), SIZES, st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_a_response_in_pieces(value: bytes, size: int, encoding: str) -> None:
    """Status, message and the first result, in any encoding and however small the pieces."""
    text = response(1, value, "second", message="gr\u00fc\u00dfe &amp; mehr").decode()
    data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    pieces = ResponsePieces()
    taken = b""
    for piece in in_pieces(data, size):
        pieces.feed(piece)
        taken += pieces.taken()
    assert pieces.end()
    assert pieces.in_result
    assert pieces.status_code == 1
    assert "gr\u00fc\u00dfe &amp; mehr" in pieces.without_results().decode()
    assert decode_base64(taken) == value


@pytest.mark.parametrize("at", [3, 20, 60, 130, 140, 150, 160])
def test_a_response_that_is_cut(at: int) -> None:
    """At its end it says that something is missing, wherever it was cut."""
    data = response(1, b"0123456789" * 5)
    pieces = ResponsePieces()
    for piece in in_pieces(data[:at], 7):
        pieces.feed(piece)
    assert not pieces.end()


@pytest.mark.parametrize(
    "text", ["AAAA<!-- remark -->AAAA", "AAAA<![CDATA[AAAA]]>", "AAA&#65;AAAA", "AAAA<a/>AAAA"]
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_markup_within_a_result(text: str, size: int) -> None:
    """What XML allows between two characters of the base64 is no part of it."""
    data = response(1, "x").replace(b"eA==", text.encode())
    pieces = ResponsePieces()
    for piece in in_pieces(data, size):
        pieces.feed(piece)
    assert pieces.taken() == b"AAAAAAAA"
    assert pieces.end()
