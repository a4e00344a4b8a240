"""What belongs to one event loop: a client may be used in several, one after the other."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class PerLoop(Generic[Thing]):
    """One thing for each event loop, made when it is first asked for there.

    Examples
    --------
    >>> locks = PerLoop(asyncio.Lock)
    >>> async def main() -> bool:
    ...     return locks.get() is locks.get()
    >>> asyncio.run(main())
    True
    """

    def __init__(self, make: Callable[[], Thing]) -> None:
        self._make = make
        self._made: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Thing]
        self._made = weakref.WeakKeyDictionary()

    def get(self) -> Thing:
        """That of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]
