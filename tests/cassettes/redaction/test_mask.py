"""Matching keys: a request and its redacted form are the same one."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from hypothesis import assume, given, strategies as st

from tests.cassettes.redaction.views import holds
from toolkit.cassettes.interaction import Headers, Interaction, Request, Response
from toolkit.cassettes.redaction import MASK, Redactor

NAMES = st.sampled_from(
    ["password", "token", "api_key", "Session", "title", "page", "note", "client_secret", "id"]
)
TEXTS = st.text(max_size=12) | st.from_regex(r"[a-z0-9]{8,24}", fullmatch=True)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


def xml(pairs: list[tuple[str, str]]) -> str:
    from xml.sax.saxutils import escape, quoteattr

    inner = "".join(
        f"<{n} a={quoteattr(v)}>{escape(v)}</{n}><x {n}={quoteattr(v)}/>" for n, v in pairs
    )
    return f"<root>{inner}</root>"


BODIES = st.one_of(
    VALUES.map(lambda value: ([("Content-Type", "application/json")], json.dumps(value).encode())),
    st.lists(st.tuples(NAMES, TEXTS), max_size=5).map(
        lambda pairs: (
            [("Content-Type", "application/x-www-form-urlencoded")],
            urlencode(pairs).encode("utf-8", "replace"),
        )
    ),
    st.lists(st.tuples(NAMES, XML_TEXT), max_size=4).map(
        lambda pairs: ([("Content-Type", "text/xml")], xml(pairs).encode())
    ),
    st.binary(max_size=80).map(lambda body: ([], body)),
    st.text(max_size=80).map(lambda body: ([("Content-Type", "text/plain")], body.encode())),
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Authorization", "Cookie", "X-Auth-Token", "Accept", "Referer", "X-Note"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
    ),
    max_size=4,
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    headers, body = draw(BODIES)
    more: Headers = draw(HEADERS)
    query = urlencode(draw(st.lists(st.tuples(NAMES, TEXTS), max_size=3)))
    mark = "?" if query else ""
    return Request("POST", f"https://box.example/a{mark}{query}", [*headers, *more], body)


@given(requests())
def test_original_and_redacted_have_one_key(request: Request) -> None:
    """For any request, for this recording's redactor and for a new one that replays it."""
    redactor = Redactor(rules=[])
    redacted = redactor.redact(Interaction(request)).request
    assert redactor.mask(redacted) == redactor.mask(request)
    assert Redactor(rules=[]).mask(redacted) == redactor.mask(request)


@given(requests())
def test_redacting_and_masking_twice_is_once(request: Request) -> None:
    """A redacted interaction has nothing left to redact, and a masked request nothing to mask."""
    redactor = Redactor(rules=[])
    once = redactor.redact(Interaction(request, Response(200, "OK", [], request.body)))
    assert redactor.redact(once) == once
    masked = redactor.mask(request)
    assert redactor.mask(masked) == masked


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=6).filter(
        lambda text: not text.isspace() and "XXXX" not in text and text == text.strip()
    ),
    st.sampled_from(["json", "form", "query"]),
)
def test_any_secret_is_gone(secret: str, place: str) -> None:
    """Whatever characters a password has, no decoding of the redacted form shows it."""
    request = Request("POST", "https://box.example/a")
    if place == "json":
        request.body = json.dumps({"password": secret, "n": 1}).encode()
    elif place == "form":
        request.body = urlencode({"user": "al", "password": secret}).encode()
    else:
        request.url += "?" + urlencode({"password": secret})
    around = Interaction(Request("POST", "https://box.example/a?password=1", [], b'{"user": "al"}'))
    assume(not holds(Redactor(rules=[]).redact(around), secret, depth=1))
    redacted = Redactor(rules=[]).redact(Interaction(request))
    assert not holds(redacted, secret, depth=1)


def test_requests_that_differ_elsewhere_stay_different() -> None:
    """Only secrets are masked."""
    redactor = Redactor(rules=[])
    one = Request("GET", "https://box.example/a?token=x&page=1")
    other = Request("GET", "https://box.example/a?token=y&page=2")
    assert redactor.mask(one) != redactor.mask(other)
    assert redactor.mask(one).url == f"https://box.example/a?token={MASK}&page=1"


def test_equal_stays_equal_and_different_stays_different() -> None:
    """The placeholder tells the same secret from another one, and says nothing about either."""
    redactor = Redactor(rules=[])

    def token_of(text: str) -> str:
        url = redactor.redact(Interaction(Request("GET", f"https://h/?token={text}"))).request.url
        return url.partition("=")[2]

    assert token_of("a") == token_of("a") != token_of("b")
    assert Redactor(rules=[]).hide("token", "a") != redactor.hide("token", "a")
    key = b"kept elsewhere"
    assert Redactor(rules=[], key=key).hide("pin", "1") == Redactor(rules=[], key=key).hide(
        "pin", "1"
    )
