"""Tokens of xivo-auth 0.1: got, renewed, checked, revoked, and asked why one was denied.

Seen from xivo-auth 16.15 and Wazo's master of 2026.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import msgspec
import pybase64

from toolkit.outcomes import (
    BadReply,
    CallError,
    Category,
    NotRecorded,
    Outcome,
    OutcomeError,
    TransportFailure,
)
from toolkit.services.base.driving import Flow
from toolkit.services.xivo import statuses
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.errors import error_of, read_refusal
from toolkit.services.xivo.exchange import Headers, exchange
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.state import Credentials, Granted, State
from toolkit.services.xivo.statuses import FORBIDDEN, NOT_FOUND, OK

_CREATE = TABLE.get("auth.tokens.create")
_GET = TABLE.get("auth.tokens.get")
_CHECK = TABLE.get("auth.tokens.check")
_DELETE = TABLE.get("auth.tokens.delete")
_BACKENDS = TABLE.get("auth.backends.list")

DEFAULT_BACKEND = "xivo_service"
_ENDED = "the token is unknown to xivo-auth, or has ended; log in again"


def new_token(state: State, wanted: Credentials) -> Flow[Granted]:
    """Get a token for a user. The password is sent once, whatever happens to the answer.

    Raises
    ------
    AccessDenied
        The user or the password is wrong, or the server has no such backend.
    """
    backend = wanted.backend or state.options.backend or DEFAULT_BACKEND
    body = msgspec.json.encode({"backend": backend, "expiration": wanted.expiration})
    plan = Plan(_CREATE, "/token", body=body, target=wanted.user)
    basic = pybase64.b64encode(f"{wanted.user}:{wanted.password}".encode()).decode()
    began = state.clock()
    secrets = (wanted.password, basic)
    call = yield from exchange(plan, state, (("Authorization", f"Basic {basic}"),), secrets)
    if not call.outcome.ok:
        hint = yield from _backend_hint(call, state, backend)
        raise error_of(call.saying(call.outcome.message + hint), secrets=secrets)
    data = call.data.get("data") if isinstance(call.data, dict) else None
    token = data.get("token") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(token, str) or not token:
        raise BadReply(
            "xivo-auth granted a token without saying which",
            function=_CREATE.name,
            target=wanted.user,
        )
    _learn_era(state, data)
    granted = _granted(wanted.user, token, data, began, call)
    state.granted = granted
    return granted


def _backend_hint(call: Call, state: State, backend: str) -> Flow[str]:
    """An unknown backend is a 401 like a wrong password: say which of the two it can be."""
    if call.status != 401 or not state.options.diagnose:
        return ""
    try:
        told = yield from exchange(Plan(_BACKENDS, "/backends"), state)
        known = told.data["data"]
        known = [str(name) for name in known]
    except (CallError, NotRecorded, KeyError, TypeError):
        return ""
    if not told.outcome.ok or backend in known or state.family.tenants:
        return f" (backend {backend})" if told.outcome.ok else ""
    return f"; it has no backend {backend!r}, there are: {', '.join(known)}"


def _learn_era(state: State, data: dict[str, Any]) -> None:
    """A token tells the era: Wazo says ``acl``, 15.18 knows one ACL only, ``acl:confd``.

    One without any ACL tells nothing.
    """
    if state.era:
        return
    acls = data.get("acls")
    if "acl" in data:
        state.era = "wazo"
    elif isinstance(acls, list) and acls:
        old = any(str(acl).startswith("acl:") for acl in acls)
        state.era = "15.18" if old else "16.15"


def _granted(user: str, token: str, data: dict[str, Any], began: float, call: Call) -> Granted:
    life = _life(data)
    metadata = data.get("metadata")
    acls = data.get("acls", data.get("acl"))
    return Granted(
        user=user,
        token=token,
        acls=tuple(map(str, acls)) if isinstance(acls, list) else (),
        auth_id=str(data.get("auth_id") or ""),
        user_uuid=str(data.get("xivo_user_uuid") or ""),
        tenant=str(metadata.get("tenant_uuid") or "") if isinstance(metadata, dict) else "",
        began=began,
        ends=None if life is None else began + life,
        ends_at=None if life is None else call.at + dt.timedelta(seconds=life),
    )


def _life(data: dict[str, Any]) -> float | None:
    """Seconds from issue to end: both are of the server's clock, so its zone does not matter."""
    try:
        issued = dt.datetime.fromisoformat(str(data.get("issued_at")))
        expires = dt.datetime.fromisoformat(str(data.get("expires_at")))
        return max(0.0, (expires - issued).total_seconds())
    except (ValueError, TypeError):
        return None


def token_headers(state: State) -> Headers:
    """The header of the token in use."""
    return (("X-Auth-Token", state.granted.token),) if state.granted else ()


def revoke(state: State, granted: Granted) -> Flow[None]:
    """Revoke a token; xivo-auth answers 200 also for one that it does not know."""
    call = yield from exchange(
        Plan(_DELETE, _path(granted)), state, (("X-Auth-Token", granted.token),)
    )
    if not call.outcome.ok and call.status != NOT_FOUND:
        raise error_of(call, secrets=(granted.token,))


def allows(state: State, granted: Granted, acl: str) -> Flow[bool]:
    """Whether a token has an ACL, as xivo-auth says.

    Raises
    ------
    AccessDenied
        The token is unknown, or has ended.
    """
    plan = Plan(_CHECK, _path(granted), query=_scope(state, acl))
    call = yield from exchange(plan, state)
    if call.status == NOT_FOUND:
        outcome = replace(call.outcome, message=_ENDED, category=Category.DENIED)
        raise error_of(replace(call, outcome=outcome), reason="token")
    if call.status == FORBIDDEN:
        return False
    call.raise_for_outcome()
    return True


def explained(call: Call, plan: Plan, state: State, granted: Granted) -> Flow[OutcomeError]:
    """The exception of a 401, with what xivo-auth says of the token.

    confd gives 401 for a bad token, for a missing ACL, and when xivo-auth is down. The exception's
    ``reason`` is ``"token"``, ``"acl"``, ``"auth down"`` (then it is a :class:`Busy` of 503) or
    empty; ``acl`` is the one that the call needs.
    """
    secrets = (*state.secrets, granted.token)
    said = read_refusal(call.body, secrets=secrets)
    acl = said.acl or wanted_acl(plan, state)
    error = error_of(call, secrets=secrets, acl=acl)
    if not state.options.diagnose:
        return error
    asked = Plan(_GET, _path(granted), query=_scope(state, acl))
    try:
        told = yield from exchange(asked, state)
    except NotRecorded:
        return error
    except (TransportFailure, BadReply) as failure:
        return _auth_down(call, acl, failure.message)
    reason, why = "", ""
    if told.status == OK:
        where = f" in tenant {state.options.tenant}" if state.options.tenant else ""
        why = f"the token is good and has the ACL {acl}, yet it was denied{where}"
    elif told.status == FORBIDDEN:
        reason, why = "acl", f"the token of {granted.user} is good and lacks the ACL {acl}"
    elif told.status == NOT_FOUND:
        reason = "token"
        why = _ENDED
    elif told.status >= 500:
        return _auth_down(call, acl, told.outcome.message)
    if why:
        message = f"{why} ({said.message})" if said.message else why
        error = error_of(call.saying(message), secrets=secrets, acl=acl, reason=reason)
    return error


def _auth_down(call: Call, acl: str, why: str) -> OutcomeError:
    said = f"xivo-auth does not answer ({why}), and without it every token is denied; try later"
    outcome = Outcome(503, statuses.status(503).label, said, Category.BUSY)
    return error_of(replace(call, outcome=outcome), acl=acl, reason="auth down")


def wanted_acl(plan: Plan, state: State) -> str:
    """The ACL that a call needs: its own, or the one for all of confd in 15.18."""
    function = plan.function
    if function.api == "confd" and state.family.acl:
        return state.family.acl
    words = function.path.split("/")
    given = (unquote(part) for part in plan.path.split("/"))
    values = {word[1:-1]: part for word, part in zip(words, given, strict=False) if "{" in word}
    return function.permission(values) or f"{function.api}.#"


def _scope(state: State, acl: str) -> tuple[tuple[str, str], ...]:
    tenant = (("tenant", state.options.tenant),) if state.options.tenant else ()
    return (("scope", acl), *tenant)


def _path(granted: Granted) -> str:
    return f"/token/{quote(granted.token, safe='')}"
