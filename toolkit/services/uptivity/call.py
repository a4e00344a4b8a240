"""One use of a command: parameters in, the verdict and the data out."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from toolkit.frames import Column
from toolkit.outcomes import Category, Outcome
from toolkit.services.base.functions import Function
from toolkit.services.base.outcomerow import call_attrs, outcome_row
from toolkit.services.uptivity.functions import AGENT_NAMES, TABLE, is_read
from toolkit.services.uptivity.reply import Reply
from toolkit.services.uptivity.results import (
    CALL_COLUMNS,
    OUTCOME_COLUMNS,
    USER_COLUMNS,
    data_frame,
)
from toolkit.services.uptivity.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be sent: a type and its parameters, names in upper case.

    Attributes
    ----------
    function : Function or None
        The table's row; None for a type that the table does not have.
    """

    type: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def function(self) -> Function | None:
        """The table's row of the type, if it has one."""
        return TABLE.find(self.type)

    @property
    def is_read(self) -> bool:
        """Whether it changes nothing. A type that is in no table may change anything."""
        return is_read(self.type, dict(self.parameters))

    @property
    def target(self) -> str:
        """What it is aimed at: a device (and the call on it), an agent, or an action."""
        return target_of(dict(self.parameters))

    @property
    def lost_reply(self) -> str:
        """What to do when its answer was lost."""
        if self.is_read:
            return ""
        return self.function.lost_reply if self.function else "look before sending it again"


def target_of(parameters: Mapping[str, str]) -> str:
    """What a command is aimed at.

    Examples
    --------
    >>> target_of({"ANI": "555", "DEVICEID": "1001", "CALLINSTANCE": "2"})
    '1001/2'
    """
    for name in (*AGENT_NAMES, "action"):
        value = parameters.get(name.upper(), "")
        if value:
            instance = parameters.get("CALLINSTANCE", "") if name != "action" else ""
            return f"{value}/{instance}" if instance else value
    return ""


@dataclass(frozen=True)
class Call:
    """What ``server.fetch`` gives: the verdict, the answer as it came, and its DataFrame.

    Attributes
    ----------
    function, target : str
        The command's type, and what it was aimed at.
    verdict : Verdict
        How the answer is read, and what it said itself.
    reply : Reply
        The RESULT as it came, with ``repaired``.
    at : datetime.datetime
        When it was sent (UTC).
    elapsed : float
        Seconds until the answer was whole.
    body : bytes
        The answer's bytes.
    """

    function: str
    target: str
    verdict: Verdict
    reply: Reply = field(repr=False)
    at: dt.datetime
    elapsed: float
    body: bytes = field(default=b"", repr=False)

    @property
    def outcome(self) -> Outcome:
        """Code, label, message and category."""
        return self.verdict.outcome

    @property
    def is_partial(self) -> bool:
        """Whether some cores of the system did not answer (code 46)."""
        return self.outcome.category is Category.PARTIAL

    @functools.cached_property
    def frame(self) -> pd.DataFrame:
        """The data as a DataFrame, else one row that says how the call ended."""
        declared = self._declared()
        if declared or self.reply.data:
            result = data_frame(self.reply.data, declared)
        else:
            result = outcome_row(
                OUTCOME_COLUMNS, self.function, self.target, self.outcome, self.elapsed, self.at
            )
        result.attrs.update(
            call_attrs("uptivity", self.function, self.target, self.outcome, self.elapsed, self.at),
            category=self.outcome.category.value,
            partial=self.is_partial,
            repaired=self.reply.repaired,
        )
        return result

    def _declared(self) -> tuple[Column, ...]:
        if self.function == "CALLLIST":
            return CALL_COLUMNS
        if self.function == "IMPORTUSER" and self.target.casefold() == "list":
            return USER_COLUMNS
        return ()
