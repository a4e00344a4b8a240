"""Tokens: the browser's round, the client's own, refreshing, the keyring, and who is refused."""

from __future__ import annotations

import asyncio
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import keyring
import pytest

import toolkit
from tests.keyrings import Memory
from tests.services.geoop.conftest import Connect
from tests.services.geoop.wire import TOKEN, answer, connected, jobs, page
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop import oauth
from toolkit.services.geoop.client import Client
from toolkit.services.geoop.flows import login_flow
from toolkit.services.geoop.session import Session


class Person:
    """Signs in as a browser does, and goes back to where the server sends it."""

    def __init__(self, box: GeoopBox, **how: Any) -> None:
        self.box, self.how = box, how
        self.url = ""
        self.change = lambda back: back

    def __call__(self, url: str) -> bool:
        self.url = url
        back = self.change(self.box.sign_in(url, **self.how))
        with urllib.request.urlopen(back) as shown:  # noqa: S310 (loopback)
            assert b"close this page" in shown.read()
        return True


def log_in(geoop: Client, person: Person | None = None, **how: Any) -> Session:
    return asyncio.run(geoop.login(opener=person, **how))


def test_the_browser(connect: Connect, box: GeoopBox) -> None:
    """The browser is caught on loopback; state, challenge, scope and offline access are asked."""
    geoop, person = connect(), Person(box)
    session = log_in(geoop, person)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(person.url).query).items()}
    assert (asked["scope"], asked["access_type"]) == ("default", "offline")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20
    assert urlsplit(asked["redirect_uri"]).hostname == "127.0.0.1"
    assert (session.owner_id, session.refreshable, session.open) == (12, True, True)
    assert len(geoop.users.list()) > 0
    session.close()
    with pytest.raises(toolkit.NoSession):
        geoop.users.list()


@pytest.mark.parametrize("pkce", ["accepted", "required", "ignored"])
def test_a_challenge_where_the_server_takes_it(connect: Connect, box: GeoopBox, pkce: str) -> None:
    """Sent always, harmless where it is passed over; a server that wants one gets it."""
    box.switch(pkce=pkce)
    assert log_in(connect(), Person(box)).open
    if pkce == "required":
        with pytest.raises(toolkit.LoginError, match="invalid_request"):
            log_in(connect(pkce=False), Person(box))


def test_a_public_client(connect: Connect, box: GeoopBox) -> None:
    """No secret and no refresh token."""
    geoop = connect(client_id=box.public_client_id, client_secret="")
    assert not log_in(geoop, Person(box)).refreshable
    with pytest.raises(toolkit.InvalidArgument, match="its secret"):
        geoop.login_with()


def test_another_state_is_refused(connect: Connect, box: GeoopBox) -> None:
    """The code of such an address is not used."""
    geoop, person = connect(), Person(box)
    person.change = lambda back: back.replace("state=", "state=x")
    before = len(box.calls)
    with pytest.raises(toolkit.LoginError, match="another state"):
        log_in(geoop, person)
    assert geoop.state.token is None
    assert not [call for call in box.calls[before:] if call["path"] == "/oauth2/token"]


def test_the_person_says_no_or_nothing(connect: Connect, box: GeoopBox) -> None:
    """Denied in the browser, or not back in time: nothing was got."""
    with pytest.raises(toolkit.LoginAborted, match="denied"):
        log_in(connect(), Person(box, allow=False))
    with pytest.raises(toolkit.LoginAborted, match="did not come back"):
        asyncio.run(connect().login(opener=lambda url: True, seconds=0.01))


def test_nobody_is_there(connect: Connect) -> None:
    """Without a terminal or a notebook it says what to use."""
    with pytest.raises(toolkit.NobodyToAsk, match="login_with"):
        asyncio.run(connect().login())
    with pytest.raises(toolkit.InvalidArgument, match="client_id"):
        asyncio.run(connect(client_id="").login(opener=lambda url: True))


def test_the_address_is_pasted(connect: Connect, box: GeoopBox) -> None:
    """For a kernel on another machine: a form takes the address that the browser ended at."""

    class Form:
        waits = True

        async def user(self) -> str:
            raise AssertionError

        async def answers(self, prompts: list[str], round_number: int) -> list[str]:
            raise AssertionError

        async def fields(self, fields: Any, title: str = "") -> list[str]:
            assert fields[0].hidden
            url = next(word for word in title.split() if word.startswith("http"))
            return [await asyncio.to_thread(box.sign_in, url)]

        async def ended(self, error: BaseException | None) -> bool:
            return False

    assert asyncio.run(connect().login(asker=Form())).open


def test_the_clients_own_login(connect: Connect, box: GeoopBox) -> None:
    """With a secret in the form or in a header; a wrong one is refused and not shown."""
    assert "the client" in repr(connect().login_with())
    box.switch(client_login="basic")
    assert connect(client_login="basic").login_with().open
    with pytest.raises(toolkit.AccessDenied, match="invalid_client") as caught:
        connect(client_secret="wrong-secret-4711", client_login="basic").login_with()
    assert "4711" not in str(caught.value)


def test_a_token_that_ends_is_refreshed_before(connect: Connect, box: GeoopBox) -> None:
    """60 seconds before its end, by the client's own clock."""
    now = [1000.0]
    geoop = connect(clock=lambda: now[0])
    log_in(geoop, Person(box))
    first = geoop.state.token
    assert first is not None
    geoop.users.get(12)
    assert geoop.state.token is first
    now[0] = (first.ends or 0) - 59
    geoop.users.get(12)
    assert geoop.state.token is not first
    assert geoop.state.token is not None
    assert geoop.state.token.owner_id == 12


@pytest.mark.parametrize("rotates", [False, True])
def test_a_token_that_expires_between_two_pages(
    connect: Connect, box: GeoopBox, rotates: bool
) -> None:
    """The 401 refreshes once and repeats once; the list is whole."""
    box.switch(rotates_refresh=rotates)
    geoop = connect()
    session = log_in(geoop, Person(box))
    told: list[int] = []

    def expire(done: int, total: int | None) -> None:
        told.append(done)
        if len(told) == 1:
            box.drop_tokens()

    before = len(box.calls)
    assert geoop.jobs.list(size=50, progress=expire)["id"].is_unique
    assert [call["status"] for call in box.calls[before:]] == [200, 401, 200, 200, 200]
    assert session.open


def test_the_clients_own_token_is_got_again(geoop: Client, box: GeoopBox) -> None:
    """It has no refresh token; the same grant serves."""
    box.drop_tokens()
    assert geoop.users.get(12)["id"].tolist() == [12]


@pytest.mark.parametrize(
    ("fails", "expected"),
    [
        ("invalid_grant", toolkit.AccessDenied),
        ("server_error", toolkit.ServerFault),
        ("html", toolkit.ServerFault),
    ],
)
def test_a_refresh_that_fails(
    connect: Connect, box: GeoopBox, fails: str, expected: type[Exception]
) -> None:
    """It is raised, with a note of the 401; nothing is tried a second time."""
    geoop = connect()
    log_in(geoop, Person(box))
    box.drop_tokens()
    box.switch(refresh_error=fails)
    before = len(box.calls)
    with pytest.raises(expected) as caught:
        geoop.jobs.get(1001)
    assert "GET /jobs/{id} was answered with 401" in caught.value.__notes__[0]
    assert [call["path"] for call in box.calls[before:]] == ["/jobs/1001", "/oauth2/token"]
    if fails == "invalid_grant":
        with pytest.raises(toolkit.NoSession):
            geoop.jobs.get(1001)


def test_a_401_without_a_refresh_token_is_raised() -> None:
    """A ready token is all there is; a second 401 after a refresh is raised too."""
    error = {"type": "client", "code": 1102, "message": "not valid"}
    denied = answer({"result": "error", "error": error}, "401 Unauthorized")
    with connected(denied) as (geoop, loopback):
        with pytest.raises(toolkit.AccessDenied, match="not valid"):
            geoop.jobs.get(1)
        assert len(loopback.requests) == 1
    fresh = answer({"access_token": "another-token-1234", "token_type": "Bearer"})
    with connected(denied, fresh, denied, refresh_token="r-123456") as (geoop, loopback):
        with pytest.raises(toolkit.AccessDenied, match="not valid"):
            geoop.jobs.get(1)
        assert len(loopback.requests) == 3


def test_a_write_after_a_401_is_repeated_once() -> None:
    """A 401 was not processed, so a POST may be repeated."""
    denied = answer({"result": "error", "error": {"type": "client"}}, "401 Unauthorized")
    fresh = answer({"access_token": "another-token-1234", "token_type": "Bearer"})
    with connected(denied, fresh, jobs(7)) as (geoop, loopback):
        session = geoop.use_token(TOKEN, "r-123456")
        assert geoop.jobs.create(title="x")["id"].tolist() == [7]
        assert b"another-token-1234" in loopback.requests[2][0]
        assert session.open


def test_threads_refresh_once(connect: Connect, box: GeoopBox) -> None:
    """Two that find the token ended share the new one."""
    box.switch(rotates_refresh=True)
    geoop = connect()
    log_in(geoop, Person(box))
    box.drop_tokens()
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(geoop.users.get(12)))) for _ in range(4)
    ]
    before = len(box.calls)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [1] * 4
    paths = [call["path"] for call in box.calls[before:]]
    assert paths.count("/oauth2/token") == 1


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (page(b"<p>Down</p>", "502 Bad Gateway"), toolkit.ServerFault),
        (page(b"<p>Hotel</p>"), toolkit.BadReply),
        (answer({"token_type": "Bearer"}), toolkit.BadReply),
        (answer([1]), toolkit.BadReply),
        (answer({"error": "invalid_client"}), toolkit.AccessDenied),
        (answer({"error": "temporarily_unavailable"}, "503 Unavailable"), toolkit.Busy),
    ],
)
def test_odd_answers_of_the_token_endpoint(act: Any, expected: type[Exception]) -> None:
    """Each has its exception, and no token is taken."""
    with connected(act, token=None, client_id="c", client_secret="s3cret-77") as (geoop, _):
        with pytest.raises(expected) as caught:
            geoop.login_with()
        assert geoop.state.token is None
        assert "s3cret-77" not in repr(caught.value.__dict__)


def test_addresses_in_clear_are_refused() -> None:
    """Tokens go to https, or to this machine."""
    for url in ("http://api.geoop.com", "ftp://x", "api.geoop.com"):
        with pytest.raises(toolkit.InvalidArgument):
            toolkit.geoop.connect(url)
    with pytest.raises(toolkit.InvalidArgument, match="https"):
        toolkit.geoop.connect(login_url="http://login.geoop.com")


def test_the_flow_knows_no_socket(connect: Connect, box: GeoopBox) -> None:
    """The same flow is driven by given answers."""
    geoop = connect()
    wanted = oauth.authorization(geoop.state, box.redirect_uri)
    from toolkit.services.base.asking import GivenAnswers
    from toolkit.services.base.driving import drive

    answers = GivenAnswers([box.sign_in(wanted.url)])
    token = drive(login_flow(geoop.state, wanted), geoop._send, answers)
    assert token.access not in repr(token) + repr(geoop.state) + repr(wanted)


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    held = Memory()
    keyring.set_keyring(held)
    yield held
    keyring.set_keyring(before)


def test_tokens_in_the_keyring_when_asked(connect: Connect, box: GeoopBox, memory: Memory) -> None:
    """Kept by option, taken by the next client without a browser, replaced, forgotten."""
    log_in(connect(), Person(box))
    assert not memory.held
    log_in(connect(keep_tokens=True), Person(box))
    second = connect(keep_tokens=True)
    session = log_in(second)
    assert (session.owner_id, session.refreshable) == (12, True)
    box.drop_tokens()
    assert second.users.get(12)["id"].tolist() == [12]
    held = "".join(memory.held.values())
    assert second.state.token is not None
    assert second.state.token.access in held
    second.logout(forget=True)
    assert not memory.held
    with pytest.raises(toolkit.LoginError, match="keep_tokens"):
        connect().logout(forget=True)


def test_a_ready_token() -> None:
    """It is one word; nothing shows it."""
    for wrong in ("", "a b", "ü"):
        with pytest.raises(toolkit.InvalidArgument):
            toolkit.geoop.connect(token=wrong)
    with connected(jobs(1)) as (geoop, loopback):
        geoop.jobs.get(1)
        assert f"authorization: bearer {TOKEN}".encode() in loopback.requests[0][0].lower()
        assert TOKEN not in repr(geoop) + geoop._repr_html_() + repr(geoop.last)
