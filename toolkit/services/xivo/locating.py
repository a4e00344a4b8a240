"""Whom one talks to: where the APIs of a server are, and of which era it is."""

from __future__ import annotations

from toolkit.outcomes import CallError, InvalidArgument
from toolkit.services.base.driving import Flow, alone
from toolkit.services.base.functions import SessionPlace
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.errors import read_refusal
from toolkit.services.xivo.exchange import exchange
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.state import State
from toolkit.services.xivo.statuses import UNAUTHORIZED

INFOS = TABLE.get("GET /infos")
"""What every server has."""
_SPEC = RestFunction(
    "xivo",
    "HEAD /api/api.yml",
    "spec.check",
    "Whether the server has its specification.",
    session=SessionPlace.NONE,
    verb="HEAD",
    path="/api/api.yml",
    api="confd",
    answer="",
    shape="none",
)


def locate(state: State) -> Flow[None]:
    """Find out whether each API has a port of its own (XiVO), or all are behind one (Wazo)."""
    if not state.located:
        yield from alone(state.finding, _probe(state))


def _probe(state: State) -> Flow[None]:
    if state.located:
        return  # found out while this call waited
    state.probing = True
    try:
        yield from _try_both(state)
    except BaseException:
        state.addresses.behind = None
        raise
    finally:
        state.probing = False


def _try_both(state: State) -> Flow[None]:
    first: CallError | None = None
    for behind in (False, True):
        state.addresses.behind = behind
        try:
            call = yield from exchange(Plan(INFOS, "/infos"), state)
        except CallError as error:
            first = first or error
            continue
        if call.status in (200, UNAUTHORIZED, 406):
            learn_era(call, state)
            return
    if first is not None:
        raise first
    raise InvalidArgument(
        "neither port 9486 nor /api/confd/1.1 of this server answers as XiVO's confd does; "
        "give confd's own address, or name the era"
    )


def era_flow(state: State) -> Flow[str]:
    """The server's era, asked for where nothing has told it yet.

    Raises
    ------
    CallError
        The server does not answer.
    """
    if state.era:
        return state.era
    yield from locate(state)
    if not state.era:
        call = yield from exchange(Plan(INFOS, "/infos"), state)
        learn_era(call, state)
    if not state.era:
        spec = yield from exchange(Plan(_SPEC, "/api/api.yml"), state)
        state.era = "16.15" if spec.outcome.ok else "15.18"
    return state.era


def learn_era(call: Call, state: State) -> None:
    """Wazo denies with JSON that names the ACL, and has no Digest; or says its version."""
    if state.era or call.status not in (200, UNAUTHORIZED):
        return
    if call.status == 200:
        if isinstance(call.data, dict) and "wazo_version" in call.data:
            state.era = "wazo"
    elif read_refusal(call.body).acl:
        state.era = "wazo"
