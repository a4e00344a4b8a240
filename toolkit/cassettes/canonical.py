"""Bodies by their content: what two spellings of one value have in common.

JSON is compared by value, XML by content (not by the order of attributes, quotes, namespace
position or white space between elements), form data by its pairs. What cannot be read as what
it looks like is compared byte by byte.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from lxml import etree

from toolkit.cassettes.interaction import Request

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe<\0", b"\xfe\xff\0<")
_DECIMAL = re.compile(rb"[0-9][.eE]")  # 1.0 is 1
_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_blank_text=True,
)


def canonical_body(request: Request) -> bytes:
    """Give the same bytes for every spelling of the request's body.

    Examples
    --------
    >>> canonical_body(Request("POST", "http://h/", [], b'{"b": 1.0, "a": [true]}'))
    b'{"a":[true],"b":1}'
    """
    body = request.body
    if not body:
        return body
    kind = (request.header("content-type") or "").lower()
    if "x-www-form-urlencoded" in kind:
        return _form(body)
    return canonical_text(body)


def canonical_text(body: bytes) -> bytes:
    """Give the same bytes for every spelling of JSON or XML; other bytes as they are."""
    start = body[:64].removeprefix(_BOM).lstrip()[:4]
    if start.startswith((b"<", *_UTF_16)):
        return _xml(body)
    if start.startswith((b"{", b"[")):
        return _json(body.removeprefix(_BOM))
    return body


def _json(body: bytes) -> bytes:
    try:
        value = msgspec.json.decode(body)
        if _DECIMAL.search(body):
            value = _whole_numbers(value)
        return msgspec.json.encode(value, order="sorted")
    except (ValueError, RecursionError):
        return body


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return value


def _form(body: bytes) -> bytes:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=10_000)
    except ValueError:
        return body
    # The order of two values of one name may mean something; that of two names does not.
    return urlencode(sorted(pairs, key=lambda pair: pair[0])).encode() if pairs else body


def _xml(body: bytes) -> bytes:
    if b"<!DOCTYPE" in body[:4096] or b"<!ENTITY" in body:
        return body
    try:
        root = etree.fromstring(body, _PARSER)
        canonical: bytes = etree.tostring(root, method="c14n", with_comments=False)
    except (etree.LxmlError, ValueError):
        return body
    return canonical
