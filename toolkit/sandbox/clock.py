"""A clock that is moved by hand, or the computer's own."""

from __future__ import annotations

import datetime as dt
import time
from typing import Literal


class SetClock:
    """Tells seconds since 1970, UTC.

    Parameters
    ----------
    kind
        ``"manual"``: stands still but for `move`. ``"real"``: the computer's clock.
    start
        Where a manual clock starts.
    """

    def __init__(self, kind: Literal["manual", "real"], start: float) -> None:
        if kind not in ("manual", "real"):
            raise ValueError(f'clock must be "manual" or "real", not {kind!r}')
        self.kind = kind
        self._now = start

    @property
    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._now if self.kind == "manual" else time.time()

    def move(self, to: float) -> None:
        """Set a manual clock to a time; a real one raises ValueError."""
        if self.kind == "real":
            raise ValueError('a real clock cannot be moved: start the sandbox with clock="manual"')
        self._now = to


def moment(seconds: float) -> dt.datetime:
    """Seconds since 1970 as a datetime in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
