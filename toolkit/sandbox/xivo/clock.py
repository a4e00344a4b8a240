"""The server's time: the computer's clock, which can be put forward."""

from __future__ import annotations

import datetime as dt
import time


class Clock:
    """Seconds since 1970, and how the server writes them.

    Attributes
    ----------
    ahead
        Seconds by which it was put forward.
    utc_offset
        Hours by which the server's local time differs from UTC.
    """

    def __init__(self, utc_offset: float = 0.0) -> None:
        self.ahead = 0.0
        self.utc_offset = utc_offset

    @property
    def now(self) -> float:
        """The time in seconds since 1970."""
        return time.time() + self.ahead

    def local(self, moment: float) -> str:
        """A moment as local time without a zone, with microseconds."""
        return self._write(moment + self.utc_offset * 3600)

    def utc(self, moment: float) -> str:
        """A moment as UTC without a zone, with microseconds."""
        return self._write(moment)

    def _write(self, moment: float) -> str:
        return dt.datetime.fromtimestamp(moment, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
