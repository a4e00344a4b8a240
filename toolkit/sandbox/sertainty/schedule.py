"""Tasks in time: due, executing, done or failed. Nothing is ever executed, only recorded.

Each task row is a small machine: phase ``due`` (waits for its time), ``start`` (due, but starts a
moment later), ``end`` (executing). `Schedule.run_until` takes the earliest and moves it on, over
and over. How long a run takes and whether it fails is drawn from the seed and the run's number, so
the same seed lives the same life; an effect (planted burst, slow, late or missed run) overrides it.
"""

from __future__ import annotations

import random
from typing import Any

from toolkit.sandbox.sertainty.clock import moment
from toolkit.sandbox.sertainty.definitions import Definition, next_due
from toolkit.sandbox.sertainty.logs import Logs
from toolkit.sandbox.sertainty.runs import FAILURES, Change, phrase, task_status
from toolkit.sandbox.sertainty.store import Store


class Schedule:
    """Moves the tasks of the active configuration on.

    Parameters
    ----------
    store, logs
        Where tasks, runs and logs are kept.
    seed
        Decides durations, failures and folder changes.
    """

    def __init__(self, store: Store, logs: Logs, seed: int) -> None:
        self._store = store
        self._logs = logs
        self._seed = seed

    def next_at(self) -> float | None:
        """When something happens next, or None if nothing ever will."""
        at = self._store.value("SELECT min(next_at) FROM task")
        return None if at is None or at == float("inf") else float(at)

    def run_until(self, limit: float) -> list[Change]:
        """Take every step up to ``limit`` and give the changes that show."""
        changes = []
        with self._store.transaction():
            while (task := self._earliest()) is not None and task["next_at"] <= limit:
                change = self._step(task)
                if change is not None:
                    changes.append(change)
        return changes

    def _earliest(self) -> Any:
        return self._store.row("SELECT * FROM task ORDER BY next_at, config, name LIMIT 1")

    def _step(self, task: Any) -> Change | None:
        if task["phase"] == "end":
            return self._end(task)
        if not self.runs(task):
            self._wait(task, task["next_at"])
            return None
        if task["phase"] == "start":
            return self._start(task)
        self._due(task)
        return None

    def begin_now(self, task: Any, at: float, *, error: str | None, seconds: float) -> Change:
        """Start a run at once, whatever the task's schedule and state, with a given end."""
        change = self._start(task | {"next_at": at, "due": at})
        self._set(
            task, due=at, next_at=at + seconds, run_seconds=seconds, run_error=error, run_retries=0
        )
        return change

    def task(self, config: str, name: str) -> dict[str, Any]:
        """The row of a task; ValueError if there is none."""
        row = self._store.row("SELECT * FROM task WHERE config = ? AND name = ?", config, name)
        if row is None:
            raise ValueError(f"no task {name!r} in configuration {config!r}")
        return dict(row)

    def plan(
        self,
        config: str,
        task: str,
        *,
        first: float = 0.0,
        last: float = 9e99,
        runs: int = -1,
        error: str | None = None,
        retries: int = 0,
        factor: float = 1.0,
        delay: float = 0.0,
        skip: bool = False,
    ) -> None:
        """Bend the runs that are due from ``first`` to ``last``: so many of them, -1 = all.

        They fail with ``error`` (never, if it is empty) after so many logged ``retries``, take
        ``factor`` times as long, start ``delay`` seconds late, or do not start (``skip``).
        """
        self.task(config, task)
        self._store.execute(
            "INSERT INTO effect (config, task, first, last, remaining, error, retries, factor,"
            " delay, skip) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            config, task, first, last, runs, error, retries, factor, delay, skip,
        )  # fmt: skip

    def reschedule(self, now: float, *, terminate: bool = False) -> None:
        """Give each task that is not executing a new due time; runs under way may be ended."""
        for task in self._store.rows("SELECT * FROM task ORDER BY config, position"):
            if task["phase"] == "end":
                if not terminate:
                    continue
                self._terminate(task, now)
            self._wait(task, now)

    def define(self, config: str, definition: Definition, position: int, now: float) -> None:
        """Add a task, or change it and keep its status record and log."""
        duration, failure_rate = self._temper(config, definition)
        columns = {
            "position": position,
            "kind": definition.kind,
            "enabled": definition.enabled,
            "days": definition.days,
            "start_minute": definition.start_minute,
            "every": definition.every,
            "script": definition.script,
            "identity": definition.identity,
            "folder": definition.folder,
        }
        known = self._store.row(
            "SELECT * FROM task WHERE config = ? AND name = ?", config, definition.name
        )
        if known is None:
            self._store.insert(
                "task", config=config, name=definition.name, duration=duration,
                failure_rate=failure_rate, next_at=0.0, **columns,
            )  # fmt: skip
        else:
            marks = ", ".join(f"{name} = ?" for name in columns)
            self._store.execute(
                f"UPDATE task SET {marks} WHERE config = ? AND name = ?",  # noqa: S608
                *columns.values(), config, definition.name,
            )  # fmt: skip
        if known is None or known["phase"] != "end":
            task = self._store.row(
                "SELECT * FROM task WHERE config = ? AND name = ?", config, definition.name
            )
            self._wait(task, now)

    def _temper(self, config: str, definition: Definition) -> tuple[float, float]:
        """Usual seconds of a run, and share of runs that fail, of a task never seen before."""
        draw = random.Random(f"{self._seed}/{config}/{definition.name}/temper")  # noqa: S311
        if definition.every == 0:
            return draw.uniform(60, 900), draw.uniform(0.0, 0.02)
        return draw.uniform(4, 20 + definition.every), draw.uniform(0.005, 0.03)

    def runs(self, task: Any) -> bool:
        """Whether the task would run if it were due."""
        get = self._store.get
        return (
            get("running", default=True)
            and not get("disabled", default=False)
            and get("active") == task["config"]
            and bool(task["enabled"])
            and not task["paused"]
        )

    def _set(self, task: Any, **columns: Any) -> None:
        marks = ", ".join(f"{name} = ?" for name in columns)
        self._store.execute(
            f"UPDATE task SET {marks} WHERE config = ? AND name = ?",  # noqa: S608
            *columns.values(), task["config"], task["name"],
        )  # fmt: skip

    def _wait(self, task: Any, after: float) -> None:
        self._set(task, phase="due", next_at=self.due_after(task, after))

    def due_after(self, task: Any, after: float) -> float:
        """When a task is due next, later than ``after``."""
        definition = Definition(
            name=task["name"], kind=task["kind"], days=task["days"],
            start_minute=task["start_minute"], every=task["every"],
        )  # fmt: skip
        return next_due(definition, after, f"{self._seed}/{task['config']}")

    def _effect(self, task: Any, at: float) -> Any:
        return self._store.row(
            "SELECT * FROM effect WHERE config = ? AND task = ? AND first <= ? AND last >= ?"
            " AND remaining != 0 ORDER BY id LIMIT 1",
            task["config"], task["name"], at, at,
        )  # fmt: skip

    def _draw(self, task: Any) -> random.Random:
        return random.Random(  # noqa: S311
            f"{self._seed}/{task['config']}/{task['name']}/{task['serial']}"
        )

    def _due(self, task: Any) -> None:
        at = task["next_at"]
        effect = self._effect(task, at)
        if effect is not None and effect["skip"]:
            self._spend(effect)
            self._wait(task, at)
            return
        late = effect["delay"] if effect is not None else 0.0
        late += self._draw(task).uniform(0.0, 0.9)  # no real scheduler is on the dot
        self._set(task, phase="start", due=at, next_at=at + late)

    def _spend(self, effect: Any) -> None:
        if effect["remaining"] > 0:
            self._store.execute(
                "UPDATE effect SET remaining = remaining - 1 WHERE id = ?", effect["id"]
            )

    def _start(self, task: Any) -> Change:
        at, number = task["next_at"], task["serial"] + 1
        draw = self._draw(task)
        seconds = task["duration"] * min(max(draw.lognormvariate(0.0, 0.18), 0.6), 1.7)
        error, retries = None, 0
        if draw.random() < task["failure_rate"]:
            error = phrase(draw.choice(FAILURES), task, draw)
        effect = self._effect(task, task["due"])
        if effect is not None:
            self._spend(effect)
            seconds *= effect["factor"]
            retries = effect["retries"]
            if effect["error"] is not None:
                error = phrase(effect["error"], task, draw) or None
        if error is not None:
            seconds *= draw.uniform(0.3, 0.9)
        self._set(
            task, phase="end", serial=number, next_at=at + seconds, run_seconds=seconds,
            run_error=error, run_retries=retries, start_time=at, exec_cnt=task["exec_cnt"] + 1,
        )  # fmt: skip
        self._store.insert(
            "run", config=task["config"], task=task["name"], number=number, due=task["due"],
            started=at,
        )  # fmt: skip
        self._log(task, at, "Info", f"Run {number} started", number)
        return Change(moment(at), task["config"], task["name"], number, "Executing")

    def _end(self, task: Any) -> Change:
        at, number, error = task["next_at"], task["serial"], task["run_error"]
        seconds, config, name = task["run_seconds"], task["config"], task["name"]
        draw = self._draw(task)
        files = 1 + int(draw.expovariate(0.06))
        if draw.random() < 0.06:
            self._log(
                task, at, "Warning",
                f"File {task['folder']}/scan-{draw.randrange(10**5):05}.pdf is locked,"
                f" {draw.randint(1, 3)} retries", number,
            )  # fmt: skip
        if error is None:
            text = f"Run {number} finished: {files} files in {seconds:.1f} s"
            self._log(task, at, "Info", text, number, seconds)
        else:
            for retry in range(task["run_retries"]):
                moment_of_retry = at - seconds * (1 - (retry + 1) / (task["run_retries"] + 1))
                text = f"Attempt {retry + 1} failed: {error}"
                self._log(task, moment_of_retry, "Error", text, number)
            self._log(task, at, "Error", f"Run {number} failed: {error}", number, seconds)
            self._logs.write(at, "Error", f"{config}/{name}", f"Run {number} failed: {error}")
        columns: dict[str, Any] = {"end_time": at, "failed": error is not None}
        if error is not None:
            columns |= {"last_error_time": at, "error": error, "error_cnt": task["error_cnt"] + 1}
        self._set(task, **columns)
        self._store.execute(
            "UPDATE run SET ended = ?, error = ? WHERE config = ? AND task = ? AND number = ?",
            at, error, config, name, number,
        )  # fmt: skip
        self._wait(task, at)
        # The master log gets one line a run; a failed one has had its own.
        if error is None:
            text = f"{name} run {number}: {files} files, {seconds:.1f} s"
            self._logs.write(at, "Info", "Scheduler", text)
        status = task_status(self.task(config, name))
        return Change(moment(at), config, name, number, status, error)

    def _terminate(self, task: Any, at: float) -> None:
        self._log(task, at, "Warning", f"Run {task['serial']} terminated", task["serial"])
        self._set(task, end_time=at)
        self._store.execute(
            "UPDATE run SET ended = ?, error = 'terminated'"
            " WHERE config = ? AND task = ? AND number = ?",
            at, task["config"], task["name"], task["serial"],
        )  # fmt: skip

    def _log(
        self, task: Any, at: float, level: str, text: str, run: int, seconds: float | None = None
    ) -> None:
        key = (task["config"], task["name"])
        self._logs.write(at, level, task["name"], text, task=key, run=run, seconds=seconds)
