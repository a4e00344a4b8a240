"""The flows of a XiVO client: one call, logging in and out.

Generators that yield what to send or to ask (see ``services.base.driving``): they hold every rule
about sessions and repeats, and not one line that waits.
"""

from __future__ import annotations

from dataclasses import replace

from toolkit.outcomes import (
    AccessDenied,
    CallError,
    InvalidArgument,
    LoginError,
    NoSession,
    NotRecorded,
    OutcomeError,
)
from toolkit.services.base.asking import Field
from toolkit.services.base.driving import AskFields, Flow
from toolkit.services.base.explaining import explain
from toolkit.services.base.functions import SessionPlace
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.digest import Challenge
from toolkit.services.xivo.errors import error_of
from toolkit.services.xivo.exchange import exchange
from toolkit.services.xivo.locating import INFOS, era_flow, learn_era, locate
from toolkit.services.xivo.renewal import renewed
from toolkit.services.xivo.state import Credentials, Granted, State
from toolkit.services.xivo.statuses import UNAUTHORIZED
from toolkit.services.xivo.tokens import (
    allows,
    explained,
    new_token,
    revoke,
    token_headers,
)

FIELDS = (Field("User", hidden=False), Field("Password"))


def call_flow(plan: Plan, state: State) -> Flow[Call]:
    """One call. A read whose token was lost gets a new one, once, when the password is known.

    Raises
    ------
    NoSession
        Nobody has logged in; nothing was sent.
    CallError
        Any of its kinds, with the function, the target and what the server said.
    """
    function = plan.function
    try:
        yield from locate(state)
        if function.session is SessionPlace.NONE or state.options.authentication == "none":
            call = yield from exchange(plan, state, token_headers(state))
        elif state.options.authentication == "digest" and function.api == "confd":
            call = yield from _with_digest(plan, state)
        else:
            call = yield from _with_token(plan, state)
        if not call.outcome.ok:
            raise error_of(call, secrets=state.secrets)
    except NotRecorded as error:
        raise NotRecorded(f"{function.name}({plan.target}): {error}") from error
    except CallError as error:
        if not error.function:
            explain(error, function.name, plan.target, function.when_lost)
        raise
    return call


def fetch_flow(plan: Plan, state: State) -> Flow[Call]:
    """One call, remembered as the last one that succeeded."""
    call = yield from call_flow(plan, state)
    state.last = call
    return call


def _with_token(plan: Plan, state: State) -> Flow[Call]:
    for last_try in (False, True):
        yield from renewed(state)
        granted = state.granted
        if granted is None:
            raise NoSession(f"{plan.function.name} needs a session; log in first")
        call = yield from exchange(plan, state, token_headers(state))
        if call.status != UNAUTHORIZED:
            return call
        repeated = not last_try and not plan.function.changes
        if repeated and state.granted is not granted and _may_go_on(state):
            continue  # another call found out that the token was lost, or has a new one
        if not state.era and plan.function.api == "confd" and state.options.diagnose:
            yield from _era_for(call, state)
        error = yield from explained(call, plan, state, granted)
        lost = getattr(error, "reason", "") == "token"
        if lost and state.granted is granted:
            state.granted = None
        if not lost or not repeated or not _may_go_on(state):
            raise error
    raise AssertionError("unreachable")


def _may_go_on(state: State) -> bool:
    """Whether there is another token, or a password to get one."""
    return state.credentials is not None or state.granted is not None


def _era_for(call: Call, state: State) -> Flow[None]:
    """Which ACL a call needs depends on the era; a denial may tell it itself."""
    learn_era(call, state)
    if not state.era:
        try:
            yield from era_flow(state)
        except (CallError, NotRecorded):
            return  # then it is explained as in 16.15


def _with_digest(plan: Plan, state: State) -> Flow[Call]:
    """Answer the challenge at hand; take a new one where the server has forgotten it.

    A 401 to Digest means that nothing was done, so what changes state is sent again too.
    """
    wanted = state.credentials
    if wanted is None:
        raise NoSession(f"{plan.function.name} needs a session; log in first")
    url, verb = state.url(plan), plan.function.verb
    for last_try in (False, True):
        known = state.challenge
        answer = known.answer(wanted.user, wanted.password, verb, url) if known else ()
        call = yield from exchange(plan, state, answer)
        if call.status != UNAUTHORIZED:
            return call
        new = Challenge.of(call.headers)
        if state.challenge is known:  # else another call has a newer one
            state.challenge = new
        if new is None:
            raise _denied(call, state, "the server offers no Digest that this client knows")
        if last_try:
            break
    raise _denied(call, state, f"the user or the password of {wanted.user} is wrong")


def _denied(call: Call, state: State, why: str) -> OutcomeError:
    told = call.saying(f"{why} ({call.outcome.message})")
    return error_of(told, secrets=state.secrets, reason="token")


def login_flow(
    state: State,
    wanted: Credentials | None,
    *,
    user: str | None = None,
    title: str = "",
    keep: bool = True,
) -> Flow[Granted]:
    """Log in: with these credentials, or with those that a person gives.

    Parameters
    ----------
    user : str, optional
        Who it is, where only the password is to be asked for.
    keep : bool
        Whether the password is kept, to renew the token. Digest cannot do without.

    Raises
    ------
    AccessDenied
        The server said no.
    """
    options = state.options
    if options.authentication == "none":
        raise LoginError("this client was made with authentication='none': there is no login")
    yield from locate(state)
    if wanted is None:
        fields = FIELDS[1:] if user else FIELDS
        texts = yield AskFields(fields, title)
        if not isinstance(texts, list) or len(texts) != len(fields):
            raise TypeError("a user and a password were asked for")
        wanted = Credentials(user or texts[0], texts[-1], options.backend, options.expiration)
    state.granted = state.credentials = state.challenge = None
    if options.authentication == "digest":
        return (yield from _digest_login(state, wanted))
    try:
        granted = yield from new_token(state, wanted)
    except CallError as error:
        error.function = error.function or "POST auth:/token"
        raise
    state.credentials = wanted if keep else None
    return granted


def _digest_login(state: State, wanted: Credentials) -> Flow[Granted]:
    """Answer one challenge, on a read that every server has."""
    state.credentials = wanted
    try:
        call = yield from _with_digest(Plan(INFOS, "/infos"), state)
    except CallError as error:
        state.credentials = state.challenge = None
        error.function = error.function or INFOS.name
        raise
    if call.status == UNAUTHORIZED:
        state.credentials = None
        raise error_of(call, secrets=(wanted.password,))
    state.granted = Granted(wanted.user)
    return state.granted


def allows_flow(state: State, acl: str) -> Flow[bool]:
    """Whether the token in use has an ACL.

    Raises
    ------
    NoSession
        There is no token.
    AccessDenied
        The token has ended.
    """
    granted = state.granted
    if granted is None or not granted.token:
        raise NoSession("there is no token whose ACLs could be asked for; log in first")
    return (yield from allows(state, granted, acl))


def logout_flow(state: State) -> Flow[None]:
    """Revoke the token that a login here got, and forget the session."""
    granted, state.granted = state.granted, None
    state.credentials = state.challenge = None
    if granted is None or granted.given or not granted.token or not state.options.revoke:
        return
    try:
        yield from revoke(state, granted)
    except AccessDenied:
        return  # the server has forgotten it already


def given_token(token: str, user: str = "") -> Granted:
    """A session of a token that someone else got; it is neither renewed nor revoked here."""
    if not token or not token.isascii() or not token.isprintable():
        raise InvalidArgument("a token is one line of plain text")
    return replace(Granted(user or "a given token", token), given=True)
