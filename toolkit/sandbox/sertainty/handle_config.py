"""Configurations and their task definitions (guide 4.8-4.10, 4.12, 4.14, 4.15, 4.19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.sertainty.codes import exists
from toolkit.sandbox.sertainty.definitions import check_name, empty_tasks
from toolkit.sandbox.sertainty.envelope import Result

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.gateway import Call


def activate(call: Call) -> None:
    """configActivate: one configuration is active at a time; the runs of another one end."""
    name = call.config(0)
    if call.store.get("active") != name:
        call.store.set("active", name)
        call.gateway.schedule.reschedule(call.now, terminate=True)
        call.note("Info", f"Configuration {name} activated")


def create(call: Call) -> None:
    """configCreate: with an empty task list; 232 if it exists."""
    name = check_name(call.text(0), "configuration name")
    if call.store.row("SELECT 1 FROM config WHERE name = ?", name):
        raise exists(f"configuration {name!r}")
    call.gateway.add_config(name, empty_tasks(name), call.now)


def delete(call: Call) -> None:
    """configDelete: with its tasks, logs, status records, IDs and scripts."""
    name = call.config(0)
    for task in call.store.rows("SELECT name FROM task WHERE config = ?", name):
        call.gateway.remove_task(name, task["name"])
    call.store.execute("DELETE FROM file WHERE area = ?", name)
    call.store.execute("DELETE FROM config WHERE name = ?", name)
    if call.store.get("active") == name:
        call.store.set("active", "")


def get_list(call: Call) -> list[Result]:
    """configGetList: in the order of their making."""
    rows = call.store.rows("SELECT name FROM config ORDER BY position")
    return call.texts(*(row["name"] for row in rows))


def get_status(call: Call) -> list[Result]:
    """configGetStatus: the configuration's own status and the aggregate of its tasks."""
    return call.texts(*call.config_status(call.config(0)))


def get_tasks(call: Call) -> list[Result]:
    """configGetTasks: the document as it was saved."""
    row = call.store.row("SELECT tasks FROM config WHERE name = ?", call.config(0))
    return [Result(bytes(row["tasks"]) if row else b"")]


def save_tasks(call: Call) -> None:
    """configSaveTasks: replaces all tasks; one that keeps its name keeps its record and log."""
    call.gateway.save_tasks(call.config(0), call.arguments[1].value, call.now)
