"""The state of the two servers: dictionaries to read from, SQLite to keep them.

Rows are held in memory and every change is written through. Without a path nothing is written.
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

_NAMED = "."  # the kind under which named values are kept
_SCHEMA = """
CREATE TABLE IF NOT EXISTS geoop (
    kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key));
"""


class Store:
    """Items by collection and id, and named values.

    An item that is kept is never changed in place: a changed copy is put in its stead.

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
        self.items: dict[str, dict[int, Item]] = defaultdict(dict)
        self.named: dict[str, Any] = {}
        self._undo: list[tuple[str, int | str, Any]] | None = None
        self._pending: dict[tuple[str, str], str | None] = {}
        self._database = None if path is None else _open(path)
        if self._database is not None:
            rows = self._database.execute("SELECT kind, key, value FROM geoop").fetchall()
            for kind, key, value in rows:
                self._apply(kind, key if kind == _NAMED else int(key), json.loads(value))

    def _apply(self, kind: str, key: int | str, value: Any) -> None:
        held: dict[Any, Any] = self.named if kind == _NAMED else self.items[kind]
        if value is None:
            held.pop(key, None)
        else:
            held[key] = value

    def _write(self, kind: str, key: int | str, value: Any, old: Any) -> None:
        with self.transaction():
            if self._undo is not None:
                self._undo.append((kind, key, old))
            self._apply(kind, key, value)
            if self._database is not None:
                self._pending[kind, str(key)] = None if value is None else json.dumps(value)

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
                for place in reversed(self._undo):
                    self._apply(*place)
                raise
            finally:
                self._undo = None

    def _flush(self) -> None:
        if self._database is None or not self._pending:
            return
        with self._database:
            self._database.executemany(
                "INSERT INTO geoop (kind, key, value) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                [(*place, value) for place, value in self._pending.items() if value is not None],
            )
            self._database.executemany(
                "DELETE FROM geoop WHERE kind = ? AND key = ?",
                [place for place, value in self._pending.items() if value is None],
            )
        self._pending.clear()

    def put(self, kind: str, item: Item) -> None:
        """Keep an item in place of the one with its id."""
        self._write(kind, item["id"], item, self.items[kind].get(item["id"]))

    def remove(self, kind: str, key: int) -> None:
        """Take an item away."""
        self._write(kind, key, None, self.items[kind].get(key))

    def get(self, name: str, default: Any = None) -> Any:
        """A named value."""
        return self.named.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a named value: anything that JSON can carry, None forgets it."""
        self._write(_NAMED, name, value, self.named.get(name))

    def next_id(self, kind: str, first: int = 1) -> int:
        """A number that no item of the kind ever had."""
        number = int(self.get(f"last {kind}", first - 1)) + 1
        self.set(f"last {kind}", number)
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
        if tables - {"geoop", "sqlite_autoindex_geoop_1"}:
            raise sqlite3.DatabaseError("it is another program's database")
        database.executescript(_SCHEMA)
        with database:
            database.execute(
                "INSERT OR REPLACE INTO geoop VALUES (?, 'format', ?)", (_NAMED, '"geoop-1"')
            )
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise ValueError(f"cannot use {path}: {error}; {reason}") from None
    return database
