"""No secret of the gateway's traffic survives redaction, in whatever way the XML was written."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, strategies as st

from toolkit.cassettes.interaction import Request, Response
from toolkit.services.sertainty.envelope import decode_reply, decode_request, encode_request
from toolkit.services.sertainty.rules import Rules, function_of

RULES = Rules()
SECRET = "s3cret-Value"
ENCODED = base64.b64encode(SECRET.encode()).decode()


def hide(kind: str, secret: str) -> str:
    digest = hashlib.blake2b(secret.encode(), key=b"test", digest_size=5).hexdigest()
    return f"{kind}:{digest}"


def request(body: bytes | str) -> Request:
    raw = body.encode() if isinstance(body, str) else body
    return Request("POST", "http://127.0.0.1/", [("content-type", "text/xml")], raw)


def leaks(body: bytes) -> bool:
    """Whether the secret is in the bytes, plainly or behind base64."""
    packed = b"".join(body.split())
    return SECRET.encode() in body or ENCODED.encode().rstrip(b"=") in packed


WRITINGS = [
    encode_request("agentGetLog", session=SECRET),
    encode_request("hostCloseSession", [(None, SECRET.encode())]),
    encode_request("agentAlter", [(None, SECRET.encode()), (None, b"Enable")], SECRET),
    encode_request("agentAlter", [(None, SECRET.encode()), (None, b"Enable")]),
    encode_request("hostOpenSession", [(None, b"ada"), ("prompt-1", SECRET.encode())]),
    f"<Request>\n <Session>\n {SECRET}\n </Session><Function>agentGetLog</Function></Request>",
    f"<Request><Function>agentGetLog</Function><Session>{SECRET}</Session></Request>",
    f"<Request><Session a='>'><![CDATA[{SECRET}]]></Session><Function>x</Function></Request>",
    (
        f"<?xml version='1.0'?><!-- c --><Request><Session>{SECRET}</Session>"
        "<Function>agentGetLog</Function></Request>"
    ),
    (
        "<Request><ArgList><Argument>YWRh</Argument>"
        f"<Argument name='a'>{ENCODED[:6]}\n{ENCODED[6:]}"
        "</Argument></ArgList><Function>HOSTOPENSESSION</Function></Request>"
    ),
    f"<Request><Session>{SECRET}</Session><Function>agentGetLog</Function>",  # cut
    f"<!DOCTYPE Request><Request><Session>{SECRET}</Session><Function>a</Function></Request>",
    f"<Request><Session><b>{SECRET}</b></Session><Function>a</Function></Request>",
    (
        f"<Request><Function>hostOpenSession</Function><ArgList><Argument>YWRh</Argument>"
        f"<Argument name='prompt-1'>{SECRET}!</Argument></ArgList></Request>"
    ),  # not base64
]


@pytest.mark.parametrize("body", WRITINGS)
def test_no_writing_leaks(body: bytes | str) -> None:
    """Each place of a secret, written as other clients would, is hidden; a cut one is whole."""
    before = request(body)
    assert RULES.recognises(before)
    after = RULES.redact_request(before, hide)
    assert leaks(before.body)
    assert not leaks(after.body)


@pytest.mark.parametrize("body", WRITINGS)
def test_original_and_redacted_match(body: bytes | str) -> None:
    """A replay finds the redacted request by the original one, and by another session's."""
    before = request(body)
    key = RULES.match_body(before)
    assert RULES.match_body(RULES.redact_request(before, hide)) == key
    other = before.body.replace(SECRET.encode(), b"another-0001")
    other = other.replace(ENCODED.encode(), base64.b64encode(b"another-0001"))
    if other != before.body and b"\n" not in before.body:
        assert RULES.match_body(request(other)) == key


@given(st.text("abc<&>'\"é \t", min_size=1), st.lists(st.binary(), max_size=3))
def test_generated_requests(session: str, values: list[bytes]) -> None:
    """Any session id and arguments: hidden, still a request, everything else unchanged."""
    arguments = [(None, value) for value in values]
    before = encode_request("configSaveID", arguments, session + SECRET)
    after = RULES.redact_request(request(before), hide)
    assert not leaks(after.body)
    document = decode_request(after.body)
    assert document.session == hide("session", session + SECRET)
    assert list(document.arguments) == arguments


@given(st.text(), st.lists(st.text(), max_size=4))
def test_generated_logins(user: str, answers: list[str]) -> None:
    """Every answer of a login is hidden, equal ones alike; the user and the names stay."""
    items = [(None, user.encode())]
    items += [(f"prompt-{place}", answer.encode()) for place, answer in enumerate(answers, 1)]
    document = decode_request(
        RULES.redact_request(request(encode_request("hostOpenSession", items)), hide).body
    )
    assert document.arguments[0] == (None, user.encode())
    hidden = [value.decode() for _, value in document.arguments[1:]]
    assert hidden == [hide("answer", a) for a in answers]


def test_granted_session_is_hidden_in_the_reply() -> None:
    """The id in a granted login's result is replaced by the same placeholder as in requests."""
    opened = request(encode_request("hostOpenSession", [(None, b"ada")]))
    body = (
        "<Response><Status>1</Status><StatusMessage>Success</StatusMessage><ResultList><Result>"
        f"{ENCODED}</Result></ResultList></Response>"
    ).encode()
    after = RULES.redact_response(opened, Response(200, body=body), hide)
    assert decode_reply(after.body).results == ((None, hide("session", SECRET).encode()),)


@pytest.mark.parametrize("status", [2, 3, 502])
def test_prompts_stay(status: int) -> None:
    """A challenge is no secret: the replay needs its prompts."""
    opened = request(encode_request("hostOpenSession", [(None, b"ada")]))
    body = (
        f"<Response><Status>{status}</Status><StatusMessage>m</StatusMessage>"
        "<ResultList><Result>UGV0Pw==</Result></ResultList></Response>"
    ).encode()
    assert RULES.redact_response(opened, Response(200, body=body), hide).body == body


def test_unreadable_reply_to_a_login_is_hidden_whole() -> None:
    """A cut reply may hold the id: nothing of it is kept. Another function's stays."""
    cut = f"<Response><Status>1</Status><ResultList><Result>{ENCODED}</Resu".encode()
    opened = request(encode_request("hostOpenSession", [(None, b"ada")]))
    assert not leaks(RULES.redact_response(opened, Response(200, body=cut), hide).body)
    other = request(encode_request("configGetList", session="s"))
    assert RULES.redact_response(other, Response(200, body=cut), hide).body == cut


@pytest.mark.parametrize("body", [b"", b"{}", b"<REQUEST><TYPE>TEST</TYPE></REQUEST>", b"<Log/>"])
def test_other_traffic_is_not_recognised(body: bytes) -> None:
    """Another service's request is left to others."""
    assert not RULES.recognises(request(body))


def test_function_of_any_writing() -> None:
    """The function is found in canonical and in foreign writing; nothing in an unreadable one."""
    assert function_of(encode_request("agentPing")) == "agentPing"
    assert function_of(b"<Request>\n<Function> agentPing </Function></Request>") == "agentPing"
    assert function_of(b"<Request><Function>agentPing") == ""
