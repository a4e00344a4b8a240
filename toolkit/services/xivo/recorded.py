"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import functools
from urllib.parse import parse_qsl, urlsplit

import httpx
import pandas as pd

from toolkit.cassettes.interaction import Interaction
from toolkit.outcomes import InvalidArgument, Outcome
from toolkit.services.base.recorded import RecordedService, response_of, timing_of
from toolkit.services.base.rest import RestTable
from toolkit.services.base.service import CallRecord
from toolkit.services.xivo import statuses
from toolkit.services.xivo.call import Call
from toolkit.services.xivo.errors import outcome_of
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.rules import Rules
from toolkit.services.xivo.wire import aim_of

_SHORT = 512  # bytes of what is remembered


class XivoService(RecordedService):
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "xivo"
    functions: RestTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def codes(self) -> pd.DataFrame:
        """The HTTP statuses: code, label, meaning, category, and what is repeated."""
        return statuses.to_frame()

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Function, target and outcome of a recorded interaction. Never raises."""
        _, name, target = aim_of(interaction.request)
        response = interaction.response
        if response is None or interaction.failure is not None:
            return CallRecord.of_failure(name, target, interaction.failure)
        # The same few refusals come again and again; what is long is an answer.
        said = _said if len(response.body) <= _SHORT and response.status >= 400 else outcome_of
        outcome = said(response.status, response.body)
        return CallRecord.of(name, target, outcome)

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave: one page, where it was a page of a list.

        Raises
        ------
        CallError
            The one that the live call raised for its answer (a 401 without what xivo-auth told).
        InvalidArgument
            The interaction holds no call of a known function, or no answer.
        """
        from toolkit.services.xivo.answers import frame_of, items_of, view_of
        from toolkit.services.xivo.csvusers import IMPORTED, import_frame

        call = _call(interaction).raise_for_outcome()
        if call.function.resource == IMPORTED:
            return import_frame(call.function, items_of(call))
        query = parse_qsl(urlsplit(interaction.request.url).query)
        return frame_of(call, view_of(query))


@functools.lru_cache(maxsize=4096)
def _said(status: int, body: bytes) -> Outcome:
    return outcome_of(status, body)


def _call(interaction: Interaction) -> Call:
    response = response_of(interaction)
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
        *timing_of(interaction),
    )
