"""The master log and the task logs: entries as they happen, a document when asked (7.6).

A log may be given a filler of any size, made up on the fly from a seed and never held: what a
benchmark reads. It is older than the log's real entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toolkit.sandbox.sertainty.clock import write_time
from toolkit.sandbox.sertainty.codes import not_found
from toolkit.sandbox.sertainty.envelope import escape_text, quote_attribute
from toolkit.sandbox.sertainty.filler import filler
from toolkit.sandbox.sertainty.store import Store

_BATCH = 4000  # entries read from the store at once: about 0.5 MB
_MAX_TEXT = 2000


class Logs:
    """The logs in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids: dict[tuple[str, str], int] = {}

    def open(self, at: float, config: str = "", task: str = "") -> None:
        """Begin a new log; it replaces the old one. Without a task it is the master log."""
        self.drop(config, task)
        name = f"task_{task}" if task else f"agent_{write_time(at)}"
        name = name.translate({ord("-"): None, ord(":"): None, ord("T"): "_"}) if not task else name
        self._store.execute(
            "INSERT INTO log (name, config, task, started) VALUES (?, ?, ?, ?)",
            name, config, task, at,
        )  # fmt: skip

    def exists(self, config: str = "", task: str = "") -> bool:
        """Whether there is such a log."""
        return self._id(config, task) is not None

    def drop(self, config: str = "", task: str = "") -> None:
        """Remove a log with its entries."""
        self._ids.pop((config, task), None)
        self._store.execute(
            "DELETE FROM entry WHERE log IN (SELECT id FROM log WHERE config = ? AND task = ?)",
            config, task,
        )  # fmt: skip
        self._store.execute("DELETE FROM log WHERE config = ? AND task = ?", config, task)

    def write(
        self,
        at: float,
        level: str,
        source: str,
        text: str,
        *,
        task: tuple[str, str] = ("", ""),
        run: int | None = None,
        seconds: float | None = None,
    ) -> None:
        """Add one entry, to the master log unless a task is named."""
        log = self._id(*task)
        if log is None:
            self.open(at, *task)
            log = self._id(*task)
        self._store.execute(
            "INSERT INTO entry SELECT ?1, 1 + coalesce(max(seq), 0), ?2, ?3, ?4, ?5, ?6, ?7"
            " FROM entry WHERE log = ?1",
            log, at, level, source, text[:_MAX_TEXT], run, seconds,
        )  # fmt: skip

    def grow(self, size: int, at: float, config: str = "", task: str = "") -> None:
        """Give a log a filler of about ``size`` bytes of XML; 0 takes it away."""
        if self._id(config, task) is None:
            self.open(at, config, task)
        self._store.execute(
            "UPDATE log SET filler = ? WHERE config = ? AND task = ?", size, config, task
        )

    def document(
        self, config: str = "", task: str = "", *, seed: int = 0, finished: bool = True
    ) -> bytes | Iterable[bytes]:
        """The log as XML: bytes, or pieces if it is long. 213 if there is none."""
        row = self._store.row("SELECT * FROM log WHERE config = ? AND task = ?", config, task)
        if row is None:
            raise not_found("there is no log")
        log = dict(row)
        last = self._store.value("SELECT max(seq) FROM entry WHERE log = ?", log["id"]) or 0
        pieces = self._pieces(log, last, seed, finished)
        if log["filler"] or last > _BATCH:
            return pieces
        return b"".join(pieces)

    def _id(self, config: str, task: str) -> int | None:
        key = (config, task)
        if key not in self._ids:
            log = self._store.value("SELECT id FROM log WHERE config = ? AND task = ?", *key)
            if log is None:
                return None
            self._ids[key] = log
        return self._ids[key]

    def _pieces(self, log: dict[str, Any], last: int, seed: int, finished: bool) -> Iterator[bytes]:
        head = f"<Log name={quote_attribute(log['name'])}"
        if log["task"]:
            head += f" config={quote_attribute(log['config'])} task={quote_attribute(log['task'])}"
        yield (head + ">\n").encode()
        if log["filler"]:
            yield from filler(log["filler"], seed=seed, until=log["started"])
        seen = 0
        while seen < last:
            rows = self._store.rows(
                "SELECT * FROM entry WHERE log = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                log["id"], seen, last, _BATCH,
            )  # fmt: skip
            if not rows:  # dropped by a restart while it was being sent
                break
            seen = rows[-1]["seq"]
            yield "".join(map(_entry, rows)).encode()
        if finished:
            yield b"</Log>\n"


def _entry(row: Any) -> str:
    more = "" if row["run"] is None else f' run="{row["run"]}"'
    if row["seconds"] is not None:
        more += f' duration="{row["seconds"]:.3f}"'
    return (
        f'  <Entry time="{write_time(row["at"])}" level="{row["level"]}"'
        f" source={quote_attribute(row['source'])}{more}>{escape_text(row['text'])}</Entry>\n"
    )
