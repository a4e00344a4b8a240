"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.outcomes import BadReply, CallError, Category, InvalidArgument
from toolkit.services.base.functions import FunctionTable
from toolkit.services.base.service import CallRecord
from toolkit.services.uptivity import codes, wire
from toolkit.services.uptivity.functions import TABLE
from toolkit.services.uptivity.rules import Rules


class UptivityService:
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "uptivity"
    functions: FunctionTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def __repr__(self) -> str:
        return f"<service {self.name}: {len(self.functions)} functions>"

    def codes(self) -> pd.DataFrame:
        """The result codes: code, label, meaning, category; name, outcome, kind, repeats."""
        return codes.to_frame()

    def recognises(self, request: Request) -> bool:
        """Whether a recorded request is for an API server."""
        return self.rules.recognises(request)

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Command, target and outcome of a recorded interaction. Never raises.

        An event is told as the function EVENT, its device as the target and its type as label.
        """
        function, target = _aim(interaction.request)
        response, failure = interaction.response, interaction.failure
        if response is None or failure is not None:
            kind, text = (failure.kind, failure.message) if failure else ("no response", "")
            return CallRecord(function, target, None, kind, Category.TRANSPORT.value, text)
        try:
            if function == wire.EVENT:
                return _event_record(interaction)
            outcome = _verdict(response.body).outcome
        except CallError as error:
            kind = type(error).__name__
            said = Category.BAD_REPLY.value
            return CallRecord(function, target, None, kind, said, error.message)
        category = outcome.category.value
        return CallRecord(function, target, outcome.code, outcome.label, category, outcome.message)

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave; an event's one row.

        Raises
        ------
        CallError
            The one that the live call raised for its answer.
        InvalidArgument
            The interaction holds no command, or no answer.
        """
        from toolkit.services.uptivity.call import Call
        from toolkit.services.uptivity.events import events_frame, row_of
        from toolkit.services.uptivity.flows import is_echo
        from toolkit.services.uptivity.reply import decode_reply
        from toolkit.services.uptivity.verdict import verdict_of

        request, response = interaction.request, interaction.response
        if response is None:
            raise InvalidArgument("the interaction holds no answer")
        at = interaction.recorded_at or dt.datetime.fromtimestamp(0, dt.UTC)
        elapsed = interaction.elapsed or 0.0
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

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:  # noqa: ARG002
        """The API server has no tasks."""
        return None


def _aim(request: Request) -> tuple[str, str]:
    if request.method == wire.LISTEN:
        return wire.EVENT, ""
    from toolkit.services.uptivity.call import target_of

    message = wire.command_of(request)
    if message is None:
        return "", ""
    return message.type, target_of(dict(message.parameters))


def _verdict(body: bytes):  # type: ignore[no-untyped-def]
    from toolkit.services.uptivity.reply import decode_reply
    from toolkit.services.uptivity.verdict import verdict_of

    return verdict_of(decode_reply(body))


def _event_record(interaction: Interaction) -> CallRecord:
    from toolkit.services.uptivity.call import target_of
    from toolkit.services.uptivity.events import row_of

    assert interaction.response is not None  # noqa: S101 - its only caller has looked
    row = row_of(interaction.response.body, dt.datetime.fromtimestamp(0, dt.UTC))
    target = target_of({name.upper(): str(text) for name, text in row.items()})
    return CallRecord(wire.EVENT, target, None, row["type"], Category.SUCCESS.value, "")
