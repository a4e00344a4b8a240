"""Task definitions: the XML of a configuration's tasks and of templates.

The guide gives no schema; this is the sheet's default, read leniently: what is not understood is
kept in the document and otherwise ignored. ``Every`` (minutes between runs) is the sandbox's own.
"""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from dataclasses import dataclass

from toolkit.sandbox.sertainty.codes import invalid
from toolkit.sandbox.sertainty.envelope import parse_safely, quote_attribute

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY_DAY = 0b1111111
_MAX_NAME = 255
_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Definition:
    """One task, as far as the scheduler needs it.

    ``days`` has bit 0 for Monday; ``every`` is minutes, 0 = once a day at ``start_minute``.
    """

    name: str
    kind: str = "Time"
    enabled: bool = True
    days: int = _EVERY_DAY
    start_minute: int = 0
    every: int = 60
    script: str = ""
    identity: str = ""
    folder: str = "/in"


def check_name(name: str, what: str) -> str:
    """Refuse (408) a name that is empty or blank, or holds a separator, ``..`` or a control."""
    if not name.strip() or name == "." or any(part in name for part in ("/", "\\", "..")):
        raise invalid(f"{what} {name!r} is empty, or holds a separator or ..")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise invalid(f"{what} holds a control character")
    if len(name) > _MAX_NAME:
        raise invalid(f"{what} is longer than {_MAX_NAME} characters")
    return name


def parse_document(document: bytes, root: str, what: str) -> ET.Element:
    """Read a payload document safely; 408 if it is not well-formed or has another root."""
    parse_safely(document)
    element = ET.fromstring(document)  # noqa: S314 - parse_safely refused DTD and entities
    if element.tag != root:
        raise invalid(f"{what} has the root {element.tag}, not {root}")
    return element


def read_tasks(document: bytes) -> list[Definition]:
    """The tasks of a ``Tasks`` document; 408 for one without a name or with a name used twice."""
    root = parse_document(document, "Tasks", "the tasks document")
    tasks = [read_task(element) for element in root.findall("Task")]
    if len({task.name for task in tasks}) != len(tasks):
        raise invalid("two tasks have the same name")
    return tasks


def read_task(element: ET.Element) -> Definition:
    """One ``Task`` element."""
    name = check_name(element.get("name", ""), "task name")
    if name == "*":
        raise invalid("a task cannot be named *, which means all tasks")
    kind = element.get("kind", "Time")
    schedule = element.find("Schedule")
    enabled = _flag(element, "Enabled")
    if schedule is None:
        schedule = ET.Element("Schedule")
    elif not _flag(schedule, "Enabled"):
        enabled = False
    marked = [day for day in _DAYS if schedule.find(f"Day{day}") is not None]
    days = sum(
        1 << at
        for at, day in enumerate(_DAYS)
        if not marked or (day in marked and _flag(schedule, f"Day{day}"))
    )
    hour, minute = _number(schedule, "StartHour"), _number(schedule, "StartMinute")
    every = _number(schedule, "Every")
    if every <= 0:
        every = 0 if hour >= 0 else 60 if kind == "Time" else 20
    folder = element.find("Folders/Folder[@name='Source']")
    return Definition(
        name=name,
        kind=kind,
        enabled=enabled,
        days=days,
        start_minute=min(max(hour, 0), 23) * 60 + min(max(minute, 0), 59),
        every=min(every, 1440),
        script=element.findtext("Script", "") or "",
        identity=element.findtext("ID", "") or "",
        folder=(folder.text or "/in") if folder is not None else "/in",
    )


def _flag(element: ET.Element, tag: str) -> bool:
    return (element.findtext(tag) or "true").strip().lower() not in ("false", "0")


def _number(element: ET.Element, tag: str) -> int:
    text = (element.findtext(tag) or "").strip()
    try:
        return int(text) if text else -1
    except ValueError:
        raise invalid(f"{tag} must be a whole number, not {text!r}") from None


def empty_tasks(config: str) -> bytes:
    """The document of a configuration without tasks."""
    return f"<Tasks config={quote_attribute(config)}></Tasks>".encode()


def next_due(task: Definition, after: float, seed: str) -> float:
    """When the task is due next, strictly later than ``after``.

    Time tasks keep to a grid from midnight UTC. Change tasks are due when "a folder changes":
    gaps drawn from the seed, ``every`` minutes on average.
    """
    if task.kind == "Change":
        gap = random.Random(f"{seed}/{task.name}/{after:.3f}").expovariate(1.0)  # noqa: S311
        return after + 60.0 * max(task.every, 1) * (0.25 + 0.75 * min(gap, 6.0))
    if not task.days:
        return float("inf")
    day = after // _DAY * _DAY
    for _ in range(9):
        # 1970-01-01 was a Thursday.
        if task.days >> (int(day // _DAY) + 3) % 7 & 1:
            start = day + 60.0 * task.start_minute
            if after < start:
                return start
            if task.every:
                step = 60.0 * task.every
                at = start + ((after - start) // step + 1) * step
                if at < day + _DAY:
                    return at
        day += _DAY
    return float("inf")
