"""How long calls take."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.analysis import theme as look
from toolkit.analysis.codes import CallSource, as_calls
from toolkit.analysis.latencies import MEASURES, histogram, latency
from toolkit.analysis.plots.drawing import draw_names, how_many, in_units, seconds_axis

# Percentile: how it is said, the shape that stands for it, its colour.
_POINTS = (
    ("p50", "half", "o", "#56b4e9"),
    ("p95", "95 of 100", "s", "#e69f00"),
    ("p99", "99 of 100", "^", "#d55e00"),
)


def plot_latency(
    calls: CallSource, *, top: int = 20, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """How long the calls of each function took: percentiles on a logarithmic axis.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`latency` or :func:`read_calls`, or what these take.
    top : int
        How many functions are shown, the slowest first.
    ax : Axes, optional
        Where to draw; by default a new figure, which a notebook shows.
    theme : {"light", "dark"}

    Examples
    --------
    >>> ax = plot_latency("cassettes/")
    """
    table = _measured(calls)
    shown = table.head(top)
    ax, dress = look.axes(ax, theme, 9.0, 1.9 + 0.34 * max(len(shown), 3))
    more = f", the slowest {top} of {len(table)} functions" if len(table) > top else ""
    look.title(ax, dress, f"Latency: {how_many(int(table['calls'].sum()), 'call')}{more}", "time")
    if shown.empty:
        return look.nothing(ax, dress, "no calls with a duration")
    places = range(len(shown))
    ax.hlines(places, shown["least"].clip(lower=1e-6), shown["greatest"].clip(lower=1e-6),
              color=dress.ink, linewidth=1, alpha=0.45, label="least to greatest")  # fmt: skip
    for name, said, shape, colour in _POINTS:
        values = shown[name].clip(lower=1e-6)
        ax.scatter(values, places, marker=shape, s=42, color=colour, edgecolor=dress.ink,
                   linewidth=0.6, label=f"{said} ({name})", zorder=3)  # fmt: skip
    low, high = float(shown["least"].min()), float(shown["greatest"].max())
    seconds_axis(ax, dress, low, high)
    ax.set_xlim(right=max(high, 1e-6) * 1.3 * max(1.5, (high / max(low, 1e-6)) ** 0.3))
    for place, row in enumerate(shown.to_dict("records")):
        text = f"  {row['calls']:,}: {in_units(row['p50'])}, {in_units(row['p95'])}"
        ax.text(row["greatest"], place, text, va="center", color=dress.ink, fontsize=8)
    draw_names(ax, _functions(shown))
    look.legend(ax, dress, 4)
    return ax


def plot_histogram(calls: CallSource, *, ax: Axes | None = None, theme: str = "light") -> Axes:
    """How many calls took how long, on a logarithmic axis, with the percentiles.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls`, or what that takes.
    ax, theme
        As :func:`plot_latency`.

    Examples
    --------
    >>> ax = plot_histogram(calls[calls["function"] == "taskGetStatus"])
    """
    table = as_calls(calls)
    bins, measured = histogram(table), latency(table, by=[])
    ax, dress = look.axes(ax, theme, 9.0, 4.0)
    total = int(bins["calls"].sum())
    look.title(ax, dress, f"Latency: {how_many(total, 'call')}", "time", "calls")
    if bins.empty:
        return look.nothing(ax, dress, "no calls with a duration")
    mark = look.Mark("#56b4e9")
    widths = bins["end"] - bins["start"]
    ax.bar(bins["start"], bins["calls"], width=widths, align="edge", **look.bar_style(mark, dress))
    seconds_axis(ax, dress, float(bins["start"].min()), float(bins["end"].max()))
    ax.grid(visible=False, axis="x")
    ax.grid(axis="y", color=dress.grid, linewidth=0.6)
    height = float(bins["calls"].max())
    ax.set_ylim(0, height * 1.3)
    styles = ("-", "--", ":")
    for place, ((name, said, _, _), style) in enumerate(zip(_POINTS, styles, strict=True)):
        value = max(float(measured[name].iloc[0]), 1e-6)
        ax.axvline(value, color=dress.ink, linestyle=style, linewidth=1.2)
        text = f" {said}: {in_units(value)} "
        low, high = ax.get_xlim()
        side = "left" if value * value < low * high else "right"
        level = height * (1.24 - 0.08 * place)
        ax.text(value, level, text, ha=side, color=dress.ink, fontsize=8)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def _measured(calls: CallSource) -> pd.DataFrame:
    names = {column.name for column in MEASURES}
    if isinstance(calls, pd.DataFrame) and names <= set(calls.columns):
        return calls
    return latency(calls)


def _functions(table: pd.DataFrame) -> Sequence[str]:
    names = table["function"].astype("str")
    if table["service"].nunique() > 1:
        names = table["service"].astype("str") + " " + names
    return names.tolist()
