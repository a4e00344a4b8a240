"""HTTP Digest in RFC 2069's form, its nonce in a session cookie."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.loopback import Act, reply, scripted
from tests.services.xivo.wire import (
    CHALLENGE,
    JSON,
    USER,
    Requests,
    answer,
    connected,
    denied,
    plan,
)
from toolkit.outcomes import InvalidArgument
from toolkit.services.xivo import connect
from toolkit.services.xivo.digest import Challenge

INFOS = answer({"uuid": "5f2b2ac2-6f0c-4d0c-9c1a-7f6f5b0a9d11"})


def fields(headers: Any) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', dict(headers)["Authorization"]))


def test_example_of_the_rfc() -> None:
    """RFC 2069, section 2.4, with the response of its erratum."""
    challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    sent = challenge.answer(
        "Mufasa", "CircleOfLife", "GET", "http://www.nowhere.org/dir/index.html"
    )
    assert fields(sent)["response"] == "1949323746fe6a43ef61f9606e7febea"
    assert fields(sent)["uri"] == "/dir/index.html"


def test_no_member_that_rfc_2069_does_not_have() -> None:
    """Neither qop nor cnonce nor nc; the opaque and the cookie go back as they came."""
    headers = httpx.Headers(
        [("www-authenticate", CHALLENGE), ("set-cookie", "session=.aB-c; Path=/")]
    )
    challenge = Challenge.of(headers)
    assert challenge is not None
    sent = challenge.answer("ada", "pw", "GET", "https://h:9486/1.1/users?search=%C3%A9")
    assert set(fields(sent)) == {"username", "realm", "nonce", "uri", "response", "opaque"}
    assert dict(sent)["Cookie"] == "session=.aB-c"
    assert fields(sent)["uri"] == "/1.1/users?search=%C3%A9"


@pytest.mark.parametrize(
    "said",
    ["", 'Basic realm="x"', 'Digest realm="x"', 'Digest nonce="a",algorithm=SHA-256', "Digest"],
)
def test_challenges_that_cannot_be_answered(said: str) -> None:
    """No Digest, no nonce, or another algorithm: there is no challenge."""
    assert Challenge.of(httpx.Headers({"www-authenticate": said})) is None


@given(said=st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=80))
def test_any_challenge(said: str) -> None:
    """Whatever a server says, reading it raises nothing."""
    Challenge.of(httpx.Headers([(b"www-authenticate", b"Digest " + said.encode("latin-1"))]))


def test_nonce_is_used_while_it_works() -> None:
    """One 401 at the login; then straight answers with the same nonce and cookie."""
    acts = [denied(), INFOS, answer(USER), answer(USER)]
    with scripted(*acts) as loopback, connected(loopback.url, authentication="digest") as server:
        session = server.login_with("ada", "pw-of-ada-1")
        assert (session.open, session.acls) == (True, ())
        server.fetch(plan("users.get", 1))
        server.fetch(plan("users.update", 1, body={"firstname": "x"}))
        server.close()
        requests = Requests(loopback.requests)
        assert requests.lines == [
            "GET /1.1/infos",
            "GET /1.1/infos",
            "GET /1.1/users/1",
            "PUT /1.1/users/1",
        ]
        for place, verb in enumerate(("GET", "GET", "PUT"), 1):
            line, headers, _ = requests[place]
            assert headers["cookie"] == "session=.eJyr.AbC"
            given = fields({"Authorization": headers["authorization"]})
            secret = hashlib.md5(b"ada:Authentication Required:pw-of-ada-1").hexdigest()  # noqa: S324
            asked = hashlib.md5(f"{verb}:{line.split()[1]}".encode()).hexdigest()  # noqa: S324
            whole = f"{secret}:0123456789abcdef0123456789abcdef:{asked}"
            assert given["response"] == hashlib.md5(whole.encode()).hexdigest()  # noqa: S324
            assert "x-auth-token" not in headers


def test_forgotten_nonce() -> None:
    """A restarted server forgets the nonce: the new challenge is answered, also for a change."""
    new = denied(cookie="session=.new.one")
    acts = [denied(), INFOS, new, answer(USER), answer(USER)]
    with scripted(*acts) as loopback, connected(loopback.url, authentication="digest") as server:
        server.login_with("ada", "pw-of-ada-1")
        server.fetch(plan("users.delete", 1))
        server.fetch(plan("users.get", 1))
        requests = Requests(loopback.requests)
        assert requests.lines[2:] == ["DELETE /1.1/users/1"] * 2 + ["GET /1.1/users/1"]
        assert [requests[place][1]["cookie"] for place in (2, 3, 4)] == [
            "session=.eJyr.AbC",
            "session=.new.one",
            "session=.new.one",
        ]


def test_wrong_password() -> None:
    """Two 401s: denied, with the user named and the password nowhere."""
    with scripted(denied()) as loopback:
        with connected(loopback.url, authentication="digest") as server:
            with pytest.raises(toolkit.AccessDenied, match="password of ada is wrong") as caught:
                server.login_with("ada", "wrong-pass-1")
            assert server.state.credentials is None
            assert "wrong-pass-1" not in repr(vars(caught.value)) + str(caught.value)
            with pytest.raises(toolkit.NoSession):
                server.fetch(plan("users.get", 1))
        assert len(loopback.requests) == 2


def test_server_without_digest() -> None:
    """A 401 without a challenge that is known says so."""
    bare: Act = reply(b"[\"('', 'confd.infos.read')\"]", "401 UNAUTHORIZED", JSON)
    with scripted(bare) as loopback, connected(loopback.url, authentication="digest") as server:
        with pytest.raises(toolkit.AccessDenied, match="no Digest that this client knows"):
            server.login_with("ada", "pw-of-ada-1")


def test_digest_and_wazo() -> None:
    """The two are never together."""
    with pytest.raises(InvalidArgument, match="no Digest"):
        connect("https://wazo.example", era="wazo", authentication="digest")
