"""What a client remembers between calls, and how a request is sent and its answer read."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.http import Answer
from toolkit.outcomes import BadReply, CallError, ToolkitError
from toolkit.services.base import explaining
from toolkit.services.base.asking import GivenAnswers
from toolkit.services.base.driving import Flow, Send, Turn
from toolkit.services.base.functions import Function
from toolkit.services.sertainty.envelope import Reply, decode_reply
from toolkit.services.sertainty.options import Options


@dataclass
class SessionState:
    """What a client remembers between calls. The id and the answers have no place in any repr.

    Attributes
    ----------
    answers : GivenAnswers or None
        What opens a lost session again; None where nothing may.
    turn : Turn
        Whose turn it is to open a lost session again.
    failures : int
        How often that failed.
    failure : ToolkitError or None
        How it failed the last time.
    """

    options: Options
    user: str = ""
    session_id: str | None = field(default=None, repr=False)
    template_spelling: str | None = None
    url: str = ""
    answers: GivenAnswers | None = field(default=None, repr=False)
    turn: Turn = field(default_factory=Turn, repr=False, compare=False)
    failures: int = 0
    failure: ToolkitError | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Granted:
    """A login that ended in a session."""

    user: str
    rounds: int
    session_id: str = field(repr=False)


def exchanged(
    state: SessionState, body: bytes, *, repeatable: bool = False, timeout: float | None = None
) -> Flow[tuple[Reply, Answer]]:
    """Send one request and read what the gateway says.

    Raises
    ------
    BadReply
        What came is no Response.
    """
    step = Send(
        body,
        repeatable=repeatable,
        timeout=timeout,
        method=state.options.http_method,
        url=state.url,
    )
    answer = yield step
    if not isinstance(answer, Answer):
        raise TypeError("a Send is answered by an Answer")
    kind = answer.headers.get("content-type", "no content type")
    try:
        return decode_reply(answer.body, http=f"HTTP {answer.status}, {kind}"), answer
    except BadReply as error:
        error.at, error.elapsed = answer.at, answer.elapsed
        raise


def explain(error: CallError, function: Function, target: str) -> None:
    """Say which call it was, and what a lost reply means for a function that changes state."""
    if not error.function:
        explaining.explain(error, function.name, target, function.when_lost)
