"""What a workload planted, as known answers for the analyses. All times are UTC datetimes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any, Self

from toolkit.sandbox.truth import read_plain, write_plain

_TIMES = ("start", "end", "started", "due", "first", "last")


@dataclass(frozen=True, slots=True)
class Burst:
    """A time in which every run of some tasks fails for one cause.

    ``message`` is the cause as logged. ``failures`` counts failed runs, ``error_entries`` the
    entries of level Error in the task logs: each failed run logs ``retries`` attempts and its end.
    ``first`` and ``last`` are when the first and the last of them ended.
    """

    config: str
    tasks: tuple[str, ...]
    start: dt.datetime
    end: dt.datetime
    message: str
    failures: int
    error_entries: int
    first: dt.datetime | None
    last: dt.datetime | None


@dataclass(frozen=True, slots=True)
class SlowRun:
    """A run that took ``seconds`` where runs of its task take ``usual``."""

    config: str
    task: str
    run: int
    started: dt.datetime
    seconds: float
    usual: float


@dataclass(frozen=True, slots=True)
class LateRun:
    """A run that started ``delay`` seconds after it was due; others start within a second."""

    config: str
    task: str
    run: int
    due: dt.datetime
    started: dt.datetime
    delay: float


@dataclass(frozen=True, slots=True)
class MissedRun:
    """A scheduled time at which no run started."""

    config: str
    task: str
    due: dt.datetime


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A kind of failure that was never logged before ``first``; ``message`` is how it starts."""

    config: str
    task: str
    message: str
    first: dt.datetime
    count: int


@dataclass(frozen=True, slots=True)
class TaskTotal:
    """Runs begun and runs failed of one task, over the whole history."""

    config: str
    task: str
    executions: int
    errors: int


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything a workload planted.

    Attributes
    ----------
    start, end
        The history's span.
    bursts, slow, late, missed, new_messages
        What was planted, in order of time.
    totals
        One for each task that ran.
    """

    start: dt.datetime
    end: dt.datetime
    bursts: tuple[Burst, ...]
    slow: tuple[SlowRun, ...]
    late: tuple[LateRun, ...]
    missed: tuple[MissedRun, ...]
    new_messages: tuple[NewMessage, ...]
    totals: tuple[TaskTotal, ...]

    def to_json(self) -> dict[str, Any]:
        """As values that JSON can carry; times are ISO 8601."""
        values: dict[str, Any] = write_plain(dataclasses.asdict(self))
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Back from `to_json`."""
        kinds = {
            "bursts": Burst, "slow": SlowRun, "late": LateRun, "missed": MissedRun,
            "new_messages": NewMessage, "totals": TaskTotal,
        }  # fmt: skip
        parts: dict[str, Any] = {
            name: tuple(kind(**read_plain(row, _TIMES)) for row in values[name])
            for name, kind in kinds.items()
        }
        return cls(**read_plain({"start": values["start"], "end": values["end"]}, _TIMES), **parts)
