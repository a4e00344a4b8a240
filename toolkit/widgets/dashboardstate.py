"""A dashboard's side in the kernel: what was chosen, and what each view shows of the rest.

A view is filtered by what was chosen in the others and not by what was chosen in itself: its
other bars stay, to choose from. What was counted once is kept, so that taking a choice back
costs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, cast

import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import NO_FAILURE, CallSource, as_calls, result_codes
from toolkit.analysis.latencies import latency
from toolkit.analysis.levels import level_column
from toolkit.analysis.logbooks import recorded_logs
from toolkit.analysis.parquet import Stored, is_stored
from toolkit.analysis.tasks import finish, runs_of, task_readings
from toolkit.outcomes import InvalidArgument, ToolkitError
from toolkit.widgets import bars, tasklog, timeslots
from toolkit.widgets.bars import View, counted
from toolkit.widgets.chosen import Choice, Filter, Within, chosen_of, line_of
from toolkit.widgets.written import literal

VIEWS = ("functions", "codes", "time", "slow", "tasks", "levels", "events")
_SAME = {"slow": "functions"}  # both are bars of functions: one choice for the two
_FUNCTIONS = ["service", "function", "category"]
_CODES = ["service", "code", "label", "category"]
_KEPT = 200  # views that are remembered


class DashboardState:
    """Counts, choices and views of one set of calls.

    Parameters
    ----------
    source : calls or recordings
    name : str
        What the notebook calls the calls.
    stats, log : DataFrame, optional
        Of :func:`task_stats` and :func:`read_log`; else those that the calls recorded.
    """

    def __init__(
        self,
        source: CallSource,
        name: str = "",
        stats: pd.DataFrame | None = None,
        log: pd.DataFrame | None = None,
    ) -> None:
        if not (isinstance(source, str | os.PathLike) or counting.is_table(source)):
            source = list(cast("Iterable[str]", source))
        self.calls: Any = as_calls(source)
        missing = {column.name for column in CALL_COLUMNS} - set(
            counting.schema(self.calls).names()
        )
        if missing:
            raise InvalidArgument(
                "a dashboard is of calls, as toolkit.read_calls gives them; that table has no "
                f"column {', '.join(sorted(missing))}"
            )
        self.head = _head(source, name)
        self.name = name or "calls"
        self.choices: dict[str, Choice] = {}
        self._given = (stats is not None, log is not None)
        self.stats, self.log = stats, log
        self.unread = ""
        self._made: dict[Any, View] = {}
        functions = self._counted(_FUNCTIONS, ())
        self.total = int(functions["calls"].sum())
        self.failed = int(functions.loc[~functions["category"].isin(NO_FAILURE), "calls"].sum())
        self.several = functions["service"].astype("str").nunique() > 1
        self.span = timeslots.span_of(self.calls) if self.total else None
        self.step = timeslots.Step.of(self.span[1] - self.span[0] if self.span else pd.Timedelta(0))

    # --- what was recorded beside the calls ----------------------------------------------------

    @property
    def whole(self) -> bool:
        """Whether tasks and log are known."""
        return self.stats is not None and self.log is not None

    def read(self) -> None:
        """Read tasks and logs from the recordings of the calls; where that fails, say so."""
        if self.whole:
            return
        try:
            calls = self.calls.frame() if isinstance(self.calls, Stored) else self.calls
            if not isinstance(calls, pd.DataFrame):
                raise InvalidArgument("Tasks and logs are read for a pandas frame of calls only.")
            log = recorded_logs(calls)
            stats = finish(task_readings(calls), runs_of(log))
        except (ToolkitError, OSError) as error:
            self.unread = f"Tasks and log cannot be read: {error}"
            return
        self.stats = stats if self.stats is None else self.stats
        self.log = log if self.log is None else self.log
        self.unread = ""
        self._made = {key: view for key, view in self._made.items() if key[0] not in VIEWS[4:]}

    # --- choosing ------------------------------------------------------------------------------

    def choose(self, view: str, key: str, *, extend: bool = False) -> None:
        """Choose a bar, or take the choice back if it was chosen already; else do nothing."""
        place = _SAME.get(view, view)
        made = self.view(view)
        row = next((one for one in made.get("columns" if view == "time" else "rows", ())
                    if isinstance(one, dict) and one["key"] == key), None)  # fmt: skip
        if row is None:
            return
        before = self.choices.get(place)
        if before is not None and before.key == key and not extend:
            del self.choices[place]
            return
        choice = Choice(place, key, f"{_WORDS[place]} {row['name']}", row["filters"])
        if view == "time":
            choice = self._interval(choice, before if extend else None)
        self.choices[place] = choice

    def _interval(self, choice: Choice, before: Choice | None) -> Choice:
        (now,) = choice.filters
        assert isinstance(now, Within)  # noqa: S101 - a slot is nothing else
        start, end = now.start, now.end
        if before is not None:
            (then,) = before.filters
            assert isinstance(then, Within)  # noqa: S101 - a slot is nothing else
            start, end = min(start, then.start), max(end, then.end)
        text = f"from {self.step.name(start)} to before {self.step.name(end)} UTC"
        return Choice("time", choice.key, text, (Within("at", start, end),))

    def clear(self, view: str = "") -> None:
        """Take a view's choice back, or all."""
        if view:
            self.choices.pop(view, None)
        else:
            self.choices.clear()

    def filters(self, beside: str = "") -> tuple[Filter, ...]:
        """What the choices ask of a call, those of one view left out."""
        beside = _SAME.get(beside, beside)
        return tuple(
            one
            for view, choice in self.choices.items()
            if view not in (beside, "levels")
            for one in choice.filters
        )

    @property
    def chosen(self) -> Any:
        """The calls that meet all choices."""
        return chosen_of(self.calls, self.filters())

    # --- views ---------------------------------------------------------------------------------

    def view(self, name: str) -> View:
        """One view, with its lines of pandas."""
        filters = self.filters(name)
        levels = self.choices.get("levels") if name == "events" else None
        key = (name, filters, levels, self.unread)
        if key not in self._made:
            if len(self._made) >= _KEPT:
                self._made.pop(next(iter(self._made)))
            asked = (*filters, *(levels.filters if levels else ()))
            self._made[key] = getattr(self, f"_{name}")(asked)
        return self._made[key]

    def _functions(self, filters: tuple[Filter, ...]) -> View:
        view = bars.functions(self._counted(_FUNCTIONS, filters), several=self.several)
        return view | {"code": self._line(filters, f"toolkit.result_codes({{}}, by={_FUNCTIONS})")}

    def _codes(self, filters: tuple[Filter, ...]) -> View:
        view = bars.codes(self._counted(_CODES, filters), several=self.several)
        return view | {"code": self._line(filters, f"toolkit.result_codes({{}}, by={_CODES})")}

    def _counted(self, by: list[str], filters: tuple[Filter, ...]) -> pd.DataFrame:
        return result_codes(chosen_of(self.calls, filters), by=by)

    def _time(self, filters: tuple[Filter, ...]) -> View:
        counts = timeslots.count(chosen_of(self.calls, filters), self.step)
        before, some = line_of(self.name, filters)
        fine = ", ".join(map(literal, NO_FAILURE))
        code = (
            f'{before}failed = ~{some}["category"].isin([{fine}])\n'
            f'failed.groupby({some}["at"].dt.floor("{self.step.freq}")).agg(["size", "sum"])'
        )
        return bars.times(counts, self.step, self.span) | {"code": code}

    def _slow(self, filters: tuple[Filter, ...]) -> View:
        table = latency(chosen_of(self.calls, filters))
        view = bars.slow(table, several=self.several)
        return view | {"code": self._line(filters, "toolkit.latency({})")}

    def _tasks(self, filters: tuple[Filter, ...]) -> View:
        if self.stats is None:
            return {"columns": [], "rows": [], "note": self.unread, "code": ""}
        aimed = None
        line = "tasks" if self._given[0] else f"toolkit.task_stats({self.name})"
        if filters:
            some = counting.lazily(chosen_of(self.calls, filters)).select("target").unique()
            aimed = {str(one) for one in counting.collected(some)["target"]}
            before, name = line_of(self.name, filters)
            line = f"tasks = {line}\n" if not self._given[0] else ""
            line = (
                f"{before}{line}"
                f'tasks[(tasks["config"] + "/" + tasks["task"]).isin({name}["target"])]'
            )
        return tasklog.tasks(self.stats, aimed) | {"code": line}

    def _levels(self, filters: tuple[Filter, ...]) -> View:
        if self.log is None:
            return {"rows": [], "note": "", "code": ""}
        view = tasklog.levels(tasklog.log_chosen(self.log, filters))
        column = level_column(self.log)
        before, name = self._log_line(filters)
        return view | {"code": f'{before}{name}["{column}"].value_counts()' if column else ""}

    def _events(self, filters: tuple[Filter, ...]) -> View:
        if self.log is None:
            return {"columns": [], "rows": [], "note": self.unread, "code": ""}
        view = tasklog.events(self.log, filters)
        asked = tasklog.log_filters(self.log, filters)
        if len(asked) < len(filters):
            view["note"] += " An event tells of no function and no code: these filter no events."
        before, name = self._log_line(filters)
        return view | {"code": f"{before}{name}.tail({tasklog.EVENTS})"}

    def _log_line(self, filters: tuple[Filter, ...]) -> tuple[str, str]:
        assert self.log is not None  # noqa: S101 - asked before
        read = "" if self._given[1] else f"log = toolkit.recorded_logs({self.name})\n"
        before, name = line_of("log", tasklog.log_filters(self.log, filters), "events")
        return read + before, name

    def _line(self, filters: tuple[Filter, ...], code: str) -> str:
        before, name = line_of(self.name, filters)
        return before + code.format(name).replace("'", '"')

    @property
    def about(self) -> str:
        """All calls in a sentence."""
        if not self.total:
            return "There is no call."
        when = ""
        if self.span:
            first, last = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in self.span)
            when = f", {first} UTC" if first == last else f", {first} to {last} UTC"
        return f"{counted(self.total, 'call')}{when}; {self.failed:,} failed."


_WORDS = {
    "functions": "function",
    "codes": "result code",
    "time": "",
    "tasks": "task",
    "levels": "level",
}


def _head(source: Any, name: str) -> str:
    """How the calls came to be, where the notebook has no name for them."""
    if isinstance(source, pd.DataFrame) or name:
        return "" if isinstance(source, pd.DataFrame) else _as_pandas(source, name)
    if isinstance(source, Stored) or is_stored(source):
        return f"calls = toolkit.Stored({literal(str(os.fspath(source)))}).frame()"
    if counting.is_table(source):
        return _as_pandas(source, "calls")
    paths = [source] if isinstance(source, str | os.PathLike) else list(source)
    texts = [literal(os.fspath(path)) for path in paths]
    what = texts[0] if isinstance(source, str | os.PathLike) else f"[{', '.join(texts)}]"
    return f"calls = toolkit.read_calls({what})"


def _as_pandas(source: Any, name: str) -> str:
    if isinstance(source, Stored):
        return f"{name} = {name}.frame()"
    return f"{name} = narwhals.from_native({name}).lazy().collect().to_pandas()"
