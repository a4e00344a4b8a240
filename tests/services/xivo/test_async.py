"""The awaited client against the sandbox: it gives what the blocking one gives."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.services.xivo.awaited import at, blocking, client, sent, until, use
from tests.services.xivo.wire import plan
from toolkit.outcomes import InvalidArgument
from toolkit.sandbox.xivo import XivoBox
from toolkit.services.xivo import AsyncServer, Server, connect, connect_async
from toolkit.services.xivo.bulk import BULK_COLUMNS
from toolkit.services.xivo.verbs import Part


@pytest.fixture(scope="module", params=["15.18", "16.15", "wazo"])
def era(request: pytest.FixtureRequest) -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", era=request.param, users=12) as box:
        yield box


@pytest.fixture(scope="module")
def box() -> Iterator[XivoBox]:
    with toolkit.sandbox.start("xivo", users=208) as box:
        yield box


def face(kind: type) -> dict[str, Any]:
    """Public names with their parameters, places with what is there."""
    found: dict[str, Any] = {}
    for name in dir(kind):
        thing = inspect.getattr_static(kind, name)
        if isinstance(thing, Part):
            found[name] = thing._kind
        elif not name.startswith("_"):
            found[name] = list(inspect.signature(thing).parameters) if callable(thing) else None
    return found


def test_the_same_methods() -> None:
    """What the blocking client has, the awaited one has, with the same arguments."""
    assert face(Server) == face(AsyncServer)
    assert inspect.signature(connect).parameters.keys() == (
        inspect.signature(connect_async).parameters.keys()
    )


def test_pages(box: XivoBox) -> None:
    """Over the fault of the pages: all 208 users once each, and the hook hears of each page."""
    told: list[tuple[int, int]] = []

    async def look(server: AsyncServer) -> None:
        hook = lambda *so: told.append(so)  # noqa: E731
        frame = await server.users.list(order="id", page=50, progress=hook)
        assert frame["id"].nunique() == len(frame) == frame.attrs["total"] == 208
        assert told[0] == (50, 208)
        assert told[-1] == (208, 208)
        lists = await asyncio.gather(
            *(server.users.list(order=one, page=40) for one in ("lastname", "firstname", "uuid"))
        )
        for one in lists:
            assert one["id"].nunique() == len(one) == 208

    use(box, look)


def test_bulk(box: XivoBox) -> None:
    """Made, changed, deleted by rows; a failure is a row, and stops the rest or not."""
    told: list[tuple[int, int]] = []

    async def change(server: AsyncServer) -> None:
        rows = pd.DataFrame({"firstname": ["Ada", "Bob", "Cyd"]}, index=list("xyz"))
        hook = lambda *so: told.append(so)  # noqa: E731
        made = await server.users.create(rows, progress=hook)
        assert list(made) == [column.name for column in BULK_COLUMNS]
        assert (made.index.tolist(), made["code"].tolist()) == (list("xyz"), [201] * 3)
        assert told == [(1, 3), (2, 3), (3, 3)]
        changed = await server.users.update(made.assign(lastname="Invented")[["id", "lastname"]])
        assert changed["code"].tolist() == [204] * 3
        assert (await server.users.get(made["id"].iloc[0]))["lastname"].item() == "Invented"
        ids = made["id"].tolist()
        some = await server.users.delete([ids[0], 99999, ids[1]], at_once=1)
        assert some["label"].tolist() == ["NO_CONTENT", "NOT_FOUND", "NOT_SENT"]
        rest = await server.users.delete([99999, *ids[1:]], on_error="continue", at_once=1)
        assert rest["code"].tolist() == [404, 204, 204]
        dry = await server.users.create([{"firstname": "x"}], dry_run=True)
        assert dry["path"].tolist() == ["/users"]

    use(box, change)


def test_bulk_without_a_session(box: XivoBox) -> None:
    """What no row can help is raised; a bad option is told before anything is sent."""

    async def main() -> None:
        async with client(box) as server:
            with pytest.raises(toolkit.NoSession):
                await server.users.create([{"firstname": "a"}] * 3)
            with pytest.raises(InvalidArgument, match="1 or more, not 0"):
                await server.users.create([{"firstname": "a"}], at_once=0)

    since = len(box.calls)
    asyncio.run(main())
    assert len(box.calls) == since


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda server: server.users.get(), "users.get"),
        (lambda server: server.users.list(limit=0), "limit must be a whole number"),
        (lambda server: server.users.update(1, object()), "a dict or a DataFrame"),
        (lambda server: server.call_logs.list(start_date="2026-01-01"), "both or none"),
        (lambda server: server.call("usrs.list"), "no function 'usrs.list'"),
    ],
)
def test_bad_arguments_are_told_when_awaited(
    box: XivoBox, call: Callable[[AsyncServer], Awaitable[object]], match: str
) -> None:
    """Calling gives a coroutine whatever is given, so that gather loses no other call."""

    async def main(server: AsyncServer) -> None:
        waiting = call(server)
        assert inspect.iscoroutine(waiting)
        with pytest.raises(InvalidArgument, match=match):
            await waiting

    use(box, main)


def test_csv_of_users(box: XivoBox) -> None:
    """The import gives a row for each user, and the export what the blocking client has."""

    async def change(server: AsyncServer) -> pd.DataFrame:
        rows = pd.DataFrame({"firstname": ["Zoe", "Yan"], "entity_id": [1, 1]}, index=[4, 5])
        made = await server.users.import_csv(rows)
        assert made["outcome"].tolist() == ["created", "created"]
        assert made.index.tolist() == [4, 5]
        bad = await server.users.import_csv(pd.DataFrame({"lastname": ["None"]}))
        assert bad["outcome"].tolist() == ["failed"]
        whole = await server.users.export_csv()
        assert server.last is not None
        assert server.last.text.startswith("uuid,")
        for uuid in made["user_uuid"]:
            await server.users.delete(uuid)
        return whole

    assert {"Zoe", "Yan"} <= set(use(box, change)["firstname"])


def test_era_discover_and_places(era: XivoBox) -> None:
    """The era is awaited; what the server's own specification adds is found and called."""

    async def look(server: AsyncServer) -> None:
        assert await server.era == era.era
        if era.era == "15.18":
            with pytest.raises(toolkit.NotFound):
                await server.discover()
            return
        new = await server.discover()
        with blocking(era) as other:
            other.login_with(era.user, era.password)
            pd.testing.assert_frame_equal(new, other.discover())
            for method in new.loc[new["method"].str.endswith(".list"), "method"]:
                frame = await at(server, method)()
                pd.testing.assert_frame_equal(frame, at(other, method)())

    use(era, look)


def test_session(era: XivoBox) -> None:
    """A session knows what its token may do, and is closed by awaiting it."""

    async def main() -> None:
        async with client(era) as server:
            assert repr(server) == f"<xivo server {era.confd}: no session>"
            with pytest.raises(toolkit.AccessDenied):
                await server.login_with(era.user, "wrong-pass-1")
            session = await server.login_with(era.user, era.password)
            acl = "acl:confd" if era.era == "15.18" else "confd.users.read"
            assert await session.allows(acl)
            assert "session of" in repr(server)
            assert session.open
            async with session:
                assert len(await server.users.list()) == 12
            assert not session.open
            with pytest.raises(toolkit.NoSession):
                await server.allows(acl)
            with pytest.raises(toolkit.NoSession):
                await server.users.list()
            await session.close()
            other = await server.login_with(era.user, era.password)
            token = server.state.granted.token  # type: ignore[union-attr]
        assert not other.open
        async with client(era, token=token) as server:
            with pytest.raises(toolkit.AccessDenied, match="log in again"):
                await server.users.list()
            assert server.use_token(token, "ada").user == "ada"

    asyncio.run(main())


def test_login_by_a_person(box: XivoBox) -> None:
    """Who is asked gives user and password; the client forgets the password."""

    class Person:
        waits = True

        async def user(self) -> str:
            raise AssertionError

        async def answers(self, prompts: list[str], round_number: int) -> list[str]:
            raise AssertionError

        async def fields(self, fields: Any, title: str) -> list[str]:
            assert "Log in to xivo server" in title
            return [box.user, box.password][-len(fields) :]

        async def ended(self, error: BaseException | None) -> bool:
            return False

    async def main() -> None:
        async with client(box) as server:
            session = await server.login(asker=Person())
            assert session.user == box.user
            assert server.state.credentials is None
            assert (await server.infos.get()).shape[0] == 1
            await server.login(box.user, asker=Person())

    asyncio.run(main())


def test_a_form_that_is_answered_later(box: XivoBox) -> None:
    """Where the login may not wait (under Voila) the session opens when the form is answered."""

    async def main() -> None:
        answered = asyncio.Event()

        class Later:
            waits = False

            async def user(self) -> str:
                raise AssertionError

            async def answers(self, prompts: list[str], round_number: int) -> list[str]:
                raise AssertionError

            async def fields(self, fields: Any, title: str) -> list[str]:
                await answered.wait()
                return [box.user, box.password]

            async def ended(self, error: BaseException | None) -> bool:
                return False

        async with client(box) as server:
            session = await server.login(asker=Later())
            assert not session.open
            assert "not answered yet" in repr(session)
            answered.set()
            await until(lambda: session.open)
            assert box.user in session._repr_html_()

    asyncio.run(main())


def test_what_a_left_server_may_still_know(box: XivoBox) -> None:
    """When the server cannot be told of the end, that is a warning, and the body's result stays."""

    async def leave() -> str:
        async with client(box) as server:
            await server.login_with(box.user, box.password)
            box.fault("drop", "DELETE /token/{token}", times=None)
            return "done"

    with pytest.warns(UserWarning, match="may still be valid"):
        assert asyncio.run(leave()) == "done"
    box.clear_faults()


def test_at_once(box: XivoBox) -> None:
    """Flows of one's own run several at a time, each with its place."""
    from toolkit.services.xivo.flows import call_flow

    async def main(server: AsyncServer) -> None:
        flows = [call_flow(plan("users.get", one), server.state) for one in (1, 99999, 2)]
        found = {place: result async for place, result in server.at_once(flows, 2)}
        assert isinstance(found[1], toolkit.NotFound)
        assert [found[place].data["id"] for place in (0, 2)] == [1, 2]
        call = await server.fetch(plan("users.get", 1))
        assert server.last is call

    use(box, main)


def test_reads_repeat_and_changes_do_not(box: XivoBox) -> None:
    """As in the blocking client: one more try of a read, and none of what changes."""

    async def main(server: AsyncServer) -> None:
        box.fault("drop", "GET /infos")
        assert len(await server.infos.get()) == 1
        box.fault("drop", "POST /users", after=True)
        since = len(box.calls)
        with pytest.raises(toolkit.ConnectionLost, match="it may have been done; look into"):
            await server.users.create(firstname="Once")
        assert sent(box, since, "POST", "/users") == 1
        made = await server.users.list(search="Once")
        await server.users.delete(made["id"].tolist())
        box.fault("html", "GET /infos", status=200)
        with pytest.raises(toolkit.BadReply, match="a page came instead of JSON"):
            await server.infos.get()

    use(box, main)


def test_a_form_takes_a_client_that_waits(box: XivoBox) -> None:
    """What cannot be done with an awaited client is said in one sentence."""
    with pytest.raises(InvalidArgument, match=r"a form takes a client of connect\(url\)"):
        toolkit.form(client(box))


def test_no_token_in_the_log(box: XivoBox, caplog: pytest.LogCaptureFixture) -> None:
    """Addresses with a token in them are masked in httpx's log."""
    caplog.set_level(logging.INFO, "httpx")

    async def main(server: AsyncServer) -> str:
        await server.allows("confd.users.read")
        assert server.state.granted is not None
        return server.state.granted.token

    token = use(box, main)
    assert "/token/XXXXXXXX" in caplog.text
    assert token not in caplog.text
