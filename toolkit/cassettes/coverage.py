"""The two parts of a cassette in a replay: what a table covers, and what was scanned.

Both know which of their interactions were played.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from toolkit.cassettes.entries import Entries
from toolkit.cassettes.index import NO_KEY, Row, Table

_LONG_RUN = 4096
Accepts = Callable[[bytes], bool]
Found = tuple[int, bytes]
"""The position of a line, and its bytes."""


class Tabled:
    """The part of a cassette that a table covers, and which of its rows were played."""

    def __init__(self, table: Table, entries: Entries) -> None:
        self.table = table
        self._entries = entries
        self.played = bytearray(table.count)
        self._reached: dict[int, int] = {}  # for long runs: the first row not yet played
        self._reached_same: dict[int, int] = {}  # the same, by rank

    def take_same(self, exact: bytes) -> Found | None:
        """Give the line of the first unplayed request with these very bytes; it is played then."""
        table = self.table
        first, after = table.same(exact)
        rank = first if after - first < 2 else self._reached_same.get(first, first)
        while rank < after:
            row, position, length = table.ranked(rank)
            rank += 1
            if not self.played[row]:
                line = self._entries.line(position, length)
                self.played[row] = 1
                if after - first > 1:
                    self._reached_same[first] = rank
                return position, line
        return None

    def key_of(self, exact: bytes) -> bytes | None:
        """Give the key of a request with these very bytes, if the table has it."""
        hit = self.table.find_exact(exact) if self.table.has_keys else None
        return None if hit is None else self.table.key(hit[0])

    def take_exact(self, exact: bytes) -> Found | bytes | None:
        """Give what :meth:`take` gives for a request with these very bytes.

        When all of its interactions were played, their key; when it was never met, None.
        """
        hit = self.table.find_exact(exact)
        if hit is None:
            return None
        row, position, length, several = hit
        if several:
            key = self.table.key(row)
            return self.take(key, None) or key
        if self.played[row]:
            return self.table.key(row)
        line = self._entries.line(position, length)
        self.played[row] = 1
        return position, line

    def take(self, key: bytes, accepts: Accepts | None) -> Found | None:
        """Give the line of the first acceptable unplayed row of the key, and mark it played."""
        return self._take(*self.table.rows(key), accepts)

    def _take(self, first: int, after: int, accepts: Accepts | None) -> Found | None:
        row = first
        long = after - first > _LONG_RUN
        if long:
            row = self._reached.get(first, first)
        while (row := self.played.find(0, row, after)) >= 0:
            position, length = self.table.place(row)
            line = self._entries.line(position, length)
            if accepts is None or accepts(line):
                self.played[row] = 1
                if long and accepts is None:
                    self._reached[first] = row + 1
                return position, line
            row += 1
        return None

    def last(self, key: bytes, accepts: Accepts | None) -> Found | None:
        """Give the line of the last acceptable row of the key, played or not."""
        first, after = self.table.rows(key)
        for row in range(after - 1, first - 1, -1):
            position, length = self.table.place(row)
            line = self._entries.line(position, length)
            if accepts is None or accepts(line):
                return position, line
        return None

    def count(self, key: bytes) -> int:
        """How many rows the key has."""
        first, after = self.table.rows(key)
        return after - first

    def places(self, played: int) -> Iterator[tuple[int, int]]:
        """Give the places of all rows that were played (1) or not (0)."""
        row = -1
        while (row := self.played.find(played, row + 1)) >= 0:
            yield self.table.place(row)


class Scanned:
    """The part of a cassette that was read in this session, and which of its rows were played.

    Each row has the digest of its very bytes. Keys are made for the first rows only, as far as
    they were needed.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self.keys: list[bytes] = []
        self.exact: list[bytes] = []
        self.positions = array("Q")
        self.lengths = array("L")
        self.played = bytearray()
        self._by_key: dict[bytes, list[int]] = {}  # first the place in the list reached so far
        self._by_exact: dict[bytes, int] = {}
        self._repeats: dict[bytes, list[int]] = {}  # as by key, of those that come twice

    def __len__(self) -> int:
        return len(self.exact)

    def add(self, exact: bytes, position: int, length: int, *, played: bool) -> None:
        """Add the next row in recorded order."""
        number = len(self.exact)
        first = self._by_exact.setdefault(exact, number)
        if first != number:
            self._repeats.setdefault(exact, [1, first]).append(number)
        self.exact.append(exact)
        self.positions.append(position)
        self.lengths.append(length)
        self.played.append(played)

    def add_key(self, key: bytes) -> None:
        """Say the key of the first row that has none yet."""
        self._by_key.setdefault(key, [1]).append(len(self.keys))
        self.keys.append(key)

    def place(self, row: int) -> tuple[int, int]:
        """Give position and length of a row's line."""
        return self.positions[row], self.lengths[row]

    def key_of(self, exact: bytes) -> bytes | None:
        """Give the key of a request with these very bytes, if it was made."""
        row = self._by_exact.get(exact)
        return self.keys[row] if row is not None and row < len(self.keys) else None

    def take_same(self, exact: bytes) -> Found | None:
        """Give the line of the first unplayed request with these very bytes; it is played then."""
        row = self._by_exact.get(exact)
        if row is None:
            return None
        if self.played[row]:
            return self._take(self._repeats.get(exact), None)
        return self._play(row)

    def _play(self, row: int) -> Found:
        line = self._entries.line(self.positions[row], self.lengths[row])
        self.played[row] = 1
        return self.positions[row], line

    def take(self, key: bytes, accepts: Accepts | None) -> Found | None:
        """Give the line of the first acceptable unplayed row of the key, and mark it played."""
        return self._take(self._by_key.get(key), accepts)

    def _take(self, run: list[int] | None, accepts: Accepts | None) -> Found | None:
        if run is None:
            return None
        at = run[0]
        while at < len(run) and self.played[run[at]]:
            at += 1
        run[0] = at
        for row in run[at:] if accepts else run[at : at + 1]:
            if self.played[row]:
                continue
            if accepts is None or accepts(self._entries.line(*self.place(row))):
                return self._play(row)
        return None

    def last(self, key: bytes, accepts: Accepts | None) -> Found | None:
        """Give the line of the last acceptable row of the key, played or not."""
        for row in reversed(self._by_key.get(key, [1])[1:]):
            line = self._entries.line(self.positions[row], self.lengths[row])
            if accepts is None or accepts(line):
                return self.positions[row], line
        return None

    def count(self, key: bytes) -> int:
        """How many rows the key has."""
        return len(self._by_key.get(key, [1])) - 1

    def places(self, played: int) -> Iterator[tuple[int, int]]:
        """Give the places of all rows that were played (1) or not (0)."""
        row = -1
        while (row := self.played.find(played, row + 1)) >= 0:
            yield self.positions[row], self.lengths[row]

    def rows(self, *, keyed: bool) -> Iterator[Row]:
        """Give all rows in recorded order, with their keys or without any."""
        keys = self.keys if keyed else [NO_KEY] * len(self)
        return map(Row, keys, self.exact, self.positions, self.lengths)
