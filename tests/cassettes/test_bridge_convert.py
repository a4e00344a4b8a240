"""vcrpy's requests as ours: whatever a library hands over as a body, and as a header."""

from __future__ import annotations

from typing import Any

import pytest
from vcr.request import Request as VcrRequest

from toolkit.cassettes.bridge.convert import body_of, request_of, vcr_response
from toolkit.outcomes import CassetteError

URL = "http://127.0.0.1/"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, b""),
        (b"bytes", b"bytes"),
        ("é", b"\xc3\xa9"),
        (bytearray(b"array"), b"array"),
        (memoryview(b"view"), b"view"),
        (iter(b"numbers"), b"numbers"),
        (iter([b"two ", "texts"]), b"two texts"),
        ({"a": [1, None]}, b'{"a":[1,null]}'),
        (["a", 1], b'["a",1]'),
    ],
    ids=lambda value: type(value).__name__,
)
def test_body(given: Any, sent: bytes) -> None:
    """Text, bytes of any kind, chunks of an iterator, and what is sent as JSON."""
    assert body_of(VcrRequest("POST", URL, given, {})) == sent


def test_body_of_an_unknown_kind() -> None:
    """What nobody can say the bytes of is refused, with what to send instead."""
    with pytest.raises(CassetteError, match="type object cannot be recorded; send bytes or text"):
        body_of(VcrRequest("POST", URL, object(), {}))


def test_headers() -> None:
    """Values as text, bytes, a list or a number; the first of several."""
    headers = {"a": "text", "b": b"by\xe9tes", "c": ["first", "second"], "d": 7}
    asked = request_of(VcrRequest("GET", URL, None, headers))
    assert dict(asked.headers) == {"a": "text", "b": "byétes", "c": "first", "d": "7"}


@pytest.mark.parametrize(
    ("body", "string"),
    [(None, b""), ({"string": "é"}, b"\xc3\xa9"), ({"string": b"x"}, b"x"), ("old", b"old")],
)
def test_answer(body: Any, string: bytes) -> None:
    """A recorded body in any layout is bytes for the library that asked."""
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body, "ours": 1}
    assert vcr_response(answer) == {
        "status": {"code": 200, "message": "OK"},
        "headers": {},
        "body": {"string": string},
    }
