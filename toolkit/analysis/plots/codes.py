"""Result codes as bars."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.analysis import theme as look
from toolkit.analysis.codes import NO_FAILURE, CallSource, result_codes
from toolkit.analysis.plots.drawing import draw_bars, draw_names, how_many
from toolkit.outcomes import Category


def plot_result_codes(
    calls: CallSource,
    *,
    top: int = 20,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """Calls of each function, by the category of their outcome.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls`, or what that takes.
    top : int
        How many functions are shown, those with most failures and calls first; the others are
        one bar.
    ax : Axes, optional
        Where to draw; by default a new figure, which a notebook shows.
    theme : {"light", "dark"}

    Examples
    --------
    >>> plot_result_codes("cassettes/").figure.savefig("codes.svg")
    """
    codes = result_codes(calls, by=["service", "function", "code", "label", "category"])
    services = codes["service"].nunique()
    names = codes["function"].astype(str)
    if services > 1:
        names = codes["service"].astype(str) + " " + names
    codes = codes.assign(name=names, category=codes["category"].astype(str))
    shown = _most(codes, top)
    height = 1.9 + 0.34 * max(len(shown), 3)
    ax, dress = look.axes(ax, theme, 9.0, height)
    look.title(ax, dress, f"Result codes: {how_many(int(codes['calls'].sum()), 'call')}", "calls")
    if not shown:
        return look.nothing(ax, dress, "no calls")
    codes["name"] = [name if name in shown else shown[-1] for name in codes["name"]]
    table = codes.pivot_table(
        index="name", columns="category", values="calls", aggfunc="sum", fill_value=0
    ).loc[shown]
    known = [category for category in Category if category in table]
    order = [*known, *(name for name in table if name not in known)]
    left = [0] * len(shown)
    for category in order:
        values = table[category].tolist()
        mark = look.CATEGORY_MARKS.get(str(category), look.OTHER)
        draw_bars(ax, values, left, label=str(category), **look.bar_style(mark, dress))
        left = [before + value for before, value in zip(left, values, strict=True)]
    for place, name in enumerate(shown):
        rows = codes[(codes["name"] == name) & ~codes["category"].isin(NO_FAILURE)]
        failures = _failures(rows)
        total = left[place]
        text = f" {total:,}" + (f": {failures}" if failures else "")
        ax.text(total, place, text, va="center", color=dress.ink, fontsize=8, parse_math=False)
    draw_names(ax, shown)
    ax.set_xlim(0, max(left) * 1.45)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, len(order))
    return ax


def _most(codes: pd.DataFrame, top: int) -> list[str]:
    """The functions to show, and the name of the bar that holds all others."""
    failed = codes["calls"].where(~codes["category"].isin(NO_FAILURE), 0)
    sums = codes.assign(failed=failed).groupby("name", sort=False)[["failed", "calls"]].sum()
    ordered = sums.sort_values(["failed", "calls"], ascending=False, kind="stable").index.tolist()
    if len(ordered) <= top:
        return ordered
    return [*ordered[: top - 1], f"{len(ordered) - top + 1} other functions"]


def _failures(rows: pd.DataFrame) -> str:
    counted = rows.groupby("label", observed=True, sort=False)["calls"].sum().nlargest(2)
    return ", ".join(
        f"{int(number):,} {look.plain(label, 24)}" for label, number in counted.items()
    )
