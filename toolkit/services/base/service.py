"""What every service offers to the rooms above: its functions, its rules, and its decoding."""

from __future__ import annotations

from typing import NamedTuple, Protocol, Self

import pandas as pd

from toolkit.cassettes.interaction import Failure, Interaction, Request
from toolkit.cassettes.rules import ServiceRules
from toolkit.outcomes import Category, Outcome
from toolkit.services.base.functions import FunctionTable


class CallRecord(NamedTuple):
    """What one recorded interaction says about the call it was."""

    function: str
    target: str
    code: int | None
    label: str
    category: str
    message: str

    @classmethod
    def of(cls, function: str, target: str, outcome: Outcome) -> Self:
        """The record of a call that was answered."""
        category = outcome.category.value
        return cls(function, target, outcome.code, outcome.label, category, outcome.message)

    @classmethod
    def of_failure(cls, function: str, target: str, failure: Failure | None) -> Self:
        """The record of a call without a whole answer; its label is the failure's kind.

        Examples
        --------
        >>> CallRecord.of_failure("TEST", "", Failure("ReadError", "gone"))[2:]
        (None, 'ReadError', 'transport failure', 'gone')
        """
        kind, text = (failure.kind, failure.message) if failure else ("no response", "")
        return cls(function, target, None, kind, Category.TRANSPORT.value, text)


class Service(Protocol):
    """One service. An entry point of the group ``toolkit.services`` loads an object like this.

    What connects to it stands beside the object in the entry point's module, or is an attribute
    of the object; each is optional, and without ``connect`` there are no profiles of the service:

    ``connect(url, *, limits, verify, proxy, headers, transport, **options)``
        A client; all but the address may be left out. Further named arguments belong to one
        server (``client_id``): a profile gives them, but for those whose name says that they are
        secret.
    ``connect_async``
        The same for an async client.
    ``Options``
        The frozen dataclass of its options: a profile gives any of them, and the environment
        where the class names its service (``service: ClassVar[str] = "geoop"``).
    ``LIMITS``
        Its own ``toolkit.Limits``, where they are not the usual ones.
    """

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
