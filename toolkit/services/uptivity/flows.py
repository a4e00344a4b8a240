"""The flow of one call: numbers, echoes, repeats and verdicts; not one line that waits.

What is repeated: a read whose connection was lost or that failed for a reason of the moment (4,
11, 23), once; anything of which no byte was sent; anything that was refused for want of room (47,
48), a few times with pauses. A command that changes state is never sent again after a lost answer.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from toolkit.http import Answer
from toolkit.outcomes import BadReply, CallError, NotRecorded
from toolkit.services.base.driving import Flow, Wait
from toolkit.services.base.explaining import explain
from toolkit.services.uptivity import wire
from toolkit.services.uptivity.call import Call, Command
from toolkit.services.uptivity.codes import THROTTLED, Repeats
from toolkit.services.uptivity.doors import Door
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.reply import Reply, decode_reply
from toolkit.services.uptivity.verdict import Verdict, verdict_of
from toolkit.services.uptivity.warned import warn

_numbers = itertools.count(1)


def next_number() -> int:
    """The next REQUESTID of this process."""
    return next(_numbers)


@dataclass(frozen=True, slots=True)
class State:
    """What a client needs for each call."""

    door: Door
    options: Options
    number: Callable[[], int] = next_number
    chance: Callable[[], float] = field(default=random.random, repr=False)


def call_flow(command: Command, state: State) -> Flow[Call]:
    """One call.

    Raises
    ------
    CallError
        Any of its kinds. Those of an answer have ``code`` and ``label`` as read, ``wire_code``,
        ``wire_type`` and ``wire_message`` as they came, ``kind`` and ``repeats`` as in
        ``toolkit.codes("uptivity")``, and ``repaired``.
    """
    options = state.options
    again = command.is_read
    tries = 1
    try:
        while True:
            call = yield from _exchange(command, state)
            verdict = call.verdict
            if verdict.failed and verdict.repeats is Repeats.ONCE and again:
                again = False
            elif verdict.failed and verdict.outcome.code in THROTTLED and tries < options.tries:
                yield Wait(pause(tries, options, state.chance))
                tries += 1
            else:
                break
        if verdict.failed:
            raise verdict.error(
                function=command.type,
                target=command.target,
                at=call.at,
                elapsed=call.elapsed,
                repaired=call.reply.repaired,
            )
    except NotRecorded as error:
        raise NotRecorded(f"{command.type}({command.target}): {error}") from error
    except CallError as error:
        if not error.function:
            lost_reply = None if command.is_read else command.lost_reply
            explain(error, command.type, command.target, lost_reply)
        raise
    return call


def pause(tries: int, options: Options, chance: Callable[[], float]) -> float:
    """Seconds before the next try: between a half and the whole of a time that doubles.

    Examples
    --------
    >>> [pause(tries, Options(), lambda: 1.0) for tries in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 8.0]
    """
    most: float = min(options.wait * 2 ** (tries - 1), options.wait_most)
    return most * (0.5 + chance() / 2)


def _exchange(command: Command, state: State) -> Flow[Call]:
    """Send once, and read what came."""
    door, options = state.door, state.options
    number = state.number()
    answer = yield door.step(
        command.type, number, command.parameters, options, repeatable=command.is_read
    )
    if not isinstance(answer, Answer):
        raise TypeError("a Send is answered by an Answer")
    http = ""
    if door.kind == "http":
        http = f"HTTP {answer.status}, {answer.headers.get('content-type', 'no content type')}"
    try:
        reply = decode_reply(answer.body, repair=options.repair, http=http)
        # What a cassette answers was sent for another number; without its note nothing is known.
        _check_echo(reply, answer.headers.get(wire.ANSWERS), door, options)
    except BadReply as error:
        error.at, error.elapsed = answer.at, answer.elapsed
        raise
    verdict = verdict_of(reply, label_wins=options.label_wins)
    _tell(reply, verdict)
    return Call(
        command.type, command.target, verdict, reply, answer.at, answer.elapsed, answer.body
    )


def _tell(reply: Reply, verdict: Verdict) -> None:
    said = "; ".join(dict.fromkeys((*reply.repairs, *verdict.notes)))
    if said and not verdict.failed:
        warn(f"the answer was read, but it is not right: {said}")


def is_echo(reply: Reply, asked: str) -> bool:
    """Whether an answer is the one to that REQUESTID; one that names none is taken for it."""
    echo = reply.request_id
    if not echo or echo == asked:
        return True
    return echo.isascii() and echo.isdigit() and asked.isdigit() and int(echo) == int(asked)


def _check_echo(reply: Reply, asked: str | None, door: Door, options: Options) -> None:
    if asked is None or is_echo(reply, asked):
        return
    said = f"the answer is to request {reply.request_id}, and {asked} was sent"
    if options.other_id == "raise" or (options.other_id == "auto" and door.kind == "tcp"):
        raise BadReply(f"{said}; it is not used")
    warn(said)
