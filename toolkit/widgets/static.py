"""A dashboard that does not move: what is shown where no widget can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.cards import listed
from toolkit.widgets.dashboardstate import DashboardState

MOST = 15
"""Rows of a view that are written."""

_TITLES = {
    "functions": "Calls by service and function",
    "codes": "Result codes",
    "slow": "Slowest functions (95 % of the calls took no longer)",
}


def static(state: DashboardState) -> str:
    """The views as tables of HTML, without scripts and without colours.

    Examples
    --------
    >>> static(DashboardState(calls))[:21]
    '<div class="tk-static'
    """
    parts = [listed("Calls", state.about, ())]
    for name, title in _TITLES.items():
        view = state.view(name)
        rows = [(row["name"], row["word"], row["text"]) for row in view["rows"]]
        parts.append(_table(title, view["note"], rows))
    columns = state.view("time")["columns"]
    failures = [(one["name"], one["text"]) for one in columns if one["failed"]]
    parts.append(_table("Failures over time (UTC)", state.view("time")["note"], failures))
    tasks = state.view("tasks")
    rows = [(row["name"], *map(_cell, row["cells"])) for row in tasks["rows"]]
    parts.append(_table("Tasks", tasks["note"], [tasks["columns"], *rows] if rows else []))
    events = state.view("events")
    lines = [tuple(map(_cell, row)) for row in events["rows"]]
    parts.append(_table("Log", events["note"], [events["columns"], *lines] if lines else []))
    return f'<div class="tk-static">{"".join(parts)}</div>'


def _table(title: str, note: str, rows: Sequence[Sequence[Any]]) -> str:
    more = f" The first {MOST} of {len(rows)} rows." if len(rows) > MOST + 1 else ""
    return listed(title, f"{note}{more}".strip(), [tuple(row) for row in rows[: MOST + 1]])


def _cell(cell: Any) -> str:
    return "" if cell is None else str(cell["text"] if isinstance(cell, dict) else cell)
