"""Plots: one call each, matplotlib axes back, no pyplot and no state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from toolkit.analysis import theme as look
from toolkit.analysis.codes import NO_FAILURE, result_codes
from toolkit.analysis.levels import level_column, log_levels, rank
from toolkit.analysis.logs import LogSources, read_log, time_column
from toolkit.analysis.sources import CassetteSource
from toolkit.analysis.tasks import COLUMNS as TASK_COLUMNS, TaskSource, task_stats
from toolkit.outcomes import Category

# The widest interval with at most this many bars, of those that people count in.
_BARS = 72
_INTERVALS = ("min", "5min", "15min", "h", "3h", "6h", "12h", "D", "7D", "28D", "91D", "364D")

# Of years, months, days, hours, minutes, seconds; and where one of these is round.
_TIMES = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%S.%f"]
_ROUND_TIMES = ["", "%Y", "%d %b", "%d %b", "%H:%M", "%H:%M"]


def plot_result_codes(
    calls: pd.DataFrame | CassetteSource,
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
    >>> plot_result_codes("cassettes/").figure.savefig("codes.svg")     # doctest: +SKIP
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
    look.title(ax, dress, f"Result codes: {_count(int(codes['calls'].sum()), 'call')}", "calls")
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
        _bars(ax, values, left, label=str(category), **look.bar_style(mark, dress))
        left = [before + value for before, value in zip(left, values, strict=True)]
    for place, name in enumerate(shown):
        rows = codes[(codes["name"] == name) & ~codes["category"].isin(NO_FAILURE)]
        failures = _failures(rows)
        total = left[place]
        text = f" {total:,}" + (f": {failures}" if failures else "")
        ax.text(total, place, text, va="center", color=dress.ink, fontsize=8, parse_math=False)
    _names(ax, shown)
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
    >>> plot_log_levels("agent.xml", "15min")                     # doctest: +SKIP
    """
    table = log if isinstance(log, pd.DataFrame) else read_log(log)
    time = time_column(table)
    times = table[time].dropna() if time is not None else pd.Series([], dtype="object")
    freq = freq or _fitting(times)
    ax, dress = look.axes(ax, theme, 9.0, 4.0)
    look.title(
        ax, dress, f"Log: {_count(len(table), 'event')}", "time (UTC)", f"events per {_said(freq)}"
    )
    if times.empty:
        return look.nothing(ax, dress, "no events with a time")
    counted = log_levels(table, freq, level=level_column(table), time=time).dropna(subset="time")
    levels = counted["level"].astype("object").fillna("no level")
    counted = counted.assign(level=levels)
    bars = counted.pivot_table(
        index="time", columns="level", values="events", aggfunc="sum", fill_value=0
    )
    step = _duration(freq)
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
    _time_axis(ax, dress)
    ax.set_ylim(0, max(bottom) * 1.06)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlim(starts[0], starts[-1] + step.to_pytimedelta())
    ax.grid(axis="y", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, len(bars.columns))
    return ax


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
    >>> plot_task_stats(gateway, theme="dark")                    # doctest: +SKIP
    """
    stats = tasks if is_stats(tasks) else task_stats(tasks)
    assert isinstance(stats, pd.DataFrame)  # noqa: S101 - either way
    count = len(stats)
    shown = stats.fillna({"executions": 0, "errors": 0}).sort_values(
        ["errors", "executions"], ascending=False, kind="stable"
    )[:top]
    ax, dress = look.axes(ax, theme, 9.0, 1.8 + 0.36 * max(len(shown), 3))
    more = f", {top} of them shown" if count > top else ""
    look.title(ax, dress, f"Task runs: {_count(count, 'task')}{more}", "executions")
    if shown.empty:
        return look.nothing(ax, dress, "no tasks")
    runs = shown["executions"].astype("int64").tolist()
    errors = shown["errors"].astype("int64").clip(upper=shown["executions"].astype("int64"))
    good = [total - failed for total, failed in zip(runs, errors, strict=True)]
    fine = look.CATEGORY_MARKS[Category.SUCCESS]
    fault = look.CATEGORY_MARKS[Category.SERVER_FAULT]
    _bars(ax, good, [0] * len(good), label="succeeded", **look.bar_style(fine, dress))
    _bars(ax, errors.tolist(), good, label="failed", **look.bar_style(fault, dress))
    for place, (total, failed, status) in enumerate(
        zip(runs, errors, shown["status"].astype("object"), strict=True)
    ):
        share = f" ({failed / total:.0%})" if total else ""
        state = "" if pd.isna(status) else f", {look.plain(status, 20)}"
        text = f" {failed:,} of {total:,} failed{share}{state}"
        ax.text(total, place, text, va="center", color=dress.ink, fontsize=8, parse_math=False)
    _names(ax, [f"{c}/{t}" for c, t in zip(shown["config"], shown["task"], strict=True)])
    ax.set_xlim(0, max([*runs, 1]) * 1.4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(axis="x", color=dress.grid, linewidth=0.6)
    look.legend(ax, dress, 2)
    return ax


def is_stats(tasks: object) -> bool:
    """Whether it is a table of task_stats already."""
    names = {column.name for column in TASK_COLUMNS}
    return isinstance(tasks, pd.DataFrame) and names <= set(tasks.columns)


def _time_axis(ax: Axes, dress: look.Theme) -> None:
    maker: Any = dates  # its classes have no annotations
    locator = maker.AutoDateLocator(minticks=3, maxticks=9, tz=dt.UTC)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(
        maker.ConciseDateFormatter(locator, dt.UTC, formats=_TIMES, zero_formats=_ROUND_TIMES)
    )
    ax.xaxis.get_offset_text().set_color(dress.ink)


def _bars(ax: Axes, values: Sequence[int], left: Sequence[int], label: str, **style: Any) -> None:
    """Horizontal bars one below the other; one without length has no outline either."""
    drawn = [place for place, value in enumerate(values) if value]
    ax.barh(
        drawn or [0],
        [values[place] for place in drawn] or [0],
        left=[left[place] for place in drawn] or [0],
        label=label,
        **(style if drawn else style | {"linewidth": 0}),
    )


def _names(ax: Axes, names: Sequence[str]) -> None:
    """Bars' names, the first one on top."""
    ax.set_yticks(range(len(names)), [look.plain(name) for name in names], parse_math=False)
    ax.set_ylim(len(names) - 0.4, -0.6)


def _fitting(times: pd.Series) -> str:
    if times.empty:
        return "h"
    span = times.max() - times.min()
    fitting = (name for name in _INTERVALS if span <= _BARS * _duration(name))
    return next(fitting, _INTERVALS[-1])


def _duration(freq: str) -> pd.Timedelta:
    return pd.Timedelta(freq if freq[0].isdigit() else f"1{freq}")


def _said(freq: str) -> str:
    """An interval in words."""
    words = {"min": "minute", "h": "hour", "D": "day"}
    number, unit = freq.rstrip("minhD"), freq.lstrip("0123456789")
    word = words.get(unit, freq)
    return word if number in ("", "1") or word == freq else f"{number} {word}s"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
