"""``result`` decides, the status comes second; every type and status has its exception."""

from __future__ import annotations

import pickle

import msgspec
import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.services.geoop.wire import TOKEN, answer, connected, jobs, page
from toolkit.outcomes import CallError, Category
from toolkit.services.geoop.answers import read_answer

TYPES = [
    ("system", "500 Internal Server Error", toolkit.ServerFault, 1000),
    ("client", "401 Unauthorized", toolkit.AccessDenied, 1100),
    ("syntax", "400 Bad Request", toolkit.InvalidRequest, 1200),
    ("validation", "422 Unprocessable Entity", toolkit.InvalidRequest, 1300),
    ("content", "422 Unprocessable Entity", toolkit.InvalidRequest, 1400),
    ("content", "404 Not Found", toolkit.NotFound, 1404),
    ("permission", "403 Forbidden", toolkit.AccessDenied, 1500),
    ("syntax", "405 Method Not Allowed", toolkit.InvalidRequest, 1210),
]


@pytest.mark.parametrize(("kind", "status", "expected", "code"), TYPES)
@pytest.mark.parametrize("word", ["result", "response"])
def test_every_type_of_error(
    kind: str, status: str, expected: type[CallError], code: int, word: str
) -> None:
    """The type gives the exception; code, message, description and field are kept."""
    error = {"type": kind, "code": code, "message": "No.", "description": "Why", "field": "title"}
    with connected(answer({word: "error", "error": error}, status)) as (geoop, _):
        with pytest.raises(expected) as caught:
            geoop.jobs.get(5)
    raised = caught.value
    assert type(raised) is expected
    assert (raised.code, raised.label) == (code, kind.upper())
    assert (raised.function, raised.target) == ("GET /jobs/{id}", "5")
    assert (raised.type, raised.field, raised.description) == (kind, "title", "Why")
    assert raised.status == int(status[:3])
    assert str(pickle.loads(pickle.dumps(raised))) == str(raised)  # noqa: S301 (our own)


def test_result_wins_over_the_status() -> None:
    """An error with status 200 is an error; a success with status 500 is a success."""
    error = {"type": "system", "code": 1, "message": "halted"}
    with connected(answer({"result": "error", "error": error})) as (geoop, _):
        with pytest.raises(toolkit.ServerFault):
            geoop.jobs.list(page=1)
    with connected(answer({"result": "success", "jobs": [{"id": 1}]}, "500 Oops")) as (geoop, _):
        assert geoop.jobs.list(page=1)["id"].tolist() == [1]


STATUSES = [
    ("400 Bad Request", toolkit.InvalidRequest),
    ("401 Unauthorized", toolkit.AccessDenied),
    ("403 Forbidden", toolkit.AccessDenied),
    ("404 Not Found", toolkit.NotFound),
    ("405 Method Not Allowed", toolkit.InvalidRequest),
    ("422 Unprocessable Entity", toolkit.InvalidRequest),
    ("429 Too Many Requests", toolkit.Busy),
    ("500 Internal Server Error", toolkit.ServerFault),
    ("502 Bad Gateway", toolkit.ServerFault),
    ("302 Found", toolkit.UnknownStatus),
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_without_a_result_the_status_decides(status: str, expected: type[CallError]) -> None:
    """A proxy's page, and JSON without result, are judged by their status."""
    for act in (page(b"<h1>Not today</h1>", status), answer({"message": "Not today"}, status)):
        with connected(act) as (geoop, _):
            with pytest.raises(expected, match="Not today") as caught:
                geoop.jobs.get(5)
            assert caught.value.code == int(status[:3])


def test_a_page_in_place_of_json() -> None:
    """With status 200 it is no success; neither is JSON that is no object, or has no items."""
    for body in (b"<p>Sign in to the hotel's network</p>", b"[1, 2]", b'{"result": "succ'):
        with connected(page(body)) as (geoop, _), pytest.raises(toolkit.BadReply, match="JSON"):
            geoop.jobs.get(5)
    with connected(answer({"result": "success"})) as (geoop, _):
        with pytest.raises(toolkit.BadReply, match="no list 'jobs'"):
            geoop.jobs.get(5)


def test_an_unknown_result_is_not_guessed() -> None:
    """A word that no page has is an error of its own."""
    with connected(answer({"result": "maybe", "jobs": []})) as (geoop, _):
        with pytest.raises(toolkit.UnknownStatus, match="maybe"):
            geoop.jobs.get(5)


def test_a_404_says_both() -> None:
    """The service hides what may not be seen; the message says so."""
    error = {"type": "content", "code": 9, "message": "There is nothing here"}
    with connected(answer({"result": "error", "error": error}, "404 Not Found")) as (geoop, _):
        with pytest.raises(toolkit.NotFound, match="may not see"):
            geoop.jobs.get(5)


def test_no_secret_comes_out_of_a_message() -> None:
    """A server that quotes the token does not bring it into an exception."""
    error = {"type": "syntax", "code": 1, "message": f"bad header Bearer {TOKEN}"}
    with connected(answer({"result": "error", "error": error}, "400 Bad")) as (geoop, _):
        with pytest.raises(toolkit.InvalidRequest) as caught:
            geoop.jobs.get(5)
        assert TOKEN not in f"{caught.value}{caught.value.__dict__}{geoop!r}{geoop.state!r}"


def test_another_version_warns_once() -> None:
    """A reply of another version than asked for is a warning, not an error."""
    act = answer({"result": "success", "jobs": []}, x_version="1.2")
    with connected(act) as (geoop, _):
        with pytest.warns(RuntimeWarning, match=r"as version 1\.2 .* 1\.3"):
            geoop.jobs.list(page=1)
        geoop.jobs.list(page=1)


def test_busy_is_asked_again_when_it_says_so() -> None:
    """A 429 with Retry-After is waited for, up to the option's seconds; without it is raised."""
    busy = answer({}, "429 Too Many Requests", retry_after="0")
    with connected(busy, jobs(1)) as (geoop, loopback):
        assert geoop.jobs.get(1)["id"].tolist() == [1]
        assert len(loopback.requests) == 2
    long = answer({}, "429 Too Many Requests", retry_after="3600")
    with connected(long, jobs(1)) as (geoop, loopback), pytest.raises(toolkit.Busy):
        geoop.jobs.get(1)


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.integers(-9, 2**40) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["result", "error", "failures", "metadata", "code", "type", "errors",
                             "rawData", "invalidItems", "message"]) | st.text(max_size=3),
            inner, max_size=5),
    ).map(msgspec.json.encode),
)  # fmt: skip
def test_nothing_breaks_the_reading(status: int, body: bytes) -> None:
    """Whatever comes has an outcome of a known category."""
    assert read_answer(status, body).outcome.category in Category
