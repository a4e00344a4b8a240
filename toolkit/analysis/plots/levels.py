"""A log's events over time."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.analysis import theme as look
from toolkit.analysis.levels import level_column, log_levels, rank
from toolkit.analysis.logs import LogSources, read_log, time_column
from toolkit.analysis.plots.drawing import duration, fitting, how_many, said, time_axis


def plot_log_levels(
    log: pd.DataFrame | LogSources,
    freq: str | None = None,
    *,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """A log's events over time, by level.

    Parameters
    ----------
    log : DataFrame or log
        From :func:`read_log`, or what that takes.
    freq : str, optional
        The interval of a bar, as pandas says it; by default one that fits the log's span.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_log_levels("agent.xml", "15min")
    """
    table = log if isinstance(log, pd.DataFrame) else read_log(log)
    time = time_column(table)
    times = table[time].dropna() if time is not None else pd.Series([], dtype="object")
    freq = freq or fitting(times)
    ax, dress = look.axes(ax, theme, 9.0, 4.0)
    look.title(
        ax, dress, f"Log: {how_many(len(table), 'event')}", "time (UTC)", f"events per {said(freq)}"
    )
    if times.empty:
        return look.nothing(ax, dress, "no events with a time")
    counted = log_levels(table, freq, level=level_column(table), time=time).dropna(subset="time")
    levels = counted["level"].astype("object").fillna("no level")
    counted = counted.assign(level=levels)
    bars = counted.pivot_table(
        index="time", columns="level", values="events", aggfunc="sum", fill_value=0
    )
    step = duration(freq)
    starts = [start.to_pydatetime() for start in bars.index]
    bottom = [0] * len(starts)
    for level in sorted(bars.columns, key=lambda name: rank(str(name))):
        values = bars[level].tolist()
        ax.bar(
            starts,
            values,
            width=step / pd.Timedelta("1D") * 0.94,
            bottom=bottom,
            align="edge",
            label=f"{look.plain(level)} ({sum(values):,})",
            **look.bar_style(look.level_mark(str(level)), dress),
        )
        bottom = [before + value for before, value in zip(bottom, values, strict=True)]
    time_axis(ax, dress)
    ax.set_ylim(0, max(bottom) * 1.06)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlim(starts[0], starts[-1] + step.to_pytimedelta())
    ax.grid(axis="y", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, len(bars.columns))
    return ax
