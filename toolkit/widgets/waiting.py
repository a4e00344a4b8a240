"""Waiting for a person, in a cell, without holding up the kernel.

The answer to a question comes on whatever thread takes the page's message; the cell waits on the
event loop. So the question is settled under a lock, and the loop is woken in the one way that
works from every thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable

SLICE = 0.25
"""Seconds of one wait. An interrupted kernel ends a wait only when the loop wakes up."""


class GivenUp(Exception):
    """The person gave up instead of answering."""


class Question:
    """Asked once, settled once, from any thread; awaited by one.

    Examples
    --------
    >>> import asyncio
    >>> question = Question()
    >>> question.settle(["Rex"])
    True
    >>> question.settle(["too late"])
    False
    >>> asyncio.run(question.answer())
    ['Rex']
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settled = False
        self._values: list[str] | None = None
        self._wake: Callable[[], None] | None = None

    @property
    def settled(self) -> bool:
        """Whether it was answered or given up."""
        return self._settled

    def settle(self, values: list[str] | None) -> bool:
        """Answer it, or give it up with None; False when it was settled before."""
        with self._lock:
            if self._settled:
                return False
            self._settled, self._values = True, values
            wake = self._wake
        if wake is not None:
            wake()
        return True

    async def answer(self) -> list[str]:
        """The values, handed out once.

        Raises
        ------
        GivenUp
            The person gave up.
        asyncio.CancelledError
            The wait was cancelled or interrupted; the question is given up then.
        """
        loop = asyncio.get_running_loop()
        released: asyncio.Future[None] = loop.create_future()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(_release, released)

        with self._lock:
            self._wake = wake
            if self._settled:
                _release(released)
        try:
            while not released.done():
                await asyncio.wait({released}, timeout=SLICE)
        finally:
            self.settle(None)
        values, self._values = self._values, None
        if values is None:
            raise GivenUp
        return values


def _release(released: asyncio.Future[None]) -> None:
    if not released.done():
        released.set_result(None)
