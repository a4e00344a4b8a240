"""What users add: names, patterns, JSONPath and XPath."""

from __future__ import annotations

import json
import re

import pytest

from tests.cassettes.redaction.views import check_clean
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.redaction import PATTERN, Redactor

SECRET = "4711-0815"
RAW = SECRET.encode()
N_GONE = '{"users": [{"phone": "4711-0815", "n": "?"}, {"phone": "7"}], "phone": "5"}'


def blanked(text: str | bytes) -> str:
    plain = text if isinstance(text, str) else text.decode()
    return PATTERN.sub("?", plain)


def test_headers_and_fields() -> None:
    """Names are taken without case; fields without punctuation, in every kind of body."""
    redactor = Redactor(rules=[], headers=["X-Badge"], fields=["badge_no"])
    for request in (
        Request("GET", "https://h/", [("x-badge", SECRET)]),
        Request("GET", f"https://h/?badgeNo={SECRET}"),
        Request("POST", "https://h/", [], json.dumps({"badge-no": SECRET}).encode()),
        Request("POST", "https://h/", [], f"<a><BadgeNo>{SECRET}</BadgeNo></a>".encode()),
    ):
        check_clean(redactor, Interaction(request), SECRET)


@pytest.mark.parametrize(
    "pattern",
    [r"\d{4}-\d{4}", r"no (\d{4}-\d{4})", r"(no) (?P<secret>[\d-]+)", re.compile("4711-0815")],
)
def test_patterns(pattern: str | re.Pattern[str]) -> None:
    """The named group, the first group or the whole match is hidden: in URLs, headers, bodies."""
    redactor = Redactor(rules=[], patterns=[pattern])
    one = Interaction(
        Request(
            "POST", f"https://h/no {SECRET}", [("X-A", f"no {SECRET}")], f"no {SECRET}!".encode()
        ),
        Response(200, "OK", [("X-A", f"no {SECRET}")], f'{{"a": "no {SECRET}"}}'.encode()),
    )
    redacted = check_clean(redactor, one, SECRET)
    assert blanked(redacted.request.body) == "no ?!"


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("$.users[*].phone", '{"users": [{"phone": "?", "n": 1}, {"phone": "?"}], "phone": "5"}'),
        ("$..phone", '{"users": [{"phone": "?", "n": 1}, {"phone": "?"}], "phone": "?"}'),
        ("$.phone", '{"users": [{"phone": "4711-0815", "n": 1}, {"phone": "7"}], "phone": "?"}'),
        ("$.users[1]", '{"users": [{"phone": "4711-0815", "n": 1}, {"phone": "?"}], "phone": "5"}'),
        (
            "$['users'][0].n",
            '{"users": [{"phone": "4711-0815", "n": "?"}, {"phone": "7"}], "phone": "5"}',
        ),
        ("$.users", '{"users": [{"phone": "?", "n": "?"}, {"phone": "?"}], "phone": "5"}'),
        ("$.*[*].n", N_GONE),
    ],
)
def test_jsonpath(path: str, left: str) -> None:
    """A path hides the scalars at it or under it; all else stays byte for byte."""
    body = b'{"users": [{"phone": "4711-0815", "n": 1}, {"phone": "7"}], "phone": "5"}'
    redactor = Redactor(rules=[], jsonpath=[path])
    request = Request("POST", "https://h/", [], body)
    redacted = redactor.redact(Interaction(request)).request
    assert blanked(redacted.body) == left
    assert redactor.mask(redacted) == redactor.mask(request)


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("//phone", '<a><phone k="1">?</phone><b phone="2">t</b></a>'),
        ("//b/@phone", f'<a><phone k="1">{SECRET}</phone><b phone="?">t</b></a>'),
        ("/a/*/text()", '<a><phone k="1">?</phone><b phone="2">?</b></a>'),
    ],
)
def test_xpath(path: str, left: str) -> None:
    """A path hides elements' texts, attributes or text nodes."""
    body = f'<a><phone k="1">{SECRET}</phone><b phone="2">t</b></a>'.encode()
    redactor = Redactor(rules=[], xpath=[path])
    request = Request("POST", "https://h/", [("Content-Type", "application/xml")], body)
    redacted = redactor.redact(Interaction(request)).request
    assert blanked(redacted.body) == left
    assert redactor.mask(redacted) == redactor.mask(request)


def test_xpath_knows_the_document_s_prefixes() -> None:
    """A prefix of the root can be used, and a document that says its encoding is read."""
    body = '<?xml version="1.0" encoding="utf-8"?><s:a xmlns:s="urn:s"><s:b>caf\u00e9</s:b></s:a>'
    redactor = Redactor(rules=[], xpath=["//s:b"])
    one = Interaction(Request("POST", "https://h/", [("Content-Type", "text/xml")], body.encode()))
    redacted = check_clean(redactor, one, "caf\u00e9")
    assert blanked(redacted.request.body) == body.replace("caf\u00e9", "?")


def test_paths_leave_other_bodies_alone() -> None:
    """A JSONPath does not touch XML, an XPath not JSON, HTML or text."""
    redactor = Redactor(rules=[], xpath=["//b"], jsonpath=["$..b"])
    for body in (b"<html><br><p>x</html>", b"plain", b"<a><c>1</c></a>", b'{"c": 1}'):
        one = Interaction(Request("POST", "https://h/", [], body))
        assert redactor.redact(one) is one


def test_fingerprint_tells_configurations_apart() -> None:
    """Keys that were stored with other options are not taken for valid; keys tell no secret."""
    plain = Redactor(rules=[])
    assert plain.fingerprint == Redactor(rules=[], key=b"k").fingerprint
    assert plain.fingerprint != Redactor(rules=[], fields=["badge"]).fingerprint
    assert plain.fingerprint != Redactor(rules=[], jsonpath=["$.a"]).fingerprint
