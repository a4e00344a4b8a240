"""Interactions in vcrpy's dictionary form."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
import vcr.cassette
import vcr.matchers
from hypothesis import given
from vcr.request import Request as StockRequest

from tests.cassettes.samples import INTERACTIONS, MOMENT, URL
from toolkit.cassettes import Failure, Interaction, Request, Response
from toolkit.cassettes.vcrdict import from_dict, to_dict
from toolkit.outcomes import CassetteError


@given(INTERACTIONS)
def test_what_was_put_in_comes_out(kept: Interaction) -> None:
    """Every field survives the dictionary form: also bytes, times, failures, partial bodies."""
    assert from_dict(to_dict(kept)) == kept


def test_a_header_that_comes_twice_keeps_both_values() -> None:
    """Values of one name stay in order; the name stands where it came first."""
    kept = Interaction(Request("GET", URL, [("A", "1"), ("B", "2"), ("A", "3")]), Response(200))
    assert to_dict(kept)["request"]["headers"] == {"A": ["1", "3"], "B": ["2"]}
    assert from_dict(to_dict(kept)).request.headers == [("A", "1"), ("A", "3"), ("B", "2")]


def test_a_failure_alone_has_no_response() -> None:
    """A connection that was refused is kept with its kind, text, moment and duration."""
    kept = Interaction(Request("GET", URL), None, Failure("ConnectError", "refused"), MOMENT, 0.5)
    assert from_dict(to_dict(kept)) == kept


@pytest.mark.parametrize("matcher", ["method", "uri", "host", "scheme", "path"])
def test_no_matcher_of_vcrpy_finds_a_failure(matcher: str) -> None:
    """Stock vcrpy loads a failure and never plays it."""
    asked = StockRequest("GET", URL, b"", {})
    entry = to_dict(Interaction(Request("GET", URL), None, Failure("ReadTimeout", "")))
    recorded = StockRequest._from_dict(entry["request"])
    match = getattr(vcr.matchers, matcher)
    assert not vcr.matchers.requests_match(asked, recorded, [match])


def test_very_short_durations_are_no_text_in_yaml() -> None:
    """1e-05 is text to YAML 1.1: such a duration is written without an exponent."""
    kept = Interaction(Request("GET", URL), Response(200), None, None, 0.00001)
    assert to_dict(kept)["response"]["elapsed"] == 0.0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, b""),
        ("é", "é".encode()),
        (b"\xff", b"\xff"),
        ({"string": "a"}, b"a"),
        ({"string": None}, b""),
        ({"base64_string": "/w=="}, b"\xff"),
        (BytesIO(b"file"), b"file"),
        ([b"a", "b"], b"ab"),
        (iter([104, 105]), b"hi"),
        ("\ud800", b"\xed\xa0\x80"),
    ],
)
def test_bodies_of_every_vcrpy_are_read(body: object, expected: bytes) -> None:
    """Old and new forms of a body become the bytes that were sent."""
    entry = {
        "request": {"method": "GET", "uri": URL, "body": None, "headers": {}},
        "response": {"status": {"code": 200, "message": None}, "headers": None, "body": body},
    }
    response = from_dict(entry).response
    assert response is not None
    assert response.body == expected


def test_the_first_form_for_httpx_is_read() -> None:
    """vcrpy before 6 kept httpx's responses under other names."""
    entry = {
        "request": {"method": "GET", "uri": URL},
        "response": {"status_code": 201, "content": "made", "headers": {"A": "1"}},
    }
    assert from_dict(entry).response == Response(201, "", [("A", "1")], b"made")


def test_a_moment_in_another_zone_becomes_utc() -> None:
    """A person's edit may give an offset, or none (then it is UTC), or YAML a datetime."""
    entry = to_dict(Interaction(Request("GET", URL), Response(200), None, MOMENT))
    for stamp in ("2026-03-01T10:30:00.250000+01:00", "2026-03-01T09:30:00.250000", MOMENT):
        entry["response"]["recorded_at"] = stamp
        assert from_dict(entry).recorded_at == MOMENT
    east = dt.timezone(dt.timedelta(hours=2))
    kept = Interaction(Request("GET", URL), Response(200), None, MOMENT.astimezone(east))
    assert to_dict(kept)["response"]["recorded_at"] == "2026-03-01T09:30:00.250000Z"


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"request": {}, "response": {}},
        {"request": {"method": "GET", "uri": URL}},
        {"request": {"method": 1, "uri": URL}, "response": {"status": {"code": 200}}},
        {"request": {"method": "GET", "uri": URL}, "response": {"status": {"code": "many"}}},
        {"request": {"method": "GET", "uri": URL, "headers": 3}, "response": {}},
        {"request": {"method": "GET", "uri": URL, "body": {"a": 1}}, "response": {}},
        {"request": {"method": "GET", "uri": URL, "body": 5}, "response": {}},
        {"request": None, "response": None},
    ],
)
def test_what_is_no_interaction_is_refused(entry: dict[str, object]) -> None:
    """A malformed entry is a CassetteError and nothing else."""
    with pytest.raises(CassetteError, match=r"interaction"):
        from_dict(entry)
