"""The flow of one call of the gateway, and of the session's end.

A generator that yields what to send (see ``services.base.driving``): it holds every rule about
sessions, spellings and repeats, and not one line that waits. So it serves both clients.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from toolkit.outcomes import AccessDenied, CallError, NoSession, NotRecorded, error_for
from toolkit.services.base.driving import Flow
from toolkit.services.base.functions import Function, SessionPlace
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.arguments import encode_arguments, target_of
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.envelope import Item, encode_request
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.logins import reopened
from toolkit.services.sertainty.state import SessionState, exchanged, explain

_CLOSE = TABLE.get("hostCloseSession")


def call_flow(function: Function, values: Sequence[Any], state: SessionState) -> Flow[Call]:
    """One call. A read whose session was lost opens a new one, once, when that is possible.

    Raises
    ------
    InvalidArgument, NoSession
        Nothing was sent.
    CallError
        Any of its kinds, with the function, the target and what the gateway said.
    """
    arguments = encode_arguments(function, values, state.options.text_encoding)
    target = target_of(function, values)
    needs_session = function.session is not SessionPlace.NONE
    failures = state.failures
    try:
        for last_try in (False, True):
            if needs_session and state.session_id is None:
                yield from reopened(state, function.name, failures)
            session = state.session_id
            call = yield from _exchange(function, values, arguments, target, state)
            lost = needs_session and call.outcome.code in (codes.DENIED, codes.CHALLENGED)
            if call.outcome.ok:
                return call
            if not lost or last_try or function.changes or not _may_reopen(state, session):
                raise error_for(
                    call.outcome,
                    function=function.name,
                    target=target,
                    at=call.at,
                    elapsed=call.elapsed,
                )
            if state.session_id == session:  # another call may have opened the next one already
                state.session_id = None
        raise AssertionError("unreachable")
    except NotRecorded as error:
        raise NotRecorded(f"{function.name}({target}): {error}") from error
    except CallError as error:
        explain(error, function, target)
        raise


def _may_reopen(state: SessionState, session: str | None) -> bool:
    """Whether a session that was lost can be had again, or was already."""
    return state.answers is not None or state.session_id != session


def closed_flow(state: SessionState) -> Flow[Call]:
    """End the session. It is forgotten whatever the gateway answers.

    Raises
    ------
    NoSession
        None is open.
    """
    if state.session_id is None:
        raise NoSession(f"{_CLOSE.name} needs a session, and none is open")
    state.answers = None
    try:
        return (yield from call_flow(_CLOSE, (), state))
    finally:
        state.session_id = None


def ended_flow(state: SessionState) -> Flow[None]:
    """End the session if there is one; one that the gateway has forgotten is ended too."""
    if state.session_id is not None:
        with contextlib.suppress(AccessDenied):
            yield from closed_flow(state)


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
        reply, answer = yield from exchanged(
            state, body, repeatable=not function.changes, timeout=timeout
        )
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
