"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import datetime as dt
import functools
import re

import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.outcomes import BadReply, CallError, Category, InvalidArgument, Outcome
from toolkit.services.base.functions import FunctionTable
from toolkit.services.base.recorded import RecordedService, response_of, timing_of
from toolkit.services.base.service import CallRecord
from toolkit.services.uptivity import codes, wire
from toolkit.services.uptivity.call import Call, target_of
from toolkit.services.uptivity.events import events_frame, row_of
from toolkit.services.uptivity.flows import is_echo
from toolkit.services.uptivity.functions import TABLE
from toolkit.services.uptivity.reply import Reply, decode_reply
from toolkit.services.uptivity.rules import Rules
from toolkit.services.uptivity.verdict import verdict_of

# Answers and events as most servers write them; others are read as live ones are.
_RESULT = re.compile(
    rb"\s*<RESULT>\s*(?:<REQUESTTYPE>[^<&]*</REQUESTTYPE>\s*)?<REQUESTID>[^<&]*</REQUESTID>\s*"
    rb"(?:<REQUESTTYPE>[^<&]*</REQUESTTYPE>\s*)?<RESULTTYPE>([^<&\x80-\xff]*)</RESULTTYPE>\s*"
    rb"<RESULTCODE>(\d{1,9})</RESULTCODE>\s*<RESULTMSG>([^<&\x80-\xff]*)</RESULTMSG>"
)
_EVENT = re.compile(rb"\s*<([A-Za-z_][A-Za-z0-9_]*)>(.*)</\1>\s*", re.DOTALL)
_CODED = re.compile(r"[%+#\s]")
_SHORT = 512  # bytes of what is remembered


class UptivityService(RecordedService):
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "uptivity"
    functions: FunctionTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def codes(self) -> pd.DataFrame:
        """The result codes: code, label, meaning, category; name, outcome, kind, repeats."""
        return codes.to_frame()

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Command, target and outcome of a recorded interaction. Never raises.

        An event is told as the function EVENT, its device as the target and its type as label.
        """
        function, target = _aim(interaction.request)
        response, failure = interaction.response, interaction.failure
        if response is None or failure is not None:
            return CallRecord.of_failure(function, target, failure)
        try:
            if function == wire.EVENT:
                return _event_record(response.body)
            outcome = _outcome(response.body)
        except CallError as error:
            kind = type(error).__name__
            said = Category.BAD_REPLY.value
            return CallRecord(function, target, None, kind, said, error.message)
        return CallRecord.of(function, target, outcome)

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave; an event's one row.

        Raises
        ------
        CallError
            The one that the live call raised for its answer.
        InvalidArgument
            The interaction holds no command, or no answer.
        """
        request, response = interaction.request, response_of(interaction)
        at, elapsed = timing_of(interaction)
        if request.method == wire.LISTEN:
            return events_frame([row_of(response.body, at + dt.timedelta(seconds=elapsed))])
        function, target = _aim(request)
        if not function:
            raise InvalidArgument(f"{request.url!r} is no command of an API server")
        reply = decode_reply(response.body)
        asked = wire.request_id(request.url, request.body)
        if request.url.startswith("tcp://") and not is_echo(reply, asked):
            raise BadReply(
                f"the answer is to request {reply.request_id}, and {asked} was sent",
                function=function,
                target=target,
            )
        verdict = verdict_of(reply)
        if verdict.failed:
            raise verdict.error(
                function=function,
                target=target,
                at=at,
                elapsed=elapsed,
                repaired=reply.repaired,
            )
        return Call(function, target, verdict, reply, at, elapsed, response.body).frame


def _aim(request: Request) -> tuple[str, str]:
    """The command's type and its target."""
    if request.method == wire.LISTEN:
        return wire.EVENT, ""
    body = request.body
    if body.startswith(b"<REQUEST>") and body.endswith(b"</REQUEST>"):
        fields = wire.leaves(body[9:-10])
        if fields is not None:
            return fields.get("TYPE", "").upper(), target_of(fields)
    query = request.url.partition("?")[2]
    if query and not _CODED.search(query):
        pairs = [pair.partition("=") for pair in reversed(query.split("&"))]
        fields = {name.upper(): text for name, _, text in pairs}
        return fields.get("TYPE", "").upper(), target_of(fields)
    message = wire.command_of(request)
    if message is None:
        return "", ""
    return message.type, target_of(dict(message.parameters))


def _outcome(body: bytes) -> Outcome:
    quick = _RESULT.match(body)
    if quick and body.endswith((b"</RESULT>", b"</RESULT>\n")) and len(quick[3]) <= _SHORT:
        return _said(*quick.groups())
    return verdict_of(decode_reply(body)).outcome


@functools.lru_cache(maxsize=4096)
def _said(kind: bytes, code: bytes, message: bytes) -> Outcome:
    texts = kind.decode().strip(), message.decode().strip()
    return verdict_of(Reply("", "", texts[0], int(code), texts[1])).outcome


def _event_record(body: bytes) -> CallRecord:
    plain = _EVENT.fullmatch(body)
    fields = wire.leaves(plain[2]) if plain else None
    if plain is None or fields is None:
        row = row_of(body, dt.datetime.fromtimestamp(0, dt.UTC))
        fields = {name.upper(): str(text) for name, text in row.items()}
    kind = fields.get("TYPE") or (plain[1].decode() if plain else "")
    return CallRecord(wire.EVENT, target_of(fields), None, kind, Category.SUCCESS.value, "")
