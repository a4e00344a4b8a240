"""The state of the two servers: dictionaries to read from, SQLite to keep them.

Reading 10,000 users must not wait for a database, so rows are held in memory and every change
is written through. Without a path nothing is written at all.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Item = dict[str, Any]
Key = int | str

_FORMAT = "xivo-1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key));
"""


class Links:
    """One kind of association: pairs in the order they were made, with values of their own."""

    def __init__(self) -> None:
        self.right: dict[Key, dict[Key, Item]] = defaultdict(dict)
        self.left: dict[Key, dict[Key, Item]] = defaultdict(dict)

    def put(self, left: Key, right: Key, value: Item | None) -> None:
        """Make a pair, or take it away with None."""
        if value is None:
            self.right[left].pop(right, None)
            self.left[right].pop(left, None)
        else:
            self.right[left][right] = value
            self.left[right][left] = value


class Store:
    """Items by kind and key, links by kind, and named values.

    Parameters
    ----------
    path
        File of the database; None keeps all in memory, gone at the end.

    Raises
    ------
    ValueError
        If another sandbox has the file open, or it is no database of this sandbox.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.lock = threading.RLock()
        self.items: dict[str, dict[Key, Item]] = defaultdict(dict)
        self.links: dict[str, Links] = defaultdict(Links)
        self.uuids: dict[tuple[str, str], Key] = {}
        self.named: dict[str, Any] = {}
        self.version = 0
        self.changed: list[tuple[str, Key]] = []  # what the views must look at again
        self._unique: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], Key]] = {}
        self._undo: list[tuple[str, Any]] | None = None
        self._pending: dict[tuple[str, str], str | None] = {}
        self._database = None if path is None else _open(path)
        if self._database is not None:
            self._load(self._database)

    def _load(self, database: sqlite3.Connection) -> None:
        rows = database.execute("SELECT kind, key, value FROM record ORDER BY rowid").fetchall()
        for kind, key, value in rows:
            self._apply(f"{kind}/{key}", json.loads(value))

    def _apply(self, place: str, value: Any) -> None:
        """Set what a place holds; None takes it away."""
        kind, _, key = place.partition("/")
        family, _, name = kind.partition(":")
        if family == "item":
            number = _key(name, key)
            old = self.items[name].get(number)
            if value is None:
                self.items[name].pop(number, None)
            else:
                self.items[name][number] = value
            if old is not None and "uuid" in old:
                self.uuids.pop((name, old["uuid"]), None)
            if value is not None and "uuid" in value:
                self.uuids[name, value["uuid"]] = number
            self._reindex(name, number, old, value)
            if name != "tokens":
                self.version += 1
                self.changed.append((name, number))
        elif family == "link":
            left, _, right = key.partition("|")
            ends = [
                (kind, _key(kind, text))
                for kind, text in zip(name.split("-"), (left, right), strict=True)
            ]
            self.links[name].put(ends[0][1], ends[1][1], value)
            self.changed += ends
            self.version += 1
        elif value is None:
            self.named.pop(key, None)
        else:
            self.named[key] = value

    def _reindex(self, kind: str, key: Key, old: Item | None, new: Item | None) -> None:
        for (of, names), index in self._unique.items():
            if of != kind:
                continue
            for item in (old, new):
                values = None if item is None else _values(item, names)
                if values is None:
                    continue
                if item is new:
                    index[values] = key
                elif index.get(values) == key:
                    del index[values]

    def declare_unique(self, kind: str, names: tuple[str, ...]) -> None:
        """Let `holder` find who has these fields."""
        index = self._unique.setdefault((kind, names), {})
        for key, item in self.items[kind].items():
            values = _values(item, names)
            if values is not None:
                index[values] = key

    def holder(self, kind: str, names: tuple[str, ...], item: Item) -> Key | None:
        """The item that has the same values in these fields, unless one of them is null."""
        values = _values(item, names)
        return None if values is None else self._unique[kind, names].get(values)

    def _write(self, place: str, value: Any, old: Any) -> None:
        with self.transaction():
            if self._undo is not None:
                self._undo.append((place, old))
            self._apply(place, value)
            if self._database is not None:
                kind, _, key = place.partition("/")
                self._pending[kind, key] = None if value is None else json.dumps(value)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and change all or nothing; inside another one, be part of it."""
        with self.lock:
            if self._undo is not None:
                yield
                return
            self._undo = []
            try:
                yield
                self._flush()
            except BaseException:
                self._pending.clear()
                for place, old in reversed(self._undo):
                    self._apply(place, old)
                raise
            finally:
                self._undo = None

    def _flush(self) -> None:
        if self._database is None or not self._pending:
            return
        with self._database:
            self._database.executemany(
                "INSERT INTO record (kind, key, value) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                [(*place, value) for place, value in self._pending.items() if value is not None],
            )
            self._database.executemany(
                "DELETE FROM record WHERE kind = ? AND key = ?",
                [place for place, value in self._pending.items() if value is None],
            )
        self._pending.clear()

    def put(self, kind: str, key: Key, item: Item) -> None:
        """Keep an item in place of the one with its key."""
        self._write(f"item:{kind}/{key}", item, self.items[kind].get(key))

    def remove(self, kind: str, key: Key) -> None:
        """Take an item away."""
        self._write(f"item:{kind}/{key}", None, self.items[kind].get(key))

    def link(self, name: str, left: Key, right: Key, value: Item | None = None) -> None:
        """Associate two items."""
        old = self.links[name].right[left].get(right)
        self._write(f"link:{name}/{left}|{right}", value or {}, old)

    def unlink(self, name: str, left: Key, right: Key) -> None:
        """Dissociate two items."""
        old = self.links[name].right[left].get(right)
        self._write(f"link:{name}/{left}|{right}", None, old)

    def rights(self, name: str, left: Key) -> dict[Key, Item]:
        """What an item is associated with, to the right, in the order it happened."""
        return self.links[name].right.get(left, {})

    def lefts(self, name: str, right: Key) -> dict[Key, Item]:
        """What an item is associated with, to the left."""
        return self.links[name].left.get(right, {})

    def first(self, name: str, left: Key) -> Key | None:
        """The first of `rights`, or None."""
        return next(iter(self.rights(name, left)), None)

    def get(self, name: str, default: Any = None) -> Any:
        """A named value."""
        return self.named.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a named value: anything that JSON can carry, None forgets it."""
        self._write(f"named/{name}", value, self.named.get(name))

    def next_key(self, kind: str) -> int:
        """A number that no item of the kind ever had."""
        number = int(self.get(f"serial {kind}", 0)) + 1
        self.set(f"serial {kind}", number)
        return number

    def close(self) -> None:
        """Close the database; a second time does nothing."""
        with self.lock:
            if self._database is not None:
                self._database.close()


def _values(item: Item, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    values = tuple(item.get(name) for name in names)
    return None if None in values else values


def _key(kind: str, text: str) -> Key:
    return text if kind == "devices" else int(text)


def _open(path: str | Path) -> sqlite3.Connection:
    reason = "the sandbox needs a file of its own that no other sandbox has open"
    database: sqlite3.Connection | None = None
    try:
        database = sqlite3.connect(str(path), check_same_thread=False, timeout=0.5)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        if tables - {"record", "sqlite_autoindex_record_1"}:
            raise sqlite3.DatabaseError("it is another program's database")
        database.executescript(_SCHEMA)
        with database:
            database.execute(
                "INSERT OR REPLACE INTO record VALUES ('named', 'format', ?)",
                (json.dumps(_FORMAT),),
            )
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise ValueError(f"cannot use {path}: {error}; {reason}") from None
    return database
