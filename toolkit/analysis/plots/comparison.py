"""Two recordings side by side."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from toolkit.analysis import theme as look
from toolkit.analysis.codes import CallSource, missing
from toolkit.analysis.comparison import compare
from toolkit.analysis.latency_shifts import compare_latency
from toolkit.analysis.plots.drawing import draw_names, how_many, in_units, seconds_axis

# State: the colour of its line, and how the line is drawn.
_STATES = {
    "new": ("#d55e00", "-"),
    "gone": ("#0072b2", ":"),
    "changed": ("#e69f00", "--"),
    "slower": ("#d55e00", "-"),
    "faster": ("#0072b2", "--"),
    "unclear": ("#999999", "-."),
    "same": ("#999999", "-"),
}


def plot_compare(
    before: CallSource,
    after: CallSource,
    *,
    top: int = 20,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """The share of each result code before (hollow) and after (filled), where it changed.

    Parameters
    ----------
    before, after : DataFrame or recordings
        As :func:`compare` takes them.
    top : int
        How many codes are shown.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_compare("cassettes/monday.yaml", "cassettes/tuesday.yaml")
    """
    table = compare(before, after)
    changed = table[table["state"] != "same"]
    shown = changed.head(top)
    ax, dress = look.axes(ax, theme, 9.5, 1.9 + 0.36 * max(len(shown), 3))
    title = f"Result codes: {len(changed)} of {how_many(len(table), 'code')} changed"
    look.title(ax, dress, title, "share of the function's calls")
    if shown.empty:
        return look.nothing(ax, dress, "no code changed")
    pairs = list(
        zip(shown["share_before"].fillna(0.0), shown["share_after"].fillna(0.0), strict=True)
    )
    states = shown["state"].astype("str").tolist()
    _pairs(ax, dress, pairs, states)
    for place, row in enumerate(shown.to_dict("records")):
        text = f"  {row['state']}: {row['before']:,} → {row['after']:,} calls"
        ax.text(max(pairs[place]), place, text, va="center", color=dress.ink, fontsize=8)
    names = [
        f"{row['function']} {row['label']}" + ("" if missing(row["code"]) else f" {row['code']}")
        for row in shown.to_dict("records")
    ]
    draw_names(ax, names)
    ax.set_xlim(-0.03, 1.4)
    ax.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0])
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, 2)
    return ax


def plot_compare_latency(
    before: CallSource,
    after: CallSource,
    *,
    top: int = 20,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Each function's median before (hollow) and after (filled), on a logarithmic axis.

    Parameters
    ----------
    before, after : DataFrame or recordings
        As :func:`compare_latency` takes them.
    top : int
        How many functions are shown, those that became slower first.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_compare_latency("cassettes/monday.yaml", "cassettes/tuesday.yaml")
    """
    table = compare_latency(before, after)
    both = table.dropna(subset=["p50_before", "p50_after"])
    shown = both.head(top)
    ax, dress = look.axes(ax, theme, 9.5, 1.9 + 0.36 * max(len(shown), 3))
    counts = [f"{int((both['state'] == name).sum())} {name}" for name in ("slower", "faster")]
    look.title(ax, dress, f"Median latency: {', '.join(counts)} of {len(both)}", "time")
    if shown.empty:
        return look.nothing(ax, dress, "no function with durations in both")
    pairs = [
        (max(one, 1e-6), max(other, 1e-6))
        for one, other in zip(shown["p50_before"], shown["p50_after"], strict=True)
    ]
    _pairs(ax, dress, pairs, shown["state"].astype("str").tolist())
    low, high = min(map(min, pairs)), max(map(max, pairs))
    seconds_axis(ax, dress, low, high)
    ax.set_xlim(right=high * 1.3 * max(2.0, (high / low) ** 0.5))
    for place, (row, pair) in enumerate(zip(shown.to_dict("records"), pairs, strict=True)):
        text = f"  {row['state']}: {in_units(pair[0])} → {in_units(pair[1])}"
        ax.text(max(pair), place, text, va="center", color=dress.ink, fontsize=8)
    draw_names(ax, shown["function"].astype("str").tolist())
    look.legend(ax, dress, 2)
    return ax


def _pairs(
    ax: Axes, dress: look.Theme, pairs: list[tuple[float, float]], states: list[str]
) -> None:
    """A line from a hollow point to a filled one for each pair."""
    for place, (pair, state) in enumerate(zip(pairs, states, strict=True)):
        colour, line = _STATES[state]
        ax.plot(pair, [place, place], color=colour, linestyle=line, linewidth=2, zorder=2)
    series = pd.DataFrame(pairs, columns=["before", "after"])
    places = range(len(pairs))
    colours = [_STATES[state][0] for state in states]
    ax.scatter(series["before"], places, s=46, facecolor=dress.paper, edgecolor=colours,
               linewidth=1.6, zorder=3)  # fmt: skip
    ax.scatter(series["after"], places, s=46, facecolor=colours, edgecolor=colours, zorder=4)
    ax.scatter([], [], s=46, facecolor=dress.paper, edgecolor=dress.ink, label="before")
    ax.scatter([], [], s=46, facecolor=dress.ink, edgecolor=dress.ink, label="after")
