"""What the services share where they read recorded traffic."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request, Response
from toolkit.cassettes.rules import ServiceRules
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.functions import FunctionTable


class RecordedService:
    """A service known by its table and its rules (see ``services.base.service.Service``)."""

    name: str
    functions: FunctionTable
    rules: ServiceRules

    def __repr__(self) -> str:
        return f"<service {self.name}: {len(self.functions)} functions>"

    def recognises(self, request: Request) -> bool:
        """Whether a recorded request is this service's."""
        return self.rules.recognises(request)

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:  # noqa: ARG002
        """None: the service has no tasks."""
        return None


def response_of(interaction: Interaction) -> Response:
    """What came back.

    Raises
    ------
    InvalidArgument
        Nothing did.
    """
    if interaction.response is None:
        raise InvalidArgument("the interaction holds no answer")
    return interaction.response


def timing_of(interaction: Interaction) -> tuple[dt.datetime, float]:
    """When it was sent (UTC; 1970 where the cassette does not tell) and the seconds it took.

    Examples
    --------
    >>> timing_of(Interaction(Request("GET", "http://h/"), elapsed=0.5))
    (datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 0.5)
    """
    return (
        interaction.recorded_at or dt.datetime.fromtimestamp(0, dt.UTC),
        interaction.elapsed or 0.0,
    )
