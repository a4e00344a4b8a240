"""Logging in: rounds, answers, lockout, sessions (guide 4.20 and 4.22)."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from sandbox.sertainty.wire import Answered, Wire
from toolkit import sandbox
from toolkit.sandbox.sertainty import DEMO_ANSWERS, DEMO_ROUNDS, DEMO_USER, SertaintyBox

RIGHT = [("prompt-1", "Nautilus"), ("prompt-2", "seventeen")]
THEN = [("prompt-1", "A & B A & B"), ("prompt-2", "Alexandria")]


@pytest.fixture
def wire(box: SertaintyBox) -> object:
    """A client that is not logged in."""
    spoken = Wire(box.url)
    yield spoken
    spoken.close()


def login(wire: Wire, *answers: tuple[str, str], user: str = DEMO_USER) -> Answered:
    return wire.bare("hostOpenSession", user, *answers)


def test_two_rounds(wire: Wire) -> None:
    """Challenged, challenged, granted: prompts first, then one session id of 32 hex digits."""
    first = login(wire)
    assert (first.code, first.message) == (2, "Challenged")
    assert first.texts == [prompt for prompt, _ in DEMO_ROUNDS[0]]
    assert first.names == [None, None]
    second = login(wire, *RIGHT)
    assert (second.code, second.texts) == (2, ['Say "A & B" <twice>', "City of the lighthouse?"])
    granted = login(wire, *THEN)
    assert granted.code == 1
    assert len(granted.values) == 1
    assert re.fullmatch("[0-9a-f]{32}", granted.texts[0])
    wire.session = granted.texts[0]
    assert wire.call("agentGetStatus").code == 1


def test_no_challenge_at_all(wire: Wire) -> None:
    """A trusted user is granted at once: zero prompts."""
    assert login(wire, user="charles").code == 1


def test_answers_named_by_the_prompt(wire: Wire) -> None:
    """The prompt's own text is a name too, and the order does not matter."""
    login(wire)
    for prompts in DEMO_ROUNDS:
        reply = login(wire, *((prompt, DEMO_ANSWERS[prompt]) for prompt, _ in reversed(prompts)))
    assert reply.code == 1


def test_answers_without_case_and_trimmed(wire: Wire) -> None:
    """Matched without case and trimmed, as the vendor's sample ID has it."""
    login(wire)
    login(wire, ("prompt-1", "  NAUTILUS\n"), ("prompt-2", "Seventeen "))
    assert login(wire, ("prompt-1", "a & b a & b"), ("prompt-2", "ALEXANDRIA")).code == 1


@pytest.mark.parametrize(
    "answers",
    [
        [("prompt-1", "Nautilus"), ("prompt-2", "eighteen")],
        [("prompt-1", "Nautilus")],
        [("prompt-1", "seventeen"), ("prompt-2", "Nautilus")],
        [("prompt-1", "Nautilus"), ("prompt-3", "seventeen")],
        [("answer", "Nautilus")],
    ],
)
def test_a_wrong_answer_is_denied(wire: Wire, answers: list[tuple[str, str]]) -> None:
    """One wrong or missing answer: 3, no results, and the next call starts over."""
    login(wire)
    reply = login(wire, *answers)
    assert (reply.code, reply.message, reply.values) == (3, "Denied", [])
    assert login(wire, *RIGHT).code == 3
    assert login(wire).texts == [prompt for prompt, _ in DEMO_ROUNDS[0]]
    assert login(wire, *RIGHT).code == 2


def test_answers_need_names(wire: Wire) -> None:
    """An answer without a name is an invalid request, not a wrong answer."""
    login(wire)
    assert wire.bare("hostOpenSession", DEMO_USER, "Nautilus", "seventeen").code == 408
    assert login(wire, *RIGHT).code == 2


def test_earlier_answers_may_come_along(wire: Wire) -> None:
    """Names that nobody asked for are ignored, and of two with one name the later counts."""
    login(wire)
    login(wire, *RIGHT)
    assert login(wire, *RIGHT, ("Another?", "x"), *THEN).code == 1


def test_a_first_call_again_starts_over(wire: Wire) -> None:
    """A call without answers, sent again after a lost reply, asks the first prompts again."""
    login(wire)
    login(wire, *RIGHT)
    assert login(wire).texts[0] == DEMO_ROUNDS[0][0][0]


def test_unknown_users_are_denied(wire: Wire) -> None:
    """An unknown user is 3; names are compared exactly."""
    for user in ("nobody", "Ada", "", "ada "):
        assert login(wire, user=user).code == 3


def test_lockout(wire: Wire, box: SertaintyBox) -> None:
    """Three refused logins in a row lock a user out, right answers or not, until unlocked."""
    for _ in range(3):
        assert login(wire).code == 2
        assert login(wire, ("prompt-1", "x")).code == 3
    assert login(wire).code == 3
    assert login(wire, *RIGHT).code == 3
    assert login(wire, user="charles").code == 1
    box.unlock(DEMO_USER)
    login(wire)
    login(wire, *RIGHT)
    assert login(wire, *THEN).code == 1


def test_a_granted_login_clears_the_row(wire: Wire) -> None:
    """MaximumCycleFailures counts failures in a row: success starts the count anew."""
    for _ in range(2):
        for _ in range(2):
            login(wire)
            login(wire, ("prompt-1", "x"))
        login(wire)
        login(wire, *RIGHT)
        assert login(wire, *THEN).code == 1


def test_total_failures() -> None:
    """MaximumTotalFailures counts all of them, success between or not."""
    with sandbox.start("sertainty", total_failures=2, cycle_failures=0) as box:
        wire = Wire(box.url)
        for expected in (2, 3):
            login(wire)
            login(wire, ("prompt-1", "x"))
            assert login(wire).code == expected
        wire.close()


def test_a_round_waits_five_minutes(wire: Wire, box: SertaintyBox) -> None:
    """Answers count within five minutes; later they are denied, but not as wrong answers."""
    login(wire)
    box.advance(299)
    assert login(wire, *RIGHT).code == 2
    box.advance(dt.timedelta(minutes=5))
    assert login(wire, *THEN).code == 3
    for _ in range(4):
        login(wire)
        box.advance(301)
        assert login(wire, *RIGHT).code == 3
    assert login(wire).code == 2


def test_the_wait_is_a_switch(wire: Wire, box: SertaintyBox) -> None:
    """The five minutes are the sandbox's choice, so they can be chosen."""
    box.switch(round_minutes=0.5)
    login(wire)
    box.advance(31)
    assert login(wire, *RIGHT).code == 3


def test_users_do_not_mix(wire: Wire, box: SertaintyBox) -> None:
    """Rounds are tied to the user: two logins under way at once both succeed."""
    box.add_user("grace", [[("Which moth?", "real")]])
    login(wire)
    assert login(wire, user="grace").texts == ["Which moth?"]
    assert login(wire, *RIGHT).code == 2
    assert login(wire, ("prompt-1", "Real"), user="grace").code == 1
    assert login(wire, *THEN).code == 1


def test_many_rounds_of_many_prompts(wire: Wire, box: SertaintyBox) -> None:
    """Any number of rounds and prompts, one of them without any, and odd texts."""
    odd = ["<&>\"'", "", "line\nbreak", "x" * 3000, "Frage nach Öl 油", " ]]> "]
    rounds = [[(prompt, f"a{at}") for at, prompt in enumerate(odd)], [], [("Last?", "yes")]]
    box.add_user("many", rounds)
    first = login(wire, user="many")
    assert first.texts == odd
    answers = [(f"prompt-{at + 1}", f"a{at}") for at in range(len(odd))]
    second = login(wire, *answers, user="many")
    assert (second.code, second.values) == (2, [])
    assert login(wire, user="many").texts == ["Last?"]
    assert login(wire, ("prompt-1", "YES"), user="many").code == 1


def test_closing_a_session(wire: Wire) -> None:
    """The id is a base64 argument; afterwards the session is dead. Others live on (4.20)."""
    other = Wire(wire.url).open()
    wire.open()
    assert wire.session is not None
    assert wire.bare("hostCloseSession", wire.session).code == 1
    assert wire.bare("hostCloseSession", wire.session).code == 3
    assert wire.call("agentGetStatus").code == 3
    assert other.call("agentGetStatus").code == 1
    assert other.call("hostCloseSession").code == 1
    assert other.call("agentGetStatus").code == 3
    other.close()


def test_sessions_do_not_expire_by_default(wire: Wire, box: SertaintyBox) -> None:
    """No lifetime is stated, so none is kept."""
    wire.open()
    box.advance(dt.timedelta(hours=30))
    assert wire.call("agentGetStatus").code == 1


def test_idle_expiry(wire: Wire, box: SertaintyBox) -> None:
    """With the switch on, a session dies after that long without a call: 3, as for any dead one."""
    box.switch(session_minutes=10)
    wire.open()
    for _ in range(3):
        box.advance(dt.timedelta(minutes=9))
        assert wire.call("agentGetStatus").code == 1
    box.advance(dt.timedelta(minutes=11))
    assert wire.call("agentGetStatus").code == 3
    box.switch(session_minutes=0)
    assert wire.call("agentGetStatus").code == 3


def test_dropped_sessions(wire: Wire, box: SertaintyBox) -> None:
    """The one who started the box may end all sessions, as a restart of the host would."""
    wire.open()
    assert box.drop_sessions() == 1
    assert wire.call("agentGetStatus").code == 3


def test_nothing_secret_is_remembered(wire: Wire, box: SertaintyBox) -> None:
    """Neither the log nor the list of calls holds an answer or a session id."""
    login(wire)
    login(wire, ("prompt-1", "hunter2"))
    wire.open(DEMO_USER)
    session = wire.session
    assert session is not None
    text = wire.call("agentGetLog").texts[0] + repr(box.calls) + repr(box)
    for secret in (session, "hunter2", "Nautilus", "Alexandria"):
        assert secret not in text
    assert "Session opened for ada" in text


def test_wrong_rounds_are_refused(box: SertaintyBox) -> None:
    """Rounds that are no lists of pairs are told apart at once, with what would be right."""
    for rounds in ([("Prompt?", "answer")], [["ab"], 3], [[("Prompt?", 3)]], 7):
        with pytest.raises(ValueError, match="each a list of"):
            box.add_user("x", rounds)
