"""Session ids and tokens, once seen, are found wherever they come again."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, given, strategies as st

from tests.cassettes.redaction.views import check_clean, holds
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.redaction.learned import Learned, worth_learning

TOKEN = "9f86d081-884c-4d65-9a2f-eaa0c55ad015"
JSON = [("Content-Type", "application/json")]


def login(token: str = TOKEN) -> Interaction:
    return Interaction(
        Request("POST", "https://box.example/token", JSON, b'{"backend": "service"}'),
        Response(200, "OK", JSON, json.dumps({"data": {"token": token}}).encode()),
    )


def wrapped(token: str) -> bytes:
    return base64.encodebytes(b"a script of some length that says: " + token.encode() + b" " * 80)


LATER: dict[str, Callable[[str], Interaction]] = {
    "path": lambda t: Interaction(Request("GET", f"https://box.example/token/{quote(t, safe='')}")),
    "query": lambda t: Interaction(Request("GET", f"https://box.example/a?x={quote(t, safe='')}")),
    "odd header": lambda t: Interaction(Request("GET", "https://h/", [("X-Odd", f"a {t} b")])),
    "text": lambda t: Interaction(Request("POST", "https://h/", [], f"see {t}.".encode())),
    "json": lambda t: Interaction(
        Request("POST", "https://h/", JSON, json.dumps({"note": f"<{t}>"}).encode())
    ),
    "base64": lambda t: Interaction(
        Request("POST", "https://h/", [], b"<A>" + base64.b64encode(t.encode()) + b"</A>")
    ),
    "base64, shifted": lambda t: Interaction(
        Request("POST", "https://h/", [], b"<A>" + base64.b64encode(f"a{t}bc".encode()) + b"</A>")
    ),
    "base64, shifted twice": lambda t: Interaction(
        Request("POST", "https://h/", [], b'"' + base64.b64encode(f"ab{t}".encode()) + b'"')
    ),
    "base64, URL alphabet": lambda t: Interaction(
        Request("GET", "https://h/?d=" + base64.urlsafe_b64encode(f">>?{t}".encode()).decode())
    ),
    "base64, in lines": lambda t: Interaction(Request("POST", "https://h/", [], wrapped(t))),
    "utf-16": lambda t: Interaction(
        Request("POST", "https://h/", [], f"<a>{t}</a>".encode("utf-16"))
    ),
    "reply": lambda t: Interaction(
        Request("GET", "https://h/"),
        Response(302, "Found", [("Location", f"/token/{t}")], t.encode()),
    ),
}


@pytest.mark.parametrize("place", LATER)
def test_a_token_is_found_again(place: str) -> None:
    """The token of a login reply is replaced in each later place, by the same placeholder."""
    redactor = Redactor(rules=[])
    check_clean(redactor, login(), TOKEN)
    later = LATER[place](TOKEN)
    assert holds(later, TOKEN)
    redacted = redactor.redact(later)
    assert not holds(redacted, TOKEN)
    assert redactor.mask(later.request) == redactor.mask(redacted.request)
    assert holds(redacted, redactor.hide("token", TOKEN))


@given(
    token=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=20)
    | st.uuids().map(str)
    | st.binary(min_size=12, max_size=48).map(lambda raw: base64.b64encode(raw).decode()),
    before=st.text(max_size=5),
    place=st.sampled_from(["json", "path", "base64", "text", "query"]),
)
def test_any_token_is_found_again(token: str, before: str, place: str) -> None:
    """Whatever characters a token has, no decoding of what comes later shows it."""
    redactor = Redactor(rules=[])
    assume(worth_learning("token", token))
    redactor.redact(login(token))
    later = LATER[place](token)
    if place == "base64":
        later.request.body = base64.b64encode(f"{before}{token}".encode())
    redacted = redactor.redact(later)
    assert not holds(redacted, token, depth=1)
    assert redactor.mask(later.request) == redactor.mask(redacted.request)


def test_the_same_interaction_is_searched_too() -> None:
    """A token that the reply's body gives away is replaced in the reply's headers as well."""
    one = login()
    assert one.response is not None
    one.response.headers = [*JSON, ("Location", f"https://box.example/token/{TOKEN}")]
    check_clean(Redactor(rules=[]), one, TOKEN)


def test_a_replayed_login_leads_to_the_recorded_request() -> None:
    """A client that is handed the placeholder sends it back, and its request has the same key."""
    redactor = Redactor(rules=[])
    reply = redactor.redact(login()).response
    assert reply is not None
    handed = json.loads(reply.body)["data"]["token"]
    live = Request("GET", f"https://box.example/token/{TOKEN}", [("X-Auth-Token", TOKEN)])
    recorded = redactor.redact(Interaction(live)).request
    replayed = Request("GET", f"https://box.example/token/{handed}", [("X-Auth-Token", handed)])
    assert replayed == recorded
    assert Redactor(rules=[]).mask(replayed) == redactor.mask(live)


def test_words_are_not_learned() -> None:
    """A password that is a word tears no holes into other texts."""
    redactor = Redactor(rules=[])
    redactor.redact(
        Interaction(Request("POST", "https://h/", JSON, b'{"password": "configuration"}'))
    )
    other = Interaction(Request("GET", "https://h/configuration"))
    assert redactor.redact(other) is other


def test_memory_is_bounded() -> None:
    """Of five hundred tokens the newest are kept, and each of these is still found."""
    learned = Learned(limit=64)
    tokens = [f"token-{number:08d}-abc" for number in range(500)]
    for token in tokens:
        learned.add("token", token)
    assert len(learned) == 64
    assert not learned.present(tokens[0].encode())
    for offset in range(4):
        for token in tokens[-64:]:
            data = b"." * offset + b"<a>" + token.encode() + b"</a>"
            assert learned.present(data)
            assert token.encode() not in learned.swap(data, lambda kind, secret: "GONE")


@given(st.binary(max_size=60), st.integers(0, 63), st.sampled_from(["plain", "base64"]))
def test_many_secrets_are_looked_for_at_once(noise: bytes, which: int, form: str) -> None:
    """The one-pass look over many secrets misses none, at any offset."""
    token = f"tk{which:02d}-{which * 7919:08x}"
    raw = noise + token.encode()
    data = noise + (raw if form == "plain" else b" " + base64.b64encode(raw))
    assert MANY.present(data)


MANY = Learned(limit=64)
for _number in range(64):
    MANY.add("token", f"tk{_number:02d}-{_number * 7919:08x}")
