"""Recorded traffic back to calls: the same decoding as live, years later."""

from __future__ import annotations

import datetime as dt
import functools

import httpx
import msgspec
import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.http import Answer
from toolkit.outcomes import Category, InvalidArgument, Outcome
from toolkit.services.base.rest import RestTable
from toolkit.services.base.restcall import Plan
from toolkit.services.base.service import CallRecord
from toolkit.services.geoop import statuses
from toolkit.services.geoop.answers import read_answer
from toolkit.services.geoop.functions import TABLE, TOKEN
from toolkit.services.geoop.rules import Rules
from toolkit.services.geoop.wire import aim_of, is_token, recognised

_SHORT = 512  # bytes of what is remembered


class GeoopService:
    """What the rooms above know of this service (see ``services.base.service.Service``)."""

    name = "geoop"
    functions: RestTable = TABLE

    def __init__(self) -> None:
        self.rules = Rules()

    def __repr__(self) -> str:
        return f"<service {self.name}: {len(self.functions)} functions>"

    def codes(self) -> pd.DataFrame:
        """The HTTP statuses with the type of error of each; numbers of errors are not public."""
        return statuses.to_frame()

    def recognises(self, request: Request) -> bool:
        """Whether a recorded request is GeoOp's."""
        return recognised(request)

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Function, target and outcome of a recorded interaction. Never raises.

        The code is the error's own, or else the HTTP status; the category follows from the
        error's type.
        """
        _, name, target, _ = aim_of(interaction.request)
        response, failure = interaction.response, interaction.failure
        if response is None or failure is not None:
            kind = failure.kind if failure else "no response"
            text = failure.message if failure else ""
            return CallRecord(name, target, None, kind, Category.TRANSPORT.value, text)
        if is_token(interaction.request):
            outcome = _token_outcome(response.status, response.body)
        else:
            said = _said if len(response.body) <= _SHORT else _outcome
            outcome = said(response.status, response.body)
        return CallRecord(
            name, target, outcome.code, outcome.label, outcome.category.value, outcome.message
        )

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

        response = interaction.response
        if response is None:
            raise InvalidArgument("the interaction holds no answer")
        function, name, target, collection = aim_of(interaction.request)
        if function is None or function is TOKEN:
            raise InvalidArgument(f"{name or interaction.request.url!r} gives no DataFrame")
        answer = Answer(
            response.status,
            httpx.Headers(response.headers),
            response.body,
            interaction.recorded_at or dt.datetime.fromtimestamp(0, dt.UTC),
            interaction.elapsed or 0.0,
        )
        plan = Plan(function, "", body=interaction.request.body or None, target=target)
        return frame_of_call(plan, answer, collection)

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:  # noqa: ARG002
        """GeoOp has no tasks."""
        return None


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
    except (msgspec.DecodeError, UnicodeDecodeError):
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
