"""The recorded half of a JSON service: its requests found again, its answers decoded again."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.rules import Hide
from toolkit.http import Answer
from toolkit.outcomes import InvalidArgument, error_for
from toolkit.services.base.jsonapi import JsonApi
from toolkit.services.base.recorded import RecordedService, response_of, timing_of
from toolkit.services.base.rest import RestFunction
from toolkit.services.base.restcall import Plan
from toolkit.services.base.service import CallRecord


class JsonRules:
    """Recognises a service by its paths; secrets by their names are the engine's own work.

    The engine hides what is called password, token, secret ... in JSON, headers and addresses. A
    service with secrets of other names derives from this and hides them too.
    """

    def __init__(self, api: JsonApi) -> None:
        self.name, self._api = api.table.service, api

    def recognises(self, request: Request) -> bool:
        """Whether the path stands below the service's base, and is one of its table's."""
        return aim_of(self._api, request) is not None

    def redact_request(self, request: Request, hide: Hide) -> Request:  # noqa: ARG002
        """The request as it is."""
        return request

    def redact_response(
        self,
        request: Request,  # noqa: ARG002
        response: Response,
        hide: Hide,  # noqa: ARG002
    ) -> Response:
        """The response as it is."""
        return response

    def match_body(self, request: Request) -> bytes | None:
        """Of a login nothing: another password is the same request. The rest is the engine's."""
        aim = aim_of(self._api, request)
        return b"" if aim is not None and aim[0].login else None


class JsonService(RecordedService):
    """What the rooms above know of a JSON service; an entry point loads one."""

    def __init__(self, api: JsonApi) -> None:
        self.api, self.name, self.functions = api, api.table.service, api.table
        self.rules = JsonRules(api)

    def codes(self) -> pd.DataFrame:
        """The service's table of codes: code, label, meaning, category."""
        return self.api.codes.to_frame()

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """Function, target and outcome of a recorded interaction. Never raises."""
        aim = aim_of(self.api, interaction.request)
        name, target = (aim[0].name, aim[1]) if aim is not None else ("", "")
        if aim is None or interaction.response is None or interaction.failure is not None:
            return CallRecord.of_failure(name, target, interaction.failure)
        plan = Plan(aim[0], "", target=target)
        return CallRecord.of(name, target, self.api.call_of(plan, _answer(interaction)).outcome)

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave.

        Raises
        ------
        CallError
            The one that the live call raised for its answer.
        InvalidArgument
            The interaction holds no call of a known function, or no answer.
        """
        aim = aim_of(self.api, interaction.request)
        if aim is None or aim[0].login:
            raise InvalidArgument(f"{interaction.request.url!r} gives no DataFrame")
        call = self.api.call_of(Plan(aim[0], "", target=aim[1]), _answer(interaction))
        outcome = self.api.outcome_of(call)
        if not outcome.ok:
            where = {"function": aim[0].name, "target": aim[1]}
            raise error_for(outcome, at=call.at, elapsed=call.elapsed, **where)
        return self.api.frame(call)


def aim_of(api: JsonApi, request: Request) -> tuple[RestFunction, str] | None:
    """The function of a request and what it was aimed at; None where it is not the service's."""
    try:
        path = urlsplit(request.url).path
    except ValueError:
        return None
    before, mark, rest = path.partition(f"{api.base}/")
    found = api.table.match(request.method, f"/{rest}") if mark and not before else None
    return (found[0], "/".join(found[1].values())) if found else None


def _answer(interaction: Interaction) -> Answer:
    response = response_of(interaction)
    headers = httpx.Headers(response.headers)
    return Answer(response.status, headers, response.body, *timing_of(interaction))
