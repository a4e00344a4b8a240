"""Calls, log events and task runs on one axis of time."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from toolkit.analysis import theme as look
from toolkit.analysis.axis import COLUMNS, KINDS, timeline
from toolkit.analysis.plots.drawing import draw_names, how_many, on_axis, time_axis

_COLOURS = {"call": "#0072b2", "event": "#009e73", "run": "#56b4e9"}
_FAILED = "#d55e00"


def plot_timeline(
    table: pd.DataFrame | None = None,
    *,
    top: int = 25,
    ax: Axes | None = None,
    theme: str = "light",
    **sources: Any,
) -> Axes:
    """What happened on one axis of time: a row for each function, source and task.

    A tick is a call or an event, a bar is a run or a long call, a cross is a failure.

    Parameters
    ----------
    table : DataFrame, optional
        From :func:`timeline`; or give what that takes (``calls``, ``log``, ``runs``, ``start``,
        ``end``) as keywords.
    top : int
        How many rows are shown, those with most failures first.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_timeline(calls="cassettes/monday.yaml", theme="dark")
    """
    happened = timeline(**sources) if table is None else table[[one.name for one in COLUMNS]]
    happened = happened.assign(row=happened["kind"].astype("str") + " " + happened["place"])
    happened["row"] = happened["row"].fillna(happened["kind"].astype("str"))
    rows = _rows(happened, top)
    ax, dress = look.axes(ax, theme, 10.0, 1.9 + 0.3 * max(len(rows), 3))
    hidden = happened["row"].nunique() - len(rows)
    more = f", {hidden} rows without most failures left out" if hidden else ""
    title = f"Timeline: {how_many(len(happened), 'entry').replace('entrys', 'entries')}{more}"
    look.title(ax, dress, title, "time (UTC)")
    if happened.empty:
        return look.nothing(ax, dress, "nothing with a time")
    low, high = on_axis(happened["time"].min()), on_axis(_latest(happened))
    span = max(high - low, 1e-8)
    for place, row in enumerate(rows):
        _one_row(ax, dress, place, happened[happened["row"] == row], span)
    counts = happened.groupby("row")["failed"].agg(["size", "sum"])
    for place, row in enumerate(rows):
        count, failed = int(counts["size"][row]), int(counts["sum"][row])
        text = f" {count:,}" + (f", {failed:,} failed" if failed else "")
        ax.text(high + 0.01 * span, place, text, va="center", color=dress.ink, fontsize=8)
    ax.set_xlim(low - 0.01 * span, high + 0.16 * span)
    draw_names(ax, rows)
    time_axis(ax, dress)
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    ax.scatter([], [], marker="|", color=dress.ink, label="call or event")
    ax.scatter([], [], marker="s", color=_COLOURS["run"], label="run")
    ax.scatter([], [], marker="x", color=_FAILED, label="failure")
    look.legend(ax, dress, 3)
    return ax


def _rows(happened: pd.DataFrame, top: int) -> list[str]:
    """The rows to show: by kind, and of each kind those with most failures first."""
    sums = happened.groupby("row").agg(
        failed=("failed", "sum"), size=("failed", "size"), kind=("kind", "first")
    )
    best = sums.sort_values(["failed", "size"], ascending=False, kind="stable")[:top]
    order = [KINDS.index(str(kind)) for kind in best["kind"]]
    return best.assign(order=order).sort_values("order", kind="stable").index.tolist()


def _one_row(ax: Axes, dress: look.Theme, place: int, part: pd.DataFrame, span: float) -> None:
    colour = _COLOURS[str(part["kind"].iloc[0])]
    begins = on_axis(part["time"])
    ends = on_axis(part["end"].fillna(part["time"]))
    long = (ends - begins) > span / 500
    if long.any():
        pieces = list(zip(begins[long], (ends - begins)[long], strict=True))
        ax.broken_barh(pieces, (place - 0.28, 0.56), color=colour, edgecolor=dress.paper,
                       linewidth=0.4)  # fmt: skip
    short = begins[~long]
    ax.scatter(short, [place] * len(short), marker="|", s=70, color=colour, linewidth=0.9)
    failed = ends[part["failed"].fillna(value=False).to_numpy(dtype="bool")]
    ax.scatter(failed, [place] * len(failed), marker="x", s=32, color=_FAILED, linewidth=1.6,
               zorder=3)  # fmt: skip


def _latest(happened: pd.DataFrame) -> Any:
    return pd.Series([happened["time"].max(), happened["end"].max()]).max()
