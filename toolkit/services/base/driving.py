"""Flows and their drivers: a flow says what to send and what to ask, a driver does it.

A flow is a generator. It yields :class:`Send`, :class:`Ask`, :class:`AskUser`,
:class:`AskFields` or :class:`Wait`, gets back an answer or a list of texts, and returns its
result. It knows nothing of sockets or of event loops, so the same flow serves a blocking driver
and an awaiting one, which differ in the few lines that wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from toolkit.http import Answer
from toolkit.services.base.asking import Asker, Field, Form, GivenAnswers, shorten

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


Step = Send | Ask | AskUser | AskFields | Wait
Reaction = Answer | list[str]
Flow = Generator[Step, Reaction, Result]
Sender = Callable[[Send], Answer]


def drive(
    flow: Flow[Result],
    sender: Sender,
    answers: GivenAnswers | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Result:
    """Run a flow to its end, blocking.

    Whatever sending or asking raises is thrown into the flow, which may handle it.
    """
    try:
        step = next(flow)
        while True:
            try:
                if isinstance(step, Wait):
                    wait(step.seconds)
                    reaction: Reaction = []
                else:
                    reaction = _react(step, sender, answers)
            except BaseException as error:  # noqa: BLE001 (the flow decides; the rest comes back)
                step = flow.throw(error)
            else:
                step = flow.send(reaction)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


def _react(
    step: Send | Ask | AskUser | AskFields, sender: Sender, answers: GivenAnswers | None
) -> Reaction:
    if isinstance(step, Send):
        return sender(step)
    if answers is None or isinstance(step, AskUser):
        raise TypeError("this flow asks, and there is nobody to ask")
    if isinstance(step, AskFields):
        return answers.take([field.label for field in step.fields], 1)
    return answers.take(list(step.prompts), step.round_number)


async def drive_async(flow: Flow[Result], sender: Sender, asker: Asker) -> Result:
    """Run a flow whose questions a person answers, without blocking the event loop.

    Sending happens in a worker thread (with this context, so that a recording of it sees it).
    """
    try:
        step = next(flow)
        while True:
            try:
                reaction: Reaction
                if isinstance(step, Send):
                    reaction = await asyncio.to_thread(sender, step)
                elif isinstance(step, AskUser):
                    reaction = [await asker.user()]
                elif isinstance(step, AskFields):
                    reaction = await _fields(asker, step)
                elif isinstance(step, Wait):
                    await asyncio.sleep(step.seconds)
                    reaction = []
                else:
                    given = await asker.answers(list(step.prompts), step.round_number)
                    reaction = list(given)
            except BaseException as error:  # noqa: BLE001 (the flow decides; the rest comes back)
                step = flow.throw(error)
            else:
                step = flow.send(reaction)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]


async def _fields(asker: Asker, step: AskFields) -> list[str]:
    if not isinstance(asker, Form):
        raise TypeError(f"{type(asker).__name__} cannot ask for fields")
    return list(await asker.fields(step.fields, step.title))


async def drive_login(make: Callable[[], Flow[Result]], sender: Sender, asker: Asker) -> Result:
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
