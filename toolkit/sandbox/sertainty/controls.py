"""What the one who started a gateway can do to it, in values that JSON can carry.

The same controls serve a gateway in this process and one in a process of its own, whose
controls come over a pipe. `SertaintyBox` puts proper types on top.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from toolkit.sandbox.sertainty.app import GatewayApp
from toolkit.sandbox.sertainty.faults import Fault
from toolkit.sandbox.sertainty.gateway import Gateway
from toolkit.sandbox.sertainty.runs import Change

Json = dict[str, Any]


class Controls:
    """The controls of one gateway; each public method is one."""

    def __init__(self, gateway: Gateway, app: GatewayApp) -> None:
        self._gateway = gateway
        self._app = app

    def now(self) -> float:
        """The gateway's time in seconds since 1970."""
        return self._gateway.catch_up()

    def tick(self, count: int) -> list[Json]:
        """Move a manual clock to the next so many changes of any task."""
        gateway = self._gateway
        changes: list[Change] = []
        with gateway.store.transaction():
            while len(changes) < count:
                at = gateway.schedule.next_at()
                if at is None or not gateway.anything_runs():
                    break
                changes += gateway.move_to(at)
        return _plain(changes)

    def advance(self, seconds: float) -> list[Json]:
        """Move a manual clock on and do what is due on the way."""
        gateway = self._gateway
        with gateway.store.transaction():  # two who advance at once both count
            return _plain(gateway.move_to(gateway.clock.now + seconds))

    def run_task(self, config: str, task: str, error: str | None, seconds: float) -> list[Json]:
        """Run a task once, now, with a given end."""
        return _plain(self._gateway.run_task(config, task, error=error, seconds=seconds))

    def plan(self, config: str, task: str, **effect: Any) -> None:
        """Let coming runs of a task fail, drag on, start late or be missed."""
        self._gateway.schedule.plan(config, task, **effect)

    def switch(self, switches: Json) -> None:
        """Change switches."""
        self._gateway.switches = self._gateway.switches.changed(**switches)

    def switches(self) -> Json:
        """The switches as they are."""
        return dataclasses.asdict(self._gateway.switches)

    def fault(self, **fault: Any) -> None:
        """Set a fault."""
        self._app.faults.add(Fault(**fault))

    def clear_faults(self) -> None:
        """Take all faults back."""
        self._app.faults.clear()

    def calls(self) -> list[Json]:
        """The last 10,000 calls: at, function, code, fault."""
        return list(self._app.calls)

    def add_user(self, name: str, rounds: list[list[list[str]]]) -> None:
        """Add a user or give one new rounds."""
        self._gateway.auth.add_user(name, [[(p, a) for p, a in one] for one in rounds])

    def unlock(self, user: str) -> None:
        """Forget a user's refused logins."""
        self._gateway.auth.unlock(user)

    def drop_sessions(self) -> int:
        """End every session."""
        return self._gateway.auth.drop_sessions()

    def start_agent(self) -> None:
        """Start the agent by hand."""
        gateway = self._gateway
        with gateway.store.transaction():
            if not gateway.store.get("running", default=True):
                gateway.start_agent(gateway.clock.now)

    def grow_log(self, size: int, config: str, task: str) -> None:
        """Give a log a filler of about so many bytes."""
        with self._gateway.store.transaction():
            self._gateway.logs.grow(size, self._gateway.clock.now, config, task)

    def forget_log(self) -> None:
        """Lose the master log, until the agent writes again."""
        with self._gateway.store.transaction():
            self._gateway.logs.drop()

    def runs(self) -> list[Json]:
        """Every run recorded, in the order they started."""
        rows = self._gateway.store.rows("SELECT * FROM run ORDER BY started, config, task")
        return [dict(row) for row in rows]

    def truth(self) -> Json | None:
        """What the workload planted."""
        truth: Json | None = self._gateway.store.get("truth")
        return truth


def _plain(changes: list[Change]) -> list[Json]:
    return [dataclasses.asdict(change) | {"at": change.at.timestamp()} for change in changes]
