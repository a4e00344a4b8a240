"""What differs between two looks at a table, row by row."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

WHAT = ("came", "went", "changed", "logged", "log began anew", "not reached", "reached again")
CHANGE_COLUMNS = (
    Column("at", "time", about="when it was seen (UTC)"),
    Column("what", "category", WHAT, "what happened"),
    Column("of", "category", about="what it happened to: tasks, log, or as it was called"),
    Column("key", about="which row: its key's values, with / between them"),
    Column("column", about="what changed of it"),
    Column("before", about="its value at the last look"),
    Column("after", about="its value now; of a log line or a failure, the text"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as a line shows it."""

    at: dt.datetime
    what: str
    of: str
    key: str = ""
    column: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.of, self.key, self.column)))
        if self.what == "changed":
            says = f"{self.before or 'none'} → {self.after or 'none'}"
        elif self.what == "logged":
            says = self.after
        else:
            says = f"{self.what}: {self.after}" if self.after else self.what
        return f"{self.at.astimezone():%H:%M:%S}  {where}  {says}"


def to_frame(changes: Sequence[Change]) -> pd.DataFrame:
    """Changes as a DataFrame with the columns of ``CHANGE_COLUMNS``.

    Examples
    --------
    >>> to_frame([]).columns.tolist()
    ['at', 'what', 'of', 'key', 'column', 'before', 'after']
    """
    return frame(CHANGE_COLUMNS, [astuple(change) for change in changes])


class Table:
    """A table as it was at the last look.

    Parameters
    ----------
    name : str
    key : sequence of str
        The columns that tell rows apart; without, all of them.
    ignored : sequence of str
        Columns whose changes are none.

    Examples
    --------
    >>> now = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    >>> table = Table("tasks", ["task"])
    >>> list(table.changes(pd.DataFrame({"task": ["a"], "status": ["Idle"]}), now))
    []
    >>> frame = pd.DataFrame({"task": ["a"], "status": ["Error"]})
    >>> [(one.key, one.before, one.after) for one in table.changes(frame, now)]
    [('a', 'Idle', 'Error')]
    """

    def __init__(self, name: str, key: Sequence[str] = (), ignored: Sequence[str] = ()) -> None:
        self._name, self._key, self._ignored = name, list(key), set(ignored)
        self._rows: dict[str, dict[str, str]] | None = None

    def changes(self, now: pd.DataFrame, at: dt.datetime) -> Iterator[Change]:
        """What came, changed and went since the last look; nothing at the first one.

        Raises
        ------
        InvalidArgument
            A column of the key is not there.
        """
        before, self._rows = self._rows, self._by_key(now)
        if before is None:
            return
        for key, row in self._rows.items():
            if key not in before:
                yield Change(at, "came", self._name, key, after=_told(row, self._key))
                continue
            old = before[key]
            for column in dict.fromkeys((*old, *row)):
                was, is_ = old.get(column, ""), row.get(column, "")
                if was != is_:
                    yield Change(at, "changed", self._name, key, column, was, is_)
        for key in before.keys() - self._rows.keys():
            yield Change(at, "went", self._name, key)

    def _by_key(self, now: pd.DataFrame) -> dict[str, dict[str, str]]:
        if not isinstance(now, pd.DataFrame):
            raise InvalidArgument(f"{self._name} gave no DataFrame but {type(now).__name__}")
        missing = [name for name in self._key if name not in now.columns]
        if missing and (len(now) or len(now.columns)):
            have = ", ".join(map(str, now.columns)) or "none"
            raise InvalidArgument(
                f"{self._name} has no column {missing[0]!r} to tell its rows apart; it has {have}"
            )
        names = [str(name) for name in now.columns]
        cells = [[_text(value) for value in now[name].tolist()] for name in now.columns]
        rows: dict[str, dict[str, str]] = {}
        seen: Counter[str] = Counter()
        for values in zip(*cells, strict=True):
            row = dict(zip(names, values, strict=True))
            key = "/".join(row[name] for name in self._key or names if name not in self._ignored)
            seen[key] += 1
            unique = key if seen[key] == 1 else f"{key} ({seen[key]})"
            rest = {} if not self._key else row
            rows[unique] = {name: text for name, text in rest.items() if name not in self._ignored}
        return rows


def _told(row: dict[str, str], key: Sequence[str]) -> str:
    """A new row in a few words."""
    rest = [f"{name} {text}" for name, text in row.items() if text and name not in key]
    return ", ".join(rest[:4])


def _text(value: Any) -> str:
    """A cell as it is compared and shown; what is missing is empty."""
    if isinstance(value, bytes | bytearray):
        return f"{len(value)} bytes"
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
