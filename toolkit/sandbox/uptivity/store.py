"""The server's state: dictionaries to read from, SQLite to keep them if a path is given."""

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

_FORMAT = "uptivity-1"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY (kind, key))"
)


class Store:
    """Items by kind and key, and named values; all that JSON can carry.

    An item is never changed in place: `put` takes a new one.

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
        self.items: dict[str, dict[str, Item]] = defaultdict(dict)
        self._named: dict[str, Any] = {}
        self._indexes: dict[tuple[str, str], dict[str, list[str]]] = {}
        self._pending: dict[tuple[str, str], str | None] = {}
        self._depth = 0
        self._database = None if path is None else _open(path)
        if self._database is not None:
            rows = self._database.execute("SELECT kind, key, value FROM record ORDER BY rowid")
            for kind, key, value in rows:
                if kind == "named":
                    self._named[key] = json.loads(value)
                else:
                    self.items[kind][key] = json.loads(value)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock, and write to the file at the end of the outermost one."""
        with self.lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth:
                    self._flush()

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

    def _keep(self, kind: str, key: str, value: Any) -> None:
        if self._database is not None:
            with self.transaction():
                self._pending[kind, key] = None if value is None else json.dumps(value)

    def put(self, kind: str, key: str, item: Item) -> None:
        """Keep an item in place of the one with its key."""
        with self.lock:
            self._forget(kind, self.items[kind].get(key), item)
            self.items[kind][key] = item
            self._keep(kind, key, item)

    def remove(self, kind: str, key: str) -> Item | None:
        """Take an item away and give it; None if there was none."""
        with self.lock:
            item = self.items[kind].pop(key, None)
            if item is not None:
                self._forget(kind, item, None)
                self._keep(kind, key, None)
            return item

    def find(self, kind: str, key: str) -> Item | None:
        """The item with a key, or None."""
        return self.items[kind].get(key)

    def having(self, kind: str, field: str, value: str) -> list[Item]:
        """The items whose field is this text; case does not count."""
        index = self._indexes.get((kind, field))
        if index is None:
            index = self._indexes[kind, field] = defaultdict(list)
            for key, item in self.items[kind].items():
                index[str(item.get(field, "")).lower()].append(key)
        return [self.items[kind][key] for key in index.get(value.lower(), ())]

    def _forget(self, kind: str, old: Item | None, new: Item | None) -> None:
        """Drop the indexes that a change makes wrong."""
        for place in [place for place in self._indexes if place[0] == kind]:
            if old is None or new is None or old.get(place[1]) != new.get(place[1]):
                del self._indexes[place]

    def get(self, name: str, default: Any = None) -> Any:
        """A named value."""
        return self._named.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a named value."""
        with self.lock:
            self._named[name] = value
            self._keep("named", name, value)

    def next_number(self, name: str) -> int:
        """1, 2, 3 ... for each name; never the same again."""
        number = int(self.get(f"serial {name}", 0)) + 1
        self.set(f"serial {name}", number)
        return number

    def close(self) -> None:
        """Close the database; a second time does nothing."""
        with self.lock:
            if self._database is not None:
                self._database.close()


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
        database.execute(_SCHEMA)
        kept = database.execute(
            "SELECT value FROM record WHERE kind = 'named' AND key = 'format'"
        ).fetchone()
        if kept is not None and kept[0] != json.dumps(_FORMAT):
            raise sqlite3.DatabaseError("it is the database of another sandbox")
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
