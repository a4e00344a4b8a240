"""The lines of a log that are new since the last look, in memory that does not grow with it."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.analysis import iter_log

REMEMBERED = 64
"""Lines of the end by which it is found again in a log that lost its beginning."""
KEPT = 10_000
"""New lines that one look gives at most: the last ones."""


class Tail:
    """Where a log ended at the last look.

    A log that begins as before has only grown: what follows the lines counted so far is new. One
    that begins otherwise was cut at its head, or begun anew: its end of then is looked for, and
    where it is not found all lines are new.

    Examples
    --------
    >>> tail = Tail()
    >>> len(tail.new("<Log><E n='1'/></Log>")), len(tail.new("<Log><E n='1'/><E n='2'/></Log>"))
    (0, 1)
    """

    def __init__(self) -> None:
        self._head = ""
        self._count = -1
        self._ends: deque[str] = deque(maxlen=REMEMBERED)
        self.began_anew = False

    def new(self, log: Any) -> pd.DataFrame:
        """The new lines of a log that :func:`toolkit.iter_log` reads; none at the first look.

        ``began_anew`` says whether nothing of the last look is in it.
        """
        first = self._count < 0
        read = _Read(self._head, self._count, tuple(self._ends))
        for part in iter_log(log, truncated="keep"):
            read.take(part)
        self._head, self._count, self._ends = read.head, read.count, read.ends
        self.began_anew = not first and not read.found
        return pd.DataFrame() if first else read.lines()


class _Read:
    """One reading of the log from its beginning to its end."""

    def __init__(self, head: str, count: int, ends: tuple[str, ...]) -> None:
        self.head, self.count = "", 0
        self.ends: deque[str] = deque(maxlen=REMEMBERED)
        self.found = count == 0
        self._before, self._same_head = (head, count, ends), False
        self._new: deque[pd.DataFrame] = deque()
        self._held = 0

    def take(self, part: pd.DataFrame) -> None:
        head, count, ends = self._before
        if len(part) and not self.count:
            self.head = next(_digests(part.head(1)))
            self._same_head = count > 0 and self.head == head
        if self._same_head or not ends:
            self.ends.extend(_digests(part.tail(REMEMBERED)))
            seen = max(0, count - self.count)
            self.found = self.found or (self._same_head and seen <= len(part))
        else:
            seen = self._search(part, ends)
        self.count += len(part)
        self._hold(part.iloc[seen:])

    def _search(self, part: pd.DataFrame, ends: tuple[str, ...]) -> int:
        """How many lines of a part were there at the last look."""
        seen = 0
        for place, digest in enumerate(_digests(part), 1):
            self.ends.append(digest)
            if self._is_end(ends):
                self.found, seen = True, place
                self._new.clear()
                self._held = 0
        return seen

    def lines(self) -> pd.DataFrame:
        if not self._new:
            return pd.DataFrame()
        if self._same_head and not self.found:  # it has become shorter, and begins as before
            return pd.DataFrame()
        joined = pd.concat(list(self._new), ignore_index=True)
        return joined.tail(KEPT).reset_index(drop=True)

    def _is_end(self, ends: tuple[str, ...]) -> bool:
        """Whether what was read last is what stood at the end, as far as both go back."""
        if self.ends[-1] != ends[-1]:
            return False
        length = min(len(ends), len(self.ends))
        return list(self.ends)[-length:] == list(ends[-length:])

    def _hold(self, part: pd.DataFrame) -> None:
        if not len(part):
            return
        self._new.append(part)
        self._held += len(part)
        while self._held - len(self._new[0]) >= KEPT:
            self._held -= len(self._new.popleft())


def _digests(part: pd.DataFrame) -> Iterator[str]:
    """A digest of each line, of what is in it under whatever columns there are."""
    names = [str(name) for name in part.columns]
    columns = [part[name].tolist() for name in part.columns]
    for cells in zip(*columns, strict=True):
        text = "\x1f".join(
            f"{name}\x1e{cell}"
            for name, cell in zip(names, cells, strict=True)
            if cell is not None and cell is not pd.NA and cell is not pd.NaT and cell == cell
        )
        yield hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
