"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import datetime as dt
import functools
from urllib.parse import parse_qsl, urlsplit

import httpx
import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.outcomes import Category, InvalidArgument, Outcome
from toolkit.services.base.rest import RestTable
from toolkit.services.base.service import CallRecord
from toolkit.services.xivo import statuses
from toolkit.services.xivo.call import Call
from toolkit.services.xivo.errors import outcome_of
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.rules import Rules
from toolkit.services.xivo.wire import aim_of, recognised

_SHORT = 512  # bytes of what is remembered


class XivoService:
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "xivo"
    functions: RestTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def __repr__(self) -> str:
        return f"<service {self.name}: {len(self.functions)} functions>"

    def codes(self) -> pd.DataFrame:
        """The HTTP statuses: code, label, meaning, category, and what is repeated."""
        return statuses.to_frame()

    def recognises(self, request: Request) -> bool:
        """Whether a recorded request is for one of XiVO's APIs."""
        return recognised(request)

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Function, target and outcome of a recorded interaction. Never raises."""
        _, name, target = aim_of(interaction.request)
        response = interaction.response
        if response is None or interaction.failure is not None:
            failure = interaction.failure
            kind = failure.kind if failure else "no response"
            text = failure.message if failure else ""
            return CallRecord(name, target, None, kind, Category.TRANSPORT.value, text)
        # The same few refusals come again and again; what is long is an answer.
        said = _said if len(response.body) <= _SHORT and response.status >= 400 else outcome_of
        outcome = said(response.status, response.body)
        return CallRecord(
            name, target, outcome.code, outcome.label, outcome.category.value, outcome.message
        )

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave: one page, where it was a page of a list.

        Raises
        ------
        CallError
            The one that the live call raised for its answer (a 401 without what xivo-auth told).
        InvalidArgument
            The interaction holds no call of a known function, or no answer.
        """
        from toolkit.services.xivo.answers import frame_of, view_of

        call = _call(interaction).raise_for_outcome()
        query = parse_qsl(urlsplit(interaction.request.url).query)
        return frame_of(call, view_of(query))

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:  # noqa: ARG002
        """XiVO has no tasks."""
        return None


@functools.lru_cache(maxsize=4096)
def _said(status: int, body: bytes) -> Outcome:
    return outcome_of(status, body)


def _call(interaction: Interaction) -> Call:
    response = interaction.response
    if response is None:
        raise InvalidArgument("the interaction holds no answer")
    function, name, target = aim_of(interaction.request)
    if function is None:
        raise InvalidArgument(f"{name or interaction.request.url!r} is no function of XiVO's")
    return Call(
        function,
        target,
        outcome_of(response.status, response.body),
        response.status,
        httpx.Headers(response.headers),
        response.body,
        interaction.recorded_at or dt.datetime.fromtimestamp(0, dt.UTC),
        interaction.elapsed or 0.0,
    )
