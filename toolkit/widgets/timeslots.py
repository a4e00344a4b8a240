"""Calls in slots of time: how long a slot is, and how many calls of it failed."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting, engines
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import NO_FAILURE

MOST = 60
"""Slots that are shown: as many bars as a page has room for."""

_HOUR = 3600
_STEPS: tuple[tuple[float, str, str], ...] = (
    *((ms / 1000, f"{ms}ms", f"{ms} ms") for ms in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *((seconds, f"{seconds}s", f"{seconds} s") for seconds in (1, 2, 5, 10, 15, 30)),
    *((60 * count, f"{count}min", f"{count} min") for count in (1, 2, 5, 10, 15, 30)),
    *((_HOUR * count, f"{count}h", f"{count} h") for count in (1, 2, 3, 6, 12)),
    *((24 * _HOUR * days, f"{24 * days}h", f"{days} days") for days in (1, 2, 7, 14, 28, 91, 364)),
)
_UNITS = ((_HOUR, "1h"), (60, "1m"), (1, "1s"), (0, "1ms"))
_AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {"calls": ("count", "position")}
_SPAN: dict[str, tuple[counting.Aggregate, str]] = {"low": ("min", "at"), "high": ("max", "at")}


class Step:
    """The length of a slot: in seconds, as pandas says it, and as people do.

    Examples
    --------
    >>> Step.of(pd.Timedelta("50min")), Step.of(pd.Timedelta(0))
    (<1 min>, <1 ms>)
    """

    def __init__(self, seconds: float, freq: str, text: str) -> None:
        self.seconds, self.freq = seconds, freq
        self.text = "1 day" if text == "1 days" else text
        self.length = pd.Timedelta(seconds=seconds)

    def __repr__(self) -> str:
        return f"<{self.text}>"

    def name(self, start: pd.Timestamp) -> str:
        """A slot by its begin, no more exact than slots are."""
        if self.seconds >= 24 * _HOUR:
            return f"{start:%Y-%m-%d}"
        if self.seconds >= 60:
            return f"{start:%Y-%m-%d %H:%M}"
        text = f"{start:%Y-%m-%d %H:%M:%S.%f}"
        return text[:-7] if self.seconds >= 1 else text[:-3]

    @classmethod
    def of(cls, span: pd.Timedelta) -> Step:
        """The shortest that needs no more slots than there is room for."""
        for step in _STEPS:
            if span < pd.Timedelta(seconds=step[0] * (MOST - 1)):
                return cls(*step)
        days = int(span / pd.Timedelta(days=MOST - 1)) + 1
        return cls(days * 24 * _HOUR, f"{24 * days}h", f"{days} days")


def span_of(calls: Any) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """When the first and the last call were sent; None where no call has a time."""
    frame = counting.lazily(calls, CALL_COLUMNS).with_columns(all=nw.lit(1))
    found = counting.counted(frame.filter(~nw.col("at").is_null()), ["all"], _SPAN)
    return None if found.empty else (_utc(found["low"].iloc[0]), _utc(found["high"].iloc[0]))


def count(calls: Any, step: Step) -> pd.DataFrame:
    """Calls and failures of each slot that has any: index ``at``, columns ``calls``, ``failed``."""
    # Engines cut times to seconds, minutes and hours, which all of them know; pandas goes on.
    fine = next(unit for least, unit in _UNITS if step.seconds >= least)
    frame = counting.lazily(calls, CALL_COLUMNS).filter(~nw.col("at").is_null())
    keys = frame.with_columns(bad=~nw.col("category").is_in(NO_FAILURE))
    cut = engines.cut(keys, "at", fine, "slot")
    found = counting.counted(cut, ["slot", "bad"], _AGGREGATES)
    at = pd.to_datetime(found["slot"], utc=True).dt.floor(step.freq)
    failed = found["calls"].where(found["bad"].astype("bool"), 0)
    counts = pd.DataFrame({"at": at, "calls": found["calls"], "failed": failed})
    return counts.groupby("at")[["calls", "failed"]].sum()


def _utc(moment: Any) -> pd.Timestamp:
    found = pd.Timestamp(moment)
    return found.tz_localize("UTC") if found.tzinfo is None else found.tz_convert("UTC")
