"""Trouble that lasts a while: a full disk, a component that is down, a queue that overflows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from toolkit.sandbox.uptivity.codes import Refusal

Kind = Literal[
    "disk",
    "path",
    "channels",
    "scheduler",
    "recorder",
    "logger",
    "database",
    "processing",
    "unknown",
    "config",
    "queue",
    "cores",
]

# What each does: the code, and the steps of a command at which it strikes.
_CODES = {
    "disk": (2, "record", "the disk of the recordings is full"),
    "path": (18, "record", "no default path for recordings is set"),
    "scheduler": (6, "schedule", "the scheduler is not running"),
    "recorder": (34, "record stop", "the recorder is not running"),
    "logger": (36, "call", "the logger is not running"),
    "database": (23, "any", "the database refused a query"),
    "processing": (11, "any", "the message could not be processed"),
    "unknown": (4, "any", "something failed"),
    "config": (55, "any", "the configuration cannot be read"),
}


@dataclass(slots=True)
class Incident:
    """One stretch of trouble, by the server's clock.

    Attributes
    ----------
    kind
        ``"disk"`` (2), ``"path"`` (18), ``"channels"`` (3: only ``amount`` recordings at once),
        ``"scheduler"`` (6), ``"recorder"`` (34), ``"logger"`` (36), ``"database"`` (23),
        ``"processing"`` (11), ``"unknown"`` (4), ``"config"`` (55), ``"queue"`` (47: ``amount``
        commands wait and ``rate`` a second are done), ``"cores"`` (46: ``amount`` cores do not
        answer).
    start, end
        Seconds since 1970, UTC; the end is not part of it.
    amount, rate
        See ``kind``.
    """

    kind: Kind
    start: float
    end: float
    amount: int = 1
    rate: float = 1.0
    waiting: float = 0.0
    last: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"an incident's kind must be one of {get_args(Kind)}, not {self.kind}")
        if self.end < self.start:
            raise ValueError("an incident cannot end before it starts")
        if self.amount < 0 or self.rate < 0:
            raise ValueError("amount and rate of an incident must not be below 0")

    def active(self, now: float) -> bool:
        """Whether it goes on."""
        return self.start <= now < self.end

    def queue(self, now: float) -> None:
        """Let one more command wait; refuse it (47) if there is no room."""
        self.waiting = max(0.0, self.waiting - (now - max(self.last, self.start)) * self.rate)
        self.last = now
        if self.waiting + 1 > self.amount:
            raise Refusal(47, f"{self.amount} commands wait already", self.kind)
        self.waiting += 1


def strike(incidents: list[Incident], step: str, now: float) -> None:
    """Refuse what a command is about to do, if an incident that goes on is in its way."""
    for incident in incidents:
        if incident.active(now) and incident.kind in _CODES:
            code, steps, detail = _CODES[incident.kind]
            if steps == "any" or step in steps.split():
                raise Refusal(code, detail, incident.kind)
