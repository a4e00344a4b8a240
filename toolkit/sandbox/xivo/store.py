"""The state of the two servers: dictionaries to read from, SQLite to keep them.

Reading 10,000 users must not wait for a database, so rows are held in memory and every change
is written through. Without a path nothing is written at all.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from toolkit.sandbox.store import Item, KeptStore

Key = int | str


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


class Store(KeptStore):
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
        self.items: dict[str, dict[Key, Item]] = defaultdict(dict)
        self.links: dict[str, Links] = defaultdict(Links)
        self.uuids: dict[tuple[str, str], Key] = {}
        self.version = 0
        self.changed: list[tuple[str, Key]] = []  # what the views must look at again
        self._unique: dict[tuple[str, tuple[str, ...]], dict[tuple[Any, ...], Key]] = {}
        super().__init__(path, "xivo-1")

    def _apply_item(self, kind: str, key: str, value: Any) -> None:
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
        else:
            left, _, right = key.partition("|")
            ends = [
                (kind, _key(kind, text))
                for kind, text in zip(name.split("-"), (left, right), strict=True)
            ]
            self.links[name].put(ends[0][1], ends[1][1], value)
            self.changed += ends
            self.version += 1

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

    def put(self, kind: str, key: Key, item: Item) -> None:
        """Keep an item in place of the one with its key."""
        self._write(f"item:{kind}", str(key), item, self.items[kind].get(key))

    def remove(self, kind: str, key: Key) -> None:
        """Take an item away."""
        self._write(f"item:{kind}", str(key), None, self.items[kind].get(key))

    def link(self, name: str, left: Key, right: Key, value: Item | None = None) -> None:
        """Associate two items."""
        old = self.links[name].right[left].get(right)
        self._write(f"link:{name}", f"{left}|{right}", value or {}, old)

    def unlink(self, name: str, left: Key, right: Key) -> None:
        """Dissociate two items."""
        old = self.links[name].right[left].get(right)
        self._write(f"link:{name}", f"{left}|{right}", None, old)

    def rights(self, name: str, left: Key) -> dict[Key, Item]:
        """What an item is associated with, to the right, in the order it happened."""
        return self.links[name].right.get(left, {})

    def lefts(self, name: str, right: Key) -> dict[Key, Item]:
        """What an item is associated with, to the left."""
        return self.links[name].left.get(right, {})

    def first(self, name: str, left: Key) -> Key | None:
        """The first of `rights`, or None."""
        return next(iter(self.rights(name, left)), None)

    def next_key(self, kind: str) -> int:
        """A number that no item of the kind ever had."""
        number = int(self.get(f"serial {kind}", 0)) + 1
        self.set(f"serial {kind}", number)
        return number


def _values(item: Item, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    values = tuple(item.get(name) for name in names)
    return None if None in values else values


def _key(kind: str, text: str) -> Key:
    return text if kind == "devices" else int(text)


__all__ = ["Item", "Key", "Links", "Store"]
