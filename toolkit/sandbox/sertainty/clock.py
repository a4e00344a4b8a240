"""The gateway's clock: ticked by hand, or the real one."""

from __future__ import annotations

import datetime as dt
import time
from typing import Literal

# A Monday morning: a manual clock starts here, so that every run tells the same story.
MANUAL_START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)


class Clock:
    """Tells seconds since 1970, UTC.

    Parameters
    ----------
    kind
        ``"manual"``: stands still but for `move`. ``"real"``: the computer's clock.
    start
        Where a manual clock starts.
    """

    def __init__(self, kind: Literal["manual", "real"], start: float | None = None) -> None:
        if kind not in ("manual", "real"):
            raise ValueError(f'clock must be "manual" or "real", not {kind!r}')
        self.kind = kind
        self._now = MANUAL_START.timestamp() if start is None else start

    @property
    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now if self.kind == "manual" else time.time()

    def move(self, to: float) -> None:
        """Set a manual clock forward; a real one raises ValueError, time never goes back."""
        if self.kind == "real":
            raise ValueError('a real clock cannot be moved: start the sandbox with clock="manual"')
        self._now = max(self._now, to)


def write_time(seconds: float | None) -> str:
    """``YYYY-MM-DDTHH:MM:SS`` in UTC without a zone, empty for None (fact sheet 7.1)."""
    if seconds is None:
        return ""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")


def moment(seconds: float) -> dt.datetime:
    """The same instant as a datetime in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
