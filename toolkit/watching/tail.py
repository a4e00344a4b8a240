"""The lines of a log that are new since the last look, in memory that does not grow with it."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable
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
        digests = list(_digests(part))
        if digests and not self.count:
            self.head = digests[0]
            self._same_head = count > 0 and self.head == head
        new_from = 0
        for place, digest in enumerate(digests):
            self.ends.append(digest)
            at_end = self.count + place + 1 == count
            if at_end if self._same_head else self._is_end(ends):
                self.found, new_from = True, place + 1
                self._new.clear()
                self._held = 0
        if self._same_head and self.count + len(digests) < count:
            new_from = len(digests)
        self.count += len(digests)
        self._hold(part.iloc[new_from:])

    def lines(self) -> pd.DataFrame:
        if not self._new:
            return pd.DataFrame()
        if self._same_head and not self.found:  # it has become shorter, and begins as before
            return pd.DataFrame()
        joined = pd.concat(list(self._new), ignore_index=True)
        return joined.tail(KEPT).reset_index(drop=True)

    def _is_end(self, ends: tuple[str, ...]) -> bool:
        """Whether what was read last is what stood at the end, as far as both go back."""
        if not ends or self.ends[-1] != ends[-1]:
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


def _digests(part: pd.DataFrame) -> Iterable[str]:
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
