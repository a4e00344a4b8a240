"""The gateway's clock: ticked by hand, or the real one."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from toolkit.sandbox.clock import SetClock, moment

# A Monday morning: a manual clock starts here, so that every run tells the same story.
MANUAL_START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


class Clock(SetClock):
    """Tells seconds since 1970, UTC.

    Parameters
    ----------
    kind
        ``"manual"``: stands still but for `move`. ``"real"``: the computer's clock.
    start
        Where a manual clock starts.
    """

    def __init__(self, kind: Literal["manual", "real"], start: float | None = None) -> None:
        super().__init__(kind, MANUAL_START.timestamp() if start is None else start)

    def move(self, to: float) -> None:
        """Set a manual clock forward; a real one raises ValueError, time never goes back."""
        super().move(max(self._now, to))


def write_time(seconds: float | None) -> str:
    """``YYYY-MM-DDTHH:MM:SS`` in UTC without a zone, empty for None."""
    if seconds is None:
        return ""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


__all__ = ["MANUAL_START", "Clock", "moment", "write_time"]
