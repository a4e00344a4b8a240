"""Sessions of the awaited client: opened, lost under many calls, opened again once, ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import toolkit
from tests.services.sertainty.awaited import Counting, counting, plain
from tests.services.sertainty.wire import response
from toolkit.outcomes import LoginAborted, LoginError
from toolkit.services.sertainty import AsyncGateway
from toolkit.services.sertainty.envelope import RequestDocument

CALLS = 50


class Sessions:
    """Answers by a login of one challenge, and denies what comes with a session that it forgot."""

    def __init__(self) -> None:
        self.open = ""
        self.granted = 0
        self.grants = True
        self.answers: list[str] = []

    def lose(self) -> None:
        """Forget the session."""
        self.open = ""

    def __call__(self, document: RequestDocument) -> bytes:
        if document.function == "hostOpenSession":
            return self._login(document)
        if document.function == "hostCloseSession":
            return plain(document)
        if document.session != self.open:
            return response(3, message="Denied")
        return plain(document)

    def _login(self, document: RequestDocument) -> bytes:
        given = [value.decode() for name, value in document.arguments if name]
        if not given:
            return response(2, "Pet?")
        self.answers += given
        if given != ["Rex"] or not self.grants:
            return response(3, message="Denied")
        self.granted += 1
        self.open = f"sid-{self.granted}"
        return response(1, self.open)


class Person:
    """Someone who answers a form, and hears how it ended."""

    waits = True

    def __init__(self, answer: str | None) -> None:
        self.answer = answer
        self.ends: list[BaseException | None] = []

    async def user(self) -> str:
        """The user."""
        return "ada"

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:
        """One answer for each prompt."""
        await asyncio.sleep(0)
        if self.answer is None:
            raise LoginAborted("given up")
        return [self.answer for _ in prompts]

    async def fields(self, fields: Any, title: str = "") -> list[str]:
        """Nothing here asks for fields."""
        raise AssertionError(title)

    async def ended(self, error: BaseException | None) -> bool:
        """How the login ended."""
        self.ends.append(error)
        return False


def statuses(gateway: AsyncGateway, count: int = CALLS) -> list[Any]:
    return [gateway.fetch("taskGetStatus", "c", f"t{n}") for n in range(count)]


async def under_way(server: Counting, gateway: AsyncGateway, *more: Any) -> asyncio.Future[Any]:
    """As many reads as there is room for, which the server holds."""
    server.hold()
    calls = asyncio.gather(*more, *statuses(gateway, CALLS - len(more)), return_exceptions=True)
    await server.until(lambda: server.under_way == CALLS)
    return calls


def run(
    use: Callable[[Sessions, Counting, AsyncGateway], Any], answers: Any = ("Rex",), **options: Any
) -> None:
    """Use a gateway that is logged in."""

    async def main() -> None:
        sessions = Sessions()
        async with counting(sessions) as server:
            async with toolkit.sertainty.connect_async(server.url, **options) as gateway:
                await gateway.login_with("ada", answers)
                await use(sessions, server, gateway)

    asyncio.run(main())


def test_a_session_lost_under_many_calls_is_opened_again_once() -> None:
    """All 50 reads are answered after one login; no answer is sent twice for a challenge."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        calls = await under_way(server, gateway)
        sessions.lose()
        server.free.set()
        found = await calls
        assert [dict(one.results)["Error"].decode() for one in found] == [
            f"c/t{n}" for n in range(CALLS)
        ]
        assert sessions.granted == 2
        assert sessions.answers == ["Rex", "Rex"]
        assert server.functions["hostOpenSession"] == 4
        assert server.functions["taskGetStatus"] == 2 * CALLS

    run(use)


def test_what_changes_state_is_not_sent_twice() -> None:
    """Among the reads of a lost session, a write says that it was denied, and came once."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        writes = [gateway.config.create("New"), gateway.task.pause("c", "*")]
        calls = await under_way(server, gateway, *writes)
        sessions.lose()
        server.free.set()
        found = await calls
        assert [type(one) for one in found[:2]] == [toolkit.AccessDenied] * 2
        assert not any(isinstance(one, BaseException) for one in found[2:])
        assert (server.functions["configCreate"], server.functions["taskPause"]) == (1, 1)
        assert sessions.granted == 2

    run(use)


def test_a_denied_reopening_fails_all_with_one_sentence() -> None:
    """Answers are sent once more, and never again; each call says the same; then log in first."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        calls = await under_way(server, gateway)
        sessions.lose()
        sessions.grants = False
        server.free.set()
        found = await calls
        assert {type(one) for one in found} == {toolkit.AccessDenied}
        (says,) = {str(one) for one in found}
        assert says == (
            "hostOpenSession(ada): ACCESS_DENIED 3: Denied "
            "(the session was lost, and is not opened again; log in anew)"
        )
        assert len({id(one) for one in found}) == CALLS
        assert sessions.answers == ["Rex", "Rex"]
        with pytest.raises(toolkit.NoSession, match="log in first"):
            await gateway.config.get_list()
        assert sessions.answers == ["Rex", "Rex"]
        sessions.grants = True
        await gateway.login_with("ada", ["Rex"])
        assert (await gateway.config.get_list())["config"].tolist() == ["Nightly"]

    run(use)


def test_a_reopening_without_answers_for_it_fails_all() -> None:
    """Answers that give up fail every waiting call once; a later call may ask them again."""
    asked: list[list[str]] = []

    def answers(prompts: list[str]) -> list[str] | None:
        asked.append(prompts)
        return None if len(asked) == 2 else ["Rex"]

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        calls = await under_way(server, gateway)
        sessions.lose()
        server.free.set()
        assert {type(one) for one in await calls} == {LoginAborted}
        assert len(asked) == 2
        assert (await gateway.config.get_list())["config"].tolist() == ["Nightly"]

    run(use, answers)


def test_who_reopens_is_cancelled() -> None:
    """The next one that waits opens the session; nobody else notices."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        sessions.lose()
        gateway._state.session_id = None
        challenged = asyncio.Event()
        ask = gateway._state.answers.again  # type: ignore[union-attr]

        def again() -> Any:
            challenged.set()
            return ask()

        gateway._state.answers.again = again  # type: ignore[union-attr,method-assign]
        first, *rest = [asyncio.ensure_future(one) for one in statuses(gateway, 9)]
        await challenged.wait()
        first.cancel()
        found = await asyncio.gather(first, *rest, return_exceptions=True)
        assert isinstance(found[0], asyncio.CancelledError)
        assert [one.outcome.ok for one in found[1:]] == [True] * 8
        assert sessions.granted == 2

    run(use)


def test_reopening_is_an_option() -> None:
    """Without it each denial is raised, and nothing but the calls is sent."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        sessions.lose()
        found = await asyncio.gather(*statuses(gateway, 5), return_exceptions=True)
        assert {type(one) for one in found} == {toolkit.AccessDenied}
        assert server.functions == {"hostOpenSession": 2, "taskGetStatus": 5}

    run(use, reopen=False)


def test_the_session_is_an_object() -> None:
    """It knows its user and rounds, is ended by ``async with``, once, and hides its id."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        async with await gateway.login_with("ada", {"Pet?": "Rex"}) as session:
            assert (session.user, session.rounds, session.open) == ("ada", 1, True)
            assert repr(session) == "<sertainty session of ada: open, 1 rounds>"
            assert "session of ada" in repr(gateway)
        assert not session.open
        await session.close()
        assert server.functions["hostCloseSession"] == 1
        with pytest.raises(toolkit.NoSession, match="none is open"):
            await gateway.host.close_session()
        await gateway.end_session()
        assert server.functions["hostCloseSession"] == 1

    run(use)


def test_a_person_logs_in() -> None:
    """A form asks, hears of the end, and its answers are kept nowhere."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        await gateway.host.close_session()
        right, wrong, nobody = Person("Rex"), Person("Max"), Person(None)
        assert (await gateway.login(asker=right)).open
        with pytest.raises(toolkit.AccessDenied):
            await gateway.login("ada", asker=wrong)
        with pytest.raises(LoginAborted):
            await gateway.login("ada", asker=nobody)
        assert right.ends == [None]
        assert [type(one.ends[0]) for one in (wrong, nobody)] == [
            toolkit.AccessDenied,
            LoginAborted,
        ]
        assert (await gateway.login("ada", answers=["Rex"])).rounds == 1
        with pytest.raises(toolkit.InvalidArgument, match="give the user too"):
            await gateway.login(answers=["Rex"])

    run(use)


def test_a_form_that_is_answered_later() -> None:
    """On a page that waits for no form, the session opens by itself when it is answered."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        person = Person("Rex")
        person.waits = False
        session = await gateway.login("ada", asker=person)
        assert (session.open, session.user) == (False, "")
        await session._login
        await asyncio.sleep(0)
        assert (session.open, session.user) == (True, "ada")

    run(use)


def test_login_by_hand() -> None:
    """One step a call: the prompts as rows, then the grant; a wrong kind of answers is refused."""

    async def use(sessions: Sessions, server: Counting, gateway: AsyncGateway) -> None:
        asked = await gateway.host.open_session("ada")
        assert asked[["state", "prompt"]].to_numpy().tolist() == [["challenged", "Pet?"]]
        done = await gateway.call("hostOpenSession", "ada", "Rex")
        assert done["state"].tolist() == ["granted"]
        assert sessions.granted == 2
        with pytest.raises(toolkit.InvalidArgument, match="a list or a mapping"):
            await gateway.host.open_session("ada", "Rex")
        with pytest.raises(toolkit.InvalidArgument, match="login_with"):
            await gateway.fetch("hostOpenSession", "ada")

    run(use)


def test_answers_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are taken when they are needed: at the login, and when the session was lost."""
    keyring = pytest.importorskip("keyring")
    held: dict[tuple[str, str], str] = {}
    looks: list[tuple[str, str]] = []

    def look(*entry: str) -> str | None:
        looks.append(entry)  # type: ignore[arg-type]
        return held.get(entry)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(keyring, "get_password", look)
    monkeypatch.setattr(
        keyring, "set_password", lambda service, name, text: held.update({(service, name): text})
    )

    async def main() -> None:
        sessions = Sessions()
        async with counting(sessions) as server:
            async with toolkit.sertainty.connect_async(server.url) as gateway:
                with pytest.raises(LoginError, match="has no answers"):
                    await gateway.login_with("ada", "keyring")
                toolkit.keep_answers(gateway, "ada", {"Pet?": "Rex"})
                await gateway.login_with("ada", "keyring")
                before = len(looks)
                await asyncio.gather(*statuses(gateway, 20))
                assert len(looks) == before
                sessions.lose()
                await asyncio.gather(*statuses(gateway, 20))
                assert sessions.granted == 2
                sessions.lose()
                sessions.grants = False
                found = await asyncio.gather(*statuses(gateway, 5), return_exceptions=True)
                assert {type(one) for one in found} == {toolkit.AccessDenied}
                with pytest.raises(LoginError, match="not sent again"):
                    await gateway.login_with("ada", "keyring")
        assert sessions.answers == ["Rex"] * 3

    asyncio.run(main())


async def leave(url: str) -> None:
    async with toolkit.sertainty.connect_async(url) as gateway:
        await gateway.login_with("ada")
        raise KeyError("mine")


@pytest.mark.parametrize("gone", [True, False])
def test_the_end_of_async_with(gone: bool) -> None:
    """The session is closed; where the gateway cannot be told, that is a warning."""

    def answer(document: RequestDocument) -> bytes:
        if document.function == "hostCloseSession" and gone:
            raise ConnectionError
        return plain(document)

    async def main() -> None:
        async with counting(answer) as server:
            if gone:
                with pytest.raises(KeyError), pytest.warns(UserWarning, match="may still be open"):
                    await leave(server.url)
            else:
                with pytest.raises(KeyError):
                    await leave(server.url)
            assert server.functions == {"hostOpenSession": 1, "hostCloseSession": 1}

    asyncio.run(main())
