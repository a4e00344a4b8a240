"""What plots share: bars, their names, axes of time and of durations."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from toolkit.analysis import theme as look

# The widest interval with at most this many bars, of those that people count in.
_BARS = 72
_INTERVALS = (
    "10ms", "100ms", "s", "5s", "15s", "min", "5min", "15min", "h", "3h", "6h", "12h", "D", "7D",
    "28D", "91D", "364D",
)  # fmt: skip
_WORDS = {"ms": "millisecond", "s": "second", "min": "minute", "h": "hour", "D": "day"}

# Of years, months, days, hours, minutes, seconds; and where one of these is round.
_TIMES = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%S.%f"]
_ROUND_TIMES = ["", "%Y", "%d %b", "%d %b", "%H:%M", "%H:%M"]


def time_axis(ax: Axes, dress: look.Theme) -> None:
    """An axis of times whose marks fit the span."""
    maker: Any = dates  # its classes have no annotations
    locator = maker.AutoDateLocator(minticks=3, maxticks=9, tz=dt.UTC)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(
        maker.ConciseDateFormatter(locator, dt.UTC, formats=_TIMES, zero_formats=_ROUND_TIMES)
    )
    ax.xaxis.get_offset_text().set_color(dress.ink)


def on_axis(times: Any) -> Any:
    """Times as numbers on such an axis: of one a number, of a column an array."""
    if isinstance(times, pd.Series):
        times = times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    maker: Any = dates
    return maker.date2num(times)


def seconds_axis(ax: Axes, dress: look.Theme, low: float, high: float) -> None:
    """A logarithmic axis of durations, marked in units that people say them in."""
    ax.set_xscale("log")
    low, high = max(low, 1e-6), max(high, 1e-6)
    ax.set_xlim(low / 1.3, high * 1.3)
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    # Of a narrow span the twos and fives too, or it has no mark at all.
    steps = (1,) if math.log10(high / low) > 2.5 else (1, 2, 5)
    ax.set_xticks([step * 10.0**decade for decade in decades for step in steps])
    ax.set_xlim(low / 1.3, high * 1.3)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: in_units(value)))
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)


def in_units(seconds: float) -> str:
    """A duration in words.

    Examples
    --------
    >>> in_units(0.0025), in_units(3), in_units(90), in_units(7200)
    ('2.5 ms', '3 s', '1.5 min', '2 h')
    """
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if seconds >= size * 0.9995:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def draw_bars(
    ax: Axes, values: Sequence[int], left: Sequence[int], label: str, **style: Any
) -> None:
    """Horizontal bars one below the other; one without length has no outline either."""
    drawn = [place for place, value in enumerate(values) if value]
    ax.barh(
        drawn or [0],
        [values[place] for place in drawn] or [0],
        left=[left[place] for place in drawn] or [0],
        label=label,
        **(style if drawn else style | {"linewidth": 0}),
    )


def draw_names(ax: Axes, names: Sequence[str], length: int = 40) -> None:
    """Bars' names, the first one on top."""
    shown = [look.plain(name, length) for name in names]
    ax.set_yticks(range(len(names)), shown, parse_math=False)
    ax.set_ylim(len(names) - 0.4, -0.6)


def fitting(times: pd.Series) -> str:
    """An interval of which so many fit into the times as can be told apart."""
    if times.empty:
        return "h"
    span = times.max() - times.min()
    wide = (name for name in _INTERVALS if span <= _BARS * duration(name))
    return next(wide, _INTERVALS[-1])


def duration(freq: str) -> pd.Timedelta:
    """How long an interval is."""
    return pd.Timedelta(freq if freq[0].isdigit() else f"1{freq}")


def said(freq: str) -> str:
    """An interval in words.

    Examples
    --------
    >>> said("h"), said("15min"), said("100ms")
    ('hour', '15 minutes', '100 milliseconds')
    """
    unit = freq.lstrip("0123456789")
    number = freq[: len(freq) - len(unit)]
    if unit not in _WORDS:
        return freq
    return _WORDS[unit] if number in ("", "1") else f"{number} {_WORDS[unit]}s"


def how_many(number: int, thing: str) -> str:
    """A number of things.

    Examples
    --------
    >>> how_many(1, "call"), how_many(2000, "call")
    ('1 call', '2,000 calls')
    """
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
