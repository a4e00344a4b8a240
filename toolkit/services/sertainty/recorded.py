"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import functools
import html
import re

import pandas as pd
import pybase64

from toolkit.cassettes.interaction import Interaction
from toolkit.frames import frame
from toolkit.outcomes import BadReply, Category, InvalidArgument, Outcome, error_for
from toolkit.services.base.functions import Function, FunctionTable
from toolkit.services.base.recorded import RecordedService, response_of, timing_of
from toolkit.services.base.service import CallRecord
from toolkit.services.sertainty import codes
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.envelope import (
    RequestDocument,
    decode_reply,
    decode_request,
)
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.results import PROMPT_COLUMNS, prompts
from toolkit.services.sertainty.rules import Rules
from toolkit.services.sertainty.statuses import with_time

_REQUEST = re.compile(
    rb"<Request>(?:<Session>[^<]*</Session>)?<Function>([A-Za-z]+)</Function>"
    rb"(?:<ArgList>((?:<Argument(?: name=\"[^\"<]*\")?>[A-Za-z0-9+/=]*</Argument>)*)</ArgList>)?"
    rb"</Request>"
)
_ARGUMENT = re.compile(rb">([A-Za-z0-9+/=]*)</Argument>")
_RESPONSE = re.compile(
    rb"<Response>\s*<Status>(\d{1,9})</Status>\s*<StatusMessage>([^<]*)</StatusMessage>"
)

_SHORT = 512  # bytes of what is remembered


class SertaintyService(RecordedService):
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "sertainty"
    functions: FunctionTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def codes(self) -> pd.DataFrame:
        """The gateway's status codes: code, label, meaning, category (guide section 5)."""
        return codes.to_frame()

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Function, target and outcome of a recorded interaction. Never raises."""
        function, target = _aim(interaction.request.body)
        if interaction.response is None:
            return CallRecord.of_failure(function, target, interaction.failure)
        return CallRecord.of(function, target, _outcome(interaction.response.body))

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave.

        Raises
        ------
        CallError
            The one that the live call raised for its answer.
        InvalidArgument
            The interaction holds no call of a known function, or no answer.
        """
        call = _call(interaction)
        if call.function.name == "hostOpenSession":
            return _opened(call)
        if not call.outcome.ok:
            raise error_for(
                call.outcome,
                function=call.function.name,
                target=call.target,
                at=call.at,
                elapsed=call.elapsed,
            )
        return call.frame

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:
        """The status record in a successful taskGetStatus; None for any other interaction."""
        if b"askGetStatus" not in interaction.request.body[:512]:
            return None
        try:
            call = _call(interaction)
        except (InvalidArgument, BadReply):
            return None
        if call.function.name != "taskGetStatus" or not call.outcome.ok:
            return None
        return with_time(call.frame, interaction.recorded_at)


def _aim(body: bytes) -> tuple[str, str]:
    """The function's table name (or the unknown one's own) and the target."""
    quick = _REQUEST.fullmatch(body)
    if quick:
        known = _NAMING.get(quick[1])
        if known is None:
            known = _naming(quick[1].decode())
        name, places = known
        given = quick[2]
        if not places or given is None:
            return name, ""
        # Calls name the same few things again and again; what is long is a file's contents.
        named = _named_by if len(given) <= _SHORT else _named_by.__wrapped__
        return name, named(given, places)
    try:
        document = decode_request(body)
    except BadReply:
        return "", ""
    function = TABLE.find(document.function)
    if function is None:
        return document.function, ""
    return function.name, _target(function, [value for _, value in document.arguments])


@functools.lru_cache(maxsize=4096)
def _named_by(arguments: bytes, places: tuple[int, ...]) -> str:
    raw = _ARGUMENT.findall(arguments)
    try:
        return "/".join(
            pybase64.b64decode(raw[place]).decode("utf-8", "replace")
            for place in places
            if place < len(raw)
        )
    except ValueError:
        return ""


def _places(function: Function) -> tuple[int, ...]:
    """Where a function's naming arguments stand."""
    return tuple(place for place, argument in enumerate(function.arguments) if argument.names)


def _naming(name: str) -> tuple[str, tuple[int, ...]]:
    """A function's table name and naming places; an unknown one's own name and none."""
    function = TABLE.find(name)
    return (name, ()) if function is None else (function.name, _places(function))


_NAMING = {function.name.encode(): _naming(function.name) for function in TABLE.all}


def _target(function: Function, arguments: list[bytes]) -> str:
    return "/".join(
        arguments[place].decode("utf-8", "replace")
        for place in _places(function)
        if place < len(arguments)
    )


def _outcome(body: bytes) -> Outcome:
    quick = _RESPONSE.match(body)
    if quick and body.endswith((b"</Response>", b"</Response>\n")):
        said = _said if len(quick[2]) <= _SHORT else _said.__wrapped__
        try:
            return said(quick[1], quick[2])
        except UnicodeDecodeError:
            pass
    try:
        reply = decode_reply(body)
    except BadReply as error:
        return Outcome(None, type(error).__name__, error.message, Category.BAD_REPLY)
    return codes.outcome(reply.status, reply.message)


@functools.lru_cache(maxsize=4096)
def _said(code: bytes, message: bytes) -> Outcome:
    text = message.decode()
    return codes.outcome(int(code), html.unescape(text) if b"&" in message else text)


def _call(interaction: Interaction) -> Call:
    response = response_of(interaction)
    document = decode_request(interaction.request.body)
    function = TABLE.get(document.function)
    reply = decode_reply(response.body)
    values = _given(function, document)
    return Call(
        function,
        _target(function, [value for _, value in document.arguments]),
        codes.outcome(reply.status, reply.message),
        reply,
        *timing_of(interaction),
        values,
    )


def _given(function: Function, document: RequestDocument) -> tuple[str | bytes, ...]:
    """The arguments that the caller gave, as values (names as text, contents as bytes)."""
    values: list[str | bytes] = []
    for argument, (_, value) in zip(function.arguments, document.arguments, strict=False):
        if argument.kind == "session":
            continue
        values.append(value.decode("utf-8", "replace") if argument.kind == "text" else value)
    return tuple(values)


def _opened(call: Call) -> pd.DataFrame:
    if call.outcome.ok:
        return frame(PROMPT_COLUMNS, [("granted", None, None)])
    if call.outcome.category is Category.CHALLENGED:
        asked = prompts(call.reply, call.encoding)
        return frame(PROMPT_COLUMNS, [("challenged", name, text) for name, text in asked])
    raise error_for(call.outcome, function=call.function.name, target=call.target)
