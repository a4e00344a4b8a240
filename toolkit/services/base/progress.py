"""A progress bar that comes only when something takes long."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

LATE = 2.0
"""Seconds after which a bar is worth its place."""


class LateBar:
    """Shows how far something is, once it has taken a while; on a terminal or in a notebook only.

    Call it with how many are done and how many there will be. It is written to standard error and
    leaves nothing behind.

    Examples
    --------
    >>> with LateBar("reading users") as tell:
    ...     tell(500, 10_000)
    """

    def __init__(
        self,
        what: str,
        *,
        after: float = LATE,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what, self._after, self._clock = what, after, clock
        self._console = console or Console(stderr=True)
        self._begun = clock()
        self._bar: Progress | None = None

    def __call__(self, done: int, total: int) -> None:
        """So many of so many are done."""
        if self._bar is None:
            late = self._clock() - self._begun >= self._after
            if not late or done >= total or not self._is_seen():
                return
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.add_task(self._what, total=total)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def _is_seen(self) -> bool:
        return self._console.is_terminal or self._console.is_jupyter

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
