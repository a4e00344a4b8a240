"""The login's flows (guide section 4.22): by challenges, by hand, and once more when it was lost.

Generators, as that of a call: whoever drives them sends, asks and waits.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import pandas as pd

from toolkit.frames import frame
from toolkit.outcomes import (
    AccessDenied,
    BadReply,
    CallError,
    Category,
    InvalidArgument,
    LoginAborted,
    NoSession,
    OutcomeError,
    ToolkitError,
    error_for,
)
from toolkit.services.base.asking import GivenAnswers
from toolkit.services.base.driving import Ask, AskUser, Flow, alone
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.envelope import Item, Reply, encode_request
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.results import PROMPT_COLUMNS, decode_text, prompts
from toolkit.services.sertainty.state import Granted, SessionState, exchanged, explain

_OPEN = TABLE.get("hostOpenSession")


def login_flow(
    state: SessionState, user: str | None, given: GivenAnswers | None = None
) -> Flow[Granted]:
    """Open a session: ask round after round until it is granted, denied or given up.

    Ready answers are taken from ``given``; without them the driver is asked. An answer is sent
    once and never again, whatever happens to its reply.

    Raises
    ------
    AccessDenied
        The gateway said no.
    LoginAborted
        The person gave up, or ``max_rounds`` rounds brought no decision. Nothing more was sent.
    """
    options = state.options
    if user is None:
        user = _texts((yield AskUser()), 1)[0]
    sent: list[Item] = []
    state.session_id = None
    try:
        for round_number in range(options.max_rounds + 1):
            reply, error = yield from _open(user, sent, state)
            if error is not None:
                raise error
            if reply.status == codes.SUCCESS:
                granted = Granted(user, round_number, session_of(reply, options.text_encoding))
                state.user, state.session_id = user, granted.session_id
                return granted
            if round_number == options.max_rounds:
                break
            asked = prompts(reply, options.text_encoding)
            texts = [text for _, text in asked]
            if given is None:
                answers = _texts((yield Ask(tuple(texts), round_number + 1)), len(asked))
            else:
                answers = given.take(texts, round_number + 1)
            named = answer_items(asked, answers, options)
            sent = [*sent, *named] if options.accumulate_answers else named
    except CallError as error:
        explain(error, _OPEN, user)
        raise
    raise LoginAborted(
        f"the gateway still asks after {options.max_rounds} rounds; "
        "the option max_rounds allows more. Nothing more was sent"
    )


def given_flow(state: SessionState, user: str, given: GivenAnswers) -> Flow[Granted]:
    """Open a session by ready answers, which are kept to open it again (option ``reopen``)."""
    try:
        granted = yield from login_flow(state, user, given)
    except AccessDenied as error:
        given.denied(error)
        raise
    state.answers = given if state.options.reopen else None
    return granted


def reopened(state: SessionState, function: str, failures: int) -> Flow[None]:
    """Open a lost session again, one call for all that miss it.

    Parameters
    ----------
    failures : int
        How often that had failed when the call began: if it failed since, the call shares it.

    Raises
    ------
    NoSession
        There are no answers to open one. Nothing was sent.
    ToolkitError
        As :func:`login_flow`. What was denied is not tried again.
    """
    yield from alone(state.turn, _reopened(state, function, failures))


def _reopened(state: SessionState, function: str, failures: int) -> Flow[None]:
    if state.session_id is not None:
        return
    if state.failure is not None and state.failures != failures:
        raise copy.copy(state.failure)
    if state.answers is None:
        raise NoSession(f"{function} needs a session; log in first")
    try:
        given = state.answers.again()
        try:
            yield from login_flow(state, state.user, given)
        except AccessDenied as error:
            state.answers = None
            error.message += " (the session was lost, and is not opened again; log in anew)"
            given.denied(error)
            raise
    except ToolkitError as error:
        state.failures, state.failure = state.failures + 1, copy.copy(error)
        raise


def opened_flow(
    state: SessionState, user: str, answers: Mapping[str, str] | Sequence[str] = ()
) -> Flow[pd.DataFrame]:
    """One hostOpenSession by hand; see ``host.open_session``."""
    if isinstance(answers, str):
        raise InvalidArgument("answers must be a list or a mapping of name to answer")
    if isinstance(answers, Mapping):
        named = list(answers.items())
    else:
        named = [(f"prompt-{place}", answer) for place, answer in enumerate(answers, 1)]
    encoding = state.options.text_encoding
    items: list[Item] = [(name, answer.encode(encoding)) for name, answer in named]
    try:
        reply, error = yield from _open(user, items, state)
        if error is not None:
            raise error
        if reply.status != codes.SUCCESS:
            asked = prompts(reply, encoding)
            return frame(PROMPT_COLUMNS, [("challenged", name, text) for name, text in asked])
        session_id = session_of(reply, encoding)
    except CallError as error:
        explain(error, _OPEN, user)
        raise
    state.user, state.session_id, state.answers = user, session_id, None
    return frame(PROMPT_COLUMNS, [("granted", None, None)])


def _open(
    user: str, sent: list[Item], state: SessionState
) -> Flow[tuple[Reply, OutcomeError | None]]:
    first: Item = (None, user.encode(state.options.text_encoding))
    reply, answer = yield from exchanged(state, encode_request(_OPEN.name, [first, *sent]))
    outcome = codes.outcome(reply.status, reply.message)
    if outcome.ok or outcome.category is Category.CHALLENGED:
        return reply, None
    return reply, error_for(
        outcome, function=_OPEN.name, target=user, at=answer.at, elapsed=answer.elapsed
    )


def session_of(reply: Reply, encoding: str) -> str:
    """The session id of a granted login.

    Raises
    ------
    BadReply
        The reply holds none.
    """
    if not reply.results or not reply.results[0][1]:
        raise BadReply("access was granted without a session id")
    return decode_text(reply.results[0][1], "the session id", encoding)


def answer_items(
    asked: Sequence[tuple[str | None, str]], answers: Sequence[str], options: Options
) -> list[Item]:
    """The answers as named arguments, named as the options say (guide 4.22)."""
    items: list[Item] = []
    for place, ((name, prompt), answer) in enumerate(zip(asked, answers, strict=True), 1):
        by_place = f"prompt-{place}"
        chosen = {"echo": name or by_place, "position": by_place, "text": prompt}
        items.append((chosen[options.prompt_names], answer.encode(options.text_encoding)))
    return items


def _texts(reaction: object, count: int) -> list[str]:
    if not isinstance(reaction, list) or len(reaction) != count:
        raise TypeError(f"{count} texts were asked for")
    return reaction
