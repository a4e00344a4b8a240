"""A log's messages by pattern."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from toolkit.analysis import theme as look
from toolkit.analysis.codes import missing
from toolkit.analysis.logs import LogSources
from toolkit.analysis.patterns import COLUMNS, Since, log_patterns
from toolkit.analysis.plots.drawing import draw_names, how_many


def plot_log_patterns(
    log: pd.DataFrame | LogSources,
    *,
    since: Since = None,
    top: int = 20,
    ax: Axes | None = None,
    theme: str = "light",
) -> Axes:
    """How often each pattern of a log's messages occurs; the new ones come first.

    Parameters
    ----------
    log : DataFrame or log
        From :func:`log_patterns` or :func:`read_log`, or what these take.
    since
        What is new, as :func:`log_patterns` takes it.
    top : int
        How many patterns are shown.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_log_patterns("agent.xml", since="6h")
    """
    names = {column.name for column in COLUMNS}
    done = isinstance(log, pd.DataFrame) and names <= set(log.columns)
    table: Any = log if done else log_patterns(log, since=since)
    new = table["new"].fillna(value=False).astype("bool")
    shown = table.assign(first_shown=new).sort_values(
        ["first_shown", "events"], ascending=False, kind="stable"
    )[:top]
    ax, dress = look.axes(ax, theme, 10.0, 1.6 + 0.32 * max(len(shown), 3))
    more = f", {top} of them shown" if len(table) > top else ""
    title = f"Messages: {how_many(int(table['events'].sum()), 'event')} of "
    look.title(ax, dress, f"{title}{how_many(len(table), 'pattern')}{more}", "events")
    if shown.empty:
        return look.nothing(ax, dress, "no messages")
    levels: dict[str, list[int]] = {}
    for place, level in enumerate(shown["level"].astype("object")):
        levels.setdefault("no level" if missing(level) else str(level), []).append(place)
    counts = shown["events"].astype("int64").tolist()
    for level, places in levels.items():
        style = look.bar_style(look.level_mark(level), dress)
        ax.barh(places, [counts[place] for place in places], label=look.plain(level), **style)
    for place, (count, is_new) in enumerate(zip(counts, shown["first_shown"], strict=True)):
        text = f" {count:,}" + (", new" if is_new else "")
        ax.text(count, place, text, va="center", color=dress.ink, fontsize=8)
    draw_names(ax, shown["pattern"].tolist(), 72)
    # A message that came once is the one that is looked for: it must be seen beside thousands.
    ax.set_xscale("log")
    ax.set_xlim(0.7, max(counts) * 4)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.minorticks_off()
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, len(levels))
    return ax
