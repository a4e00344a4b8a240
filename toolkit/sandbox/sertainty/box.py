"""The box of a running gateway: its address, and its controls with proper types."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Self

from toolkit.sandbox.box import Box
from toolkit.sandbox.sertainty.auth import Rounds, check_rounds
from toolkit.sandbox.sertainty.clock import moment
from toolkit.sandbox.sertainty.demo import DEMO_ANSWERS, DEMO_USER
from toolkit.sandbox.sertainty.faults import Fault, Kind
from toolkit.sandbox.sertainty.runs import Change
from toolkit.sandbox.sertainty.switches import Switches
from toolkit.sandbox.sertainty.truth import Truth


class SertaintyBox(Box):
    """A running Sertainty gateway.

    Attributes
    ----------
    url : str
        Base URL, on 127.0.0.1; every path is the one endpoint.
    user : str
        The demo user (``DEMO_USER``): two rounds of two prompts.
    answers : dict of str to str
        Its answers by prompt (``DEMO_ANSWERS``).

    Examples
    --------
    >>> from toolkit import sandbox
    >>> with sandbox.start("sertainty") as box:
    ...     [(change.task, change.status) for change in box.tick(1)]
    [('replicate', 'Executing')]
    """

    service = "sertainty"
    user = DEMO_USER
    answers = DEMO_ANSWERS

    def tick(self, count: int = 1) -> list[Change]:
        """Move the manual clock to the next ``count`` changes: a run that begins or ends.

        Gives the changes; fewer if nothing will ever run, e.g. because the agent is offline.
        """
        return _changes(self.control("tick", count=count))

    def advance(self, by: dt.timedelta | float) -> list[Change]:
        """Move the manual clock on by a timedelta or seconds; all that is due on the way happens.

        Raises
        ------
        ValueError
            If the clock is real, or would go back.
        """
        seconds = by.total_seconds() if isinstance(by, dt.timedelta) else float(by)
        if seconds < 0:
            raise ValueError(f"the clock goes forward only, not by {seconds} s")
        return _changes(self.control("advance", seconds=seconds))

    def run_task(
        self, config: str, task: str, *, error: str | None = None, seconds: float = 10.0
    ) -> list[Change]:
        """Run a task now: it fails with ``error`` if one is given. A manual clock moves to its end.

        Raises
        ------
        ValueError
            If there is no such task or it is executing.
        """
        return _changes(
            self.control("run_task", config=config, task=task, error=error, seconds=seconds)
        )

    def plan(
        self,
        config: str,
        task: str,
        *,
        runs: int = 1,
        error: str | None = None,
        factor: float = 1.0,
        delay: float = 0.0,
        skip: bool = False,
    ) -> Self:
        """Bend the next ``runs`` scheduled runs of a task (-1 = all).

        They fail with ``error``, take ``factor`` times as long, start ``delay`` seconds late, or
        are missed (``skip``).
        """
        self.control(
            "plan", config=config, task=task, runs=runs, error=error, factor=factor, delay=delay,
            skip=skip,
        )  # fmt: skip
        return self

    @property
    def switches(self) -> Switches:
        """The switches as they are."""
        return Switches(**self.control("switches"))

    def fault(self, kind: Kind, function: str | None = None, **options: Any) -> Self:
        """Let the gateway commit a fault at the next call (of a function); see `Fault`.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("sertainty") as box:
        ...     _ = box.fault("answer", "taskGetLog", code=502, text="disk is full", times=3)
        """
        self.control("fault", **dataclasses.asdict(Fault(kind, function, **options)))
        return self

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The last 10,000 calls the gateway saw, no answers or sessions in them.

        Each has ``at`` (the gateway's time), ``function`` (as it came; empty if unreadable),
        ``code`` (None if no Response was sent) and ``fault`` (its kind, or None).
        """
        calls: list[dict[str, Any]] = self.control("calls")
        return calls

    def add_user(self, name: str, rounds: Rounds = ()) -> Self:
        """Add a user with rounds of challenges, each a list of (prompt, answer).

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("sertainty") as box:
        ...     _ = box.add_user("edsger", [[("Shortest?", "path")], [("Go to?", "harmful")]])
        """
        self.control("add_user", name=name, rounds=check_rounds(rounds))
        return self

    def unlock(self, user: str) -> Self:
        """Let a user in again who was locked out."""
        self.control("unlock", user=user)
        return self

    def drop_sessions(self) -> int:
        """End every session, as a restart of the real gateway would; gives how many there were."""
        return int(self.control("drop_sessions"))

    def start_agent(self) -> Self:
        """Start the agent by hand, as an administrator on the host would."""
        self.control("start_agent")
        return self

    def grow_log(self, size: int, config: str = "", task: str = "") -> Self:
        """Give the master log (or a task's) ``size`` more bytes of invented, older entries.

        They are made as they are sent and never held, so gigabytes cost nothing; 0 takes them away.
        """
        self.control("grow_log", size=size, config=config, task=task)
        return self

    def forget_log(self) -> Self:
        """Lose the master log: agentGetLog answers 213 until the agent writes to it again."""
        self.control("forget_log")
        return self

    @property
    def runs(self) -> list[dict[str, Any]]:
        """Every run of every task in the order they started.

        Each has ``config``, ``task``, ``number``, ``due``, ``started``, ``ended`` (UTC datetimes;
        ``ended`` is None while it executes) and ``error`` (None if it succeeded).
        """
        runs: list[dict[str, Any]] = self.control("runs")
        for run in runs:
            for name in ("due", "started", "ended"):
                run[name] = None if run[name] is None else moment(run[name])
        return runs

    @property
    def truth(self) -> Truth | None:
        """What the workload planted and what came of it; None without a workload."""
        truth = self.control("truth")
        return None if truth is None else Truth.from_json(truth)


def _changes(rows: list[dict[str, Any]]) -> list[Change]:
    return [Change(**row | {"at": moment(row["at"])}) for row in rows]
