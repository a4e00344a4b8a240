"""The server's clock, and the shapes in which it writes times."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from toolkit.sandbox.clock import SetClock, moment
from toolkit.sandbox.uptivity.switches import Switches

# A Monday, 8 o'clock at UTC-5: a manual clock starts here, so that every run tells the same story.
MANUAL_START = dt.datetime(2026, 3, 2, 13, 0, tzinfo=dt.UTC)
_NEVER = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


class Clock(SetClock):
    """Tells seconds since 1970, UTC: moved by hand, or the computer's clock."""

    def __init__(self, kind: Literal["manual", "real"], start: float | None = None) -> None:
        super().__init__(kind, MANUAL_START.timestamp() if start is None else start)

    def move(self, to: float) -> None:
        """Set a manual clock forward; a real one raises ValueError, time never goes back."""
        if self.kind == "manual" and to < self._now:
            raise ValueError(
                f"the clock goes forward only: it is {moment(self._now).isoformat()},"
                f" not before {moment(to).isoformat()}"
            )
        super().move(to)


def write_time(seconds: float | None, switches: Switches, *, spaced: bool = False) -> str:
    """A time as the server writes it; None is the year 1, which stands for never.

    Parameters
    ----------
    spaced
        Whether this field has a blank before its offset when ``offset_space`` is ``"mixed"``.

    Examples
    --------
    >>> write_time(1491_000_000, Switches())
    '3/31/2017 5:40:00 PM-05:00'
    >>> write_time(None, Switches(), spaced=True)
    '1/1/0001 12:00:00 AM +00:00'
    """
    zone = dt.timezone(dt.timedelta(hours=switches.utc_offset))
    at = _NEVER if seconds is None else dt.datetime.fromtimestamp(int(seconds), zone)
    if switches.time_shape == "iso":
        return at.isoformat()
    if switches.time_shape == "padded":
        return f"{at.month:02}/{at.day:02}/{at.year:04} {at:%H:%M:%S}"
    blank = spaced if switches.offset_space == "mixed" else switches.offset_space == "yes"
    hour, half = at.hour % 12 or 12, "AM" if at.hour < 12 else "PM"
    offset = at.isoformat()[-6:]
    return (
        f"{at.month}/{at.day}/{at.year:04} {hour}:{at:%M:%S} {half}{' ' if blank else ''}{offset}"
    )


__all__ = ["MANUAL_START", "Clock", "moment", "write_time"]
