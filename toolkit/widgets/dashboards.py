"""The dashboard: recorded calls at a glance, where choosing a bar filters the other views.

The page gets counts, never calls: a hundred bars at most, fifty events of a log, long texts cut.
It sends ``{"kind": "choose", "view": ..., "key": ..., "extend": bool}``, ``{"kind": "clear",
"view": ...}`` (all, without a view) and ``{"kind": "read"}``.
"""

from __future__ import annotations

import threading
from typing import Any

import pandas as pd
import traitlets

from toolkit.analysis import counting, plots
from toolkit.analysis.codes import CallSource
from toolkit.analysis.logs import LogSources, read_log
from toolkit.analysis.tasks import TaskSource, task_stats
from toolkit.widgets.bars import counted, without_filters
from toolkit.widgets.dashboardstate import VIEWS, DashboardState
from toolkit.widgets.static import static
from toolkit.widgets.widget import Widget, front
from toolkit.widgets.written import variable

AT_ONCE = 20_000
"""Calls up to which tasks and logs are read from the recordings without being asked to."""


class Dashboard(Widget):
    """Calls at a glance; ``toolkit.dashboard(calls)`` makes it."""

    _esm = front("dashboard.js")
    _css = front("dashboard.css")
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, state: DashboardState) -> None:
        self._state = state
        self._lock = threading.RLock()
        self._reading = False
        super().__init__(
            {"choose": self._on_choose, "clear": self._on_clear, "read": self._on_read}
        )
        if state.total <= AT_ONCE:
            state.read()
        self._show()

    def __repr__(self) -> str:
        return f"<dashboard of {counted(self._state.total, 'call')}, {self._state.failed:,} failed>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data is None:
            return bundle
        with self._lock:
            return {**data, "text/plain": repr(self), "text/html": static(self._state)}, metadata

    @property
    def calls(self) -> Any:
        """The calls that meet all that was chosen: a DataFrame like the one it was made of."""
        with self._lock:
            return self._state.chosen

    @property
    def code(self) -> dict[str, str]:
        """The lines of pandas behind each view, as it is now."""
        with self._lock:
            return {name: str(self._state.view(name)["code"]) for name in VIEWS}

    def choose(self, view: str, key: str, *, extend: bool = False) -> None:
        """Choose a bar by its view and its key, as a click on it does; once more takes it back."""
        with self._lock:
            if view in VIEWS and view != "events":
                self._state.choose(view, key, extend=extend)
            self._show()

    def clear(self, view: str = "") -> None:
        """Take back what was chosen in a view, or everything."""
        with self._lock:
            self._state.clear(view)
            self._show()

    def read(self) -> None:
        """Read tasks and logs from the recordings, however many calls there are."""
        with self._lock:
            self._state.read()
            self._reading = False
            self._show()

    # --- messages of the page ------------------------------------------------------------------

    def _on_choose(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        view, key = str(content.get("view")), str(content.get("key"))
        self.choose(view, key, extend=content.get("extend") is True)

    def _on_clear(self, content: dict[str, Any], _buffers: list[memoryview]) -> None:
        self.clear(str(content.get("view") or ""))

    def _on_read(self, _content: dict[str, Any], _buffers: list[memoryview]) -> None:
        with self._lock:
            if self._reading:
                return
            self._reading = True
            self._show()
        # The recordings of a million calls take a while, and the page goes on meanwhile.
        threading.Thread(target=self.read, name="toolkit-dashboard", daemon=True).start()

    # --- what is shown -------------------------------------------------------------------------

    def _show(self) -> None:
        state = self._state
        count = state.total
        if state.filters():
            functions = counting.lazily(state.chosen).select("category")
            count = len(counting.collected(functions))
        choices = [
            {"view": choice.view, "key": choice.key, "text": choice.text}
            for choice in state.choices.values()
        ]
        interval = state.choices.get("time")
        views = {}
        for name in VIEWS:
            made = state.view(name)
            view = {key: cell for key, cell in made.items() if key not in ("rows", "columns")}
            for part in ("rows", "columns"):
                cells = made.get(part, [])
                plain = name == "events" or (name == "tasks" and part == "columns")
                view[part] = list(cells) if plain else without_filters(cells)
            views[name] = view
        if interval is not None:
            (within,) = interval.filters
            for row, sent in zip(
                state.view("time")["columns"], views["time"]["columns"], strict=True
            ):
                slot = row["filters"][0]
                sent["chosen"] = within.start <= slot.start < within.end  # type: ignore[union-attr]
        unread = not state.whole and not state.unread
        self.shown = {
            "about": state.about,
            "now": f"Shown: {count:,} of {counted(state.total, 'call')}." if choices else "",
            "head": state.head,
            "choices": choices,
            "views": views,
            "unread": ("reading" if self._reading else "asks") if unread else "",
        }


def dashboard(
    calls: CallSource,
    *,
    tasks: TaskSource | None = None,
    log: pd.DataFrame | LogSources | None = None,
) -> Dashboard:
    """Recorded calls at a glance; for notebooks.

    Result codes by service and function, failures over time, the slowest functions, the tasks and
    the log that the calls recorded. Choosing a bar filters the other views, and each view shows
    the lines of pandas behind it. Where no widget can be shown, tables stand in its place.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls` (a frame of any engine with its columns, or a :class:`Stored`),
        or what that takes: a cassette, a folder, a glob, a list of these.
    tasks : DataFrame, gateway or recordings, optional
        From :func:`task_stats`, or what that takes; by default what the calls recorded.
    log : DataFrame or log, optional
        From :func:`read_log`, or what that takes; by default what the calls recorded.

    Returns
    -------
    Dashboard
        Shown when it is a cell's last value. ``.calls`` are the calls that are chosen, ``.code``
        the lines of pandas by view. Of more than 20,000 calls tasks and log are read when a
        button is pressed, or by ``.read()``, since the recordings are read again for them.

    Raises
    ------
    CassetteError
        There is no such recording, or it cannot be read.
    InvalidArgument
        The table is not one of calls.

    Examples
    --------
    >>> state = toolkit.dashboard("cassettes/monday.yaml")
    >>> state  # doctest: +ELLIPSIS
    <dashboard of ... calls, ... failed>
    >>> print(state.code["slow"])
    toolkit.latency(calls)
    """
    stats: Any = tasks if tasks is None or plots.is_stats(tasks) else task_stats(tasks)
    events: Any = log if log is None or isinstance(log, pd.DataFrame) else read_log(log)
    name = variable(calls, "") if counting.is_table(calls) else ""
    return Dashboard(DashboardState(calls, name, stats, events))
