"""Answers that are kept in the system's keyring, here one in memory."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import keyring
import keyring.backend
import keyring.errors
import pytest

import toolkit
from tests.keyrings import Memory
from toolkit.outcomes import InvalidArgument, LoginError, NobodyToAsk
from toolkit.services.base import keepasking, keeping
from toolkit.services.base.asking import Field, Place
from toolkit.services.base.keepasking import asker_for
from toolkit.services.base.keeping import Kept

PET, SHIP, AGAIN = "First pet?", "First ship?", 'Say "A & B" <b>twice</b>'
ROUNDS = [[(PET, "Rex")], [(SHIP, "Argo"), (AGAIN, "A & B A & B")]]
RIGHT = {prompt: answer for one in ROUNDS for prompt, answer in one}


class Locked(Memory):
    """A keyring that its owner did not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("the collection is locked")


class Person:
    """Someone who answers what is asked, and remembers what that was."""

    waits = True

    def __init__(self, answers: dict[str, str], user: str = "ada") -> None:
        self.known, self.name = answers, user
        self.asked: list[str] = []
        self.ends: list[BaseException | None] = []

    async def user(self) -> str:
        return self.name

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:
        self.asked += prompts
        return [self.known[prompt] for prompt in prompts]

    async def fields(self, fields: Sequence[Field], title: str = "") -> list[str]:
        self.asked += [field.label for field in fields]
        return [self.known[field.label] for field in fields]

    async def ended(self, error: BaseException | None) -> bool:
        self.ends.append(error)
        return False


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    old, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    monkeypatch.setattr(keeping, "_denied_here", set())
    yield made
    keyring.set_keyring(old)


@pytest.fixture
def box() -> Iterator[Any]:
    with toolkit.sandbox.start("sertainty") as started:
        started.add_user("ada", ROUNDS)
        yield started


@pytest.fixture
def gateway(box: Any) -> Iterator[Any]:
    with toolkit.sertainty.connect(box.url) as made:
        yield made


def sits_there(monkeypatch: pytest.MonkeyPatch, person: Person) -> None:
    monkeypatch.setattr(keepasking, "find_asker", lambda _title: person)


def test_a_script_logs_in_by_the_keyring(gateway: Any, memory: Memory) -> None:
    """Kept by prompt, taken by prompt, whatever their case; nothing of them is in a repr."""
    toolkit.keep_answers(gateway, "ada", RIGHT | {PET: "wrong"})
    toolkit.keep_answers(gateway, "ada", {f"  {PET.upper()} ": "Rex"})
    assert gateway.login_with("ada", "keyring").rounds == 2
    assert asyncio.run(gateway.login("ada", answers="keyring")).open
    assert "Rex" not in repr(gateway._state.answers) + repr(Kept(gateway, "ada"))
    services = {service for service, _ in memory.held}
    assert services == {f"session-toolkit sertainty {gateway.url.rstrip('/')} ada"}


def test_forgotten(gateway: Any, memory: Memory) -> None:
    """Nothing of them is left in the keyring; to forget nothing is no error."""
    toolkit.keep_answers(gateway, "ada", RIGHT)
    assert toolkit.forget_answers(gateway, "ada") == 3
    assert memory.held == {}
    assert toolkit.forget_answers(gateway, "ada") == 0
    with pytest.raises(LoginError, match="no answers of 'ada'"):
        gateway.login_with("ada", "keyring")


def test_another_user_and_another_server_have_their_own(gateway: Any, memory: Memory) -> None:
    """Answers are never sent to a server that they are not for."""
    toolkit.keep_answers(gateway, "ada", RIGHT)
    with toolkit.sertainty.connect(gateway.url.replace("127.0.0.1", "localhost")) as other:
        assert not Kept(other, "ada").usable
    assert not Kept(gateway, "ada ").usable
    assert Kept(gateway, "ada").usable


def test_nobody_is_asked(gateway: Any, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can be asked, the keyring answers; no form is looked for."""
    monkeypatch.setattr(keepasking, "find_asker", lambda _title: pytest.fail("a form was made"))
    toolkit.keep_answers(gateway, "ada", RIGHT)
    assert asyncio.run(gateway.login("ada")).rounds == 2


def test_a_person_is_asked_the_rest(
    gateway: Any, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not kept is asked, in the same round; what is kept is not."""
    person = Person({SHIP: "Argo"})
    sits_there(monkeypatch, person)
    toolkit.keep_answers(gateway, "ada", {PET: "Rex", AGAIN: "A & B A & B"})
    assert asyncio.run(gateway.login()).open
    assert person.asked == [SHIP]
    assert person.ends == [None]


def test_right_answers_are_kept(
    gateway: Any, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``keep=True``: all are asked, and kept once they opened the session."""
    person = Person(RIGHT)
    sits_there(monkeypatch, person)
    asyncio.run(gateway.login("ada", keep=True))
    assert person.asked == list(RIGHT)
    assert gateway.login_with("ada", "keyring").open


def test_wrong_answers_are_not_kept(
    gateway: Any, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was denied never reaches the keyring."""
    sits_there(monkeypatch, Person(RIGHT | {SHIP: "wrong"}))
    with pytest.raises(toolkit.AccessDenied) as denied:
        asyncio.run(gateway.login("ada", keep=True))
    assert memory.held == {}
    assert not hasattr(denied.value, "__notes__")


@pytest.mark.parametrize("by_script", [True, False])
def test_denied_answers_are_sent_once(
    gateway: Any, box: Any, memory: Memory, monkeypatch: pytest.MonkeyPatch, by_script: bool
) -> None:
    """The denial says where they came from; they are not sent again, also by another process."""
    toolkit.keep_answers(gateway, "ada", RIGHT | {SHIP: "wrong"})
    person = Person(RIGHT)
    sits_there(monkeypatch, person)
    ways = {
        True: lambda: gateway.login_with("ada", "keyring"),
        False: lambda: asyncio.run(gateway.login("ada")),
    }
    with pytest.raises(toolkit.AccessDenied) as denied:
        ways[by_script]()
    assert "came from the keyring" in denied.value.__notes__[0]
    assert "wrong" not in str(denied.value) + denied.value.__notes__[0]
    before = len(box.calls)
    monkeypatch.setattr(keeping, "_denied_here", set())  # another process
    with pytest.raises(LoginError, match="not sent again"):
        gateway.login_with("ada", "keyring")
    assert len(box.calls) == before
    assert asyncio.run(gateway.login("ada")).open  # a person is asked instead
    assert person.asked == list(RIGHT)
    toolkit.keep_answers(gateway, "ada", RIGHT)
    assert gateway.login_with("ada", "keyring").open


def test_the_same_prompt_twice(gateway: Any, box: Any, memory: Memory) -> None:
    """A server that asks again, as some do after a wrong answer, is not sent it again."""
    box.add_user("twice", [[(PET, "Rex")], [(PET, "Max")]])
    toolkit.keep_answers(gateway, "twice", {PET: "Rex"})
    with pytest.raises(LoginError, match="once more"):
        gateway.login_with("twice", "keyring")


def test_an_answer_is_missing(gateway: Any, memory: Memory) -> None:
    """The prompt is named, and nothing is sent for its round."""
    toolkit.keep_answers(gateway, "ada", {PET: "Rex"})
    with pytest.raises(LoginError, match=r"no answer to 'First ship\?'"):
        gateway.login_with("ada", "keyring")


def test_a_lost_session_is_opened_again(gateway: Any, box: Any, memory: Memory) -> None:
    """A read whose session was lost takes the answers from the keyring once more."""
    toolkit.keep_answers(gateway, "ada", RIGHT)
    gateway.login_with("ada", "keyring")
    gateway._state.session_id = None
    assert len(gateway.agent.get_log())


def test_a_replay_marks_nothing(gateway: Any, memory: Memory, tmp_path: Any) -> None:
    """A recorded denial says nothing of the answers that are kept now."""
    with toolkit.record(tmp_path / "denied.yaml"), pytest.raises(toolkit.AccessDenied):
        gateway.login_with("ada", ["wrong", "wrong", "wrong"])
    toolkit.keep_answers(gateway, "ada", RIGHT)
    with toolkit.replay(tmp_path / "denied.yaml"), pytest.raises(toolkit.AccessDenied):
        gateway.login_with("ada", "keyring")
    assert Kept(gateway, "ada").usable


def test_an_asker_of_ones_own_is_asked(gateway: Any, memory: Memory) -> None:
    """Who says who is asked is taken at their word."""
    toolkit.keep_answers(gateway, "ada", RIGHT)
    person = Person(RIGHT)
    asyncio.run(gateway.login("ada", asker=person))
    assert person.asked == list(RIGHT)


def test_nobody_to_ask_is_said_at_once(gateway: Any, box: Any, memory: Memory) -> None:
    """Without kept answers and without a person nothing is sent."""
    with pytest.raises(NobodyToAsk):
        asyncio.run(gateway.login("ada"))
    assert list(box.calls) == []


def test_fields_of_a_sign_in(memory: Memory, gateway: Any) -> None:
    """A service that asks for user and password is served too: one field is the user's."""
    fields = [Field("User", hidden=False), Field("Password")]
    person = Person({"User": "ada", "Password": "Rex"})
    first = asker_for(gateway, None, "here", person, keep=True)
    assert asyncio.run(first.fields(fields)) == ["ada", "Rex"]  # type: ignore[attr-defined]
    asyncio.run(first.ended(None))  # type: ignore[attr-defined]
    second = asker_for(gateway, "ada", "here")
    assert asyncio.run(second.fields(fields[1:])) == ["Rex"]  # type: ignore[attr-defined]


def test_on_a_page_of_voila(memory: Memory, gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that may come to ask must not wait there, whatever the keyring has."""
    monkeypatch.setattr(keepasking, "place", lambda: Place.PAGE)
    toolkit.keep_answers(gateway, "ada", RIGHT)
    assert asker_for(gateway, "ada", "here").waits is False  # type: ignore[attr-defined]


@pytest.mark.parametrize("backend", [Locked, None])
def test_a_keyring_that_does_not_answer(
    gateway: Any, memory: Memory, monkeypatch: pytest.MonkeyPatch, backend: type | None
) -> None:
    """Locked, or none: a sentence where it was asked for, and a person where it was not."""
    from keyring.backends import fail

    keyring.set_keyring(backend() if backend else fail.Keyring())
    with pytest.raises(LoginError, match=r"keyring does not answer|has no keyring"):
        gateway.login_with("ada", "keyring")
    with pytest.raises(LoginError):
        toolkit.keep_answers(gateway, "ada", RIGHT)
    sits_there(monkeypatch, Person(RIGHT))
    assert asyncio.run(gateway.login("ada")).open
    with pytest.raises(LoginError):
        asyncio.run(gateway.login("ada", keep=True))


def test_not_installed(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said where it was asked for; a login asks a person as ever."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InvalidArgument, match=r"session-toolkit\[keyring\]"):
        gateway.login_with("ada", "keyring")
    monkeypatch.setattr(keepasking, "is_installed", lambda: False)
    with pytest.raises(InvalidArgument, match=r"session-toolkit\[keyring\]"):
        asyncio.run(gateway.login("ada", keep=True))
    sits_there(monkeypatch, Person(RIGHT))
    assert asyncio.run(gateway.login("ada")).open


@pytest.mark.parametrize("answers", [{}, ["Rex"], {"Pet?": 7}, "keyring"])
def test_answers_that_cannot_be_kept(gateway: Any, memory: Memory, answers: Any) -> None:
    """One sentence, and nothing is written."""
    with pytest.raises(InvalidArgument, match="mapping of prompt to answer"):
        toolkit.keep_answers(gateway, "ada", answers)
    assert memory.held == {}


def test_long_prompts(gateway: Any, memory: Memory) -> None:
    """Two that differ only at their end are two entries, short enough for every system."""
    toolkit.keep_answers(gateway, "ada", {"x" * 900 + "1": "one", "x" * 900 + "2": "two"})
    kept = Kept(gateway, "ada")
    assert (kept.get("x" * 900 + "1"), kept.get("x" * 900 + "2")) == ("one", "two")
    assert max(len(name) for _, name in memory.held) < 300


def test_a_password_of_another_service(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user and a password are kept as answers are; a denied one is sent once."""
    monkeypatch.setattr(keepasking, "find_asker", lambda _title: pytest.fail("a form was made"))
    with (
        toolkit.sandbox.start("xivo") as box,
        toolkit.xivo.connect(box.url, auth_url=box.auth_url) as xivo,
    ):
        toolkit.keep_answers(xivo, box.user, {"Password": box.password})
        assert asyncio.run(xivo.login(box.user)).open
        xivo.logout()
        toolkit.keep_answers(xivo, box.user, {"Password": "wrong"})
        with pytest.raises(toolkit.AccessDenied, match="keyring"):
            asyncio.run(xivo.login(box.user))
        assert not Kept(xivo, box.user).usable
        assert box.password not in repr(xivo)
