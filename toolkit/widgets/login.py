"""The login form: round after round of prompts, and how the login ended.

The page sends ``{"kind": "answers", "number": n, "values": [...]}``, ``{"kind": "abort"}`` or
``{"kind": "again"}``; ``number`` is the question's, so that a second click, or a page that was
left open, answers nothing else. Answers are in these messages only, never in state.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import traitlets
from IPython.display import display

from toolkit.outcomes import (
    AccessDenied,
    LoginAborted,
    TimedOut,
    ToolkitError,
    TransportFailure,
    Unreachable,
)
from toolkit.services.base.asking import Field, Place, place
from toolkit.widgets.waiting import GivenUp, Question
from toolkit.widgets.widget import Widget, front

_GIVEN_UP = "the login was given up; nothing more was sent"
_ENDINGS: tuple[tuple[type[BaseException], str], ...] = (
    (LoginAborted, "The login was given up; nothing more was sent."),
    (AccessDenied, "Access was denied."),
    (Unreachable, "The server cannot be reached; nothing was sent."),
    (TimedOut, "The server did not answer in time."),
    (TransportFailure, "The connection broke before the server had answered."),
    (ToolkitError, "The login failed."),
    (asyncio.CancelledError, "Interrupted: the login was given up; nothing more was sent."),
    (KeyboardInterrupt, "Interrupted: the login was given up; nothing more was sent."),
)


class LoginForm(Widget):
    """Asks in the notebook. ``await gateway.login()`` shows it where a form can be answered.

    Parameters
    ----------
    title : str
        What one logs in to.
    waits : bool
        Whether the cell waits for the answers.

    Examples
    --------
    >>> form = LoginForm("a gateway")
    >>> form
    Login form. Where no form appears: interrupt, and use login_with(user, answers).
    """

    _esm = front("login.js")
    _css = front("login.css")
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, title: str = "", *, waits: bool = True) -> None:
        self.waits = waits
        self._number = 0
        self._rounds = 0
        self._title = title
        super().__init__(
            {"answers": self._on_answers, "abort": self._on_abort, "again": self._on_again}
        )
        self._show("waiting", "Waiting for the server.", "wait")

    def __repr__(self) -> str:
        # A front end without widgets shows this text in the form's place.
        return "Login form. Where no form appears: interrupt, and use login_with(user, answers)."

    # --- the Form protocol ---------------------------------------------------------------------

    async def user(self) -> str:
        """The user name, typed visibly."""
        return (await self.fields([Field("User", hidden=False)]))[0]

    async def answers(self, prompts: list[str], round_number: int) -> list[str]:
        """One answer for each prompt of this round."""
        self._rounds = round_number
        nothing = "" if prompts else "The server asks nothing in this round."
        return await self._ask([Field(prompt) for prompt in prompts], nothing)

    async def fields(self, fields: Sequence[Field], title: str = "") -> list[str]:
        """One text for each field, asked outside of any round."""
        return await self._ask(fields, title)

    async def ended(self, error: BaseException | None) -> bool:
        """Say how the login ended; where no cell shows an error, offer another try."""
        if error is None:
            rounds = f" after {self._rounds} rounds" if self._rounds > 1 else ""
            self._show("open", f"Logged in{rounds}. The session is open.", "good")
            return False
        says, detail = sentence(error)
        if self.waits or not isinstance(error, Exception):
            self._show("failed", says, "bad", detail)
            return False
        await self._show("again", says, "bad", detail).answer()
        self._rounds = 0
        self._show("waiting", "Waiting for the server.", "wait")
        return True

    # --- asking --------------------------------------------------------------------------------

    async def _ask(self, fields: Sequence[Field], says: str) -> list[str]:
        question = self._show("asking", says, fields=fields)
        try:
            values = await question.answer()
        except GivenUp:
            raise LoginAborted(_GIVEN_UP) from None
        self._show("waiting", "Waiting for the server.", "wait")
        return values

    def _show(
        self, phase: str, says: str, tone: str = "", detail: str = "", fields: Sequence[Field] = ()
    ) -> Question:
        """Show it, and give the question that the page's answer to it settles."""
        self._number += 1
        question = Question()
        # In one step, for messages on other threads: what they answer is told by the number.
        self._asked = (self._number, phase, len(fields), question)
        self.shown = {
            "number": self._number,
            "phase": phase,
            "title": self._title,
            "round": self._rounds,
            "fields": [{"label": field.label, "hidden": field.hidden} for field in fields],
            "says": says,
            "tone": tone,
            "detail": detail,
        }
        return question

    # --- messages of the page ------------------------------------------------------------------

    def _on_answers(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        number, phase, count, question = self._asked
        values = content.get("values")
        if (content.get("number"), "asking") != (number, phase) or not isinstance(values, list):
            return
        if len(values) == count and all(isinstance(value, str) for value in values):
            question.settle(values)

    def _on_abort(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        number, phase, _, question = self._asked
        if (content.get("number"), "asking") == (number, phase):
            question.settle(None)

    def _on_again(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        number, phase, _, question = self._asked
        if (content.get("number"), "again") == (number, phase):
            question.settle([])


def sentence(error: BaseException) -> tuple[str, str]:
    """A plain sentence for how a login ended, and the error's own words where they add to it.

    Examples
    --------
    >>> sentence(toolkit.TimedOut("no answer in 30 s", function="hostOpenSession"))
    ('The server did not answer in time.', 'hostOpenSession: TimedOut: no answer in 30 s')
    """
    says = next((text for kind, text in _ENDINGS if isinstance(error, kind)), None)
    if says is None:
        return f"The login failed: {type(error).__name__}.", ""
    own = str(error) if isinstance(error, ToolkitError) else ""
    notes = " ".join(getattr(error, "__notes__", ()))
    return says, f"{'' if own.casefold() in says.casefold() else own} {notes}".strip()


def login_form(title: str) -> LoginForm | None:
    """Show a login form where it can be answered (entry point of the group ``toolkit.forms``)."""
    here = place()
    if here not in (Place.FORM, Place.PAGE):
        return None
    form = LoginForm(title, waits=here is Place.FORM)
    display(form)  # type: ignore[no-untyped-call, unused-ignore]
    return form
