"""The server's time: the computer's clock, which can be put forward."""

from __future__ import annotations

import datetime as dt
import time


class Clock:
    """Seconds since 1970, and how the service writes them.

    Attributes
    ----------
    ahead
        Seconds by which it was put forward.
    """

    def __init__(self) -> None:
        self.ahead = 0.0

    @property
    def now(self) -> float:
        """The time in seconds since 1970."""
        return time.time() + self.ahead

    @property
    def text(self) -> str:
        """The time as items hold it: ``2014-01-30T23:31:57+00:00``."""
        return written(self.now)


def written(moment: float) -> str:
    """A moment in seconds since 1970 as items hold it."""
    return dt.datetime.fromtimestamp(int(moment), dt.UTC).isoformat()
