"""One request and its answer: the headers that are always exact, and the outcome."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from toolkit.http import Answer
from toolkit.outcomes import BadReply, Category, Outcome
from toolkit.services.base.driving import Flow, Send
from toolkit.services.xivo.call import SHOWN, Call, Plan
from toolkit.services.xivo.errors import outcome_of, read_refusal
from toolkit.services.xivo.state import State

Headers = tuple[tuple[str, str], ...]


def exchange(
    plan: Plan, state: State, headers: Headers = (), secrets: tuple[str, ...] = ()
) -> Flow[Call]:
    """Send a plan once, with an ``Accept`` that the oldest servers take too.

    Up to 16.09 confd refuses ``Accept: */*`` (406), and a body that does not say
    ``Content-Type: application/json`` (415).

    Parameters
    ----------
    secrets : tuple of str
        What no text may hold, beside the state's own secrets.

    Raises
    ------
    TransportFailure
        No whole answer came.
    BadReply
        A page came where JSON was asked for, with a status of success.
    """
    function = plan.function
    sent: Headers = (("Accept", plan.accept),)
    if plan.body is not None:
        sent += (("Content-Type", plan.content_type),)
    if state.options.tenant:
        sent += (("Wazo-Tenant", state.options.tenant),)
    answer = yield Send(
        plan.body or b"",
        repeatable=not function.changes,
        method=function.verb,
        url=state.url(plan),
        headers=(*sent, *headers),
    )
    if not isinstance(answer, Answer):
        raise TypeError("a Send is answered by an Answer")
    hidden = (*state.secrets, *secrets)
    outcome = outcome_of(answer.status, answer.body, secrets=hidden)
    if answer.status // 100 == 3:
        outcome = _redirected(outcome, answer)
    call = Call(
        function,
        plan.target,
        outcome,
        answer.status,
        answer.headers,
        answer.body,
        answer.at,
        answer.elapsed,
    )
    if outcome.ok and answer.body:
        _check_kind(call, hidden)
        if not function.answer and "yaml" not in call.headers.get("content-type", ""):
            _ = call.data  # where nothing is expected, what comes is JSON (or a specification)
    return call


def _redirected(outcome: Outcome, answer: Answer) -> Outcome:
    place = urlsplit(answer.headers.get("location", ""))
    where = f"{place.scheme}://{place.netloc.rpartition('@')[2]}{place.path}"
    said = f"the server sends on to {where}; give that address to connect()"
    return replace(outcome, message=said, category=Category.UNKNOWN)


def _check_kind(call: Call, secrets: tuple[str, ...]) -> None:
    kind = call.headers.get("content-type", "").lower()
    if "html" not in kind:
        return
    text = read_refusal(call.body, secrets=secrets).message[:SHOWN]
    raise BadReply(
        f"a page came instead of JSON (HTTP {call.status}, {kind}): {text!r}. "
        "Is this the address of the API, and is no proxy in between?",
        at=call.at,
        elapsed=call.elapsed,
    )
