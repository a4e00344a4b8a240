"""HAR 1.2 in and out."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from toolkit.cassettes import har
from toolkit.cassettes.interaction import Failure, Interaction, Request, Response
from toolkit.outcomes import CassetteError

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Content-Type", "X-A", "Set-Cookie", "Cookie", "Content-Encoding"]),
        st.sampled_from(["text/xml; charset=utf-16", "text/plain; charset=latin-1", "gzip"]) | TEXT,
    ),
    max_size=3,
)
BODIES = (
    st.binary(max_size=60) | TEXT.map(str.encode) | TEXT.map(lambda text: text.encode("utf-16"))
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "PATCH"]),
    TEXT.map(lambda text: f"https://box.example/a?q={text}"),
    HEADERS,
    BODIES,
)
RESPONSES = st.builds(
    Response,
    st.integers(100, 599),
    TEXT,
    HEADERS,
    BODIES,
    st.sampled_from(["HTTP/1.1", "HTTP/2", "HTTP/1.0"]),
    st.none() | st.just("gzip"),
)
FAILURES = st.builds(Failure, st.sampled_from(["ConnectError", "ReadTimeout"]), TEXT)
TIMES = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))
SECONDS = st.integers(0, 10**9).map(lambda microseconds: microseconds / 10**6)
ANSWERS = st.one_of(
    st.tuples(RESPONSES, st.none()), st.tuples(st.none(), FAILURES), st.tuples(RESPONSES, FAILURES)
)
INTERACTIONS = st.builds(
    lambda request, answer, at, elapsed: Interaction(request, *answer, at, elapsed),
    REQUESTS,
    ANSWERS,
    st.none() | TIMES,
    st.none() | SECONDS,
)


@given(st.lists(INTERACTIONS, max_size=3))
def test_what_is_written_is_read_equal(interactions: list[Interaction]) -> None:
    """Any bytes, any charset, failures, missing times: nothing is lost."""
    assert list(har.read(har.dumps(interactions))) == interactions


@given(st.lists(INTERACTIONS, max_size=3))
def test_what_is_written_is_har(interactions: list[Interaction]) -> None:
    """Every entry has what HAR 1.2 requires, of the right kind."""
    log = json.loads(har.dumps(interactions))["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) == {"name", "version"}
    for entry in log["entries"]:
        dt.datetime.fromisoformat(entry["startedDateTime"])
        assert entry["time"] == sum(entry["timings"].values()) >= 0
        assert entry["cache"] == {}
        asked, answered = entry["request"], entry["response"]
        for side in (asked, answered):
            assert isinstance(side["httpVersion"], str)
            assert side["headersSize"] == -1
            assert isinstance(side["bodySize"], int)
            for pair in [*side["headers"], *side["cookies"]]:
                assert isinstance(pair["name"], str)
                assert isinstance(pair["value"], str)
        assert {"method", "url", "queryString"} <= set(asked)
        assert {"status", "statusText", "redirectURL"} <= set(answered)
        content = answered["content"]
        assert isinstance(content["size"], int)
        assert content["mimeType"]
        if content.get("encoding") == "base64":
            assert len(base64.b64decode(content["text"])) == content["size"]


def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    """The number of entries is given; nothing but the file is left."""
    path = tmp_path / "monday.har"
    one = Interaction(Request("GET", "http://127.0.0.1/"), Response(200, "OK", [], b"\xff\x00"))
    assert har.write(iter([one, one]), path) == 2
    assert list(har.read(path)) == [one, one]
    assert [file.name for file in tmp_path.iterdir()] == ["monday.har"]


def test_a_failure_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """The file is replaced only by a whole one."""
    path = tmp_path / "monday.har"
    path.write_text("old")

    def interactions():
        yield Interaction(Request("GET", "http://127.0.0.1/"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        har.write(interactions(), path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["monday.har"]


def browser_entry(**response: object) -> bytes:
    entry = {
        "startedDateTime": "2026-03-01T09:30:00.250+01:00",
        "time": 12.5,
        "request": {
            "method": "POST",
            "url": "https://box.example/a",
            "httpVersion": "http/2.0",
            "headers": [
                {"name": ":method", "value": "POST"},
                {"name": "content-type", "value": "application/x-www-form-urlencoded"},
            ],
            "postData": {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "a", "value": "b c"}],
            },
        },
        "response": {
            "status": 200,
            "statusText": "",
            "httpVersion": "h2",
            "headers": [],
            **response,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 12.5, "receive": 0},
    }
    return json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "WebInspector"}, "entries": [entry]}}
    ).encode()


def test_a_browser_s_file() -> None:
    """Pseudo headers go, a decoded body is not decoded again, a form comes from its parameters."""
    content = {"size": 4, "mimeType": "text/html; charset=latin-1", "text": "caf\u00e9"}
    headers = [
        {"name": "content-encoding", "value": "br"},
        {"name": "content-type", "value": "text/html; charset=latin-1"},
    ]
    one = next(har.read(browser_entry(content=content, headers=headers)))
    assert one.request.headers == [("content-type", "application/x-www-form-urlencoded")]
    assert one.request.body == b"a=b+c"
    assert one.response == Response(
        200, "", [("content-type", "text/html; charset=latin-1")], b"caf\xe9", "HTTP/2", "br"
    )
    assert one.recorded_at == dt.datetime(2026, 3, 1, 8, 30, 0, 250000, tzinfo=dt.UTC)
    assert one.elapsed == 0.0125


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        ({"status": 0, "_error": "net::ERR_CONNECTION_REFUSED"}, "ConnectError"),
        ({"status": 0, "_error": "net::ERR_TIMED_OUT"}, "ReadTimeout"),
        ({"status": 0, "_error": "net::ERR_CERT_DATE_INVALID"}, "ConnectError"),
        ({"status": -1, "_failureText": "net::ERR_ABORTED"}, "ReadError"),
        ({"status": 0}, "ReadError"),
        ({"status": 0, "_error": "ConnectTimeout: after 5 s"}, "ConnectTimeout"),
    ],
)
def test_failures_of_other_tools(response: dict[str, object], kind: str) -> None:
    """They become the httpx exception of that name."""
    one = next(har.read(browser_entry(**response)))
    assert one.response is None
    assert one.failure is not None
    assert one.failure.kind == kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{", "is not JSON"),
        (b"[]", "JSON but not HAR"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"log": "\xff', "is not JSON"),
        (b'{"log": {}}', "no log with entries"),
        (b'{"log": {"entries": [{}]}}', "entry 0: no 'request'"),
        (
            b'{"log": {"entries": [{"request": {"method": "GET", "url": "u"}, "response": 1}]}}',
            "entry 0",
        ),
    ],
)
def test_what_is_not_har(data: bytes, says: str) -> None:
    """One sentence says what is missing, and where."""
    with pytest.raises(CassetteError, match=says):
        list(har.read(data))


def test_half_a_surrogate_pair() -> None:
    """Text that has no UTF-8, as JavaScript may hold it, is written and read."""
    one = Interaction(Request("GET", "http://h/\ud800", [("X-A", "\udfff")]), Response(200))
    assert list(har.read(har.dumps([one]))) == [one]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(CassetteError, match=r"none\.har cannot be read"):
        list(har.read(tmp_path / "none.har"))
