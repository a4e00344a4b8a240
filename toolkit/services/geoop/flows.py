"""The flows of a GeoOp client: one call, and getting tokens.

Generators that yield what to send or to ask (see ``services.base.driving``): they hold every rule
about tokens and repeats, and not one line that waits.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

from toolkit.http import Answer
from toolkit.outcomes import (
    AccessDenied,
    CallError,
    Category,
    InvalidArgument,
    NoSession,
    NotRecorded,
)
from toolkit.services.base.asking import Field
from toolkit.services.base.driving import AskFields, Flow, Send, Wait, alone
from toolkit.services.base.explaining import explain
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop import oauth
from toolkit.services.geoop.answers import read_answer
from toolkit.services.geoop.call import JSON, Call, error_of
from toolkit.services.geoop.state import State, Token
from toolkit.services.geoop.statuses import UNAUTHORIZED

ADDRESS = Field("The address that the browser ended at", hidden=True)
_TRIES = 3
_OVERRIDDEN = ("PATCH", "DELETE")


def call_flow(plan: Plan, state: State) -> Flow[Call]:
    """One call. A 401 refreshes the token once and repeats the call once: it was not processed.

    Raises
    ------
    NoSession
        Nobody has logged in; nothing was sent.
    CallError
        Any of its kinds, with the function, the target and what the server said.
    """
    return (yield from answer_flow(plan, state)).raise_for_outcome()


def answer_flow(plan: Plan, state: State) -> Flow[Call]:
    """As :func:`call_flow`, but a refusal is given back, not raised."""
    try:
        return (yield from _with_token(plan, state))
    except NotRecorded as error:
        raise NotRecorded(f"{plan.function.name}({plan.target}): {error}") from error
    except CallError as error:
        if not error.function:
            explain(error, plan.function.name, plan.target, plan.function.when_lost)
        raise


def _with_token(plan: Plan, state: State) -> Flow[Call]:
    if state.token is None:
        raise NoSession(f"{plan.function.name} needs a token; log in first")
    if state.due() and _renewable(state, state.token):
        yield from renew_flow(state, state.token)
    for last_try in (False, True):
        used = state.token
        if used is None:
            raise NoSession(f"{plan.function.name} needs a token; log in first")
        call = yield from _patiently(plan, state, used)
        if call.status != UNAUTHORIZED or last_try or not _renewable(state, used):
            return call
        if state.token is used:
            try:
                yield from renew_flow(state, used)
            except CallError as error:
                error.add_note(
                    f"{plan.function.name} was answered with 401: {call.outcome.message}"
                )
                raise
    raise AssertionError("unreachable")


def _renewable(state: State, token: Token) -> bool:
    return bool(token.refresh or (token.grant == "client_credentials" and state.client_secret))


def _patiently(plan: Plan, state: State, token: Token) -> Flow[Call]:
    """Send; a server that says when to come again is asked again then."""
    for attempt in range(_TRIES):
        call = yield from exchange(plan, state, token)
        pause = _pause(call)
        if pause is None or pause > state.options.waits or attempt == _TRIES - 1:
            return call
        yield Wait(pause)
    raise AssertionError("unreachable")


def _pause(call: Call) -> float | None:
    """Seconds to wait after a 429; None for any other answer, or where it does not say."""
    if call.outcome.category is not Category.BUSY:
        return None
    try:
        seconds = float(call.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def exchange(plan: Plan, state: State, token: Token) -> Flow[Call]:
    """Send a plan once."""
    function = plan.function
    headers = [
        ("Accept", plan.accept),
        ("X-Version", state.options.version),
        ("Authorization", f"Bearer {token.access}"),
    ]
    if plan.body is not None:
        headers.append(("Content-Type", plan.content_type))
    verb = function.verb
    if state.options.override and verb in _OVERRIDDEN:
        headers.append(("X-Method", verb))
        verb = "POST"
    answer = yield Send(
        plan.body or b"",
        repeatable=not function.changes,
        method=verb,
        url=state.address(plan),
        headers=tuple(headers),
    )
    if not isinstance(answer, Answer):
        raise TypeError("a Send is answered by an Answer")
    _check_version(state, answer)
    return call_of(plan, answer, state.secrets)


def call_of(plan: Plan, answer: Answer, secrets: tuple[str, ...] = ()) -> Call:
    """The call that an answer makes of a plan."""
    reading = read_answer(answer.status, answer.body, secrets=secrets)
    call = Call(
        plan.function,
        plan.target,
        reading.outcome,
        answer.status,
        answer.headers,
        answer.body,
        answer.at,
        answer.elapsed,
    )
    call.__dict__["reading"] = reading
    return call


def _check_version(state: State, answer: Answer) -> None:
    said = answer.headers.get("x-version", "").strip()
    if not said or said == state.options.version or said == state.reply_version:
        return
    state.reply_version = said
    warnings.warn(
        f"the server answers as version {said} and was asked for {state.options.version}",
        RuntimeWarning,
        stacklevel=2,
    )


# --- tokens ------------------------------------------------------------------------------------


def login_flow(state: State, wanted: oauth.Authorization) -> Flow[Token]:
    """Log in with the browser: ask for the address that it ends at, and change its code.

    Raises
    ------
    LoginError, LoginAborted
        The address has another state, or the person said no.
    AccessDenied
        The server refused the code.
    """
    texts = yield AskFields((ADDRESS,), f"Open {wanted.url} and log in there")
    if not isinstance(texts, list) or len(texts) != 1:
        raise TypeError("one address was asked for")
    code = oauth.read_redirect(wanted, texts[0].strip())
    plan = oauth.code_plan(state, wanted, code)
    token = yield from _token(plan, state, (code, wanted.verifier))
    state.take(token)
    return token


def credentials_flow(state: State) -> Flow[Token]:
    """Log in as the client itself."""
    if not state.client_id or not state.client_secret:
        raise InvalidArgument(
            "the client's own login needs its id and its secret: "
            "connect(client_id=..., client_secret=...)"
        )
    token = yield from _token(oauth.credentials_plan(state), state)
    state.take(token)
    return token


def renew_flow(state: State, old: Token) -> Flow[Token]:
    """Another token in place of an old one. What one call has renewed serves the others.

    Raises
    ------
    AccessDenied
        The server refused: the session has ended, and a person must log in again.
    NoSession
        It refused another call's renewing meanwhile, or the session was left.
    """
    return alone(state.renewing, _renewed(state, old))


def _renewed(state: State, old: Token) -> Flow[Token]:
    now = state.token
    if now is None:
        raise NoSession("the session has ended meanwhile; log in again")
    if now is not old:
        return now
    if not old.refresh:
        return (yield from credentials_flow(state))
    try:
        token = yield from _token(oauth.refresh_plan(state, old), state)
    except AccessDenied as error:
        state.take(None)
        error.message = (
            f"{error.message.rstrip('.')}; the session cannot be refreshed, log in again"
        )
        raise
    token = replace(
        token,
        grant=old.grant,
        refresh=token.refresh or old.refresh,
        owner_id=old.owner_id if token.owner_id is None else token.owner_id,
    )
    state.take(token)
    return token


def _token(plan: Plan, state: State, secrets: tuple[str, ...] = ()) -> Flow[Token]:
    """Send a request for a token, once."""
    began = state.clock()
    try:
        answer = yield Send(
            plan.body or b"",
            method="POST",
            url=state.address(plan),
            headers=(
                ("Accept", JSON),
                ("Content-Type", plan.content_type),
                ("X-Version", state.options.version),
                *oauth.client_headers(state),
            ),
        )
        if not isinstance(answer, Answer):
            raise TypeError("a Send is answered by an Answer")
        return oauth.read_token(state, answer.status, answer.body, plan.target, began)
    except CallError as error:
        for secret in (*state.secrets, *secrets):
            if secret:
                error.message = error.message.replace(secret, "…")
        if not error.function:
            explain(error, plan.function.name, plan.target, plan.function.when_lost)
        raise


__all__ = (
    "answer_flow", "call_flow", "call_of", "credentials_flow", "error_of", "exchange",
    "login_flow", "renew_flow",
)  # fmt: skip
