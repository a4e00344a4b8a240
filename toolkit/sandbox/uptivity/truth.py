"""What a day planted and what came of it, as known answers for the analyses. Times are in UTC."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any, Self

from toolkit.sandbox.truth import read_plain, write_plain

_TIMES = ("start", "end", "repaired")


@dataclass(frozen=True, slots=True)
class Planted:
    """A stretch of trouble of a kind (see `Incident`): ``requests`` were answered so because of it.

    ``codes`` are those that it gives.
    """

    kind: str
    start: dt.datetime
    end: dt.datetime
    codes: tuple[int, ...]
    requests: int


@dataclass(frozen=True, slots=True)
class Misconfigured:
    """An agent whose program names a wrong device (8) until ``repaired``, then nobody (24)."""

    username: str
    device: str
    wrong_device: str
    repaired: dt.datetime
    wrong_crm_user: str


@dataclass(frozen=True, slots=True)
class Hour:
    """How many calls began in an hour; ``peak`` marks the two busiest."""

    start: dt.datetime
    calls: int
    peak: bool


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """How often the server answered a command with a code."""

    function: str
    code: int
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class EventTotal:
    """How often the server told of an event."""

    type: str
    count: int


@dataclass(frozen=True, slots=True)
class Truth:
    """A day: what was planted, and what the server answered so far.

    Attributes
    ----------
    seed, agents, calls
        What decided the day.
    start, end
        When the centre opened and closed.
    planned, answered
        Requests in the day's plan, and those that the server has answered since it was planned.
    incidents, misconfigured
        What was planted.
    hours
        Calls of the plan by hour.
    codes, events
        What the server did, by command and code, and by type of event.
    """

    seed: int
    agents: int
    calls: int
    start: dt.datetime
    end: dt.datetime
    planned: int
    answered: int
    incidents: tuple[Planted, ...]
    misconfigured: Misconfigured
    hours: tuple[Hour, ...]
    codes: tuple[CodeTotal, ...]
    events: tuple[EventTotal, ...]

    def count(self, *codes: int, function: str | None = None) -> int:
        """How often the server answered with one of these codes (to a command)."""
        return sum(
            total.count
            for total in self.codes
            if total.code in codes and function in (None, total.function)
        )

    def to_json(self) -> dict[str, Any]:
        """As values that JSON can carry; times are ISO 8601."""
        values: dict[str, Any] = write_plain(dataclasses.asdict(self))
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Back from `to_json`."""
        lists = {"incidents": Planted, "hours": Hour, "codes": CodeTotal, "events": EventTotal}
        parts: dict[str, Any] = {
            name: tuple(kind(**read_plain(row, _TIMES)) for row in values[name])
            for name, kind in lists.items()
        }
        parts["misconfigured"] = Misconfigured(**read_plain(values["misconfigured"], _TIMES))
        return cls(
            **read_plain({k: v for k, v in values.items() if k not in parts}, _TIMES), **parts
        )
