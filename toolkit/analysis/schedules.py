"""The schedule that a task follows, told from when its runs began."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

_ENOUGH = 4  # runs; of fewer nothing can be told
_PUNCTUAL = 0.75  # of the runs, or the task follows no schedule
_ROUND = (1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600)  # seconds that people schedule by


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every so many seconds, counted from ``first``; ``runs`` are the places that had a run.

    Attributes
    ----------
    every : float
        Seconds from one run to the next.
    first : Timestamp
        When the first run was due.
    tolerance : float
        Seconds that a run may begin after it is due and still be on time.
    runs : frozenset of int
        The due times at which a run began, counted from the first.
    """

    every: float
    first: pd.Timestamp
    tolerance: float
    runs: frozenset[int]

    def due(self, started: pd.Series) -> pd.Series:
        """When each of these begins was due."""
        places = _places(started, self.first, self.every)
        return self.first + pd.to_timedelta(pd.Series(places, started.index) * self.every, unit="s")

    def missed(self) -> list[dt.datetime]:
        """When no run began, between the first and the last; not on days without any runs."""
        places = np.arange(max(self.runs) + 1)
        ran = np.isin(places, list(self.runs))
        moments = (self.first + pd.to_timedelta(places * self.every, unit="s")).round("us")
        days = np.asarray(moments.day_of_week)
        holes = ~ran & ~np.isin(days, list(_free(moments, days, ran)))
        return list(moments[holes].to_pydatetime())


def _free(moments: pd.DatetimeIndex, days: np.ndarray, ran: np.ndarray) -> set[int]:
    """Days of the week that a schedule leaves out.

    A day on which nothing ever ran though it came twice; and a whole weekend, which one week tells
    as well: two runs missed in a row would be another explanation, and a rare one.
    """
    idle = {int(day) for day in set(days) - set(days[ran])}
    free = {day for day in idle if moments[days == day].normalize().nunique() > 1}
    return free | ({5, 6} if {5, 6} <= idle else set())


def schedule_of(started: pd.Series) -> Schedule | None:
    """The schedule that these begins follow, if they do: three of four at least are on time.

    Begins are a little after what they were due at and never before.

    Examples
    --------
    >>> begins = pd.Series(pd.to_datetime([f"2019-04-01T{h:02}:00:01Z" for h in range(9)]))
    >>> schedule_of(begins).every
    3600.0
    """
    times = started.dropna().sort_values()
    if len(times) < _ENOUGH:
        return None
    seconds = (times - times.iloc[0]).dt.total_seconds().to_numpy()
    gaps = np.diff(seconds)
    every = _rounded(float(np.median(gaps)))
    if every < 1:
        return None
    tolerance = max(3.0, 0.02 * every)
    offsets = np.mod(seconds + every / 2, every) - every / 2
    # On time are those near the commonest offset; runs that are late are elsewhere.
    middle = float(np.median(offsets))
    near = np.abs(np.mod(offsets - middle + every / 2, every) - every / 2) <= tolerance
    if near.mean() < _PUNCTUAL:
        return None
    around = np.mod(offsets[near] - middle + every / 2, every) - every / 2 + middle
    shift = _whole(times.iloc[0], float(np.min(around)))
    first = (times.iloc[0] + pd.Timedelta(seconds=shift)).round("us")
    if shift > tolerance:  # the first run itself was late
        first -= pd.Timedelta(seconds=every)
    places = _places(times, first, every)
    return Schedule(every, first, tolerance, frozenset(int(place) for place in places))


def _whole(first: pd.Timestamp, shift: float) -> float:
    """The shift to the earliest punctual begin, moved back to a whole minute if that is near."""
    begin = first.timestamp() + shift
    minute = begin // 60 * 60
    return shift - (begin - minute) if begin - minute <= 3 else shift


def _rounded(every: float) -> float:
    """The nearest interval that people schedule by, if it is within one in a hundred."""
    for unit in reversed(_ROUND):
        near = round(every / unit) * unit
        if near and abs(near - every) <= 0.01 * every:
            return float(near)
    return every


def _places(started: pd.Series, first: pd.Timestamp, every: float) -> np.ndarray:
    """How many intervals after the first each begin was due; half a second early is on time."""
    since: np.ndarray = (started - first).dt.total_seconds().to_numpy(dtype="float64")
    return np.asarray(np.floor((since + 0.5) / every))
