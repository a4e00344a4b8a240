"""The async client: what the blocking one does, awaited; many calls, one renewing, cancelling."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pandas as pd
import pytest

import toolkit
from tests.keyrings import Memory
from tests.services.attrs import lasting
from tests.services.geoop.awaited import Counting, counting
from tests.services.geoop.conftest import Connect
from tests.services.geoop.test_login import Person
from tests.services.geoop.test_writes import LABELS, table
from tests.services.inloop import connecting
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop.client import AsyncClient, Client
from toolkit.services.geoop.functions import COLLECTIONS

TOKEN = "invented-access-token-0123456789"
Use = Callable[[AsyncClient], Awaitable[Any]]


def run(box: GeoopBox, use: Use, *, logged_in: bool = True, **options: Any) -> Any:
    """Use one client of the sandbox in one loop."""
    given = {"client_id": box.client_id, "client_secret": box.client_secret, **options}

    async def main() -> Any:
        async with toolkit.geoop.connect_async(box.url, login_url=box.login_url, **given) as geoop:
            if logged_in:
                await geoop.login_with()
            return await use(geoop)

    return asyncio.run(main())


def run_counting(use: Callable[[AsyncClient, Counting], Awaitable[Any]], **options: Any) -> Any:
    """Use one client of a server that counts, in one loop with it."""

    async def main() -> Any:
        async with counting() as server:
            given = {"token": TOKEN, "client_id": "c", "login_url": server.url, **options}
            async with toolkit.geoop.connect_async(server.url, **given) as geoop:
                return await use(geoop, server)

    return asyncio.run(main())


def test_every_read_gives_the_same(geoop: Client, box: GeoopBox) -> None:
    """Of each collection: its list, one page, one item; by method and by name in the table."""

    async def look(one: AsyncClient, name: str, id: int) -> list[pd.DataFrame]:  # noqa: A002
        collection = one.collection(name)
        return await asyncio.gather(
            collection.list(size=40),
            collection.list(page=1, fields="*", sort="-id", nested="json"),
            collection.get(id),
            one.call(f"GET /{name}", size=40),
            one.call(f"{name}.get", id),
        )

    for name in COLLECTIONS:
        if not (whole := geoop.collection(name).list(size=40)).size:
            continue
        number = int(whole["id"].iloc[0])
        expected = [
            whole,
            geoop.collection(name).list(page=1, fields="*", sort="-id", nested="json"),
            geoop.collection(name).get(number),
            whole,
            geoop.collection(name).get(number),
        ]
        found = run(box, lambda one, name=name, number=number: look(one, name, number))
        for frame, wanted in zip(found, expected, strict=True):
            pd.testing.assert_frame_equal(frame, wanted)
            assert lasting(frame.attrs) == lasting(wanted.attrs)


def test_failures_land_on_their_rows(box: GeoopBox) -> None:
    """Two writes at once: each has its own table with the caller's rows, or raises with it."""

    async def use(one: AsyncClient) -> None:
        whole, refused = await asyncio.gather(
            one.jobs.create(table(), chunk=2),
            one.jobs.create(table((4,)), chunk=3, on_error="continue"),
            return_exceptions=True,
        )
        assert isinstance(whole, pd.DataFrame)
        assert isinstance(refused, toolkit.InvalidRequest)
        made = refused.table
        assert whole["saved"].all()
        assert whole.index.tolist() == made.index.tolist() == LABELS
        assert made["fate"].tolist() == [
            "saved", "saved", "saved", "not saved", "refused", "not saved", "saved",
        ]  # fmt: skip
        assert "row 'elm': title" in str(refused)
        ids = pd.concat([whole["id"], made.loc[made["saved"], "id"]])
        assert ids.is_unique
        gone = await one.jobs.delete(ids, chunk=4)
        assert gone["fate"].eq("saved").all()

    run(box, use)


def test_an_upload_and_an_action(box: GeoopBox, tmp_path: Path) -> None:
    """Both are awaited; what is wrong is refused by the call that is awaited."""
    (tmp_path / "plan.txt").write_text("invented")

    async def use(one: AsyncClient) -> None:
        shown = await one.files.upload(tmp_path / "plan.txt")
        assert len(shown) == 1
        wrong: list[tuple[Callable[[], Awaitable[pd.DataFrame]], str]] = [
            (lambda: one.files.upload(tmp_path / "none.txt"), "cannot be read"),
            (lambda: one.jobs.action("no/name"), "letters"),
            (lambda: one.jobs.create(), "rows, or fields"),
            (lambda: one.jobs.get(True), "whole number"),
            (lambda: one.call("jobs.gt", 5), "no function"),
            (lambda: one.call("POST /oauth2/token"), "login_with"),
            (lambda: one.call("GET /jobs", 5), "by name"),
        ]
        for make, says in wrong:
            made = make()
            with pytest.raises(toolkit.InvalidArgument, match=says):
                await made

    run(box, use)


def test_a_thousand_calls_fifty_at_once() -> None:
    """Never more at the server, and each has its own answer."""

    async def use(one: AsyncClient, server: Counting) -> None:
        server.free.clear()
        calls = asyncio.gather(*(one.jobs.get(number) for number in range(1000)))
        await server.until(lambda: server.under_way == 50)
        server.free.set()
        found = await calls
        assert [frame["id"].item() for frame in found] == list(range(1000))
        assert server.most == 50

    run_counting(use)


def test_cancelled_in_the_middle() -> None:
    """Some while they wait for the server, some while they wait for their turn."""

    async def use(one: AsyncClient, server: Counting) -> None:
        server.free.clear()
        calls = [asyncio.ensure_future(one.jobs.get(number)) for number in range(40)]
        await server.until(lambda: server.under_way == 10)
        given_up = calls[::2]
        for call in given_up:
            call.cancel()
        ended = await asyncio.wait(given_up)
        assert all(call.cancelled() for call in ended[0])
        server.free.set()
        for number, call in enumerate(calls):
            if call not in given_up:
                assert (await call)["id"].item() == number
        assert (await one.jobs.get(77))["id"].item() == 77
        assert not {f"/jobs/{number}" for number in range(20, 40, 2)} & set(server.paths)

    run_counting(use, limits=toolkit.geoop.Limits(at_once=10))


@pytest.mark.parametrize("known", [False, True], ids=["a 401 tells", "its end is known"])
def test_fifty_calls_renew_a_token_once(known: bool) -> None:
    """The others wait for it and use what it gave."""
    now = [0.0]

    async def use(one: AsyncClient, server: Counting) -> None:
        one.use_token(TOKEN, "refresh-me")
        server.good = "another"
        await one.jobs.get(1)
        server.paths.clear()
        if known:
            now[0] = 59.0
        else:
            server.good = "yet another"
        server.free.clear()
        calls = [asyncio.ensure_future(one.jobs.get(number)) for number in range(50)]
        await server.until(lambda: server.under_way == (1 if known else 50))
        server.free.set()
        found = await asyncio.gather(*calls)
        assert [frame["id"].item() for frame in found] == list(range(50))
        assert server.paths.count("/oauth2/token") == 1
        assert len(server.paths) == 51 if known else 101

    run_counting(use, clock=lambda: now[0])


def test_a_renewing_that_is_refused_is_not_tried_by_the_others(box: GeoopBox) -> None:
    """One asks and is told no; the others hear that the session has ended."""

    async def use(one: AsyncClient) -> None:
        await one.login(opener=Person(box))
        box.drop_tokens()
        box.switch(refresh_error="invalid_grant")
        before = len(box.calls)
        ended = await asyncio.gather(*(one.users.get(12) for _ in range(8)), return_exceptions=True)
        kinds = sorted(type(error).__name__ for error in ended)
        assert kinds == ["AccessDenied", *["NoSession"] * 7]
        paths = [call["path"] for call in box.calls[before:]]
        assert paths.count("/oauth2/token") == 1

    run(box, use, logged_in=False)


def test_who_renews_is_cancelled() -> None:
    """Another one does it."""

    async def use(one: AsyncClient, server: Counting) -> None:
        one.use_token(TOKEN, "refresh-me")
        server.good = "another"
        first = asyncio.ensure_future(one.jobs.get(1))
        await server.until(lambda: len(server.paths) == 1)
        server.free.clear()
        await server.until(lambda: server.paths[1:] == ["/oauth2/token"])
        second = asyncio.ensure_future(one.jobs.get(2))
        first.cancel()
        await asyncio.wait([first])
        server.free.set()
        assert (await second)["id"].item() == 2
        assert first.cancelled()

    run_counting(use)


def test_the_browser(box: GeoopBox) -> None:
    """The same round, in this loop; the session ends with its block, the tokens with logout."""

    async def use(one: AsyncClient) -> None:
        with pytest.raises(toolkit.NoSession):
            await one.users.list()
        async with await one.login(opener=Person(box)) as session:
            assert isinstance(session, toolkit.geoop.AsyncSession)
            assert (session.owner_id, session.refreshable, session.open) == (12, True, True)
            assert len(await one.users.list()) > 0
        assert not session.open
        with pytest.raises(toolkit.LoginAborted, match="did not come back"):
            await one.login(opener=lambda url: True, seconds=0.01)
        await one.login_with()
        assert repr(one).endswith("logged in>")
        await one.logout()
        with pytest.raises(toolkit.NoSession):
            await one.users.list()

    run(box, use, logged_in=False)


def test_a_login_is_cancelled(box: GeoopBox) -> None:
    """It is cancelled like any other call; nothing listens for the browser any more."""

    async def use(one: AsyncClient) -> None:
        loop, opened = asyncio.get_running_loop(), asyncio.Event()
        urls: list[str] = []

        def opener(url: str) -> bool:
            urls.append(url)
            loop.call_soon_threadsafe(opened.set)
            return True

        login = asyncio.ensure_future(one.login(opener=opener))
        await opened.wait()
        login.cancel()
        with pytest.raises(asyncio.CancelledError):
            await login
        back = box.sign_in(urls[0])
        with pytest.raises(urllib.error.URLError):
            await asyncio.to_thread(urllib.request.urlopen, back)

    run(box, use, logged_in=False)


def test_the_clients_own_login(box: GeoopBox) -> None:
    """Refused without showing the secret; calls under way do not mind a second login."""

    async def refused(one: AsyncClient) -> None:
        with pytest.raises(toolkit.AccessDenied, match="invalid_client") as caught:
            await one.login_with()
        assert "4711" not in str(caught.value)

    async def use(one: AsyncClient) -> None:
        jobs, session = await asyncio.gather(one.jobs.list(size=10), one.login_with())
        assert len(jobs) > 100
        assert session.open

    run(box, refused, logged_in=False, client_secret="wrong-secret-4711")
    run(box, use)


@pytest.fixture
def memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    held = Memory()
    keyring.set_keyring(held)
    yield held
    keyring.set_keyring(before)


def test_tokens_in_the_keyring(connect: Connect, box: GeoopBox, memory: Memory) -> None:
    """What a blocking client kept, an async one takes; and it forgets it when it is told."""
    connect(keep_tokens=True).login_with()

    async def use(one: AsyncClient) -> None:
        before = len(box.calls)
        async with await one.login_with() as session:
            assert session.open
        assert (await one.login()).open
        assert len(box.calls) == before
        await one.logout(forget=True)

    run(box, use, logged_in=False, keep_tokens=True)
    assert not memory.held


def walk(geoop: Any) -> list[Any]:
    """A login, reads, a write with a refusal, a refused read."""
    geoop.login_with()
    roles = geoop.roles.list()
    found = [roles, geoop.jobs.list(size=50), geoop.roles.get(int(roles["id"].iloc[0]))]
    rows = pd.DataFrame({"title": ["x", None]}, index=["good", "bad"])
    found.append(geoop.jobs.create(rows, on_failure="table"))
    with pytest.raises(toolkit.NotFound) as caught:
        geoop.jobs.get(7)
    return [*found, str(caught.value)]


@pytest.mark.parametrize("first", ["blocking", "async"])
def test_what_one_records_the_other_replays(box: GeoopBox, tmp_path: Path, first: str) -> None:
    """Equal frames and texts; no token in the file."""
    path = tmp_path / "session.yaml"
    kinds = [toolkit.geoop.connect, connecting(toolkit.geoop)]
    recorder, player = kinds if first == "blocking" else reversed(kinds)
    given = {"login_url": box.login_url, "client_id": box.client_id}
    with toolkit.record(path), recorder(box.url, client_secret=box.client_secret, **given) as one:
        live = walk(one)
    with toolkit.replay(path), player(box.url, client_secret="any-will-do", **given) as one:
        again = walk(one)
    assert live[-1] == again[-1]
    for before, after in zip(live[:-1], again[:-1], strict=True):
        pd.testing.assert_frame_equal(before, after)
        assert before.attrs == after.attrs
    assert box.client_secret.encode() not in path.read_bytes()
    assert b"Bearer ey" not in path.read_bytes()


def test_two_tasks_with_two_recordings(box: GeoopBox, tmp_path: Path) -> None:
    """Each cassette has its own task's calls only."""

    async def recorded(one: AsyncClient, name: str) -> None:
        with toolkit.record(tmp_path / f"{name}.yaml"):
            for _ in range(4):
                await one.collection(name).list(page=1)

    async def use(one: AsyncClient) -> None:
        await asyncio.gather(recorded(one, "jobs"), recorded(one, "users"))

    run(box, use)
    for name in ("jobs", "users"):
        calls = toolkit.read_calls(tmp_path / f"{name}.yaml")
        assert calls["function"].tolist() == [f"GET /{name}"] * 4


def test_a_write_that_is_cancelled() -> None:
    """It says what was saved by then and what nobody knows."""

    async def use(one: AsyncClient, server: Counting) -> None:
        def hold(done: int, _total: int | None) -> None:
            if done == 2:
                server.free.clear()

        rows = [{"id": number, "title": "x"} for number in range(1, 7)]
        task = asyncio.ensure_future(one.jobs.update(rows, chunk=2, progress=hold))
        await server.until(lambda: server.under_way == 1 and len(server.paths) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        server.free.set()
        told = caught.value.table  # type: ignore[attr-defined]
        assert told["fate"].tolist() == ["saved"] * 2 + ["unknown"] * 2 + ["not sent"] * 2
        assert (await one.jobs.get(5))["id"].item() == 5

    run_counting(use)


def test_addresses_and_options() -> None:
    """They are the blocking client's, and so is what is said of wrong ones."""
    with pytest.raises(toolkit.InvalidArgument, match="https"):
        toolkit.geoop.connect_async("http://api.geoop.com")
    with pytest.raises(toolkit.InvalidArgument, match="no option is called verzion"):
        toolkit.geoop.connect_async(verzion="1.0")
    geoop = toolkit.geoop.connect_async(token=TOKEN)
    assert repr(geoop) == "<geoop async https://api.geoop.com, version 1.3: logged in>"
    assert TOKEN not in repr(geoop) + geoop._repr_html_()
    session = geoop.use_token(TOKEN)
    assert isinstance(session, toolkit.geoop.AsyncSession)
    with pytest.raises(toolkit.InvalidArgument, match="one word"):
        geoop.use_token("a b")


INTERRUPTED = """
import asyncio, logging, signal, sys, toolkit

logging.getLogger("asyncio").setLevel(logging.ERROR)  # how long a step took is not asked

async def main(url, login_url, client_id, secret):
    async with toolkit.geoop.connect_async(
        url, login_url=login_url, client_id=client_id, client_secret=secret
    ) as geoop:
        await geoop.login_with()
        calls = [asyncio.ensure_future(geoop.jobs.list(page=1)) for _ in range(100)]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        signal.raise_signal(signal.SIGINT)
        await asyncio.gather(*calls)

try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_interrupted(geoop: Client, box: GeoopBox) -> None:
    """Ctrl-C in the middle of many lists: they end, and nothing is complained about."""
    given = [box.url, box.login_url, box.client_id, box.client_secret]
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", INTERRUPTED, *given],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert ended.stderr == ""
    assert ended.stdout.split() == ["interrupted"]
    assert len(geoop.jobs.list()) > 100
