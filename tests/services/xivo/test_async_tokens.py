"""One renewal however many calls are under way: in tasks, and in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import toolkit
from tests.services.xivo.awaited import Gate, client, sent, until
from tests.services.xivo.wire import plan
from toolkit.sandbox.xivo import XivoBox
from toolkit.services.xivo import connect, connect_async
from toolkit.services.xivo.flows import call_flow

MANY = 20
TOKEN, INFOS = "POST /token", "/infos"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def running() -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", users=3) as box:
        yield box


@pytest.fixture
def box(running: XivoBox) -> Iterator[XivoBox]:
    yield running
    running.clear_faults()


@pytest.fixture(params=["15.18", "16.15"])
def digesting(request: pytest.FixtureRequest) -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", era=request.param, users=3) as box:
        yield box


def logins(box: XivoBox, since: int) -> int:
    return sent(box, since, "POST", "/token")


def test_a_renewal_holds_up_nobody(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one call renews the token, those whose token is still good go on with it."""
    gate = Gate(monkeypatch, "/token")

    async def main() -> None:
        clock = Clock()
        async with client(box, clock=clock) as server:
            await server.login_with(box.user, box.password, expiration=60)
            old = server.state.granted
            since = len(box.calls)
            clock.now += 46
            gate.open.clear()
            calls = [asyncio.ensure_future(server.infos.get()) for _ in range(MANY)]
            await until(lambda: sum(one.done() for one in calls) == MANY - 1)
            assert server.state.granted is old
            gate.open.set()
            await asyncio.gather(*calls)
            assert server.state.granted is not old
            assert logins(box, since) == 1
            assert sent(box, since, "GET", INFOS) == MANY

    asyncio.run(main())


def test_a_lost_token_is_one_login(box: XivoBox) -> None:
    """The server forgets the token: all reads are answered, after one login; nobody sees it."""

    async def main() -> None:
        async with client(box) as server:
            await server.login_with(box.user, box.password)
            for _ in range(2):
                since = len(box.calls)
                box.drop_tokens()
                frames = await asyncio.gather(*(server.infos.get() for _ in range(MANY)))
                assert all(len(frame) == 1 for frame in frames)
                assert logins(box, since) == 1
                assert sent(box, since, "GET", INFOS) <= 2 * MANY

    asyncio.run(main())


def test_a_lost_token_is_one_login_in_threads(box: XivoBox) -> None:
    """The same for the blocking client, whose flows run in threads."""
    with connect(box.confd, auth_url=box.auth) as server:
        server.login_with(box.user, box.password)
        since = len(box.calls)
        box.drop_tokens()
        flows = (call_flow(plan("GET /infos"), server.state) for _ in range(40))
        results = dict(server.at_once(flows, limit=8))
        assert all(results[place].outcome.ok for place in range(40))
        assert logins(box, since) == 1


def test_an_ended_token_is_one_login(box: XivoBox) -> None:
    """After its end everybody waits for the new one: not one call is sent with the old."""

    async def main() -> None:
        clock = Clock()
        async with client(box, clock=clock) as server:
            await server.login_with(box.user, box.password, expiration=60)
            since = len(box.calls)
            clock.now += 61
            box.advance(61)
            await asyncio.gather(*(server.infos.get() for _ in range(MANY)))
            assert logins(box, since) == 1
            assert sent(box, since, "GET", INFOS) == MANY
            assert all(one["status"] == 200 for one in box.calls[since:])

    asyncio.run(main())


def test_a_refused_renewal_is_shared(box: XivoBox) -> None:
    """Those who wait share a refusal, so the password is sent once; a later call tries again."""

    async def main() -> None:
        clock = Clock()
        async with client(box, clock=clock, diagnose=False) as server:
            await server.login_with(box.user, box.password, expiration=60)
            since = len(box.calls)
            clock.now += 61
            box.fault("answer", TOKEN, status=401, text="Authentication Failed")
            ends = await asyncio.gather(
                *(server.infos.get() for _ in range(MANY)), return_exceptions=True
            )
            assert {type(one) for one in ends} == {toolkit.AccessDenied}
            assert len({id(one) for one in ends}) == MANY
            assert logins(box, since) == 1
            assert len(await server.infos.get()) == 1
            assert logins(box, since) == 2

    asyncio.run(main())


def test_who_renews_may_be_cancelled(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the next one that waits does it."""
    gate = Gate(monkeypatch, "/token")

    async def main() -> None:
        clock = Clock()
        async with client(box, clock=clock) as server:
            await server.login_with(box.user, box.password, expiration=60)
            clock.now += 61
            gate.open.clear()
            first, *others = [asyncio.ensure_future(server.infos.get()) for _ in range(5)]
            await until(lambda: gate.under_way == 1)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            await until(lambda: gate.came == 3)  # the first login, the cancelled one, the next
            gate.open.set()
            assert all(len(frame) == 1 for frame in await asyncio.gather(*others))
            assert gate.came == 3

    asyncio.run(main())


def test_a_logout_while_others_wait(box: XivoBox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a renewal, and there is a logout: no session, and no further login."""
    gate = Gate(monkeypatch, "/token")

    async def main() -> None:
        clock = Clock()
        async with client(box, clock=clock, revoke=False) as server:
            await server.login_with(box.user, box.password, expiration=60)
            clock.now += 61
            gate.open.clear()
            first, *others = [asyncio.ensure_future(server.infos.get()) for _ in range(5)]
            await until(lambda: gate.under_way == 1)
            await server.logout()
            first.cancel()
            ends = await asyncio.gather(first, *others, return_exceptions=True)
            assert [type(one) for one in ends[1:]] == [toolkit.NoSession] * 4
            gate.open.set()

    asyncio.run(main())


def test_where_the_apis_are_is_found_out_once(box: XivoBox) -> None:
    """Many first calls at once: one of them probes, and none goes to a wrong place."""

    async def main() -> None:
        async with connect_async(box.open_url, authentication="none") as server:
            since = len(box.calls)
            frames = await asyncio.gather(*(server.infos.get() for _ in range(20)))
            assert all(len(frame) == 1 for frame in frames)
            assert [one["path"] for one in box.calls[since:]] == [INFOS] * 21

    asyncio.run(main())


def test_a_probe_that_fails_leaves_it_open(box: XivoBox) -> None:
    """A server that does not answer is asked again by the next call."""

    async def main() -> None:
        async with connect_async(box.open_url, authentication="none") as server:
            box.fault("drop", times=2)  # the one try, and its repetition
            with pytest.raises(toolkit.ConnectionLost):
                await server.infos.get()
            assert len(await server.infos.get()) == 1

    asyncio.run(main())


def test_digest(digesting: XivoBox) -> None:
    """One challenge serves all calls at once; a wrong password is told after one try."""

    async def main() -> None:
        user, password = digesting.no_acls, digesting.no_acls_password
        async with client(digesting, authentication="digest") as server:
            since = len(digesting.calls)
            session = await server.login_with(user, password)
            assert session.open
            frames = await asyncio.gather(*(server.users.list() for _ in range(MANY)))
            assert all(len(frame) == 3 for frame in frames)
            statuses = [one["status"] for one in digesting.calls[since:]]
            assert statuses == [401, *[200] * (MANY + 1)]
            server.state.challenge = None
            made = await server.users.create([{"firstname": "a"}, {"firstname": "b"}])
            assert made["code"].tolist() == [201, 201]
            await server.users.delete(made["id"].tolist())
        async with client(digesting, authentication="digest") as server:
            with pytest.raises(toolkit.AccessDenied, match="password of visitor is wrong"):
                await server.login_with(user, "wrong-pass-1")

    asyncio.run(main())
