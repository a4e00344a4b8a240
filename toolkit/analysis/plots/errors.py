"""Failures over time, by what failed, with their bursts."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.analysis import theme as look
from toolkit.analysis.happenings import Source, happenings
from toolkit.analysis.plots.drawing import (
    duration,
    fitting,
    how_many,
    in_units,
    on_axis,
    said,
    time_axis,
)
from toolkit.analysis.scans import bursts, count

_MARKS = (
    look.Mark("#d55e00", "xx"),
    look.Mark("#0072b2", "//"),
    look.Mark("#e69f00", ".."),
    look.Mark("#cc79a7", "--"),
    look.Mark("#009e73", "\\\\"),
)


def plot_errors(
    source: Source,
    freq: str | None = None,
    *,
    found: pd.DataFrame | None = None,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Failures over time by what failed; their bursts are bracketed.

    Parameters
    ----------
    source : DataFrame or recordings
        What :func:`bursts` takes: calls, a log, task runs, or recordings.
    freq : str, optional
        The interval of a bar, as pandas says it; by default one that fits the span.
    found : DataFrame, optional
        The bursts to bracket, from :func:`bursts`; by default those of the source.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_errors("agent.xml")
    """
    happened = happenings(source)
    counted = count(happened, "1ms" if freq and duration(freq) < duration("s") else "1s")
    known = counted.dropna(subset="interval")
    freq = freq or fitting(known["interval"])
    if duration(freq) < duration("s"):
        known = count(happened, "1ms").dropna(subset="interval")
    failed = known[known["failed"].eq(True)]
    ax, dress = look.axes(ax, theme, 9.0, 5.0)
    total = int(failed["events"].sum())
    title = f"Failures: {total:,} of {how_many(int(counted['events'].sum()), 'event')}"
    look.title(ax, dress, title, "time (UTC)", f"failures per {said(freq)}")
    if failed.empty:
        return look.nothing(ax, dress, "no failures with a time")
    whats = failed.groupby(failed["what"].fillna("unknown"))["events"].sum()
    shown = whats.sort_values(ascending=False, kind="stable").index[: len(_MARKS)]
    step = duration(freq)
    table = failed.assign(
        begin=failed["interval"].dt.floor(step),
        what=failed["what"].fillna("unknown").where(failed["what"].isin(shown), "others"),
    ).pivot_table(index="begin", columns="what", values="events", aggfunc="sum", fill_value=0)
    bottom = pd.Series(0, index=table.index)
    marks = [*zip(shown, _MARKS, strict=False), ("others", look.OTHER)]
    for what, mark in marks:
        if what not in table:
            continue
        label = f"{look.plain(what, 60)} ({int(table[what].sum()):,})"
        ax.bar(
            [begin.to_pydatetime() for begin in table.index],
            table[what],
            width=step / pd.Timedelta("1D") * 0.94,
            bottom=bottom,
            align="edge",
            label=label,
            **look.bar_style(mark, dress),
        )
        bottom = bottom + table[what]
    first, last = known["interval"].min().floor(step), known["interval"].max().floor(step) + step
    ax.set_xlim(first.to_pydatetime(), last.to_pydatetime())
    height = float(bottom.max())
    ax.set_ylim(0, height * 1.4)
    found = bursts(source) if found is None else found
    _brackets(ax, dress, found, height, float(step / pd.Timedelta("1D")))
    time_axis(ax, dress)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="y", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, len(table.columns), columns=1)
    return ax


def _brackets(
    ax: Axes, dress: look.Theme, found: pd.DataFrame, height: float, width: float
) -> None:
    low, high = ax.get_xlim()
    for number, row in enumerate(found.to_dict("records")):
        begin, end = on_axis(row["start"]), on_axis(row["end"])
        # A burst that is shorter than a bar would have no bracket to be seen.
        begin, end = min(begin, end - width / 2), max(end, begin + width / 2)
        level = height * (1.07 + 0.1 * (number % 3))  # neighbours do not cross
        ax.plot(
            [begin, begin, end, end], [level * 0.98, level, level, level * 0.98],
            color=dress.ink, linewidth=1.2,
        )  # fmt: skip
        text = f"burst: {row['failures']:,} in {in_units(row['seconds'])}"
        side = "left" if (begin + end) / 2 < (low + high) / 2 else "right"
        place = begin if side == "left" else end
        ax.text(place, level * 1.02, text, ha=side, va="bottom", color=dress.ink, fontsize=8)
