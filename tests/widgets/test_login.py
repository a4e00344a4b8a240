"""The login form, with a page that is not there: messages in, messages out."""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import threading
import types
from collections.abc import Iterator
from typing import Any, Self

import pytest

import toolkit
from tests.widgets.page import page, press, until
from toolkit.outcomes import LoginAborted, NobodyToAsk
from toolkit.services.base import asking
from toolkit.services.base.asking import Field, Form, Place, TerminalAsker
from toolkit.widgets import login
from toolkit.widgets.login import LoginForm, sentence


@pytest.fixture
def published() -> Iterator[list[str]]:
    """Everything that the kernel publishes."""
    with page() as sent:
        yield sent


class Person:
    """Someone at the page, on a thread of their own."""

    def __init__(self, form: LoginForm, *acts: Any) -> None:
        self.form, self.acts = form, list(acts)
        self.saw: list[dict[str, Any]] = []
        self.thread = threading.Thread(target=self.live)

    def live(self) -> None:
        seen = 0
        for act in self.acts:
            until(lambda seen=seen: self.asked_since(seen))  # type: ignore[misc]
            shown = dict(self.form.shown)
            seen = shown["number"]
            self.saw.append(shown)
            if act is None:
                press(self.form, "abort", number=seen)
            elif act == "again":
                press(self.form, "again", number=seen)
            else:
                press(self.form, "answers", number=seen, values=act)

    def asked_since(self, seen: int) -> bool:
        shown = self.form.shown
        return shown["number"] > seen and shown["phase"] in ("asking", "again")

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.thread.join()


def test_a_form_is_a_form() -> None:
    """It has what the login asks of one."""
    assert isinstance(LoginForm("x"), Form)
    assert isinstance(TerminalAsker(), Form)


def test_two_rounds_with_a_gateway(published: list[str]) -> None:
    """User, two rounds of two prompts, a session; and nothing typed was published or kept."""
    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        form = LoginForm("here")
        first, second = list(box.answers.values())[:2], list(box.answers.values())[2:]
        with Person(form, [box.user], first, second) as person:
            session = asyncio.run(gateway.login(asker=form))
        assert (session.open, session.user, session.rounds) == (True, "ada", 2)
    labels = [[field["label"] for field in saw["fields"]] for saw in person.saw]
    assert labels == [["User"], list(box.answers)[:2], list(box.answers)[2:]]
    assert [saw["round"] for saw in person.saw] == [0, 1, 2]
    assert [field["hidden"] for saw in person.saw for field in saw["fields"]] == [
        False,
        *4 * [True],
    ]
    assert (form.shown["phase"], form.shown["tone"]) == ("open", "good")
    assert "2 rounds" in form.shown["says"]
    assert any("Name of your first ship?" in message for message in published)
    kept = "\n".join([*published, json.dumps(form.get_state(), default=repr), repr(vars(form))])
    for answer in box.answers.values():
        if answer != "A & B A & B":  # its prompt has most of it
            assert answer not in kept
    assert "A & B A & B" not in kept


def test_wrong_answer(published: list[str]) -> None:
    """A denial is an exception where it is awaited, and a sentence in the form."""
    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        form = LoginForm("here")
        with Person(form, ["wrong", "answers"]), pytest.raises(toolkit.AccessDenied):
            asyncio.run(gateway.login("ada", asker=form))
    assert form.shown["says"] == "Access was denied."
    assert (form.shown["phase"], form.shown["tone"]) == ("failed", "bad")
    assert not any('"wrong"' in message for message in published)


def test_abort(published: list[str]) -> None:
    """Giving up ends the login; the gateway hears nothing more."""
    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        form = LoginForm("here")
        with Person(form, None), pytest.raises(LoginAborted, match="given up"):
            asyncio.run(gateway.login("ada", asker=form))
        assert [call["function"] for call in box.calls] == ["hostOpenSession"]
    assert form.shown["says"] == "The login was given up; nothing more was sent."
    assert form.shown["detail"] == ""


def test_user_without_challenges(published: list[str]) -> None:
    """Nothing is asked, and the form says that the session is open."""
    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        form = LoginForm("here")
        assert asyncio.run(gateway.login("charles", asker=form)).rounds == 0
    assert form.shown["says"] == "Logged in. The session is open."


def test_round_without_prompts(published: list[str]) -> None:
    """It is shown as such, and goes on with one press."""
    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        box.add_user("lin", [[], [('<b>Bold & "quoted"</b>?', "yes")]])
        form = LoginForm("here")
        with Person(form, [], ["yes"]) as person:
            asyncio.run(gateway.login("lin", asker=form))
    assert "asks nothing" in person.saw[0]["says"]
    assert person.saw[1]["fields"][0]["label"] == '<b>Bold & "quoted"</b>?'


@pytest.mark.parametrize("wait", [0.0, 0.3])
def test_interrupt(published: list[str], wait: float) -> None:
    """A cancelled cell ends, the form says so, and a click afterwards does nothing."""
    form = LoginForm("here")

    async def interrupted() -> None:
        async with asyncio.timeout(wait):
            try:
                await form.answers(["Pet?"], 1)
            except asyncio.CancelledError as error:
                await form.ended(error)
                raise

    with pytest.raises(TimeoutError):
        asyncio.run(interrupted())
    assert form.shown["says"].startswith("Interrupted")
    press(form, "answers", number=form.shown["number"], values=["late"])
    assert form.shown["phase"] == "failed"


def test_messages_that_fit_nothing_are_dropped(published: list[str]) -> None:
    """Of an older question, too few, no texts, no list, unknown, no mapping: none is an answer."""
    form = LoginForm("here")

    async def asked() -> list[str]:
        wait = asyncio.ensure_future(form.answers(["Pet?"], 1))
        await asyncio.sleep(0)
        now = form.shown["number"]
        for wrong in (
            {"kind": "answers", "number": now - 1, "values": ["old"]},
            {"kind": "answers", "number": now, "values": []},
            {"kind": "answers", "number": now, "values": [7]},
            {"kind": "answers", "number": now, "values": "Rex"},
            {"kind": "answers", "values": ["Rex"]},
            {"kind": "again", "number": now},
            {"kind": "abort", "number": now - 1},
            {"kind": "what"},
            {},
        ):
            press(form, **{"kind": "", **wrong})
        form.comm.handle_msg({"content": {"data": {"method": "custom", "content": "text"}}})
        await asyncio.sleep(0)
        assert not wait.done()
        press(form, "answers", number=now, values=["Rex"])
        press(form, "answers", number=now, values=["twice"])
        return await wait

    assert asyncio.run(asked()) == ["Rex"]


def test_told_what_to_ask(published: list[str]) -> None:
    """Any fields, hidden or not, with a sentence: a user and a password, a code."""
    form = LoginForm("a telephone server")
    with Person(form, ["grace", "hopper"]) as person:
        fields = [Field("User", hidden=False), Field("Password")]
        assert asyncio.run(form.fields(fields, "Sign in with your account.")) == ["grace", "hopper"]
    assert person.saw[0]["says"] == "Sign in with your account."
    assert [field["hidden"] for field in person.saw[0]["fields"]] == [False, True]


@pytest.mark.parametrize(
    ("error", "says", "detail"),
    [
        (toolkit.Unreachable("refused"), "cannot be reached; nothing was sent", "refused"),
        (toolkit.TimedOut("no answer in 30 s"), "did not answer in time", "30 s"),
        (toolkit.ConnectionLost("reset"), "connection broke", "reset"),
        (toolkit.LoginAborted("still asks after 50 rounds"), "given up", "50 rounds"),
        (toolkit.BadReply("an HTML page"), "The login failed.", "HTML"),
        (ValueError("s3cret"), "The login failed: ValueError.", ""),
        (KeyboardInterrupt(), "Interrupted", ""),
    ],
)
def test_sentences(error: BaseException, says: str, detail: str) -> None:
    """Each ending has a plain sentence; an error of unknown making is named, not quoted."""
    shown, more = sentence(error)
    assert says in shown
    assert detail in more
    assert "s3cret" not in shown + more


# --- where it runs -------------------------------------------------------------------------------


def kernel(
    monkeypatch: pytest.MonkeyPatch, *, stdin: bool, version: tuple[int, ...], software: str = ""
) -> None:
    """Pretend to run in a kernel."""
    shell = types.SimpleNamespace(kernel=types.SimpleNamespace(_allow_stdin=stdin))
    fake = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", fake)  # type: ignore[arg-type]
    versioned = types.SimpleNamespace(version_info=version)
    monkeypatch.setitem(sys.modules, "ipykernel", versioned)  # type: ignore[arg-type]
    monkeypatch.setenv("SERVER_SOFTWARE", software)


PLACES = [
    ({"stdin": True, "version": (7, 4, 0)}, Place.FORM),
    ({"stdin": True, "version": (8, 0, 0)}, Place.FORM),
    ({"stdin": True, "version": (7, 3, 0)}, Place.INPUT),
    ({"stdin": True, "version": (6, 31, 0, "final")}, Place.INPUT),
    ({"stdin": False, "version": (7, 4, 0)}, Place.NOBODY),
    ({"stdin": False, "version": (7, 4, 0), "software": "voila/0.5.13"}, Place.PAGE),
    ({"stdin": True, "version": (6, 31), "software": "voila/0.5.13"}, Place.PAGE),
]


@pytest.mark.parametrize(("where", "found"), PLACES)
def test_the_way_of_each_place(
    monkeypatch: pytest.MonkeyPatch, published: list[str], where: Any, found: Place
) -> None:
    """A form, prompts, a form that does not wait, or an error at once."""
    kernel(monkeypatch, **where)
    shown: list[Any] = []
    monkeypatch.setattr(login, "display", shown.append)
    assert asking.place() is found
    if found is Place.NOBODY:
        with pytest.raises(NobodyToAsk, match="login_with"):
            asking.find_asker("here")
        return
    asker = asking.find_asker("here")
    assert isinstance(asker, TerminalAsker if found is Place.INPUT else LoginForm)
    assert asker.waits is (found is not Place.PAGE)  # type: ignore[attr-defined]
    assert shown == ([] if found is Place.INPUT else [asker])


def test_a_page_that_does_not_wait(published: list[str]) -> None:
    """Under Voila the login gives its session at once; it opens later, after a second try."""

    async def visit(gateway: Any, form: LoginForm, answers: list[str]) -> None:
        session = await gateway.login("ada", asker=form)
        assert not session.open
        assert session.user == ""
        assert "not answered yet" in repr(session)
        with Person(form, ["wrong", "answers"], "again", answers[:2], answers[2:]):
            while not session.open:
                await asyncio.sleep(0.001)
        assert session.user == "ada"

    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        form = LoginForm("here", waits=False)
        asyncio.run(asyncio.wait_for(visit(gateway, form, list(box.answers.values())), 20))
        assert gateway.agent.get_status()["agent_status"].item() == "Active"


def test_ready_answers_ask_nobody(published: list[str]) -> None:
    """With answers no form is made."""
    with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as gateway:
        assert asyncio.run(gateway.login("ada", answers=box.answers)).open
    assert published == []


def test_instead_of_the_form_its_repr() -> None:
    """A front end without widgets shows a text that says what to do, whole."""
    data = LoginForm("here")._repr_mimebundle_()[0]
    assert data["text/plain"].endswith("login_with(user, answers).")
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_notebook_shows_one_line(published: list[str]) -> None:
    """However the login ended, IPython shows a line; the exception stays what it was."""
    from IPython.core.interactiveshell import InteractiveShell

    async def cancelled() -> None:
        with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as one:
            wait = asyncio.ensure_future(one.login("ada", asker=LoginForm("here")))
            while not box.calls:
                await asyncio.sleep(0.01)
            wait.cancel()
            await wait

    with pytest.raises(asyncio.CancelledError) as caught:
        asyncio.run(cancelled())
    shell = InteractiveShell()
    shown: list[list[str]] = []
    shell._showtraceback = lambda _type, _value, lines: shown.append(lines)  # type: ignore[method-assign]
    shell.showtraceback((type(caught.value), caught.value, caught.tb))
    assert shown == [["LoginAborted: interrupted: the login was given up; nothing more was sent"]]


def test_a_time_limit_around_the_login(published: list[str]) -> None:
    """What is cancelled from outside still ends as such: a time limit is a TimeoutError."""

    async def limited() -> None:
        with toolkit.sandbox.start("sertainty") as box, toolkit.sertainty.connect(box.url) as one:
            async with asyncio.timeout(0.3):
                await one.login("ada", asker=LoginForm("here"))

    with pytest.raises(TimeoutError):
        asyncio.run(limited())


def test_a_short_error_crosses_processes() -> None:
    """It can be pickled, line and all."""
    error = toolkit.AccessDenied("Denied", function="hostOpenSession")
    error.add_note("The answers came from the keyring.")
    asking.shorten(error)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
    assert copy._render_traceback_() == [
        "AccessDenied: hostOpenSession: AccessDenied: Denied",
        "The answers came from the keyring.",
    ]
    assert sentence(error)[1].endswith("The answers came from the keyring.")
