"""When a token is renewed, and that it happens once however many calls are under way."""

from __future__ import annotations

import copy

from toolkit.outcomes import CallError, NotRecorded
from toolkit.services.base.driving import Flow, alone
from toolkit.services.xivo.state import Granted, State
from toolkit.services.xivo.tokens import new_token


def renewed(state: State) -> Flow[None]:
    """Get a new token where the one in use was lost or ends soon, when the password is known.

    One call does it. Calls whose token is still good go on with that meanwhile; the others wait,
    and share the end of it, so that a password which is refused is sent once. The old token is
    left to end by itself, since other calls may be using it.

    Raises
    ------
    CallError
        There is no new token, and the old one is of no use any more.
    """
    granted = state.granted
    if state.credentials is None or not (granted is None or state.due()):
        return
    if state.renewing and not state.ended():
        return
    yield from alone(state.turn, _renewal(state, granted, state.refusals))


def _renewal(state: State, granted: Granted | None, refusals: int) -> Flow[None]:
    wanted = state.credentials
    if wanted is None or state.granted is not granted:
        return  # while this call waited there came a new token, or a logout
    if state.refusal is not None and state.refusals != refusals:
        raise copy.copy(state.refusal)
    state.renewing = True
    try:
        yield from new_token(state, wanted)
    except (CallError, NotRecorded) as error:
        if state.ended():
            state.refusal, state.refusals = copy.copy(error), refusals + 1
            raise
    finally:
        state.renewing = False
