"""The calls of a run, in threads or in tasks, and what becomes of each."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.progress import Progress
from toolkit.running.ended import Ended, failed, interrupted, succeeded
from toolkit.running.journal import Journal
from toolkit.running.matching import Given
from toolkit.services.base.atonce import at_once, at_once_async
from toolkit.services.base.methods import Method


class Calls:
    """The calls that are still to be made, and how all of them ended.

    Parameters
    ----------
    function : callable
    method : Method
        What is known of it.
    rows : sequence of Given
    ends : list of Ended
        How each row's call ended so far; further ends are put there.
    todo : sequence of int
        The rows that are sent.
    journal : Journal, optional
    stops : bool
        Whether the first call that fails is the last to be sent.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        method: Method,
        rows: Sequence[Given],
        ends: list[Ended],
        todo: Sequence[int],
        journal: Journal | None,
        *,
        stops: bool,
    ) -> None:
        self.ends = ends
        self.error: BaseException | None = None
        self._row = -1
        self._function, self._method, self._rows = function, method, rows
        self._todo, self._journal, self._stops = todo, journal, stops
        self._stopping = False
        self._guard = threading.Lock()

    def make(self, limit: int, shown: Progress) -> None:
        """Make them in threads. An interrupt waits for those that run, and sends no further one."""
        with contextlib.closing(at_once(self._jobs(self._one), limit)) as ending:  # type: ignore[type-var]
            for _, error in ending:
                self._heard(error, shown)

    async def make_async(self, limit: int, shown: Progress) -> None:
        """Make them in tasks. A cancellation cancels those that run."""
        jobs = self._jobs(self._one_async)
        async with contextlib.aclosing(at_once_async(jobs, limit)) as ending:
            async for _, error in ending:
                self._heard(error, shown)

    @property
    def failed_row(self) -> int:
        """The row whose call stopped the run."""
        return self._row

    def _jobs(self, one: Callable[[int], Any]) -> Iterator[Callable[[], Any]]:
        for row in self._todo:
            if self._stopping:
                return
            yield partial(one, row)

    def _one(self, row: int) -> None:
        began, at = self._begin(row)
        try:
            result = self._given(row)
            if inspect.iscoroutine(result):
                result.close()
        except BaseException as error:  # noqa: BLE001 (each row has its own end)
            self._settle(row, failed(error, at, time.perf_counter() - began), error)
        else:
            self._came(row, result, at, time.perf_counter() - began)

    async def _one_async(self, row: int) -> None:
        began, at = self._begin(row)
        try:
            result = await self._given(row)
        except Exception as error:  # noqa: BLE001 (each row has its own end)
            self._settle(row, failed(error, at, time.perf_counter() - began), error)
        else:
            self._came(row, result, at, time.perf_counter() - began)

    def _given(self, row: int) -> Any:
        given = self._rows[row]
        return self._function(*given.places, **given.named)

    def _begin(self, row: int) -> tuple[float, dt.datetime]:
        at = dt.datetime.now(dt.UTC)
        if self._journal is not None and self._method.changes:
            self._journal.sent(row, at)
        self.ends[row] = interrupted(at)
        return time.perf_counter(), at

    def _came(self, row: int, result: Any, at: dt.datetime, elapsed: float) -> None:
        if isinstance(result, pd.DataFrame):
            self._settle(row, succeeded(result, at, elapsed), None)
            return
        wrong = _no_frame(self._method.name, result)
        self._stopping = True
        self._settle(row, failed(wrong, at, elapsed), wrong)

    def _settle(self, row: int, end: Ended, error: BaseException | None) -> None:
        self.ends[row] = end
        if error is not None:
            with self._guard:
                stops = self._stops or self._stopping or not isinstance(error, Exception)
                if stops and self.error is None:
                    self.error, self._row, self._stopping = error, row, True
        if self._journal is not None:
            self._journal.ended(row, end)

    def _heard(self, error: BaseException | None, shown: Progress) -> None:
        shown.step()
        if error is not None and self.error is None:  # the journal cannot be written
            self.error, self._stopping = error, True


def _no_frame(name: str, result: Any) -> Exception:
    if isinstance(result, Awaitable):
        return InvalidArgument(
            f"{name} is awaited: give run the method itself, functools.partial of it or an "
            "async function, and await run"
        )
    return TypeError(f"{name} gave a {type(result).__name__}, and run wants a DataFrame")
