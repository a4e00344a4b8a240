"""Keys of requests: named matchers, functions, secrets and volatile parts."""

from __future__ import annotations

import re

import pytest
import vcr.matchers
from hypothesis import given, strategies as st

from tests.cassettes.samples import URL
from toolkit.cassettes import Request, Response
from toolkit.cassettes.matching import KEYS, Matching, VcrRequest
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.rules import Hide
from toolkit.outcomes import CassetteError

PLAIN = Matching(rules=())


def same(one: Request, other: Request, *match_on: object) -> bool:
    matching = Matching(match_on or None, rules=())  # type: ignore[arg-type]
    return matching.key(one) == matching.key(other)


def get(url: str) -> Request:
    return Request("GET", url)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("method", get(URL), Request("PUT", URL)),
        ("uri", get("http://h/a?b=1&c=2"), get("http://h/a?c=2&b=1")),
        ("scheme", get("http://h/"), get("https://h/")),
        ("host", get("http://h/"), get("http://i/")),
        ("port", get("http://h/"), get("http://h:81/")),
        ("path", get("http://h/a"), get("http://h/b")),
        ("query", get("http://h/?a=1"), get("http://h/?a=2")),
        ("headers", Request("GET", URL, [("A", "1")]), Request("GET", URL, [("A", "2")])),
        ("body", Request("GET", URL, [], b"1"), Request("GET", URL, [], b"2")),
        ("raw_body", Request("GET", URL, [], b"[1]"), Request("GET", URL, [], b"[ 1 ]")),
    ],
)
def test_each_named_matcher_looks_at_its_part_only(name: str, one: Request, other: Request) -> None:
    """What differs there differs, and to all matchers that look elsewhere it is the same."""
    assert not same(one, other, name)
    elsewhere = {"uri": [], "raw_body": ["body"]}.get(name, sorted({*KEYS, "body"} - {name}))
    if name not in ("body", "raw_body", "method", "headers"):
        elsewhere = [one for one in elsewhere if one not in ("uri", "url")]
    if name == "scheme":
        elsewhere = [one for one in elsewhere if one != "port"]
    if name == "body":
        elsewhere = [one for one in elsewhere if one != "raw_body"]
    for matcher in elsewhere:
        assert same(one, other, matcher), matcher


URLS = st.sampled_from(
    ["http://h", "http://h/", "http://h?a=1", "http://h/?a=1", "http://h:80/", "https://h/#x"]
)


@given(URLS, URLS, st.sampled_from(["method", "uri", "scheme", "host", "port", "path", "query"]))
def test_names_mean_what_they_mean_to_vcrpy(one: str, other: str, name: str) -> None:
    """Equal keys exactly where vcrpy's matcher of that name finds two requests equal."""
    from vcr.request import Request as StockRequest

    first, second = (StockRequest("GET", url, b"", {}) for url in (one, other))
    expected = vcr.matchers.requests_match(first, second, [getattr(vcr.matchers, name)])
    assert same(get(one), get(other), name) == expected


def test_a_key_function_gives_the_part_that_has_to_be_the_same() -> None:
    """Any value with a repr; here the last digit of the path."""

    def digit(request: Request) -> str:
        return re.findall(r"\d", request.url)[-1]

    assert same(get("http://h/17"), get("http://h/27"), digit)
    assert not same(get("http://h/17"), get("http://h/18"), digit)
    assert Matching([digit]).fingerprint() is None
    assert not Matching([digit]).is_exact


def test_functions_of_vcrpy_are_asked_with_what_they_know() -> None:
    """Attributes of vcrpy's request; False and AssertionError refuse, None and True accept."""
    seen: list[tuple[object, ...]] = []

    def custom(asked: VcrRequest, recorded: VcrRequest) -> None:
        seen.append(
            (asked.method, asked.uri, asked.host, asked.port, asked.path, asked.query, asked.body)
        )
        assert asked.headers["x-a"] == recorded.headers.get("X-A")

    matching = Matching(["method", custom, vcr.matchers.path])
    asked = Request("POST", "https://h/p?b=2&a=1", [("X-A", "1"), ("x-a", "2")], b"body")
    assert matching.agree(asked, asked)
    assert seen == [("POST", asked.url, "h", 443, "/p", [("a", "1"), ("b", "2")], b"body")]
    assert not matching.agree(asked, Request("POST", "https://h/p", [("X-A", "3")]))
    assert not matching.agree(asked, Request("POST", "https://h/q", [("X-A", "1")]))
    assert "x-a" in VcrRequest(asked).headers
    assert 5 not in VcrRequest(asked).headers


def test_unknown_matchers_are_refused_with_the_known_ones() -> None:
    """A name that is none, and a thing that is no function."""
    with pytest.raises(CassetteError, match=r"no matcher 'boddy'; there are body, headers, host"):
        Matching(["boddy"])
    with pytest.raises(CassetteError, match="a name or a function, not 5"):
        Matching([5])  # type: ignore[list-item]


class Counted:
    """Rules of a service whose requests carry a number that means nothing."""

    name = "counted"

    def recognises(self, request: Request) -> bool:
        return request.body.startswith(b"<counted")

    def redact_request(self, request: Request, hide: Hide) -> Request:
        return request

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        return response

    def match_body(self, request: Request) -> bytes | None:
        if b"raise" in request.body:
            raise ValueError("unreadable")
        return re.sub(rb"\d+", b"", request.body)


def test_what_a_service_calls_volatile_is_left_out() -> None:
    """Its own comparison goes before the engine's; rules that fail leave it to the engine."""
    matching = Matching(rules=[Counted()], redactor=Redactor([Counted()]))

    def key(body: bytes) -> bytes:
        return matching.key(Request("POST", URL, [], body))

    assert key(b"<counted n='1'/>") == key(b"<counted n='22'/>")
    assert key(b"<counted n='1'/>") != key(b"<counted m='1'/>")
    assert key(b"<counted raise='1'/>") != key(b"<counted raise='2'/>")
    assert key(b"<other n='1'/>") != key(b"<other n='22'/>")
    assert matching.fingerprint() != Matching(rules=(), redactor=Redactor(())).fingerprint()


@given(st.text("abcdef0123456789", min_size=8, max_size=40))
def test_a_request_and_its_redacted_recording_have_one_key(secret: str) -> None:
    """Query, form, JSON and XML fields, and Authorization when headers are compared."""
    from toolkit.cassettes import Interaction

    redactor = Redactor(())
    matching = Matching(["method", "uri", "body", "headers"], redactor, ())
    kinds = {
        "application/json": f'{{"password":"{secret}"}}',
        "text/xml": f"<a><token>{secret}</token></a>",
        "application/x-www-form-urlencoded": f"a=1&password={secret}",
    }
    for kind, body in kinds.items():
        headers = [("Content-Type", kind), ("Authorization", f"Bearer {secret}")]
        request = Request("POST", f"http://h/a?token={secret}&b=1", headers, body.encode())
        recorded = redactor.redact(Interaction(request, Response(200))).request
        assert secret not in repr(recorded)
        assert matching.key(recorded) == matching.key(request)


def test_exact_digests_tell_method_address_and_body_apart() -> None:
    """The three cannot run into each other, and equal ones are equal."""
    digests = {
        PLAIN.exact("GET", "http://h/a", b""),
        PLAIN.exact("GET", "http://h/", b"a"),
        PLAIN.exact("PUT", "http://h/a", b""),
    }
    assert len(digests) == 3
    assert PLAIN.exact("GET", "http://h/a", b"") in digests
