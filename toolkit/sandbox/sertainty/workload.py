"""A history with known trouble in it: days of task runs, and the truth about what was planted.

It only bends runs of the ordinary schedule (`Schedule.plan`): bursts of failures with one cause,
runs that drag on, start late or never, and a message that is new on the last day. Beside these
the tasks fail now and then as they always do. The same seed gives the same history.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toolkit.sandbox.sertainty.clock import moment
from toolkit.sandbox.sertainty.truth import (
    Burst,
    LateRun,
    MissedRun,
    NewMessage,
    SlowRun,
    TaskTotal,
    Truth,
)

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Gateway

_DAY = 86400.0
_EVERY_DAY = 0b1111111
_RETRIES = 4
_CAUSES = (
    "Storage server s3 unreachable",
    "Licence server refused the connection",
    "Certificate of the gateway has expired",
    "Volume /store is read-only",
)
_NOVELTY = "Signature of {folder}/scan-{number:05}.pdf does not match"
_NOVELTY_LOGGED = "Signature of"


@dataclass(frozen=True, slots=True)
class Workload:
    """How much history, and how much trouble in it.

    Attributes
    ----------
    days
        Length of the history; it ends at the clock's start. Fractions are fine.
    bursts
        Times of 45 to 90 minutes in which three busy tasks fail in a row.
    slow
        Runs that take 6 to 10 times as long as usual.
    late
        Runs that start 12 minutes or more after they are due.
    missed
        Scheduled runs that never start.
    new_messages
        Runs of the last day (or the last quarter, if shorter) that fail with a new message.
    """

    days: float = 7.0
    bursts: int = 2
    slow: int = 4
    late: int = 3
    missed: int = 2
    new_messages: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.days <= 3660:
            raise ValueError(f"days must be 0 to 3660, not {self.days}")
        for name in ("bursts", "slow", "late", "missed", "new_messages"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be below 0, not {getattr(self, name)}")


class _Planter:
    """Chooses places for trouble that do not touch each other."""

    def __init__(self, gateway: Gateway, workload: Workload, start: float, end: float) -> None:
        self.gateway = gateway
        self.workload = workload
        self.start, self.end = start, end
        self.draw = random.Random(f"{gateway.seed}/workload")  # noqa: S311
        self.config = gateway.store.get("active")
        tasks = gateway.store.rows(
            "SELECT * FROM task WHERE config = ? AND enabled ORDER BY position", self.config
        )
        self.timed = [dict(task) for task in tasks if task["kind"] == "Time"]
        busy = [dict(task) for task in tasks if 0 < task["every"] <= 30]
        self.busy = sorted(busy, key=lambda task: int(task["every"]))
        self.taken: list[tuple[str, float, float]] = []

    def free(self, task: str, first: float, last: float) -> bool:
        return all(
            last < begin or first > finish for name, begin, finish in self.taken if name == task
        )

    def steady(self, least: int) -> list[Any]:
        """Tasks that run every ``least`` minutes or rarer, on every day of the week."""
        return [
            task
            for task in self.timed
            if task["days"] == _EVERY_DAY and (task["every"] >= least or not task["every"])
        ]

    def dues(self, task: Any) -> Iterator[float]:
        at = self.gateway.schedule.due_after(task, self.start)
        while at < self.end:
            yield at
            at = self.gateway.schedule.due_after(task, at)

    def plan(self, task: str, first: float, last: float, **effect: Any) -> None:
        self.gateway.schedule.plan(self.config, task, first=first, last=last, **effect)

    def bursts(self) -> Iterator[tuple[float, float, tuple[str, ...], str]]:
        """Each in a stretch of its own, so that they are bursts and not one."""
        count = self.workload.bursts
        stretch = (self.end - self.start) / max(count, 1)
        for at in range(count):
            length = min(60.0 * self.draw.randint(45, 90), stretch / 3)
            begin = self.start + stretch * at
            first = begin + self.draw.uniform(0.2, 0.75) * (stretch - length)
            first = first // 60 * 60
            tasks = tuple(task["name"] for task in self.busy[:3])
            cause = _CAUSES[at % len(_CAUSES)]
            if at >= len(_CAUSES):
                cause += f" ({at // len(_CAUSES) + 1})"
            for task in tasks:
                self.plan(task, first, first + length, error=cause, retries=_RETRIES)
                self.taken.append((task, first - 3600, first + length + 3600))
            yield first, first + length, tasks, cause

    def single(self, count: int, least: int) -> Iterator[tuple[Any, float]]:
        """So many scheduled times, each of a task that runs every ``least`` minutes or rarer."""
        tasks = self.steady(least)
        self.draw.shuffle(tasks)
        dues = {task["name"]: list(self.dues(task)) for task in tasks}
        found = 0
        while found < count and tasks:
            task = tasks.pop(0)  # each task in turn, or the busiest would get nearly all
            name, room = task["name"], 60.0 * (task["every"] or 1440) * 1.5
            # The first and last runs of a history cannot be told from its edges.
            places = [
                due
                for due in dues[name]
                if self.start + room < due < self.end - room
                and self.free(name, due - room, due + room)
            ]
            if places:
                due = self.draw.choice(places)
                self.taken.append((name, due - room, due + room))
                tasks.append(task)
                found += 1
                yield task, due


def plant(gateway: Gateway, workload: Workload, start: float, end: float) -> Truth:
    """Live the history from ``start`` to ``end`` and tell what was planted in it."""
    planter = _Planter(gateway, workload, start, end)
    draw = planter.draw
    bursts = list(planter.bursts())
    missed = []
    for task, due in planter.single(workload.missed, 30):
        planter.plan(task["name"], due, due, skip=True)
        missed.append((task["name"], due))
    late = []
    for task, due in planter.single(workload.late, 30):
        delay = 60.0 * (task["every"] or 240) * draw.uniform(0.4, 0.55)
        planter.plan(task["name"], due, due, delay=delay, error="")
        late.append((task["name"], due))
    slow = []
    for task, due in planter.single(workload.slow, 10):
        planter.plan(task["name"], due, due, factor=draw.uniform(6.0, 10.0), error="")
        slow.append((task["name"], due))
    if workload.new_messages and planter.busy:
        last_part = max(end - _DAY, start + 0.75 * (end - start))
        gateway.schedule.plan(
            planter.config, planter.busy[0]["name"], first=last_part, last=end,
            runs=workload.new_messages, error=_NOVELTY,
        )  # fmt: skip
    gateway.schedule.run_until(end)
    return _Teller(gateway, planter.config).truth(start, end, bursts, slow, late, missed)


class _Teller:
    """Reads from the runs what came of the plan."""

    def __init__(self, gateway: Gateway, config: str) -> None:
        self.store, self.config = gateway.store, config

    def run(self, task: str, due: float) -> Any:
        return self.store.row(
            "SELECT * FROM run WHERE config = ? AND task = ? AND due = ? AND ended IS NOT NULL",
            self.config, task, due,
        )  # fmt: skip

    def truth(
        self,
        start: float,
        end: float,
        bursts: list[tuple[float, float, tuple[str, ...], str]],
        slow: list[tuple[str, float]],
        late: list[tuple[str, float]],
        missed: list[tuple[str, float]],
    ) -> Truth:
        return Truth(
            start=moment(start),
            end=moment(end),
            bursts=tuple(self.burst(*burst) for burst in bursts),
            slow=tuple(self.slow(slow)),
            late=tuple(self.late(late)),
            missed=tuple(
                MissedRun(self.config, task, moment(due))
                for task, due in sorted(missed, key=lambda one: one[1])
            ),
            new_messages=tuple(self.novelties()),
            totals=tuple(
                TaskTotal(row["config"], row["task"], row["runs"], row["errors"])
                for row in self.store.rows(
                    "SELECT config, task, count(*) AS runs, count(error) AS errors FROM run"
                    " GROUP BY config, task ORDER BY config, task"
                )
            ),
        )

    def burst(self, first: float, last: float, tasks: tuple[str, ...], cause: str) -> Burst:
        ended = sorted(
            row["ended"]
            for row in self.store.rows(
                "SELECT ended, task FROM run WHERE config = ? AND error = ? AND ended IS NOT NULL",
                self.config, cause,
            )
        )  # fmt: skip
        return Burst(
            self.config, tasks, moment(first), moment(last), cause, len(ended),
            len(ended) * (_RETRIES + 1),
            moment(ended[0]) if ended else None, moment(ended[-1]) if ended else None,
        )  # fmt: skip

    def slow(self, planned: list[tuple[str, float]]) -> Iterator[SlowRun]:
        for task, due in sorted(planned, key=lambda one: one[1]):
            run = self.run(task, due)
            usual = self.store.value(
                "SELECT duration FROM task WHERE config = ? AND name = ?", self.config, task
            )
            if run is not None:
                seconds = run["ended"] - run["started"]
                started = moment(run["started"])
                yield SlowRun(self.config, task, run["number"], started, seconds, usual)

    def late(self, planned: list[tuple[str, float]]) -> Iterator[LateRun]:
        for task, due in sorted(planned, key=lambda one: one[1]):
            run = self.run(task, due)
            if run is not None:
                yield LateRun(
                    self.config, task, run["number"], moment(due), moment(run["started"]),
                    run["started"] - due,
                )  # fmt: skip

    def novelties(self) -> Iterator[NewMessage]:
        for row in self.store.rows(
            "SELECT config, task, min(ended) AS first, count(*) AS count FROM run"
            " WHERE error LIKE ? GROUP BY config, task", f"{_NOVELTY_LOGGED}%",
        ):  # fmt: skip
            yield NewMessage(
                row["config"], row["task"], _NOVELTY_LOGGED, moment(row["first"]), row["count"]
            )
