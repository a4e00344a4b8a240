"""What every service offers to the rooms above: its functions, its rules, and its decoding."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import pandas as pd

from toolkit.cassettes.interaction import Interaction, Request
from toolkit.cassettes.rules import ServiceRules
from toolkit.services.base.functions import FunctionTable


class CallRecord(NamedTuple):
    """What one recorded interaction says about the call it was."""

    function: str
    target: str
    code: int | None
    label: str
    category: str
    message: str


class Service(Protocol):
    """One service. An entry point of the group ``toolkit.services`` loads an object like this."""

    name: str
    functions: FunctionTable
    rules: ServiceRules

    def codes(self) -> pd.DataFrame:
        """The service's table of codes: code, label, meaning, category."""
        ...

    def recognises(self, request: Request) -> bool:
        """Whether a recorded request is this service's. Cheap, and never raises."""
        ...

    def decode_call(self, interaction: Interaction) -> CallRecord:
        """What the interaction says about its call. Never raises."""
        ...

    def decode_frame(self, interaction: Interaction) -> pd.DataFrame:
        """The DataFrame that the live call gave, or its exception."""
        ...

    def task_statuses(self, interaction: Interaction) -> pd.DataFrame | None:
        """The task status readings in the interaction; None where it holds none."""
        ...
