"""The state of the two servers: dictionaries to read from, SQLite to keep them.

Rows are held in memory and every change is written through. Without a path nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from toolkit.sandbox.store import Item, KeptStore


class Store(KeptStore):
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
        self.items: dict[str, dict[int, Item]] = defaultdict(dict)
        super().__init__(path, "geoop-1")

    def _apply_item(self, kind: str, key: str, value: Any) -> None:
        if value is None:
            self.items[kind].pop(int(key), None)
        else:
            self.items[kind][int(key)] = value

    def put(self, kind: str, item: Item) -> None:
        """Keep an item in place of the one with its id."""
        self._write(kind, str(item["id"]), item, self.items[kind].get(item["id"]))

    def remove(self, kind: str, key: int) -> None:
        """Take an item away."""
        self._write(kind, str(key), None, self.items[kind].get(key))

    def next_id(self, kind: str, first: int = 1) -> int:
        """A number that no item of the kind ever had."""
        number = int(self.get(f"last {kind}", first - 1)) + 1
        self.set(f"last {kind}", number)
        return number


__all__ = ["Item", "Store"]
