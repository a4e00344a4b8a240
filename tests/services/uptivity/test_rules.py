"""What a replay compares, and what a recording hides."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.matching import Matching
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.rules import ServiceRules, rules_for
from toolkit.services.uptivity import wire
from toolkit.services.uptivity.envelope import encode_query, encode_xml
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.rules import Rules

RULES = Rules()
QUIET = Options(warn_special=False)


def tcp(
    number: int | str, inner: str = "<DEVICEID>1</DEVICEID>", kind: str = "CALLSTART"
) -> Request:
    body = f"<REQUEST><TYPE>{kind}</TYPE><REQUESTID>{number}</REQUESTID>{inner}</REQUEST>"
    return Request("SEND", "tcp://h:5620", [], body.encode())


def http(number: int | str, more: str = "&deviceid=1", kind: str = "callstart") -> Request:
    return Request("POST", f"http://h:2012/webAPI.aspx?type={kind}&requestid={number}{more}")


def test_they_are_rules() -> None:
    """The engine finds them, and takes them."""
    assert isinstance(RULES, ServiceRules)
    for one in (tcp(1), http(1)):
        found = rules_for(one)
        assert found is not None
        assert found.name == "uptivity"


@pytest.mark.parametrize("make", [tcp, http])
@pytest.mark.parametrize("redactor", [None, Redactor()])
def test_the_number_does_not_matter(make: object, redactor: Redactor | None) -> None:
    """Neither for a key nor for the very bytes; everything else does."""
    assert callable(make)
    matching = Matching(redactor=redactor)
    one, two, other = make(1), make(99_999), make(1, kind="callstop")
    assert matching.key(one) == matching.key(two) != matching.key(other)
    exact = [matching.exact(r.method, r.url, r.body) for r in (one, two, other)]
    assert exact[0] == exact[1] != exact[2]


def test_other_matchers() -> None:
    """Every named matcher leaves the number out."""
    matching = Matching(["query", "raw_body"])
    assert matching.key(http(1)) == matching.key(http(2))
    assert matching.key(tcp(1)) == matching.key(tcp(2))
    assert matching.key(tcp(1)) != matching.key(tcp(1, "<DEVICEID>2</DEVICEID>"))


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", "http://h/api?requestid=7&sort=type"),
        Request("POST", "http://h/webAPI.aspx", [], b"requestid=7&type=test"),
        Request("POST", "tcp://h:1", [], b"hello"),
        Request("POST", "http://h/", [], b"<Request><Function>x</Function></Request>"),
        Request("GET", "nonsense"),
    ],
)
def test_others_are_left_alone(request_: Request) -> None:
    """What is not this service's is not touched."""
    assert not RULES.recognises(request_)
    assert RULES.steady(request_.method, request_.url, request_.body) is None


@given(
    st.integers(1, 1 << 40),
    st.integers(1, 1 << 40),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
)
def test_steady(first: int, second: int, text: str) -> None:
    """Any two numbers give the same; what is left still reads as the command."""
    fields = [("USER1", text)]
    bodies = [encode_xml("TEST", number, fields, QUIET) for number in (first, second)]
    urls = [
        f"http://h/x?{encode_query('TEST', number, fields, QUIET)}" for number in (first, second)
    ]
    assert wire.steady("tcp://h", bodies[0]) == wire.steady("tcp://h", bodies[1])
    assert wire.steady(urls[0], b"") == wire.steady(urls[1], b"")


def redacted(request: Request, body: bytes = b"<RESULT/>") -> Interaction:
    return Redactor().redact(Interaction(request, Response(200, "OK", [], body)))


def test_what_is_hidden() -> None:
    """Elements and parameters called a password or a token; e-mail addresses and names stay."""
    inner = "<USERNAME>jo</USERNAME><PASSWORD>Kp7-invented</PASSWORD><EMAIL>jo@h.example</EMAIL>"
    kept = redacted(
        tcp(1, inner, "IMPORTUSER"), b"<RESULT><SESSIONTOKEN>abc-invented</SESSIONTOKEN></RESULT>"
    )
    assert kept.response is not None
    said = kept.request.body + kept.response.body
    assert b"invented" not in said
    assert b"jo@h.example" in said
    assert b"<PASSWORD>XXXX" in said
    url = redacted(http(1, "&password=Kp7-invented&email=jo%40h.example")).request.url
    assert "invented" not in url
    assert "email=jo%40h.example" in url


def test_redacted_requests_match() -> None:
    """A request and its redacted form have one key, behind either door."""
    redactor = Redactor()
    matching = Matching(redactor=redactor)
    for one in (
        tcp(1, "<PASSWORD>Kp7-invented</PASSWORD>", "IMPORTUSER"),
        http(1, "&password=Kp7-invented"),
    ):
        kept = redactor.redact(Interaction(one)).request
        assert kept != one
        assert matching.key(kept) == matching.key(one)


def test_nothing_to_hide() -> None:
    """What holds no secret stays as it is, byte for byte."""
    one = Interaction(tcp(1), Response(200, "OK", [], b"<RESULT>\xe9&</RESULT"))
    assert Redactor().redact(one) is one
