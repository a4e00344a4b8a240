"""Sessions as bars in time."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from toolkit.analysis import theme as look
from toolkit.analysis.codes import CallSource
from toolkit.analysis.logins import COLUMNS, sessions
from toolkit.analysis.plots.drawing import draw_names, how_many, in_units, on_axis, time_axis
from toolkit.outcomes import Category

_SHAPES = {"denied": ("X", "#d55e00"), "failed": ("v", "#cc79a7"), "unfinished": ("D", "#e69f00")}


def plot_sessions(
    calls: CallSource, *, top: int = 40, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Sessions in time: when each was, how many calls, and which logins came to nothing.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`sessions` or :func:`read_calls`, or what these take.
    top : int
        How many sessions are shown, the latest.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_sessions("cassettes/")
    """
    names = {column.name for column in COLUMNS}
    done = isinstance(calls, pd.DataFrame) and names <= set(calls.columns)
    table = calls if done else sessions(calls)
    assert isinstance(table, pd.DataFrame)  # noqa: S101 - either way
    timed = table.dropna(subset="asked").sort_values("asked", kind="stable")
    shown = timed.tail(top)
    ax, dress = look.axes(ax, theme, 9.0, 1.9 + 0.34 * max(len(shown), 3))
    opened = int((table["outcome"] == "opened").sum())
    title = f"Sessions: {how_many(len(table), 'login')}, {opened:,} opened"
    look.title(ax, dress, title, "time (UTC)")
    if shown.empty:
        return look.nothing(ax, dress, "no logins with a time")
    fine = look.bar_style(look.CATEGORY_MARKS[Category.SUCCESS], dress)
    waiting = look.bar_style(look.CATEGORY_MARKS[Category.CHALLENGED], dress)
    drawn: set[str] = set()
    ends = []
    for place, row in enumerate(shown.to_dict("records")):
        asked = on_axis(row["asked"])
        if row["outcome"] == "opened":
            begin, end = on_axis(row["opened"]), on_axis(row["ended"])
            ax.barh(place, begin - asked, left=asked, height=0.6, **waiting,
                    label="" if "login" in drawn else "login")  # fmt: skip
            ax.barh(place, end - begin, left=begin, height=0.6, **fine,
                    label="" if "session" in drawn else "session")  # fmt: skip
            drawn |= {"login", "session"}
            text = f"{how_many(int(row['calls']), 'call')}, {in_units(row['seconds'])}"
            text += f", {row['failures']} failed" if row["failures"] else ""
        else:
            end, outcome = asked, str(row["outcome"])
            shape, colour = _SHAPES[outcome]
            ax.scatter([asked], [place], marker=shape, s=60, color=colour, zorder=3,
                       label="" if outcome in drawn else outcome)  # fmt: skip
            drawn.add(outcome)
            text = outcome
        ends.append((end, f"  {text}"))
    low = min(on_axis(one) for one in shown["asked"])
    high = max(end for end, _ in ends)
    span = max(high - low, 1e-8)
    ax.set_xlim(low - 0.03 * span, high + 0.4 * span)
    for place, (end, text) in enumerate(ends):
        ax.text(end, place, text, va="center", color=dress.ink, fontsize=8)
    draw_names(ax, shown["user"].fillna("").tolist())
    time_axis(ax, dress)
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, len(drawn))
    return ax
