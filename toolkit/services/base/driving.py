"""Flows and their drivers: a flow says what to send and what to ask, a driver does it.

A flow is a generator. It yields :class:`Send`, :class:`Ask`, :class:`AskUser`,
:class:`AskFields`, :class:`Wait`, :class:`Alone` or :class:`Together`, gets back an answer, a list
of texts or what another flow gave, and returns its result. It knows nothing of sockets or of event
loops, so the same flow serves a blocking driver and an awaiting one, which differ in the few lines
that wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from toolkit.http import Answer
from toolkit.services.base.asking import Asker, Field, Form, GivenAnswers, shorten
from toolkit.services.base.atonce import at_once, at_once_async
from toolkit.services.base.loops import PerLoop

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Send:
    """Send this; ``repeatable`` says whether a lost connection may be answered by another.

    A service with one address needs a body only; the others say the method, the address and the
    headers of this request too.
    """

    body: bytes = b""
    repeatable: bool = False
    timeout: float | None = None
    method: str = ""
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for one answer to each of these prompts (there may be none)."""

    prompts: tuple[str, ...]
    round_number: int


@dataclass(frozen=True, slots=True)
class AskUser:
    """Ask for the user name."""


@dataclass(frozen=True, slots=True)
class AskFields:
    """Ask for one text for each of these fields, a user and a password for example."""

    fields: tuple[Field, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait so many seconds: the server is busy, and the same call may succeed later."""

    seconds: float


class Turn:
    """What only one flow of a client may do at a time, such as renewing its token."""

    def __init__(self) -> None:
        self.blocking = threading.Lock()
        self.awaiting = PerLoop(asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Alone:
    """Run this flow when it is its turn; :func:`alone` yields it."""

    turn: Turn
    flow: Flow[Any]


@dataclass(frozen=True, slots=True)
class Together:
    """Run these flows, at most ``limit`` at a time, and tell each one's place and end.

    ``ended`` is called with the place and the result or the exception. Flows are taken one by one
    as there is room: an iterable that ends early leaves the rest unsent.
    """

    flows: Iterable[Flow[Any]]
    limit: int
    ended: Callable[[int, Any], object]


Step = Send | Ask | AskUser | AskFields | Wait | Alone | Together
Flow = Generator[Step, Any, Result]
Sender = Callable[[Send], Answer]
AsyncSender = Callable[[Send], Awaitable[Answer]]


def alone(turn: Turn, flow: Flow[Result]) -> Flow[Result]:
    """Run a flow that only one may run at a time, from within another.

    Who waited for the turn looks again whether it is still needed.
    """
    return cast("Result", (yield Alone(turn, flow)))


def drive(
    flow: Flow[Result],
    sender: Sender,
    answers: GivenAnswers | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Result:
    """Run a flow to its end, blocking.

    Whatever sending or asking raises is thrown into the flow, which may handle it.
    """
    again = functools.partial(drive, sender=sender, answers=answers, wait=wait)
    try:
        step = next(flow)
        while True:
            try:
                reaction: Any = None
                if isinstance(step, Send):
                    reaction = sender(step)
                elif isinstance(step, Wait):
                    wait(step.seconds)
                elif isinstance(step, Alone):
                    with step.turn.blocking:
                        reaction = again(step.flow)
                elif isinstance(step, Together):
                    jobs = (functools.partial(again, one) for one in step.flows)
                    for place, result in at_once(jobs, step.limit):
                        step.ended(place, result)
                else:
                    reaction = _given(step, answers)
            except BaseException as error:  # noqa: BLE001 (the flow decides; the rest comes back)
                step = flow.throw(error)
            else:
                step = flow.send(reaction)
    except StopIteration as stop:
        return cast("Result", stop.value)


def _given(step: Ask | AskUser | AskFields, answers: GivenAnswers | None) -> list[str]:
    if answers is None or isinstance(step, AskUser):
        raise TypeError("this flow asks, and there is nobody to ask")
    if isinstance(step, AskFields):
        return answers.take([field.label for field in step.fields], 1)
    return answers.take(list(step.prompts), step.round_number)


async def drive_async(
    flow: Flow[Result],
    sender: AsyncSender,
    answers: Asker | GivenAnswers | None = None,
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Result:
    """Run a flow to its end without blocking the event loop; a person may be asked."""
    again = functools.partial(drive_async, sender=sender, answers=answers, wait=wait)
    try:
        step = next(flow)
        while True:
            try:
                reaction: Any = None
                if isinstance(step, Send):
                    reaction = await sender(step)
                elif isinstance(step, Wait):
                    await wait(step.seconds)
                elif isinstance(step, Alone):
                    async with step.turn.awaiting.get():
                        reaction = await again(step.flow)
                elif isinstance(step, Together):
                    jobs = (functools.partial(again, one) for one in step.flows)
                    async with contextlib.aclosing(at_once_async(jobs, step.limit)) as ends:
                        async for place, result in ends:
                            step.ended(place, result)
                elif answers is None or isinstance(answers, GivenAnswers):
                    reaction = _given(step, answers)
                else:
                    reaction = await _asked(step, answers)
            except BaseException as error:  # noqa: BLE001 (the flow decides; the rest comes back)
                step = flow.throw(error)
            else:
                step = flow.send(reaction)
    except StopIteration as stop:
        return cast("Result", stop.value)


async def _asked(step: Ask | AskUser | AskFields, asker: Asker) -> list[str]:
    if isinstance(step, AskUser):
        return [await asker.user()]
    if isinstance(step, AskFields):
        if not isinstance(asker, Form):
            raise TypeError(f"{type(asker).__name__} cannot ask for fields")
        return list(await asker.fields(step.fields, step.title))
    return list(await asker.answers(list(step.prompts), step.round_number))


def in_thread(sender: Sender) -> AsyncSender:
    """What sends for a blocking client without blocking the event loop.

    The worker thread has the caller's context, so that a recording of it sees what is sent.
    """

    async def send(step: Send) -> Answer:
        return await asyncio.to_thread(sender, step)

    return send


async def drive_login(
    make: Callable[[], Flow[Result]], sender: AsyncSender, asker: Asker
) -> Result:
    """Run a login's flow as :func:`drive_async` does; a form hears how it ended.

    A form that wants another try after a failure gets a new flow. A notebook shows the exception
    in one line.
    """
    while True:
        try:
            result = await drive_async(make(), sender, asker)
        except BaseException as error:
            if not isinstance(asker, Form) or not await asker.ended(error):
                shorten(error)
                raise
        else:
            if isinstance(asker, Form):
                await asker.ended(None)
            return result
