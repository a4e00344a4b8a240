"""The gateway: a request document in, a reply out. Knows no HTTP; safe for several threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from toolkit.sandbox.sertainty import demo
from toolkit.sandbox.sertainty.auth import Auth
from toolkit.sandbox.sertainty.clock import Clock
from toolkit.sandbox.sertainty.codes import MESSAGES, SUCCESS, Refusal, invalid, not_found
from toolkit.sandbox.sertainty.definitions import check_name, read_tasks
from toolkit.sandbox.sertainty.envelope import Argument, Reply, Request, Result
from toolkit.sandbox.sertainty.functions import Function, find
from toolkit.sandbox.sertainty.identity import fingerprint
from toolkit.sandbox.sertainty.logs import Logs
from toolkit.sandbox.sertainty.runs import Change
from toolkit.sandbox.sertainty.schedule import Schedule
from toolkit.sandbox.sertainty.store import Store
from toolkit.sandbox.sertainty.switches import Switches
from toolkit.sandbox.sertainty.workload import Workload, plant


class Gateway:
    """Everything the gateway knows and does.

    Parameters
    ----------
    path
        Database file that survives a restart; None keeps all in memory.
    seed
        Decides what tasks do and what the machine looks like. A file keeps the seed it began with.
    clock
        ``"manual"`` or ``"real"``.
    switches
        Where it differs from the defaults.
    workload
        The history that a new database begins with.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        seed: int = 0,
        clock: Literal["manual", "real"] = "manual",
        switches: Switches | None = None,
        workload: Workload | None = None,
    ) -> None:
        self.store = Store(path)
        self.switches = switches or Switches()
        try:
            new = self.store.get("seed") is None
            self.seed: int = seed if new else self.store.get("seed")
            self.clock = Clock(clock, self.store.get("now"))
            self.logs = Logs(self.store)
            self.auth = Auth(self.store)
            self.schedule = Schedule(self.store, self.logs, self.seed)
            self.fingerprint = fingerprint(self.seed)
            with self.store.transaction():
                if new:
                    self._begin(workload)
                elif clock == "real":
                    # The host was down meanwhile: what was due then was not run.
                    self.schedule.reschedule(self.clock.now, terminate=True)
                self.store.set("now", self.clock.now)
        except BaseException:
            self.store.close()
            raise

    def _begin(self, workload: Workload | None) -> None:
        end = self.clock.now
        start = end - 86400.0 * (workload.days if workload else 0.0)
        self.store.set("seed", self.seed)
        self.start_agent(start)
        demo.fill(self, start)
        if workload is not None:
            self.store.set("truth", plant(self, workload, start, end).to_json())

    def answer(self, request: Request, peer: str) -> tuple[Reply, bool]:
        """Answer one request; the flag says that no answer must be sent at all."""
        with self.store.transaction():
            now = self.catch_up()
            call = Call(self, request.arguments, request.session, peer, now)
            try:
                function = find(request.function, self.switches)
                return self._perform(function, call), False
            except Refusal as refusal:
                if request.function.lower() == "hostopensession":
                    call.note("Warning", f"Access refused: {refusal.reason}", source="Host")
                return Reply(refusal.code, refusal.message), call.silent

    def _perform(self, function: Function, call: Call) -> Reply:
        if function.session:
            call.need_session(call.session)
        count = len(call.arguments)
        if count < function.least or (function.most is not None and count > function.most):
            raise invalid(f"{function.name} takes {function.least} arguments, not {count}")
        answer = function.answer(call)
        if isinstance(answer, Reply):
            return answer
        if function.writes and call.user:
            call.note("Debug", f"{function.name} by {call.user}", source="Host")
        return Reply(SUCCESS, MESSAGES[SUCCESS], answer or [])

    def catch_up(self) -> float:
        """With a real clock, do what was due until now; gives the time."""
        now = self.clock.now
        if self.clock.kind == "real":
            self.schedule.run_until(now)
        return now

    def move_to(self, moment: float) -> list[Change]:
        """Move a manual clock forward and do what is due on the way."""
        with self.store.transaction():
            changes = self.schedule.run_until(moment)
            self.clock.move(moment)
            self.store.set("now", self.clock.now)
            return changes

    def anything_runs(self) -> bool:
        """Whether any task will ever change: one is executing, or one could start."""
        tasks = self.store.rows("SELECT * FROM task WHERE next_at < 9e999")
        return any(task["phase"] == "end" or self.schedule.runs(task) for task in tasks)

    def run_task(
        self, config: str, task: str, *, error: str | None, seconds: float
    ) -> list[Change]:
        """Run a task once, from now on, and move a manual clock to its end."""
        with self.store.transaction():
            now = self.catch_up()
            row = self.schedule.task(config, task)
            if row["phase"] == "end":
                raise ValueError(f"task {task!r} of {config!r} is executing already")
            began = self.schedule.begin_now(row, now, error=error, seconds=seconds)
            if self.clock.kind == "manual":
                changes = self.move_to(now + seconds)
                return [began, *changes]
            return [began]

    def start_agent(self, now: float) -> None:
        """Start the agent, with a new master log."""
        self.logs.open(now)
        self.store.set("running", value=True)
        self.store.set("by_hand", value=False)
        self.schedule.reschedule(now)
        self.logs.write(now, "Info", "Agent", "Agent started")

    def stop_agent(self, now: float) -> None:
        """Take the agent offline; what runs is ended."""
        self.schedule.reschedule(now, terminate=True)
        self.logs.write(now, "Info", "Agent", "Agent stopped")
        self.store.set("running", value=False)

    def add_config(self, name: str, tasks: bytes, now: float) -> None:
        """Add a configuration with its task definitions."""
        position = self.store.value("SELECT 1 + coalesce(max(position), 0) FROM config")
        self.store.insert("config", name=name, position=position, tasks=b"")
        self.save_tasks(name, tasks, now)

    def save_tasks(self, config: str, document: bytes, now: float) -> None:
        """Replace all tasks of a configuration."""
        tasks = read_tasks(document)
        kept = {task.name for task in tasks}
        for row in self.store.rows("SELECT name FROM task WHERE config = ?", config):
            if row["name"] not in kept:
                self.remove_task(config, row["name"])
        for position, task in enumerate(tasks):
            self.schedule.define(config, task, position, now)
            if not self.logs.exists(config, task.name):
                self.logs.open(now, config, task.name)
        self.store.execute("UPDATE config SET tasks = ? WHERE name = ?", document, config)

    def remove_task(self, config: str, task: str) -> None:
        """Remove a task with its status record, runs and log."""
        self.logs.drop(config, task)
        self.store.execute("DELETE FROM run WHERE config = ? AND task = ?", config, task)
        self.store.execute("DELETE FROM task WHERE config = ? AND name = ?", config, task)

    def add_template(self, name: str, contents: bytes) -> None:
        """Add or replace a template; a replaced one keeps its place in the list."""
        self._place("template", name, contents)

    def add_preset(self, name: str, contents: bytes) -> None:
        """Add or replace a preset."""
        self._place("preset", name, contents)

    def _place(self, table: str, name: str, contents: bytes) -> None:
        position = self.store.value(
            f"SELECT coalesce((SELECT position FROM {table} WHERE name = ?),"  # noqa: S608
            f" 1 + (SELECT coalesce(max(position), 0) FROM {table}))", name,
        )  # fmt: skip
        self.store.insert(table, name=name, position=position, contents=contents)

    def close(self) -> None:
        """Close the database."""
        self.store.close()


@dataclass(slots=True)
class Call:
    """One call on its way through a handler."""

    gateway: Gateway
    arguments: list[Argument]
    session: str | None
    peer: str
    now: float
    user: str = ""
    silent: bool = False
    store: Store = field(init=False)
    switches: Switches = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.gateway.store
        self.switches = self.gateway.switches

    def need_session(self, session: str | None) -> None:
        """Refuse (3) unless the session lives; from then on the call has a user."""
        self.user = self.gateway.auth.check(session, self.now, self.switches)

    def text(self, at: int) -> str:
        """An argument as text; 408 if it is not UTF-8."""
        try:
            return self.arguments[at].value.decode()
        except UnicodeDecodeError:
            raise invalid("an argument that should be text is not UTF-8") from None

    def config(self, at: int) -> str:
        """The argument as the name of a configuration that exists; 213 if it does not."""
        name = check_name(self.text(at), "configuration name")
        if self.store.row("SELECT 1 FROM config WHERE name = ?", name) is None:
            raise not_found(f"configuration {name!r}")
        return name

    def texts(self, *values: str) -> list[Result]:
        """Results without names, one for each text."""
        return [Result(value.encode()) for value in values]

    def note(self, level: str, text: str, *, source: str = "Agent") -> None:
        """Write an entry to the master log."""
        self.gateway.logs.write(self.now, level, source, text)

    def log_document(self, config: str = "", task: str = "") -> bytes | Iterable[bytes]:
        """A log as the switches want it written."""
        finished = not self.switches.unfinished_logs
        return self.gateway.logs.document(config, task, seed=self.gateway.seed, finished=finished)

    def config_status(self, config: str) -> tuple[str, str]:
        """Status of a configuration and the aggregate of its tasks (6.17, 6.18)."""
        if not self.store.get("running", default=True):
            status = "Idle"
        elif self.store.get("disabled", default=False) or self.store.get("active") != config:
            status = "Disabled"
        else:
            status = "Active" if config else "Disabled"
        failed = self.store.value(
            "SELECT count(*) FROM task WHERE config = ? AND failed AND enabled", config
        )
        return status, "Errors" if failed else "Normal"
