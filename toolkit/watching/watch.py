"""The watch: looks in even steps of time, in a thread of its own, and what they showed."""

from __future__ import annotations

import asyncio
import contextvars
import datetime as dt
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import pandas as pd

from toolkit.cards import card
from toolkit.outcomes import (
    BadReply,
    Busy,
    CallError,
    InvalidArgument,
    NotFound,
    NotRecorded,
    ServerFault,
    ToolkitError,
    TransportFailure,
)
from toolkit.services.base.client import is_replaying
from toolkit.services.base.watched import Watched
from toolkit.watching.changes import Change, Table, to_frame
from toolkit.watching.options import (
    Clock,
    Every,
    Of,
    Until,
    Words,
    name_of,
    seconds_of,
    watched_of,
)
from toolkit.watching.tail import KEPT, Tail

_PASSING = (TransportFailure, BadReply, Busy, ServerFault, NotFound)
"""Failures of a look after which the next one may well succeed."""
_SLICE = 0.25  # seconds; a wait in slices can be interrupted everywhere
_CHANGES = 100_000  # kept in memory
_TEXT = ("text", "message", "event")


class Watch:
    """Looks again and again at what a client has; ``toolkit.watch`` makes it.

    Use it in ``with``, iterate over it (``for change in watch``, ``async for``), or ask it while
    it runs and afterwards. The looks are made one after the other in a thread of their own, in the
    context of whoever starts it, so that a recording that is running there records them.

    Attributes
    ----------
    ended : str
        Why it ended, in a sentence; empty while it runs.
    error : Exception or None
        What ended it.
    looks : int
        How many looks were made.
    tables : dict of str to DataFrame
        What the last look saw, by the name of what is watched.
    """

    def __init__(
        self,
        client: Any,
        every: Every = "30s",
        *,
        of: Of = None,
        key: Words = (),
        ignore: Words = (),
        times: int | None = None,
        until: Until | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.every = seconds_of(every)
        if times is not None and (type(times) is not int or times < 1):
            raise InvalidArgument(f"times is how many looks, 1 or more, not {times!r}")
        if isinstance(until, dt.datetime) and until.tzinfo is None:
            raise InvalidArgument("until needs a time zone: datetime(..., tzinfo=...)")
        self.where = name_of(client)
        self.watched = watched_of(client, of, key, ignore)
        self.ended, self.looks = "", 0
        self.error: BaseException | None = None
        self.tables: dict[str, pd.DataFrame] = {}
        self.heard: list[Callable[[Sequence[Change]], None]] = []
        """Called after each look with its changes, on the watch's thread."""
        self._times, self._until, self._clock = times, until, clock or Clock()
        self._before: dict[str, Table | Tail] = {
            one.name: Tail() if one.is_log else Table(one.name, one.key, one.ignored)
            for one in self.watched
        }
        self._away: set[str] = set()
        self._changes: deque[Change] = deque(maxlen=_CHANGES)
        self._counted = 0
        self._lines: deque[pd.DataFrame] = deque()
        self._held = 0
        self._news = threading.Condition()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    # --- its life ------------------------------------------------------------------------------

    def start(self) -> Self:
        """Begin to look, in a thread; starting twice does nothing."""
        if self._thread is None:
            run = contextvars.copy_context().run
            thread = threading.Thread(
                target=run, args=(self._run,), name="toolkit-watch", daemon=True
            )
            thread.start()  # an interrupt may come here: then there is none to wait for
            self._thread = thread
        return self

    def stop(self) -> None:
        """End it; a look that is under way ends first."""
        self._stopped.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._end("Stopped")

    def wait(self) -> None:
        """Wait until it ends by itself; an interrupt stops it and is raised."""
        self.start()
        try:
            for _ in self:
                pass
            if self._thread is not None:  # who hears of it has heard its end
                self._thread.join()
        except BaseException:
            self.stop()
            raise

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._thread is not None and not self.ended

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # --- what it saw ---------------------------------------------------------------------------

    @property
    def changes(self) -> pd.DataFrame:
        """All changes, one row each.

        Returns
        -------
        DataFrame
            ``at`` datetime64[us, UTC], ``what`` category (came, went, changed, logged, log began
            anew, not reached, reached again), ``of`` category, ``key``, ``column``, ``before``,
            ``after`` str.
        """
        with self._news:
            return to_frame(list(self._changes))

    @property
    def statuses(self) -> pd.DataFrame:
        """The first watched table as the last look saw it; of a gateway its tasks' statuses."""
        names = [one.name for one in self.watched if not one.is_log]
        return self.tables.get(names[0], pd.DataFrame()) if names else pd.DataFrame()

    @property
    def log(self) -> pd.DataFrame:
        """The log lines that came while it watched (the last 10,000)."""
        with self._news:
            lines = list(self._lines)
        if not lines:
            return pd.DataFrame()
        return pd.concat(lines, ignore_index=True).tail(KEPT).reset_index(drop=True)

    def __iter__(self) -> Iterator[Change]:
        """Each change as it is seen, until the watch ends."""
        self.start()
        place = 0
        while True:
            found, place, over = self._from(place, _SLICE)
            yield from found
            if over:
                return

    async def __aiter__(self) -> AsyncIterator[Change]:
        """Each change as it is seen; the event loop is not blocked."""
        self.start()
        place = 0
        while True:
            found, place, over = await asyncio.to_thread(self._from, place, _SLICE)
            for change in found:
                yield change
            if over:
                return

    def __repr__(self) -> str:
        state = self.ended or ("running" if self.running else "not started")
        return (
            f"<watch of {self.where}: {state}, {_count(self.looks, 'look')}, "
            f"{_count(self._counted, 'change')}>"
        )

    def _repr_html_(self) -> str:
        facts = [
            ("of", self.where),
            ("state", self.ended or ("running" if self.running else "not started")),
            ("looks", self.looks),
            ("changes", self._counted),
        ]
        return card("watch", facts)

    # --- the looks -----------------------------------------------------------------------------

    def look(self) -> list[Change]:
        """Look once, now, and give what changed since the last look.

        Raises
        ------
        ToolkitError
            What no later look would mend: access denied, no session, a wrong key.
        """
        at = self._clock.now()
        changes: list[Change] = []
        try:
            for one in self.watched:
                changes += self._look_at(one, at)
                if self._stopped.is_set():
                    break
            self.looks += 1
        finally:
            with self._news:
                self._changes += changes
                self._counted += len(changes)
                self._news.notify_all()
        for hear in self.heard:
            hear(changes)
        return changes

    def _look_at(self, one: Watched, at: dt.datetime) -> list[Change]:
        before = self._before[one.name]
        try:
            found = one.read()
            if isinstance(before, Tail):
                changes = self._new_lines(one.name, before, found, at)
            else:
                self.tables[one.name] = found
                changes = list(before.changes(found, at))
        except _PASSING as error:
            if one.name in self._away:
                return []
            self._away.add(one.name)
            return [Change(at, "not reached", one.name, after=_first_line(error))]
        if one.name in self._away:
            self._away.discard(one.name)
            changes.insert(0, Change(at, "reached again", one.name))
        return changes

    def _new_lines(self, name: str, tail: Tail, log: Any, at: dt.datetime) -> list[Change]:
        lines = tail.new(log)
        changes = [Change(at, "log began anew", name)] if tail.began_anew else []
        if len(lines):
            with self._news:
                self._lines.append(lines)
                self._held += len(lines)
                while self._held - len(self._lines[0]) >= KEPT:
                    self._held -= len(self._lines.popleft())
        rows = lines.to_dict("records")
        return [*changes, *(Change(at, "logged", name, after=_line(row)) for row in rows)]

    def _run(self) -> None:
        """Look in even steps; a look that takes longer than a step leaves steps out."""
        began = self._clock.seconds()
        try:
            while not self._stopped.is_set():
                changes = self.look()
                if self._is_over(changes):
                    return
                if not is_replaying():  # what is recorded need not be waited for
                    steps = int((self._clock.seconds() - began) // self.every) + 1
                    due = began + steps * self.every
                    self._clock.wait(due - self._clock.seconds(), self._stopped)
        except NotRecorded as error:
            self.error = None if self.looks else error
            self._end("The recording has no further look" if self.looks else _first_line(error))
        except ToolkitError as error:
            self.error = error
            self._end(f"Ended: {_first_line(error)}")
        except BaseException as error:  # noqa: BLE001 (a thread's exception is seen nowhere else)
            self.error = error
            self._end(f"Ended: {type(error).__name__}: {error}")
        finally:
            self._end("Stopped")

    def _is_over(self, changes: Sequence[Change]) -> bool:
        until = self._until
        if self._times is not None and self.looks >= self._times:
            self._end(f"Ended after {_count(self.looks, 'look')}")
        elif isinstance(until, dt.datetime):
            if self._clock.now() >= until:
                self._end(f"Ended at {until:%H:%M:%S}")
        elif until is not None and any(map(until, changes)):
            self._end("Ended: what was waited for has come")
        return bool(self.ended)

    def _end(self, sentence: str) -> None:
        with self._news:
            if not self.ended:
                self.ended = sentence
                self._news.notify_all()
                told = True
            else:
                told = False
        if told:
            for hear in self.heard:
                hear([])

    def _from(self, place: int, seconds: float) -> tuple[list[Change], int, bool]:
        """Changes from a place on, the place behind them, and whether no more will come."""
        with self._news:
            if self._counted <= place and not self.ended:
                self._news.wait(seconds)
            new = min(self._counted - place, len(self._changes))
            found = list(self._changes)[len(self._changes) - new :] if new > 0 else []
            return found, self._counted, bool(self.ended)


def _line(row: Mapping[Any, Any]) -> str:
    """A log line in one: its level and its text, or all that it has."""
    cells = {str(name): str(value) for name, value in row.items() if not pd.isna(value)}
    text = next((cells[name] for name in _TEXT if name in cells), None)
    if text is None:
        return " ".join(cells.values())
    return " ".join(filter(None, (cells.get("level", ""), cells.get("source", ""), text)))


def _first_line(error: BaseException) -> str:
    said = str(error) if isinstance(error, CallError | ToolkitError) else repr(error)
    return said.partition("\n")[0]


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
