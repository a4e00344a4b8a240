"""What the stores of the sandboxes share: state in memory, written through to SQLite."""

from __future__ import annotations

import abc
import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Item = dict[str, Any]

NAMED = "named"  # the kind under which named values are kept
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL,"
    " value TEXT NOT NULL, PRIMARY KEY (kind, key))"
)


class Records:
    """JSON values by kind and key in a file; without a path nothing is kept.

    Parameters
    ----------
    path
        File of the database, or None.
    form
        Name of the format, such as ``"xivo-1"``: no other one is opened.

    Raises
    ------
    ValueError
        If another sandbox has the file open, or it is no database of this sandbox.
    """

    def __init__(self, path: str | Path | None, form: str) -> None:
        self._pending: dict[tuple[str, str], str | None] = {}
        self._database = None if path is None else _open(path, json.dumps(form))

    def rows(self) -> Iterator[tuple[str, str, Any]]:
        """Kind, key and value of all there is, in the order it first came."""
        if self._database is not None:
            rows = self._database.execute("SELECT kind, key, value FROM record ORDER BY rowid")
            for kind, key, value in rows.fetchall():
                yield kind, key, json.loads(value)

    def keep(self, kind: str, key: str, value: Any) -> None:
        """Have a value written at the next `flush`; None takes it away."""
        if self._database is not None:
            self._pending[kind, key] = None if value is None else json.dumps(value)

    def forget(self) -> None:
        """Take back what was not written yet."""
        self._pending.clear()

    def flush(self) -> None:
        """Write what waits, all or nothing."""
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

    def close(self) -> None:
        """Close the database; a second time does nothing."""
        if self._database is not None:
            self._database.close()


class KeptStore(abc.ABC):
    """State that several threads change in turn: each transaction all or nothing.

    Attributes
    ----------
    lock
        Held by a transaction, and by who reads more than one thing.
    named : dict of str to value
        The named values.
    """

    def __init__(self, path: str | Path | None, form: str) -> None:
        self.lock = threading.RLock()
        self.named: dict[str, Any] = {}
        self._undo: list[tuple[str, str, Any]] | None = None
        self._records = Records(path, form)
        for place in self._records.rows():
            self._apply(*place)

    def _apply(self, kind: str, key: str, value: Any) -> None:
        """Set what a place holds; None takes it away."""
        if kind != NAMED:
            self._apply_item(kind, key, value)
        elif value is None:
            self.named.pop(key, None)
        else:
            self.named[key] = value

    @abc.abstractmethod
    def _apply_item(self, kind: str, key: str, value: Any) -> None:
        """Set what a place holds that is no named value; None takes it away."""

    def _write(self, kind: str, key: str, value: Any, old: Any) -> None:
        with self.transaction():
            if self._undo is not None:
                self._undo.append((kind, key, old))
            self._apply(kind, key, value)
            self._records.keep(kind, key, value)

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
                self._records.flush()
            except BaseException:
                self._records.forget()
                for place in reversed(self._undo):
                    self._apply(*place)
                raise
            finally:
                self._undo = None

    def get(self, name: str, default: Any = None) -> Any:
        """A named value."""
        return self.named.get(name, default)

    def set(self, name: str, value: Any) -> None:
        """Keep a named value: anything that JSON can carry, None forgets it."""
        self._write(NAMED, name, value, self.named.get(name))

    def close(self) -> None:
        """Close the database; a second time does nothing."""
        with self.lock:
            self._records.close()


def _open(path: str | Path, form: str) -> sqlite3.Connection:
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
        format_row = database.execute(
            "SELECT value FROM record WHERE kind = ? AND key = 'format'", (NAMED,)
        ).fetchone()
        if format_row is not None and format_row[0] != form:
            raise sqlite3.DatabaseError("it is the database of another sandbox")
        with database:
            database.execute("INSERT OR REPLACE INTO record VALUES (?, 'format', ?)", (NAMED, form))
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise ValueError(f"cannot use {path}: {error}; {reason}") from None
    return database
