"""An event log of any size, five fields an event, and a gateway's answer that brings it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pybase64

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Log name="agent">\n'
TAIL = "</Log>\n"
SMALL = (
    '<Log><Entry id="1" time="2019-04-01T08:00:00" level="Info" source="Agent">up 1</Entry>'
    '<Entry id="2" time="2019-04-01T08:00:01" level="Info" source="Agent">up 2</Entry></Log>'
)
_LEVELS = ("Debug", "Info", "Info", "Info", "Warning", "Error")
_SOURCES = ("Agent", "Scheduler", "Task", "Gateway", "Policy", "Transfer")
_WORDS = (
    "connection", "opened", "closed", "file", "copied", "folder", "user", "policy", "applied",
    "denied", "retry", "timeout", "server", "answer", "ready", "waiting", "queue", "bytes", "read",
    "written", "checksum", "verified",
)  # fmt: skip
_AT_ONCE = 1000
_PREFIX = b"<Response><Status>1</Status><StatusMessage>Success</StatusMessage><ResultList><Result>"
_SUFFIX = b"</Result></ResultList></Response>"


def entries(seed: int = 7) -> Iterator[str]:
    """Events without end, about 180 bytes each, in texts of 1,000."""
    drawn = random.Random(seed)  # noqa: S311 - a log, no secret
    at = dt.datetime(2019, 4, 1)
    number = 0
    while True:
        lines = []
        for _ in range(_AT_ONCE):
            number += 1
            at += dt.timedelta(seconds=drawn.randint(0, 3))
            text = " ".join(drawn.choices(_WORDS, k=11))
            lines.append(
                f'  <Entry id="{number}" time="{at:%Y-%m-%dT%H:%M:%S}"'
                f' level="{drawn.choice(_LEVELS)}" source="{drawn.choice(_SOURCES)}">'
                f"{text} {drawn.randint(1, 99_999)}</Entry>\n"
            )
        yield "".join(lines)


def write(path: str, megabytes: float) -> int:
    """Write a log of that size; give the number of its events."""
    events, left = 0, int(megabytes * 1e6)
    with Path(path).open("w", encoding="ascii", newline="\n") as file:
        left -= file.write(HEAD)
        for some in entries():
            if left <= 0:
                break
            left -= file.write(some)
            events += _AT_ONCE
        file.write(TAIL)
    return events


def write_answer(log: str, path: str) -> None:
    """Write the body of the answer whose result is that log."""
    with Path(log).open("rb") as file, Path(path).open("wb") as answer:
        answer.write(_PREFIX)
        while piece := file.read(3 << 16):
            answer.write(pybase64.b64encode(piece))
        answer.write(_SUFFIX)


def answer_of(log: bytes) -> bytes:
    """The answer whose result is a short log."""
    return _PREFIX + pybase64.b64encode(log) + _SUFFIX
