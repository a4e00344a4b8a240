"""The two flows of the gateway: one call, and the login loop (guide section 4.22).

Generators that yield what to send or to ask (see ``services.base.driving``): they hold every
rule about sessions, spellings and repeats, and not one line that waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.http import Answer
from toolkit.outcomes import (
    BadReply,
    CallError,
    Category,
    LoginAborted,
    NoSession,
    NotRecorded,
    OutcomeError,
    TransportFailure,
    Unreachable,
    error_for,
)
from toolkit.services.base.driving import Ask, AskUser, Flow, Send
from toolkit.services.base.functions import Function, SessionPlace
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.arguments import encode_arguments, target_of
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.envelope import Item, Reply, decode_reply, encode_request
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.results import decode_text, prompts

_OPEN = TABLE.get("hostOpenSession")


@dataclass
class SessionState:
    """What a client remembers between calls. The id has no place in any repr."""

    options: Options
    user: str = ""
    session_id: str | None = field(default=None, repr=False)
    template_spelling: str | None = None
    can_reopen: bool = False


@dataclass(frozen=True)
class Granted:
    """A login that ended in a session."""

    user: str
    rounds: int
    session_id: str = field(repr=False)


def call_flow(function: Function, values: Sequence[Any], state: SessionState) -> Flow[Call]:
    """One call. A read whose session was lost opens a new one, once, when that is possible.

    Raises
    ------
    InvalidArgument, NoSession
        Nothing was sent.
    CallError
        Any of its kinds, with the function, the target and what the gateway said.
    """
    options = state.options
    arguments = encode_arguments(function, values, options.text_encoding)
    target = target_of(function, values)
    needs_session = function.session is not SessionPlace.NONE
    try:
        for last_try in (False, True):
            if needs_session and state.session_id is None:
                if not state.can_reopen:
                    raise NoSession(f"{function.name} needs a session; log in first")
                yield from login_flow(state, state.user)
            call = yield from _exchange(function, values, arguments, target, state)
            lost = needs_session and call.outcome.code in (codes.DENIED, codes.CHALLENGED)
            if call.outcome.ok:
                return call
            if not lost or last_try or function.changes or not state.can_reopen:
                raise error_for(
                    call.outcome,
                    function=function.name,
                    target=target,
                    at=call.at,
                    elapsed=call.elapsed,
                )
            state.session_id = None
        raise AssertionError("unreachable")
    except NotRecorded as error:
        raise NotRecorded(f"{function.name}({target}): {error}") from error
    except CallError as error:
        _explain(error, function, target)
        raise


def _explain(error: CallError, function: Function, target: str) -> None:
    """Say which call it was, and what a lost reply means for a function that changes state."""
    if error.function:
        return
    error.function, error.target = function.name, target
    sent = isinstance(error, TransportFailure) and not isinstance(error, Unreachable)
    if sent and function.changes:
        error.message += f" (it may have been done; {function.lost_reply})"


def _exchange(
    function: Function,
    values: Sequence[Any],
    arguments: list[Item],
    target: str,
    state: SessionState,
) -> Flow[Call]:
    """Send once; with the other spelling once more where the guide has two (section 4.36)."""
    options = state.options
    spellings = [function.name]
    if function.aliases:
        if options.template_spelling != "auto":
            spellings = [options.template_spelling]
        else:
            spellings = [function.name, *function.aliases]
            spellings.sort(key=lambda spelling: spelling != state.template_spelling)
    for spelling in spellings:
        body = _request(function, spelling, arguments, state)
        timeout = options.ping_timeout if function.name == "agentPing" else None
        answer = _answer((yield Send(body, repeatable=not function.changes, timeout=timeout)))
        reply = _reply(answer)
        outcome = codes.outcome(reply.status, reply.message)
        if reply.status != codes.INVALID_REQUEST:
            if function.aliases and reply.status not in (codes.DENIED, codes.CHALLENGED):
                state.template_spelling = spelling
            break
    return Call(
        function,
        target,
        outcome,
        reply,
        answer.at,
        answer.elapsed,
        tuple(values),
        options.text_encoding,
    )


def _request(
    function: Function, spelling: str, arguments: list[Item], state: SessionState
) -> bytes:
    """The body, with the session where the function carries it (the sheet's sections 5 and 6)."""
    session = state.session_id
    if function.session is SessionPlace.NONE or session is None:
        return encode_request(spelling, arguments)
    if function.session is SessionPlace.ELEMENT:
        return encode_request(spelling, arguments, session)
    as_argument: Item = (None, session.encode())
    if function.name == "hostCloseSession":
        return encode_request(spelling, [as_argument])
    style = state.options.alter_style
    return encode_request(
        spelling,
        arguments if style == "session" else [as_argument, *arguments],
        None if style == "args" else session,
    )


def _answer(reaction: object) -> Answer:
    if not isinstance(reaction, Answer):
        raise TypeError("a Send is answered by an Answer")
    return reaction


def _texts(reaction: object, count: int) -> list[str]:
    if not isinstance(reaction, list) or len(reaction) != count:
        raise TypeError(f"{count} texts were asked for")
    return reaction


def _reply(answer: Answer) -> Reply:
    kind = answer.headers.get("content-type", "no content type")
    try:
        return decode_reply(answer.body, http=f"HTTP {answer.status}, {kind}")
    except BadReply as error:
        error.at, error.elapsed = answer.at, answer.elapsed
        raise


def login_flow(state: SessionState, user: str | None) -> Flow[Granted]:
    """Open a session: ask round after round until it is granted, denied or given up.

    An answer is sent once and never again, whatever happens to its reply.

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
            reply, error = yield from _open(user, sent, options)
            if error is not None:
                raise error
            if reply.status == codes.SUCCESS:
                granted = Granted(user, round_number, session_of(reply, options.text_encoding))
                state.user, state.session_id = user, granted.session_id
                return granted
            if round_number == options.max_rounds:
                break
            asked_now = prompts(reply, options.text_encoding)
            ask = Ask(tuple(text for _, text in asked_now), round_number + 1)
            answers = _texts((yield ask), len(asked_now))
            named = answer_items(asked_now, answers, options)
            sent = [*sent, *named] if options.accumulate_answers else named
    except CallError as error:
        _explain(error, _OPEN, user)
        raise
    raise LoginAborted(
        f"the gateway still asks after {options.max_rounds} rounds; "
        "the option max_rounds allows more. Nothing more was sent"
    )


def open_flow(
    user: str, answers: Sequence[tuple[str, str]], state: SessionState
) -> Flow[tuple[Reply, str | None]]:
    """One hostOpenSession by hand: its reply, and the session id where access was granted."""
    options = state.options
    encoding = options.text_encoding
    items: list[Item] = [(name, answer.encode(encoding)) for name, answer in answers]
    try:
        reply, error = yield from _open(user, items, options)
        if error is not None:
            raise error
        granted = reply.status == codes.SUCCESS
        return reply, session_of(reply, encoding) if granted else None
    except CallError as error:
        _explain(error, _OPEN, user)
        raise


def _open(user: str, sent: list[Item], options: Options) -> Flow[tuple[Reply, OutcomeError | None]]:
    first: Item = (None, user.encode(options.text_encoding))
    answer = _answer((yield Send(encode_request(_OPEN.name, [first, *sent]))))
    reply = _reply(answer)
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
