"""Every layout of a vcrpy cassette: block, flow, JSON, older ones, hand-edited ones."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml
from vcr.request import Request
from vcr.serializers import yamlserializer

from toolkit.cassettes import stock
from toolkit.outcomes import CassetteError

ENTRY: dict[str, Any] = {
    "request": {
        "body": "<q/>",
        "headers": {"Accept": ["*/*"]},
        "method": "POST",
        "uri": "http://127.0.0.1/a",
    },
    "response": {
        "body": {"string": "<r>\n  1</r>"},
        "headers": {"content-type": ["text/xml"], "set-cookie": ["a=1", "b=2"]},
        "status": {"code": 200, "message": "OK"},
    },
}
DOCUMENT = {"version": 1, "interactions": [ENTRY, ENTRY]}


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


BLOCK = yamlserializer.serialize(plain(DOCUMENT)).encode()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(BLOCK, id="block"),
        pytest.param(BLOCK.replace(b"\n", b"\r\n"), id="block with CRLF"),
        pytest.param(b"\xef\xbb\xbf" + BLOCK, id="byte order mark"),
        pytest.param(b"---\n" + BLOCK, id="document start"),
        pytest.param(b"# recorded by hand\n" + BLOCK, id="comment first"),
        pytest.param(BLOCK + b"\n\n", id="blank lines at the end"),
        pytest.param(BLOCK.replace(b"version: 1", b"metadata:\n  a: 1\nversion: 1"), id="metadata"),
        pytest.param(yaml.dump(plain(DOCUMENT), default_flow_style=None).encode(), id="half flow"),
        pytest.param(yaml.dump(plain(DOCUMENT), default_flow_style=True).encode(), id="flow"),
        pytest.param(yaml.dump(plain(DOCUMENT), sort_keys=False).encode(), id="other key order"),
        pytest.param(yaml.dump(plain(DOCUMENT), indent=4).encode(), id="other indentation"),
        pytest.param(yaml.dump(DOCUMENT).encode(), id="anchors and aliases"),
        pytest.param(json.dumps(DOCUMENT, indent=4).encode(), id="vcrpy JSON"),
        pytest.param(json.dumps(DOCUMENT).encode(), id="JSON in a line"),
        pytest.param(
            b"version: 1\ninteractions:\n"
            + b"".join(b"- %s\n" % json.dumps(ENTRY).encode() for _ in "ab"),
            id="flow lines",
        ),
        pytest.param(
            BLOCK.replace(b'"<r>\\n  1</r>"', b"|-\n        <r>\n          1</r>"),
            id="literal block",
        ),
    ],
)
def test_every_layout_gives_the_same(data: bytes, tmp_path: Path) -> None:
    """The same two interactions, whatever their layout, from bytes and from a file."""
    path = tmp_path / "cassette.yaml"
    path.write_bytes(data)
    assert list(stock.read(data)) == [ENTRY, ENTRY]
    assert list(stock.read(path)) == [ENTRY, ENTRY]


@pytest.mark.parametrize("document", [b"", b"\n", b"interactions: []\nversion: 1\n"])
def test_a_cassette_without_interactions(document: bytes) -> None:
    """Empty is not an error: vcrpy treats an empty file as one to be recorded."""
    assert list(stock.read(document)) == []


def test_spans_read_one_interaction_from_the_middle(tmp_path: Path) -> None:
    """An offset and a length from the scan are enough to read an interaction later."""
    path = tmp_path / "cassette.yaml"
    path.write_bytes(BLOCK)
    scanned = list(stock.scan(path))
    assert [(offset, length) for offset, length, _ in scanned] == list(stock.entries(path))
    for offset, length, entry in scanned:
        assert offset is not None
        assert length is not None
        assert stock.load(BLOCK[offset : offset + length]) == entry


def test_no_spans_where_interactions_hang_together() -> None:
    """An alias needs the interaction that its anchor is in: no offsets, and entries() says so."""
    data = yaml.dump(DOCUMENT).encode()
    offsets = [offset for offset, _, _ in stock.scan(data)]
    assert len(offsets) == 2
    assert offsets[1] is None
    with pytest.raises(CassetteError, match=r"use read\(\)"):
        list(stock.entries(data))


def test_a_stale_span_is_an_error() -> None:
    """Bytes that are no interaction any more (the file was written anew) are refused."""
    with pytest.raises(CassetteError, match="has the file changed"):
        stock.load(BLOCK[40:200])


def test_old_tags_become_plain_data() -> None:
    """Python 2 text, tuples, file and iterator bodies: text, lists and bytes."""
    data = b"""interactions:
- request:
    body: !!python/object/new:_io.BytesIO
      state: !!python/tuple [!!binary "aGVsbG8=", 0, null]
    headers: {Accept: !!python/tuple ['*/*']}
    method: !!python/unicode 'POST'
    uri: !!python/str 'http://127.0.0.1/'
  response:
    body: {string: !!python/unicode "caf\\xe9"}
    headers: {}
    status: {code: 200, message: OK}
- request:
    body: !!python/object/apply:builtins.iter [[a, b]]
    headers: {}
    method: POST
    uri: http://127.0.0.1/
  response:
    body: {string: ''}
    headers: {}
    status: {code: 200, message: OK}
version: 1
"""
    data = data.replace(b"iter [[a, b]]", b"iter {args: [[a, b]]}")
    first, second = stock.read(data)
    assert first["request"] == {
        "body": b"hello",
        "headers": {"Accept": ["*/*"]},
        "method": "POST",
        "uri": "http://127.0.0.1/",
    }
    assert first["response"]["body"] == {"string": "caf\xe9"}
    assert second["request"]["body"] == b"ab"
    theirs = yamlserializer.deserialize(data.decode())["interactions"][0]["request"]
    assert Request._from_dict(theirs).body.read() == first["request"]["body"]


def test_cassettes_from_before_version_1() -> None:
    """Address in four parts, headers as lines or pairs, a tagged object: all migrated."""
    data = b"""- request: !!python/object:vcr.request.Request
    body: null
    headers: !!python/object/apply:__builtin__.frozenset
    - - !!python/tuple [Accept, '*/*']
      - !!python/tuple [X-One, '1']
    host: 127.0.0.1
    method: GET
    path: /get
    port: 8080
    protocol: http
  response:
    body: {string: 'ok'}
    headers: ["Content-Type: text/plain\\r\\n", "Set-Cookie: a=1\\r\\n", "Set-Cookie: b=2\\r\\n"]
    status: {code: 200, message: OK}
"""
    (entry,) = stock.read(data)
    assert entry["request"] == {
        "body": None,
        "headers": {"Accept": ["*/*"], "X-One": ["1"]},
        "method": "GET",
        "uri": "http://127.0.0.1:8080/get",
    }
    assert entry["response"]["headers"] == {
        "Content-Type": ["text/plain"],
        "Set-Cookie": ["a=1", "b=2"],
    }


def test_json_from_before_version_1() -> None:
    """The same as JSON; a default port is left out of the address."""
    item = {
        "request": {
            "protocol": "https",
            "host": "localhost",
            "port": 443,
            "path": "/",
            "method": "GET",
            "body": None,
            "headers": {"Accept": "*/*"},
        },
        "response": {
            "body": {"string": "x"},
            "headers": [],
            "status": {"code": 200, "message": "OK"},
        },
    }
    (entry,) = stock.read(json.dumps([item]).encode())
    assert entry["request"]["uri"] == "https://localhost/"
    assert entry["request"]["headers"] == {"Accept": ["*/*"]}


def test_responses_of_vcrpy_4_for_httpx() -> None:
    """status_code and content become status and body; the content was stored decoded."""
    data = b"""interactions:
- request:
    body: ''
    headers:
      accept:
      - '*/*'
    method: GET
    uri: http://127.0.0.1/
  response:
    content: hello
    headers:
      content-encoding:
      - gzip
      content-type:
      - text/plain
    http_version: HTTP/1.1
    status_code: 200
version: 1
"""
    (entry,) = stock.read(data)
    assert entry["response"] == {
        "status": {"code": 200, "message": None},
        "headers": {"content-type": ["text/plain"]},
        "body": {"string": "hello"},
        "http_version": "HTTP/1.1",
    }


def test_keys_of_ours_in_a_file_saved_by_vcrpy_take_the_fast_path() -> None:
    """Stock vcrpy keeps our keys inside ``response``; they come back, and cheaply."""
    ours = plain(ENTRY)
    ours["response"] |= {"elapsed": 0.125, "http_version": "HTTP/1.1", "recorded_at": "2026-03-01Z"}
    data = yamlserializer.serialize({"version": 1, "interactions": [ours]}).encode()
    assert list(stock.read(data)) == [ours]
    assert len(list(stock.entries(data))) == 1


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first interaction is given before a broken later one is looked at."""
    reading = stock.read(BLOCK.replace(b"\nversion: 1", b"\n- broken: [\nversion: 1"))
    assert next(reading) == ENTRY
    assert next(reading) == ENTRY
    with pytest.raises(CassetteError, match="line"):
        next(reading)


def test_a_cassette_without_its_last_line_warns() -> None:
    """Vcrpy writes ``version`` last: without it, interactions may be missing."""
    with pytest.warns(stock.CutShortWarning, match="after interaction 2"):
        assert len(list(stock.read(BLOCK.removesuffix(b"version: 1\n")))) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(stock.read(b"version: 1\n" + BLOCK.removesuffix(b"version: 1\n")))) == 2
