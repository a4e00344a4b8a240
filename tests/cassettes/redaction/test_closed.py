"""What cannot be understood is hidden whole; nothing about it gets out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from tests.cassettes.redaction.views import check_clean, holds
from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.redaction import MASK, PATTERN, Redactor
from toolkit.cassettes.rules import Hide
from toolkit.outcomes import InvalidArgument

SECRET = "kT5-zq8.Wv2_Lm7x"


@dataclass
class Broken:
    """Rules that fail wherever they are told to."""

    fails: str
    name: str = "broken"

    def recognises(self, request: Request) -> bool:
        return request.body.startswith(b"B!")

    def redact_request(self, request: Request, hide: Hide) -> Request:
        if self.fails == "request":
            raise ValueError(SECRET)
        return replace(request, body=b"B!" + hide("note", request.body[2:].decode()).encode())

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        if self.fails == "response":
            raise RecursionError
        assert request.body == b"B!" + SECRET.encode()
        return replace(response, body=hide("note", response.body.decode()).encode())

    def match_body(self, request: Request) -> bytes | None:
        if self.fails == "match":
            raise KeyError
        return b"B!" if request.body.startswith(b"B!") else None


def interaction() -> Interaction:
    return Interaction(
        Request(
            "POST",
            f"https://{SECRET}@box.example/a?q={SECRET}",
            [("Host", "box.example"), ("X-Odd", SECRET), ("Content-Type", "text/odd")],
            b"B!" + SECRET.encode(),
        ),
        Response(200, "OK", [("Server", "s"), ("X-Odd", SECRET)], SECRET.encode()),
    )


@pytest.mark.parametrize("fails", ["request", "response", "both"])
def test_rules_that_fail_hide_the_whole_message(fails: str) -> None:
    """Body, query and all but harmless headers of that message are gone; its path stays."""
    broken = Broken("request" if fails == "both" else fails)
    if fails == "both":
        broken.redact_response = lambda *_: 1 / 0  # type: ignore[method-assign]
    redactor = Redactor(rules=[broken], headers=["X-Odd"], fields=["q"])
    redacted = redactor.redact(interaction())
    assert not holds(redacted, SECRET)
    assert redacted.request.url.startswith("https://")
    assert "box.example/a?" in redacted.request.url
    assert redacted.request.header("Host") == "box.example"
    assert redacted.request.header("Content-Type") == "text/odd"
    assert redacted.response is not None
    assert redacted.response.status == 200
    assert redacted.response.header("Server") == "s"
    if fails != "response":
        assert PATTERN.fullmatch(redacted.request.body.decode())


def test_rules_come_first_and_see_the_original_request() -> None:
    """A service's own places are hidden by its rules; its response rules get the true request."""
    redactor = Redactor(rules=[Broken("")], headers=["X-Odd"], fields=["q"])
    redacted = check_clean_with(redactor)
    assert redacted.request.body.startswith(b"B!XXXXXXXX-note-")


def check_clean_with(redactor: Redactor) -> Interaction:
    one = interaction()
    redacted = redactor.redact(one)
    assert not holds(redacted, SECRET)
    assert redactor.mask(one.request).body == redactor.mask(redacted.request).body == b"B!"
    return redacted


def test_match_body_that_fails_leaves_the_body_to_the_engine() -> None:
    """Then the rules' redaction with the mask gives the key."""
    redactor = Redactor(rules=[Broken("match")])
    one = Request("POST", "https://box.example/a", [], b"B!" + SECRET.encode())
    redacted = redactor.redact(Interaction(one)).request
    assert redactor.mask(one).body == redactor.mask(redacted).body == b"B!" + MASK.encode()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("Content-Encoding", "gzip")], b"\x1f\x8b\x08\x00 broken " + SECRET.encode()),
        ([("Content-Encoding", "br")], b"\x8b\x02\x80\xff\xfe" + SECRET.encode()),
        ([("Content-Type", "text/xml; charset=utf-16")], b"<pin>" + SECRET.encode() + b"</pin>."),
    ],
)
def test_bodies_that_cannot_be_unwrapped_are_hidden(
    headers: list[tuple[str, str]], body: bytes
) -> None:
    """A broken or unknown encoding may hold anything."""
    one = Interaction(Request("POST", "https://box.example/a", headers, body))
    check_clean(Redactor(rules=[]), one, SECRET)


def test_an_image_in_an_unknown_encoding_stays() -> None:
    """Pictures hold no fields."""
    headers = [("Content-Type", "image/png"), ("Content-Encoding", "br")]
    one = Interaction(
        Request("GET", "https://h/"), Response(200, "OK", headers, b"\x89PNG\xff\x00")
    )
    assert Redactor(rules=[]).redact(one) is one


def test_malformed_documents_with_rules_for_them_are_hidden() -> None:
    """A user's path that cannot be followed hides the body."""
    one = Interaction(
        Request(
            "POST", "https://h/", [("Content-Type", "text/xml")], f"<a><b>{SECRET}</a>".encode()
        )
    )
    check_clean(Redactor(rules=[], xpath=["//b"]), one, SECRET)
    other = Interaction(Request("POST", "https://h/", [], f'{{"b": ["{SECRET}"'.encode()))
    check_clean(Redactor(rules=[], jsonpath=["$.b[0]"]), other, SECRET)


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("patterns", ["("], "not a regular expression"),
        ("patterns", "abc", r"write \['abc'\]"),
        ("fields", "badge", r"fields takes a list"),
        ("jsonpath", ["$.a[?(@.b)]"], "no filters"),
        ("jsonpath", ["a.b"], "write it like"),
        ("xpath", ["//["], "not an XPath"),
    ],
)
def test_options_that_are_none(option: str, value: object, says: str) -> None:
    """A bad rule is refused when it is given, with a sentence that says what would be right."""
    with pytest.raises(InvalidArgument, match=says):
        Redactor(rules=[], **{option: value})  # type: ignore[arg-type]
