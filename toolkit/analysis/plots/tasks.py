"""Tasks: their executions, and their runs in time."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.analysis import theme as look
from toolkit.analysis.plots.drawing import draw_bars, draw_names, how_many, time_axis
from toolkit.analysis.runs import RunSource, task_runs, unusual_runs
from toolkit.analysis.tasks import COLUMNS as TASK_COLUMNS, TaskSource, task_stats
from toolkit.outcomes import Category


def plot_task_stats(
    tasks: TaskSource, *, top: int = 25, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """Executions of each task, with those that failed.

    Parameters
    ----------
    tasks : DataFrame, gateway or recordings
        From :func:`task_stats`, or what that takes.
    top : int
        How many tasks are shown, those with the most errors first.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_task_stats(gateway, theme="dark")
    """
    stats = tasks if is_stats(tasks) else task_stats(tasks)
    assert isinstance(stats, pd.DataFrame)  # noqa: S101 - either way
    count = len(stats)
    shown = stats.fillna({"executions": 0, "errors": 0}).sort_values(
        ["errors", "executions"], ascending=False, kind="stable"
    )[:top]
    ax, dress = look.axes(ax, theme, 9.0, 1.8 + 0.36 * max(len(shown), 3))
    more = f", {top} of them shown" if count > top else ""
    look.title(ax, dress, f"Task runs: {how_many(count, 'task')}{more}", "executions")
    if shown.empty:
        return look.nothing(ax, dress, "no tasks")
    runs = shown["executions"].astype("int64").tolist()
    errors = shown["errors"].astype("int64").clip(upper=shown["executions"].astype("int64"))
    good = [total - failed for total, failed in zip(runs, errors, strict=True)]
    fine = look.CATEGORY_MARKS[Category.SUCCESS]
    fault = look.CATEGORY_MARKS[Category.SERVER_FAULT]
    draw_bars(ax, good, [0] * len(good), label="succeeded", **look.bar_style(fine, dress))
    draw_bars(ax, errors.tolist(), good, label="failed", **look.bar_style(fault, dress))
    for place, (total, failed, status) in enumerate(
        zip(runs, errors, shown["status"].astype("object"), strict=True)
    ):
        share = f" ({failed / total:.0%})" if total else ""
        state = "" if pd.isna(status) else f", {look.plain(status, 20)}"
        text = f" {failed:,} of {total:,} failed{share}{state}"
        ax.text(total, place, text, va="center", color=dress.ink, fontsize=8, parse_math=False)
    draw_names(ax, [f"{c}/{t}" for c, t in zip(shown["config"], shown["task"], strict=True)])
    ax.set_xlim(0, max([*runs, 1]) * 1.4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, 2)
    return ax


def is_stats(tasks: object) -> bool:
    """Whether it is a table of task_stats already."""
    names = {column.name for column in TASK_COLUMNS}
    return isinstance(tasks, pd.DataFrame) and names <= set(tasks.columns)


def plot_task_runs(
    runs: RunSource, *, top: int = 25, ax: Axes | None = None, theme: str = "light"
) -> Axes:
    """When each task ran; failed, late, slow and missed runs are marked.

    Parameters
    ----------
    runs : DataFrame, DataFrames or recordings
        From :func:`task_runs`, or what that takes.
    top : int
        How many tasks are shown, those with the most unusual runs first.
    ax, theme
        As :func:`plot_result_codes`.

    Examples
    --------
    >>> ax = plot_task_runs(gateway.task.get_log("Nightly", "index"))
    """
    table = task_runs(runs)
    odd = unusual_runs(table)
    keys = table["config"].fillna("") + "/" + table["task"].fillna("")
    odd_keys = odd["config"].fillna("") + "/" + odd["task"].fillna("")
    trouble = odd_keys.value_counts().add(keys[table["outcome"] == "failed"].value_counts() / 1e6,
                                          fill_value=0)  # fmt: skip
    order = sorted(dict.fromkeys(keys), key=lambda key: (-trouble.get(key, 0.0), key))
    shown = order[:top]
    ax, dress = look.axes(ax, theme, 10.0, 1.9 + 0.4 * max(len(shown), 3))
    more = f", {top} of {len(order)} tasks shown" if len(order) > top else ""
    counts = odd["kind"].value_counts()
    said = ", ".join(f"{counts.get(kind, 0)} {kind}" for kind in ("late", "slow", "missed"))
    look.title(ax, dress, f"Task runs: {how_many(len(table), 'run')}, {said}{more}", "time (UTC)")
    if not shown:
        return look.nothing(ax, dress, "no runs")
    for place, key in enumerate(shown):
        own = table[keys == key]
        failed = own[own["outcome"] == "failed"]
        _marks(ax, own["started"], place, marker="|", s=60, color="#56b4e9", linewidth=0.8)
        _marks(ax, failed["started"], place, marker="x", s=34, color="#d55e00", linewidth=1.5)
        for kind, marker, colour in _UNUSUAL:
            rows = odd[(odd_keys == key) & (odd["kind"] == kind)]
            when = rows["started"].fillna(rows["due"])
            _marks(ax, when, place, marker=marker, s=90, facecolor="none", edgecolor=colour,
                   linewidth=1.8, zorder=4)  # fmt: skip
    ax.scatter([], [], marker="|", color="#56b4e9", label="run")
    ax.scatter([], [], marker="x", color="#d55e00", label="failed")
    for kind, marker, colour in _UNUSUAL:
        ax.scatter([], [], marker=marker, facecolor="none", edgecolor=colour, linewidth=1.8,
                   label=kind)  # fmt: skip
    draw_names(ax, [key.removeprefix("/") for key in shown])
    time_axis(ax, dress)
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, 5)
    return ax


_UNUSUAL = (("late", ">", "#e69f00"), ("slow", "o", "#cc79a7"), ("missed", "s", "#009e73"))


def _marks(ax: Axes, times: pd.Series, place: int, **style: Any) -> None:
    ax.scatter([one.to_pydatetime() for one in times], [place] * len(times), **style)
