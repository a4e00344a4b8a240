"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import functools

import httpx
import msgspec
import pandas as pd

from toolkit.cassettes.interaction import Interaction
from toolkit.http import Answer
from toolkit.outcomes import Category, InvalidArgument, Outcome
from toolkit.services.base.recorded import RecordedService, response_of, timing_of
from toolkit.services.base.rest import RestTable
from toolkit.services.base.restcall import Plan
from toolkit.services.base.service import CallRecord
from toolkit.services.geoop import statuses
from toolkit.services.geoop.answers import read_answer
from toolkit.services.geoop.functions import TABLE, TOKEN
from toolkit.services.geoop.rules import Rules
from toolkit.services.geoop.wire import aim_of, is_token

_SHORT = 512  # bytes of what is remembered


class GeoopService(RecordedService):
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "geoop"
    functions: RestTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def codes(self) -> pd.DataFrame:
        """The HTTP statuses with the type of error of each; numbers of errors are not public."""
        return statuses.to_frame()

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Function, target and outcome of a recorded interaction. Never raises.

        The code is the error's own, or else the HTTP status; the category follows from the
        error's type.
        """
        _, name, target, _ = aim_of(interaction.request)
        response, failure = interaction.response, interaction.failure
        if response is None or failure is not None:
            return CallRecord.of_failure(name, target, failure)
        if is_token(interaction.request):
            outcome = _token_outcome(response.status, response.body)
        else:
            said = _said if len(response.body) <= _SHORT else _outcome
            outcome = said(response.status, response.body)
        return CallRecord.of(name, target, outcome)

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave: one page of a list, one chunk of a write.

        Raises
        ------
        CallError
            The one that the live call raised for its answer.
        InvalidArgument
            The interaction holds no call of a known function, or no answer.
        """
        from toolkit.services.geoop.answering import frame_of_call

        response = response_of(interaction)
        function, name, target, collection = aim_of(interaction.request)
        if function is None or function is TOKEN:
            raise InvalidArgument(f"{name or interaction.request.url!r} gives no DataFrame")
        answer = Answer(
            response.status,
            httpx.Headers(response.headers),
            response.body,
            *timing_of(interaction),
        )
        plan = Plan(function, "", body=interaction.request.body or None, target=target)
        return frame_of_call(plan, answer, collection)


def _outcome(status: int, body: bytes) -> Outcome:
    return read_answer(status, body).outcome


@functools.lru_cache(maxsize=4096)
def _said(status: int, body: bytes) -> Outcome:
    return _outcome(status, body)


def _token_outcome(status: int, body: bytes) -> Outcome:
    """The outcome of a request for a token: errors are those of RFC 6749."""
    row = statuses.status(status)
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = None
    if isinstance(told, dict) and isinstance(told.get("error"), str):
        ok = row.category in (Category.SUCCESS, Category.INVALID_REQUEST)
        category = Category.DENIED if ok else row.category
        said = told.get("error_description")
        return Outcome(status, told["error"], said if isinstance(said, str) else "", category)
    if row.category is Category.SUCCESS and not isinstance(told, dict):
        return Outcome(status, "NOT_JSON", "the answer is no JSON object", Category.BAD_REPLY)
    ok = row.category is Category.SUCCESS
    return Outcome(status, row.label, "" if ok else row.meaning, row.category)
