"""The client over a real socket: what is on the wire, the life of a token, refusals explained."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import httpx
import msgspec
import pytest

import toolkit
from tests.loopback import drop, raw, scripted
from tests.services.xivo.wire import (
    REVOKED,
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
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.asking import Field
from toolkit.services.xivo import connect
from toolkit.services.xivo.call import CSV
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.server import Server

# --- the wire ------------------------------------------------------------------------------------


def test_headers_are_exact() -> None:
    """One Accept, exactly JSON (or CSV with its charset); a content type with a body only."""
    users = answer({"items": [], "total": 0})
    done = raw(b"HTTP/1.1 204 NO CONTENT\r\ncontent-length: 0\r\n\r\n")
    with logged_in(users, answer(USER, "201 CREATED"), page(b"uuid\r\n", kind=CSV), done) as (
        server,
        requests,
    ):
        server.fetch(plan("users.list", search="é &", limit=2))
        server.fetch(plan("users.create", body={"firstname": "Zoé"}))
        server.fetch(plan("GET /users/export"))
        with contextlib.suppress(toolkit.ToolkitError):
            server.fetch(plan("users.delete", 1))
    assert requests[0][0] == "GET /1.1/users?search=%C3%A9%20%26&limit=2"
    assert requests[0][1]["accept"] == "application/json"
    assert requests[0][1]["x-auth-token"] == TOKEN
    assert not {"content-type", "cookie", "authorization", "wazo-tenant"} & set(requests[0][1])
    line, headers, body = requests[1]
    assert line == "POST /1.1/users"
    assert (headers["accept"], headers["content-type"]) == ("application/json",) * 2
    assert msgspec.json.decode(body) == {"firstname": "Zoé"}
    assert requests[2][1]["accept"] == "text/csv; charset=utf-8"
    assert "content-type" not in requests[3][1]


def test_login_on_the_wire() -> None:
    """HTTP Basic, the backend and the seconds as JSON; closing revokes the token, once."""
    with scripted(answer(token()), REVOKED) as loopback:
        with connected(loopback.url) as server:
            session = server.login_with("ada", "pä:ss", backend="xivo_user", expiration=60)
            assert (session.user, session.acls, session.auth_id) == ("ada", ("confd.#",), "7")
            assert session.open
            session.close()
            assert not session.open
        requests = Requests(loopback.requests)
        assert requests.lines == ["POST /0.1/token", f"DELETE /0.1/token/{TOKEN}"]
        _, headers, body = requests[0]
    assert headers["authorization"] == "Basic YWRhOnDDpDpzcw=="
    assert headers["content-type"] == headers["accept"] == "application/json"
    assert msgspec.json.decode(body) == {"backend": "xivo_user", "expiration": 60}


def test_tenant_and_prefix() -> None:
    """Wazo behind one address: its prefixes, and the tenant's header with every request."""
    wazo = token(acl=["#"], metadata={"tenant_uuid": "t-1"})
    with scripted(answer(wazo), answer({"items": [], "total": 0}), REVOKED) as loopback:
        with connect(loopback.url + "api/confd/1.1", tenant="5b45") as server:
            session = server.login_with("ada", "pw-of-ada-1")
            assert session.tenant == "t-1"
            server.fetch(plan("users.list"))
            assert server.era == "wazo"
        requests = Requests(loopback.requests)
        assert requests.lines == [
            "POST /api/auth/0.1/token",
            "GET /api/confd/1.1/users",
            f"DELETE /api/auth/0.1/token/{TOKEN}",
        ]
        assert {requests[place][1]["wazo-tenant"] for place in range(3)} == {"5b45"}


def test_given_token_is_not_revoked() -> None:
    """A token that someone else got is used, and left alone."""
    with scripted(answer(USER)) as loopback, connected(loopback.url, token=TOKEN) as server:
        server.fetch(plan("users.get", 1))
        server.close()
        assert Requests(loopback.requests).lines == ["GET /1.1/users/1"]
    with pytest.raises(InvalidArgument, match="one line of plain text"):
        connect("https://xivo.example", token="two\nlines")


# --- no session, and none needed -----------------------------------------------------------------


def test_no_session() -> None:
    """Without a login nothing is sent; what needs no session is."""
    backends = answer({"data": ["xivo_service"]})
    with scripted(backends) as loopback, connected(loopback.url) as server:
        with pytest.raises(toolkit.NoSession, match="log in first"):
            server.fetch(plan("users.list"))
        with pytest.raises(toolkit.NoSession, match="no token"):
            server.allows("confd.users.read")
        assert server.fetch(plan("auth.backends.list")).data == {"data": ["xivo_service"]}
        assert len(loopback.requests) == 1


def test_account_by_address() -> None:
    """``authentication="none"`` sends no credential, and has no login."""
    with scripted(answer(USER)) as loopback:
        with connected(loopback.url, authentication="none") as server:
            server.fetch(plan("users.get", 1))
            assert "no login needed" in repr(server)
            with pytest.raises(toolkit.LoginError, match="authentication='none'"):
                server.login_with("ada", "pw")
        (line, headers, _) = Requests(loopback.requests)[0]
    assert line == "GET /1.1/users/1"
    assert not {"x-auth-token", "authorization", "cookie"} & set(headers)


# --- answers that are none -----------------------------------------------------------------------


def test_pages_in_place_of_json() -> None:
    """A proxy's page with status 200 is no answer; a redirect names where it leads."""
    login = page(b"<title>Company login</title>")
    elsewhere = page(b"", "302 FOUND", location="https://other.example/1.1/users?token=x")
    with logged_in(login, elsewhere) as (server, _):
        with pytest.raises(toolkit.BadReply, match=r"a page came.*Company login"):
            server.fetch(plan("users.list"))
        with pytest.raises(
            toolkit.UnknownStatus, match=r"sends on to https://other\.example"
        ) as got:
            server.fetch(plan("users.list"))
    assert "token" not in str(got.value)


def test_cut_json() -> None:
    """JSON that breaks off is a bad reply when it is looked at, with what it was."""
    with logged_in(page(b'{"items": [', kind="application/json")) as (server, _):
        call = server.fetch(plan("users.list"))
        with pytest.raises(toolkit.BadReply, match=r"no JSON .*HTTP 200, application/json"):
            _ = call.data


# --- repeats -------------------------------------------------------------------------------------


def test_reads_repeat_once() -> None:
    """A read whose connection broke is sent once more, and not twice."""
    with logged_in(drop, answer(USER), drop, drop, answer(USER)) as (server, requests):
        server.fetch(plan("users.get", 1))
        with pytest.raises(toolkit.ConnectionLost):
            server.fetch(plan("users.get", 1))
        assert len(requests) == 4


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("users.create", ()),
        ("users.update", (1,)),
        ("users.delete", (1,)),
        ("devices.autoprov", ("d1",)),
        ("devices.synchronize", ("d1",)),
    ],
)
def test_what_changes_state_never_repeats(name: str, values: Sequence[object]) -> None:
    """Also the two GETs that act; the error says that it may have been done."""
    with logged_in(drop, answer(USER)) as (server, requests):
        body = {"firstname": "x"} if TABLE.get(name).body else None
        with pytest.raises(toolkit.ConnectionLost, match="it may have been done"):
            server.fetch(plan(name, *values, body=body))
        assert len(requests) == 1


# --- asking a person -----------------------------------------------------------------------------


class Person:
    """A form that answers its fields."""

    waits = True

    def __init__(self, *texts: str) -> None:
        self.texts, self.asked, self.endings = texts, [], []  # type: ignore[var-annotated]

    async def user(self) -> str:
        raise AssertionError("fields are asked for")

    async def answers(self, prompts: list[str], round_number: int) -> Sequence[str]:
        raise AssertionError("fields are asked for")

    async def fields(self, fields: Sequence[Field], title: str = "") -> Sequence[str]:
        self.asked.append((title, [(field.label, field.hidden) for field in fields]))
        return self.texts[-len(fields) :]

    async def ended(self, error: BaseException | None) -> bool:
        self.endings.append(type(error))
        return False


def test_login_asks_a_person() -> None:
    """A form is asked for a user and a hidden password, and hears how it ended."""
    person = Person("ada", "pw-of-ada-1")
    with scripted(answer(token())) as loopback, connected(loopback.url) as server:
        session = asyncio.run(server.login(asker=person))
        assert session.user == "ada"
        assert server.state.credentials is None
        again = Person("pw-of-bob-1")
        assert asyncio.run(server.login("bob", asker=again)).user == "bob"
        server.state.granted = None
    title, fields = person.asked[0]
    assert title.startswith("Log in to xivo server 127.0.0.1:")
    assert fields == [("User", False), ("Password", True)]
    assert again.asked[0][1] == [("Password", True)]
    assert person.endings == [type(None)]


def test_login_that_a_person_gets_wrong() -> None:
    """The form hears the denial, and the caller gets it."""
    person = Person("ada", "wrong-pass-1")
    refused = answer(reason("Authentication Failed", 401), "401 UNAUTHORIZED")
    with scripted(refused) as loopback, connected(loopback.url, diagnose=False) as server:
        with pytest.raises(toolkit.AccessDenied):
            asyncio.run(server.login(asker=person))
    assert person.endings == [toolkit.AccessDenied]


def test_login_form_of_a_page_that_waits_for_no_answer() -> None:
    """Under Voila the form is answered after the cell: until then the session is not open."""

    class Later(Person):
        waits = False

    async def cell(server: Server) -> None:
        session = await server.login(asker=Later("ada", "pw-of-ada-1"))
        assert (session.open, session.user) == (False, "")
        assert "not answered yet" in repr(session) + session._repr_html_()
        await session._login
        await asyncio.sleep(0)
        assert (session.open, session.user) == (True, "ada")

    with scripted(answer(token()), REVOKED) as loopback, connected(loopback.url) as server:
        asyncio.run(cell(server))


def test_nobody_to_ask() -> None:
    """Where there is neither a form nor a terminal the error says what to call."""
    with pytest.raises(toolkit.NobodyToAsk, match="login_with"):
        asyncio.run(connect("https://xivo.example").login())


# --- what is shown -------------------------------------------------------------------------------


def test_nothing_secret_is_shown() -> None:
    """Reprs and cards of the client, its session, state, plans and calls."""
    with logged_in(answer(USER)) as (server, _):
        session = server.use_token(TOKEN, "ada")
        server.state.credentials = None
        call = server.fetch(plan("users.get", 1))
        shown = [server, server.state, session, call, plan("auth.tokens.get", TOKEN, scope="x")]
        texts = "".join(repr(one) for one in shown)
        texts += server._repr_html_() + session._repr_html_()
    assert TOKEN not in texts
    assert "pw-of-ada-1" not in texts
    assert "session of ada" in texts


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """httpx logs every address; xivo-auth wants the token in its path, and a filter may be one."""
    caplog.set_level("DEBUG")
    lacks = answer(reason("Unauthorized for x", 403), "403 FORBIDDEN")
    users = answer({"items": [], "total": 0})
    unauthorized = page(b"Unauthorized Access", "401 UNAUTHORIZED")
    with logged_in(unauthorized, lacks, users, REVOKED) as (server, requests):
        with pytest.raises(toolkit.AccessDenied):
            server.fetch(plan("lines.list"))
        server.fetch(plan("users.list", password="pw-of-bob-1"))
        server.logout()
        assert f"/0.1/token/{TOKEN}?scope=" in requests.lines[1]
        assert requests.lines[2].endswith("?password=pw-of-bob-1")
        assert requests.lines[3] == f"DELETE /0.1/token/{TOKEN}"
    assert "/0.1/token/XXXXXXXX?scope=" in caplog.text
    assert TOKEN not in caplog.text
    assert "pw-of" not in caplog.text


def test_cookies_of_the_server_are_not_kept() -> None:
    """A 401's cookie is not sent with a token: it is Digest's alone."""
    lacks = answer(reason("Unauthorized for x", 403), "403 FORBIDDEN")
    with logged_in(denied(), lacks, answer(USER)) as (server, requests):
        with pytest.raises(toolkit.AccessDenied):
            server.fetch(plan("users.list"))
        server.fetch(plan("users.get", 1))
        assert "cookie" not in requests[2][1]


def test_own_transport_and_headers() -> None:
    """Another transport takes the network's place; further headers go with every request."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=USER)

    server = connect(
        "https://xivo.example",
        token=TOKEN,
        era="16.15",
        transport=httpx.MockTransport(handle),
        headers={"x-trace": "7"},
    )
    with server:
        server.fetch(plan("users.get", 1))
    assert str(seen[0].url) == "https://xivo.example:9486/1.1/users/1"
    assert seen[0].headers["x-trace"] == "7"
