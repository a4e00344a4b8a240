"""The life of a token, and denials explained, over a real socket."""

from __future__ import annotations

from typing import Any

import pytest

import toolkit
from tests.loopback import Act, drop, raw, scripted
from tests.services.xivo.wire import (
    OTHER_TOKEN,
    TOKEN,
    USER,
    Requests,
    answer,
    connected,
    denied,
    logged_in,
    page,
    plan,
    reason,
    token,
)
from toolkit.services.xivo import connect


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# --- denials -------------------------------------------------------------------------------------


def test_wrong_password() -> None:
    """Denied by xivo-auth, sent once; the text holds no password and names the backend."""
    refused = answer(reason("Authentication Failed", 401), "401 UNAUTHORIZED")
    backends = answer({"data": ["xivo_user", "xivo_service"]})
    with scripted(refused, backends) as loopback, connected(loopback.url) as server:
        with pytest.raises(toolkit.AccessDenied, match=r"Authentication Failed \(backend xivo"):
            server.login_with("ada", "wrong-pass-1")
        assert Requests(loopback.requests).lines == ["POST /0.1/token", "GET /0.1/backends"]
        assert server.state.credentials is None


def test_unknown_backend() -> None:
    """xivo-auth says 401 as for a wrong password; the error says which backends there are."""
    refused = answer(reason("Authentication Failed", 401), "401 UNAUTHORIZED")
    backends = answer({"data": ["xivo_user", "xivo_service"]})
    with scripted(refused, backends) as loopback, connected(loopback.url) as server:
        with pytest.raises(toolkit.AccessDenied, match="no backend 'ldap', there are: xivo_user"):
            server.login_with("ada", "pw-of-ada-1", backend="ldap")


def test_missing_acl_is_named() -> None:
    """confd's bare 401 becomes: the token is good, and lacks this ACL (asked of xivo-auth)."""
    lacks = answer(reason("Unauthorized for confd.lines.read", 403), "403 FORBIDDEN")
    with logged_in(denied(), lacks, answer(USER)) as (server, requests):
        with pytest.raises(
            toolkit.AccessDenied, match=r"lacks the ACL confd\.lines\.a_b\.read"
        ) as got:
            server.fetch(plan("lines.get", "a.b"))
        assert got.value.__dict__["reason"] == "acl"
        assert got.value.__dict__["acl"] == "confd.lines.a_b.read"
        assert requests.lines[1] == f"GET /0.1/token/{TOKEN}?scope=confd.lines.a_b.read"
        server.fetch(plan("users.get", 1))  # the session goes on


def test_one_acl_of_15_18() -> None:
    """Where one ACL stands for all of confd it is that one which is asked for."""
    lacks = answer(reason("Unauthorized for acl:confd", 403), "403 FORBIDDEN")
    old = answer(token(acls=["acl:dird"]))
    with scripted(old, denied(), lacks) as loopback, connected(loopback.url) as server:
        server.login_with("ada", "pw-of-ada-1")
        with pytest.raises(toolkit.AccessDenied, match="lacks the ACL acl:confd"):
            server.fetch(plan("users.list"))
        assert server.era == "15.18"


def test_era_is_asked_for_before_the_acl() -> None:
    """A token without ACLs does not tell the era, on which the ACL depends: asked for, once."""
    lacks = answer(reason("Unauthorized for acl:confd", 403), "403 FORBIDDEN")
    acts = [answer(token(acls=[])), denied(), denied(), page(b"", "404 NOT FOUND"), lacks]
    with scripted(*acts, denied(), lacks) as loopback, connected(loopback.url) as server:
        server.login_with("ada", "pw-of-ada-1")
        for _ in range(2):
            with pytest.raises(toolkit.AccessDenied, match="lacks the ACL acl:confd"):
                server.fetch(plan("users.list"))
        assert Requests(loopback.requests).lines[1:] == [
            "GET /1.1/users",
            "GET /1.1/infos",
            "HEAD /1.1/api/api.yml",
            f"GET /0.1/token/{TOKEN}?scope=acl%3Aconfd",
            "GET /1.1/users",
            f"GET /0.1/token/{TOKEN}?scope=acl%3Aconfd",
        ]


def test_bad_token_is_told() -> None:
    """A token that xivo-auth does not know: log in again. The next call says so at once."""
    gone = answer(reason("No such token", 404), "404 NOT FOUND")
    options: dict[str, Any] = {"token": TOKEN, "era": "16.15"}
    with scripted(denied(), gone) as loopback, connected(loopback.url, **options) as server:
        with pytest.raises(toolkit.AccessDenied, match="log in again") as caught:
            server.fetch(plan("users.list"))
        assert caught.value.__dict__["reason"] == "token"
        assert TOKEN not in str(caught.value) + repr(vars(caught.value))
        with pytest.raises(toolkit.NoSession):
            server.fetch(plan("users.list"))


def test_good_token_denied_all_the_same() -> None:
    """The token is good and has the ACL: that is said, with the tenant."""
    with logged_in(denied(), answer(token()), tenant="t-9") as (server, requests):
        with pytest.raises(toolkit.AccessDenied, match="yet it was denied in tenant t-9"):
            server.fetch(plan("users.list"))
        assert requests.lines[1].endswith("?scope=confd.users.read&tenant=t-9")


@pytest.mark.parametrize("down", [page(b"no", "503 UNAVAILABLE"), drop])
def test_auth_down(down: Act) -> None:
    """confd's 401 while xivo-auth is down is no denial but a 503: the same may work later."""
    with logged_in(denied(), down) as (server, _):
        with pytest.raises(toolkit.Busy, match="xivo-auth does not answer") as caught:
            server.fetch(plan("users.list"))
    assert (caught.value.code, caught.value.label) == (503, "UNAVAILABLE")
    assert (caught.value.__dict__["status"], caught.value.__dict__["reason"]) == (401, "auth down")


def test_wazo_denial_names_its_acl() -> None:
    """Wazo's 401 names the ACL itself; the token that it quotes does not come out."""
    said = answer([f"('{TOKEN}', 'confd.users.read')"], "401 UNAUTHORIZED")
    with logged_in(said, diagnose=False) as (server, requests):
        with pytest.raises(
            toolkit.AccessDenied, match=r"not authorised for confd\.users"
        ) as caught:
            server.fetch(plan("users.list"))
        assert len(requests) == 1
    assert TOKEN not in repr(vars(caught.value))


# --- the life of a token -------------------------------------------------------------------------


def test_renewal_before_the_end() -> None:
    """A token is renewed a minute before its end, by this clock and the token's own span."""
    clock = Clock()
    new = answer(token(OTHER_TOKEN))
    with logged_in(answer(USER), new, answer(USER), clock=clock) as (server, requests):
        session_ends = server.state.granted.ends  # type: ignore[union-attr]
        assert session_ends == 1000 + 3600
        clock.now += 3539
        server.fetch(plan("users.get", 1))
        clock.now += 1
        server.fetch(plan("users.get", 1))
        assert requests.lines == ["GET /1.1/users/1", "POST /0.1/token", "GET /1.1/users/1"]
        assert requests[2][1]["x-auth-token"] == OTHER_TOKEN


def test_short_tokens_live_three_quarters() -> None:
    """One of a minute is not renewed at once, but in its last quarter."""
    clock = Clock()
    acts = [answer(token(life=60)), answer(USER), answer(token(OTHER_TOKEN)), answer(USER)]
    with scripted(*acts) as loopback, connected(loopback.url, clock=clock) as server:
        server.login_with("ada", "pw-of-ada-1", expiration=60)
        server.fetch(plan("users.get", 1))
        clock.now += 46
        server.fetch(plan("users.get", 1))
        assert Requests(loopback.requests).lines[2] == "POST /0.1/token"


def test_renewal_that_fails() -> None:
    """While the old token lives it serves on; after its end the failure comes out."""
    clock = Clock()
    no = page(b"", "500 SERVER ERROR")
    with logged_in(no, answer(USER), no, clock=clock) as (server, requests):
        clock.now += 3590
        server.fetch(plan("users.get", 1))
        clock.now += 20
        with pytest.raises(toolkit.ServerFault):
            server.fetch(plan("users.get", 1))
        assert requests.lines == ["POST /0.1/token", "GET /1.1/users/1", "POST /0.1/token"]


def test_read_with_a_lost_token() -> None:
    """A token that was forgotten by the server: a read gets a new one, once."""
    gone = answer(reason("No such token", 404), "404 NOT FOUND")
    new = answer(token(OTHER_TOKEN))
    with logged_in(denied(), gone, new, answer(USER)) as (server, requests):
        assert server.fetch(plan("users.get", 1)).data == USER
        assert [line.split()[0] for line in requests.lines] == ["GET", "GET", "POST", "GET"]
    with logged_in(denied(), gone, new, denied(), gone) as (server, requests):
        with pytest.raises(toolkit.AccessDenied):
            server.fetch(plan("users.get", 1))
        assert len(requests) == 5


def test_change_with_a_lost_token() -> None:
    """What changes state is not sent again; the next call gets the new token."""
    gone = answer(reason("No such token", 404), "404 NOT FOUND")
    new = answer(token(OTHER_TOKEN))
    with logged_in(denied(), gone, new, answer(USER)) as (server, requests):
        with pytest.raises(toolkit.AccessDenied):
            server.fetch(plan("users.delete", 1))
        server.fetch(plan("users.get", 1))
        assert requests.lines[2:] == ["POST /0.1/token", "GET /1.1/users/1"]


def test_password_is_not_kept_when_not_wanted() -> None:
    """``renew=False`` keeps nothing, so that an ended token is told and not replaced."""
    with logged_in(answer(USER), renew=False) as (server, _):
        assert server.state.credentials is None


def test_allows() -> None:
    """HEAD with the scope: 204 is yes, 403 no, 404 the token's end."""

    def head(status: str) -> Act:
        return raw(f"HTTP/1.1 {status}\r\n\r\n".encode())

    acts = [head("204 NO CONTENT"), head("403 FORBIDDEN"), head("404 NOT FOUND")]
    with logged_in(*acts) as (server, requests):
        assert server.allows("confd.users.read")
        assert not server.allows("confd.lines.read")
        with pytest.raises(toolkit.AccessDenied, match="has ended"):
            server.allows("confd.users.read")
        assert requests.lines[0] == f"HEAD /0.1/token/{TOKEN}?scope=confd.users.read"


def leave_by_an_error(url: str) -> None:
    with connect(url + "1.1", auth_url=url + "0.1") as server:
        server.login_with("ada", "pw-of-ada-1")
        raise KeyError("mine")


def test_leaving_with_an_error() -> None:
    """When the server is gone the body's own error comes out; a token left over is a warning."""
    with scripted(answer(token()), drop) as loopback:
        with pytest.raises(KeyError), pytest.warns(UserWarning, match="may still be valid"):
            leave_by_an_error(loopback.url)


def test_two_logins() -> None:
    """A second login takes the first one's place, and a failed one leaves no session."""
    refused = answer(reason("Authentication Failed", 401), "401 UNAUTHORIZED")
    acts = [answer(token()), answer(token(OTHER_TOKEN)), refused]
    with scripted(*acts) as loopback, connected(loopback.url, diagnose=False) as server:
        first = server.login_with("ada", "pw-of-ada-1")
        second = server.login_with("bob", "pw-of-bob-1")
        assert (first.open, second.open) == (False, True)
        with pytest.raises(toolkit.AccessDenied):
            server.login_with("bob", "wrong-pass-1")
        assert not second.open
        server.close()
