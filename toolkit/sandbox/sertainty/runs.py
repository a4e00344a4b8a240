"""What can be said of a run and of a task: changes, statuses, the texts of failures."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

FAILURES = (
    "ID {identity}: access denied by rule Network",
    "Script {script}: line {number}: folder {folder}/done is full",
    "File {folder}/scan-{number:05}.pdf is locked by another process",
    "Timeout after {number} s waiting for {folder}",
)
"""Why runs fail in the ordinary course of things."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a task that shows: a run began or ended.

    ``at`` is in UTC, ``status`` the task's status after it; ``run`` counts from 1 and is never
    used twice; ``error`` is the message of a run that failed.
    """

    at: dt.datetime
    config: str
    task: str
    run: int
    status: str
    error: str | None = None


def task_status(task: Any) -> str:
    """Status of a task as the guide words it (4.31)."""
    if not task["enabled"]:
        return "Idle"
    if task["paused"]:
        return "Paused"
    if task["phase"] == "end":
        return "Executing"
    return "Error" if task["failed"] else "Waiting"


def phrase(text: str, task: Any, draw: random.Random) -> str:
    """A failure's text with the task's own ID, script and folder in it."""
    words = {
        "identity": task["identity"] or "machine.iic",
        "script": task["script"] or "none",
        "folder": task["folder"],
        "number": draw.randrange(1, 400),
    }
    try:
        return text.format_map(words)
    except (KeyError, ValueError, IndexError, AttributeError):
        return text  # given by hand, with braces of its own
