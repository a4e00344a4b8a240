"""A service of one's own, as an entry point of the group ``toolkit.services`` loads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.rules import Hide, ServiceRules
from toolkit.outcomes import Category, Outcome
from toolkit.services.base.functions import FunctionTable
from toolkit.services.base.rest import RestFunction
from toolkit.services.base.service import CallRecord, Service


class WeatherRules:
    """What in its traffic is secret, and what changes with every request."""

    name = "weather"

    def recognises(self, request: Request) -> bool:
        """By its address."""
        return "/weather/" in request.url

    def redact_request(self, request: Request, hide: Hide) -> Request:
        """It has no secret."""
        return request

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        """It has no secret."""
        return response

    def match_body(self, request: Request) -> bytes | None:
        """As the engine does it."""
        return None


class WeatherService:
    """One function, ``GET /weather/{city}``."""

    name = "weather"
    functions = FunctionTable(
        "weather",
        [
            RestFunction(
                "weather",
                "GET /weather/{city}",
                "weather.get",
                "The weather of a city.",
                path="/weather/{city}",
            )
        ],
    )
    rules: ServiceRules = WeatherRules()

    def codes(self) -> pd.DataFrame:
        """HTTP's own."""
        return pd.DataFrame({"code": [200], "label": ["OK"]})

    def recognises(self, request: Request) -> bool:
        """As its rules do."""
        return self.rules.recognises(request)

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """By the status alone."""
        if interaction.response is None:
            return CallRecord.of_failure("GET /weather/{city}", "", interaction.failure)
        outcome = Outcome(interaction.response.status, "OK", "", Category.SUCCESS)
        return CallRecord.of("GET /weather/{city}", "", outcome)

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """One row."""
        return pd.DataFrame({"city": [interaction.request.url.rpartition("/")[2]]})

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:
        """It has no tasks."""
        return None


service: Service = WeatherService()


def main(url: str, answers: Mapping[str, str], folder: Path) -> None:
    """What an analysis asks of it."""
    request = Request("GET", "http://127.0.0.1/weather/Oslo")
    assert service.recognises(request)
    seen = Interaction(request, Response(200, "OK"))
    assert service.decode_call(seen).category == Category.SUCCESS.value
    assert service.decode_frame(seen)["city"].tolist() == ["Oslo"]
