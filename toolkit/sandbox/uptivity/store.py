"""The server's state: dictionaries to read from, SQLite to keep them if a path is given."""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.sandbox.store import NAMED, Item, Records


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
        self._depth = 0
        self._records = Records(path, "uptivity-1")
        for kind, key, value in self._records.rows():
            if kind == NAMED:
                self._named[key] = value
            else:
                self.items[kind][key] = value

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
                    self._records.flush()

    def _keep(self, kind: str, key: str, value: Any) -> None:
        with self.transaction():
            self._records.keep(kind, key, value)

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
            self._keep(NAMED, name, value)

    def next_number(self, name: str) -> int:
        """1, 2, 3 ... for each name; never the same again."""
        number = int(self.get(f"serial {name}", 0)) + 1
        self.set(f"serial {name}", number)
        return number

    def close(self) -> None:
        """Close the database; a second time does nothing."""
        with self.lock:
            self._records.close()


__all__ = ["Item", "Store"]
