"""The flows alone: what is sent and asked, with no socket and no waiting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from tests.services.sertainty.wire import response
from toolkit.http import Answer
from toolkit.outcomes import (
    AccessDenied,
    BadReply,
    ConnectionLost,
    InvalidArgument,
    InvalidRequest,
    LoginAborted,
    LoginError,
    NoSession,
    NotFound,
    Unreachable,
)
from toolkit.services.base.asking import GivenAnswers
from toolkit.services.base.driving import Send, drive
from toolkit.services.sertainty.envelope import RequestDocument, decode_request
from toolkit.services.sertainty.flows import call_flow
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.logins import login_flow
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.state import SessionState

Script = Callable[[RequestDocument], bytes | Exception]
PROMPTS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",))), max_size=5)


class Sender:
    """Answers each request by a script, and keeps what was sent."""

    def __init__(self, *script: bytes | Exception) -> None:
        self.script = list(script)
        self.sent: list[RequestDocument] = []
        self.steps: list[Send] = []

    def __call__(self, step: Send) -> Answer:
        self.steps.append(step)
        self.sent.append(decode_request(step.body))
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        return Answer(200, httpx.Headers({"content-type": "text/xml"}), answer, now, 0.5)

    @property
    def functions(self) -> list[str]:
        return [document.function for document in self.sent]


def call(name: str, *values: Any, sender: Sender, state: SessionState) -> Any:
    return drive(call_flow(TABLE.get(name), values, state), sender)


def logged_in(**options: Any) -> SessionState:
    return SessionState(Options(**options), "ada", "sid-1")


def login(
    sender: Sender, answers: Any = (), user: str = "ada", **options: Any
) -> tuple[SessionState, Any]:
    state = SessionState(Options(**options))
    return state, drive(login_flow(state, user), sender, GivenAnswers(answers))


# --- login -------------------------------------------------------------------------------------


@given(rounds=st.lists(PROMPTS, max_size=6), data=st.data())
def test_any_number_of_rounds_and_prompts(rounds: list[list[str]], data: st.DataObject) -> None:
    """0 to N rounds of 0 to N prompts of any text: each answered once, by its own round only."""
    answers = [[data.draw(st.text("xyz")) for _ in prompts] for prompts in rounds]
    sender = Sender(*[response(2, *prompts) for prompts in rounds], response(1, "sid"))
    state, granted = login(sender, answers)
    assert (granted.rounds, state.session_id, state.user) == (len(rounds), "sid", "ada")
    for given_answers, document in zip(answers, sender.sent[1:], strict=True):
        assert document.session is None
        names = [f"prompt-{place}" for place in range(1, len(given_answers) + 1)]
        sent = [(name, value.decode()) for name, value in document.arguments[1:]]
        assert sent == list(zip(names, given_answers, strict=True))


@pytest.mark.parametrize(
    ("prompt_names", "expected"),
    [
        ("echo", ["q-7", "prompt-2"]),
        ("position", ["prompt-1", "prompt-2"]),
        ("text", ["Pet?", 'A <b> & "c"']),
    ],
)
def test_prompt_names(prompt_names: str, expected: list[str]) -> None:
    """Answers are named by echo, by position or by the prompt's text, as the option says."""
    asked = response(2, ("q-7", "Pet?"), 'A <b> & "c"')
    sender = Sender(asked, response(1, "sid"))
    login(sender, ["x", "y"], prompt_names=prompt_names)
    assert [name for name, _ in sender.sent[1].arguments[1:]] == expected


def test_answers_accumulate_when_asked_to() -> None:
    """With the option, a later round sends the earlier answers again."""
    script = [response(2, "A?"), response(2, "B?"), response(1, "sid")]
    sender = Sender(*script)
    login(sender, ["a", "b"], accumulate_answers=True)
    assert [value for _, value in sender.sent[2].arguments] == [b"ada", b"a", b"b"]


def test_denied_login_stops() -> None:
    """A denial raises with the gateway's words, and nothing more is sent."""
    sender = Sender(response(2, "A?"), response(3, message="Denied"))
    with pytest.raises(AccessDenied) as caught:
        login(sender, ["wrong"])
    error = caught.value
    assert (error.function, error.target, error.code, error.message) == (
        "hostOpenSession",
        "ada",
        3,
        "Denied",
    )
    assert len(sender.sent) == 2


def test_limit_of_rounds() -> None:
    """A gateway that never decides ends in LoginAborted after the limit, without a request more."""
    sender = Sender(*[response(2, "A?")] * 9)
    with pytest.raises(LoginAborted, match="still asks after 3 rounds"):
        login(sender, lambda prompts: ["a"], max_rounds=3)
    assert len(sender.sent) == 4


def test_giving_up_sends_nothing() -> None:
    """A callable that gives None ends the login before the answer's request."""
    sender = Sender(response(2, "A?"))
    with pytest.raises(LoginAborted):
        login(sender, lambda prompts: None)
    assert len(sender.sent) == 1


def test_missing_answer_names_the_prompt() -> None:
    """An answer that was not given stops the login and says which."""
    sender = Sender(response(2, "Pet?", "Town?"))
    with pytest.raises(LoginError, match=r"'Town\?'"):
        login(sender, {"pet? ": "Rex"})
    assert len(sender.sent) == 1


@pytest.mark.parametrize("answers", ["text", 7, b"bytes", [1], lambda prompts: "text"])
def test_answers_of_a_wrong_kind(answers: Any) -> None:
    """What cannot be answers is refused with a sentence."""
    with pytest.raises(InvalidArgument):
        login(Sender(response(2, "A?")), answers)


def test_answers_are_never_repeated() -> None:
    """A lost reply to an answer is raised, and the step is not repeatable."""
    sender = Sender(response(2, "A?"), ConnectionLost("gone"))
    with pytest.raises(ConnectionLost, match="never sent twice"):
        login(sender, ["a"])
    assert [step.repeatable for step in sender.steps] == [False, False]


def test_granted_without_an_id() -> None:
    """Status 1 without a session id is a bad reply, not a session."""
    with pytest.raises(BadReply, match="without a session id"):
        login(Sender(response(1)))


def test_no_secret_in_a_repr() -> None:
    """Neither the state nor the result of a login shows the session id or an answer."""
    sender = Sender(response(2, "A?"), response(1, "sid-secret"))
    state, granted = login(sender, ["answer-secret"])
    shown = repr(state) + repr(granted) + repr(GivenAnswers(["answer-secret"]))
    assert "secret" not in shown


# --- calls -------------------------------------------------------------------------------------


def test_session_is_carried_as_an_element() -> None:
    """A function of the table's element kind carries the plain session id."""
    sender = Sender(response(1, "Default"))
    frame = call("configGetList", sender=sender, state=logged_in()).frame
    assert sender.sent[0] == RequestDocument("configGetList", "sid-1", ())
    assert frame["config"].tolist() == ["Default"]


def test_ping_needs_and_sends_no_session() -> None:
    """agentPing carries none even when there is one, and has its own time limit."""
    sender = Sender(response(1), response(1))
    call("agentPing", sender=sender, state=SessionState(Options()))
    call("agentPing", sender=sender, state=logged_in())
    assert [document.session for document in sender.sent] == [None, None]
    assert sender.steps[0].timeout == 5.0


@pytest.mark.parametrize(
    ("style", "session", "arguments"),
    [
        ("both", "sid-1", [b"sid-1", b"Disable"]),
        ("args", None, [b"sid-1", b"Disable"]),
        ("session", "sid-1", [b"Disable"]),
    ],
)
def test_alter_style(style: str, session: str | None, arguments: list[bytes]) -> None:
    """agentAlter carries the session in the way the option names (guide 4.1)."""
    sender = Sender(response(1))
    call("agentAlter", "disable", sender=sender, state=logged_in(alter_style=style))
    assert sender.sent[0].session == session
    assert [value for _, value in sender.sent[0].arguments] == arguments


def test_close_session_passes_the_id_as_an_argument() -> None:
    """hostCloseSession shows no Session element (guide 4.20)."""
    sender = Sender(response(1))
    call("hostCloseSession", sender=sender, state=logged_in())
    assert sender.sent[0] == RequestDocument("hostCloseSession", None, ((None, b"sid-1"),))


def test_template_spelling_falls_back_and_is_remembered() -> None:
    """On 408 the other spelling is tried once, and the one that worked is used from then on."""
    state = logged_in()
    sender = Sender(response(408), response(1, "<Task name='a'/>"), response(1, "<Task name='a'/>"))
    for _ in range(2):
        call("templateGetTask", "a", sender=sender, state=state)
    assert sender.functions == ["templateGetTask", "tempateGetTask", "tempateGetTask"]


def test_template_spelling_that_neither_knows() -> None:
    """When both spellings are refused, the refusal is raised and neither is remembered."""
    state = logged_in()
    with pytest.raises(InvalidRequest):
        call("templateGetTask", "a", sender=Sender(response(408), response(408)), state=state)
    assert state.template_spelling is None


def test_template_spelling_can_be_fixed() -> None:
    """The option sends one spelling only."""
    sender = Sender(response(408))
    state = logged_in(template_spelling="tempateGetTask")
    with pytest.raises(InvalidRequest):
        call("templateGetTask", "a", sender=sender, state=state)
    assert sender.functions == ["tempateGetTask"]


def reopening() -> SessionState:
    state = logged_in()
    state.answers = GivenAnswers(["a"])
    return state


@pytest.mark.parametrize("status", [2, 3])
def test_lost_session_is_reopened_once_for_a_read(status: int) -> None:
    """A read answered by 3 (or 2) logs in again and is repeated with the new session."""
    sender = Sender(
        response(status), response(2, "A?"), response(1, "sid-2"), response(1, "Nightly")
    )
    state = reopening()
    flow = call_flow(TABLE.get("configGetList"), (), state)
    result = drive(flow, sender)
    assert result.frame["config"].tolist() == ["Nightly"]
    assert sender.functions == ["configGetList", *["hostOpenSession"] * 2, "configGetList"]
    assert sender.sent[-1].session == "sid-2"


def test_second_denial_is_raised() -> None:
    """A read that is denied in the new session too raises; it does not log in for ever."""
    sender = Sender(response(3), response(1, "sid-2"), response(3))
    with pytest.raises(AccessDenied):
        call("configGetList", sender=sender, state=reopening())
    assert sender.functions == ["configGetList", "hostOpenSession", "configGetList"]


def test_lost_session_of_a_write_is_raised() -> None:
    """A function that changes state is not repeated: the denial is raised."""
    sender = Sender(response(3))
    with pytest.raises(AccessDenied):
        call("configCreate", "New", sender=sender, state=reopening())
    assert sender.functions == ["configCreate"]


def test_no_session_sends_nothing() -> None:
    """Without a session and without answers, nothing is sent."""
    sender = Sender()
    with pytest.raises(NoSession, match="log in first"):
        call("configGetList", sender=sender, state=SessionState(Options()))
    assert sender.sent == []


@pytest.mark.parametrize("function", TABLE.all, ids=lambda function: function.name)
def test_only_reads_are_repeatable(function: Any) -> None:
    """The retry rule comes from the table: a function that changes state is never repeatable."""
    if function.name == "hostOpenSession":
        return
    values = ["Enable" if a.kind == "choice" else "x" for a in function.given]
    sender = Sender(Unreachable("refused"))
    with pytest.raises(Unreachable):
        call(function.name, *values, sender=sender, state=logged_in())
    assert sender.steps[0].repeatable is not function.changes


def test_lost_reply_of_a_write_says_what_to_do() -> None:
    """The error of a lost reply says that the change may have been made, and how to find out."""
    with pytest.raises(ConnectionLost, match="232 means that the first one was done"):
        call("configCreate", "New", sender=Sender(ConnectionLost("x")), state=logged_in())
    with pytest.raises(Unreachable) as caught:
        call("configCreate", "New", sender=Sender(Unreachable("x")), state=logged_in())
    assert "may have been done" not in str(caught.value)


def test_errors_say_which_call() -> None:
    """An error carries function, target, code, label, message and timing."""
    sender = Sender(response(213, message="File not found"))
    with pytest.raises(NotFound) as caught:
        call("taskGetStatus", "Nightly", "ingest", sender=sender, state=logged_in())
    error = caught.value
    assert str(error) == "taskGetStatus(Nightly/ingest): FILE_NOT_FOUND 213: File not found"
    assert (error.label, error.elapsed) == ("FILE_NOT_FOUND", 0.5)
    assert error.at == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("taskGetStatus", ["Nightly"], r"takes 2 arguments, not 1: task.get_status\("),
        ("taskGetStatus", ["a", "b", "c"], "takes 2 arguments, not 3"),
        ("taskGetStatus", ["Nightly", "*"], r"'\*' is not allowed"),
        ("taskGetLog", ["Nightly", "*"], r"'\*' is not allowed"),
        ("taskGetStatus", ["Nightly", 7], "task_name must be a text, not int"),
        ("configGetTasks", [None], "must be a text, not NoneType"),
        ("agentAlter", ["Stop"], "must be Disable or Enable, not 'Stop'"),
        ("configSaveID", ["a", "b", 3], "must be bytes, a text, a path"),
        ("configNewID", ["a"], "takes 2 or more arguments"),
    ],
)
def test_wrong_arguments(name: str, values: Sequence[Any], says: str) -> None:
    """Wrong arguments are refused with one sentence before anything is sent."""
    sender = Sender()
    with pytest.raises(InvalidArgument, match=says):
        call(name, *values, sender=sender, state=logged_in())
    assert sender.sent == []


def test_wildcard_where_the_guide_allows_it() -> None:
    """taskPause, taskResume and taskReset take '*'."""
    for name in ("taskPause", "taskResume", "taskReset"):
        sender = Sender(response(1))
        call(name, "Nightly", "*", sender=sender, state=logged_in())
        assert sender.sent[0].arguments[1] == (None, b"*")
