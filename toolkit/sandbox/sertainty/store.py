"""The gateway's state: one SQLite database, in memory or in a file that survives a restart."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Times are seconds since 1970 in UTC. Area '' is what all configurations share.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS config (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, tasks BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS task (
    config TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    kind TEXT NOT NULL, enabled INTEGER NOT NULL, days INTEGER NOT NULL,
    start_minute INTEGER NOT NULL, every INTEGER NOT NULL,
    script TEXT NOT NULL, identity TEXT NOT NULL, folder TEXT NOT NULL,
    duration REAL NOT NULL, failure_rate REAL NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0, serial INTEGER NOT NULL DEFAULT 0,
    phase TEXT NOT NULL DEFAULT 'due', due REAL NOT NULL DEFAULT 0, next_at REAL NOT NULL,
    run_seconds REAL NOT NULL DEFAULT 0, run_error TEXT, run_retries INTEGER NOT NULL DEFAULT 0,
    start_time REAL, end_time REAL, last_error_time REAL, error TEXT NOT NULL DEFAULT '',
    exec_cnt INTEGER NOT NULL DEFAULT 0, error_cnt INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (config, name));
CREATE INDEX IF NOT EXISTS task_next ON task (next_at);
CREATE TABLE IF NOT EXISTS run (
    config TEXT NOT NULL, task TEXT NOT NULL, number INTEGER NOT NULL, due REAL NOT NULL,
    started REAL NOT NULL, ended REAL, error TEXT, PRIMARY KEY (config, task, number));
CREATE TABLE IF NOT EXISTS effect (
    id INTEGER PRIMARY KEY, config TEXT NOT NULL, task TEXT NOT NULL,
    first REAL NOT NULL, last REAL NOT NULL, remaining INTEGER NOT NULL,
    error TEXT, retries INTEGER NOT NULL, factor REAL NOT NULL, delay REAL NOT NULL,
    skip INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS effect_task ON effect (config, task, first);
CREATE TABLE IF NOT EXISTS file (
    area TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, contents BLOB NOT NULL,
    PRIMARY KEY (area, kind, name));
CREATE TABLE IF NOT EXISTS preset (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, contents BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS template (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, contents BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS user (
    name TEXT PRIMARY KEY, rounds TEXT NOT NULL,
    cycle_failures INTEGER NOT NULL DEFAULT 0, total_failures INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS challenge (
    user TEXT NOT NULL, peer TEXT NOT NULL, round INTEGER NOT NULL, expires REAL NOT NULL,
    PRIMARY KEY (user, peer));
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, opened REAL NOT NULL, used REAL NOT NULL);
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, config TEXT NOT NULL, task TEXT NOT NULL,
    started REAL NOT NULL, filler INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS log_task ON log (config, task);
CREATE TABLE IF NOT EXISTS entry (
    log INTEGER NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL, level TEXT NOT NULL,
    source TEXT NOT NULL, text TEXT NOT NULL, run INTEGER, seconds REAL,
    PRIMARY KEY (log, seq)) WITHOUT ROWID;
"""


class Store:
    """A SQLite database that several threads use in turn.

    Parameters
    ----------
    path
        File of the database; None keeps it in memory, gone at the end.

    Raises
    ------
    ValueError
        If another sandbox has the file open, or it is no database.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.lock = threading.RLock()
        self._named: dict[str, Any] = {}  # read at every step of every task
        reason = "the sandbox needs a file of its own that no other sandbox has open"
        try:
            self._connection = sqlite3.connect(
                ":memory:" if path is None else str(path),
                check_same_thread=False,
                isolation_level=None,
                timeout=0.5,
            )
        except sqlite3.Error as error:
            raise ValueError(f"cannot use {path}: {error}; {reason}") from None
        self._connection.row_factory = sqlite3.Row
        try:
            # One gateway to a file: two would each move the tasks on.
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            with self.transaction():
                self.set("format", "sertainty-1")
        except sqlite3.Error as error:
            self._connection.close()
            raise ValueError(f"cannot use {path}: {error}; {reason}") from None

    def close(self) -> None:
        """Close the database; a second time does nothing."""
        with self.lock:
            self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and write all or nothing; inside another one, be part of it."""
        with self.lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                self._named.clear()
                raise
            self._connection.execute("COMMIT")

    def execute(self, sql: str, *values: Any) -> int:
        """Change rows and give how many."""
        with self.lock:
            return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **columns: Any) -> None:
        """Insert one row, or replace the one with its key. Names come from this package only."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self.execute(
            f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
            *columns.values(),
        )

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self.lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self.lock:
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def value(self, sql: str, *values: Any) -> Any:
        """The first value of the first row, or None."""
        row = self.row(sql, *values)
        return None if row is None else row[0]

    def get(self, name: str, default: Any = None) -> Any:
        """A named value that is not a row of its own, e.g. the active configuration's name."""
        with self.lock:
            if name not in self._named:
                text = self.value("SELECT value FROM meta WHERE name = ?", name)
                self._named[name] = None if text is None else json.loads(text)
            value = self._named[name]
        return default if value is None else value

    def set(self, name: str, value: Any) -> None:
        """Keep a named value: anything that JSON can carry."""
        with self.lock:
            self.insert("meta", name=name, value=json.dumps(value))
            self._named[name] = value
