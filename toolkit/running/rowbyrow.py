"""``toolkit.run``: a function called once for each row of a table."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, overload

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.progress import Progress
from toolkit.running.calling import Calls
from toolkit.running.cells import Result, is_missing
from toolkit.running.digests import digest_of, digest_of_all
from toolkit.running.ended import OUTCOME_COLUMNS, UNSENT, Ended, Fate
from toolkit.running.journal import Journal
from toolkit.running.matching import Chosen, Matching
from toolkit.running.table import table_of
from toolkit.services.base.methods import Method

OnError = Literal["stop", "continue"]
Again = Literal["failed", "unknown"]
Over = pd.DataFrame | pd.Series | Sequence[Mapping[str, Any]]


@overload
def run(
    function: Callable[..., pd.DataFrame],
    over: Over,
    *,
    at_once: int = 1,
    arguments: Chosen = None,
    on_error: OnError = "stop",
    journal: str | os.PathLike[str] | None = None,
    previous: pd.DataFrame | None = None,
    again: Again | Iterable[Again] = (),
    progress: bool | None = None,
) -> pd.DataFrame: ...
@overload
def run(
    function: Callable[..., Coroutine[Any, Any, pd.DataFrame]],
    over: Over,
    *,
    at_once: int = 1,
    arguments: Chosen = None,
    on_error: OnError = "stop",
    journal: str | os.PathLike[str] | None = None,
    previous: pd.DataFrame | None = None,
    again: Again | Iterable[Again] = (),
    progress: bool | None = None,
) -> Coroutine[Any, Any, pd.DataFrame]: ...
def run(
    function: Callable[..., Any],
    over: Over,
    *,
    at_once: int = 1,
    arguments: Chosen = None,
    on_error: OnError = "stop",
    journal: str | os.PathLike[str] | None = None,
    previous: pd.DataFrame | None = None,
    again: Again | Iterable[Again] = (),
    progress: bool | None = None,
) -> pd.DataFrame | Coroutine[Any, Any, pd.DataFrame]:
    """Call a function once for each row of a table: a row in, its results and its outcome out.

    Parameters
    ----------
    function : callable
        A method of a client, a ``functools.partial`` of one (``partial(gateway.call,
        "taskPause")``, with what all rows share), or anything that gives a DataFrame. One of an
        async client gives what is awaited: ``await toolkit.run(...)``.
    over : DataFrame, Series or list of dict
        One row a call. Columns are matched to the function's parameters by name (``config`` fills
        ``config_name`` too, as results call it). A missing cell leaves its argument out.
    at_once : int
        How many calls at a time, in threads, or in tasks of an async client. With 1 they are made
        in the table's order.
    arguments : list of str, or mapping of parameter to column, optional
        Which columns are meant, where the table has others: ``{"user_id": "id"}``. Without,
        a column that is no parameter is refused.
    on_error : {"stop", "continue"}
        Whether the first call that fails is the last to be sent. Those under way end, and the
        error is raised; ``error.table`` is the table so far.
    journal : path, optional
        A file that is written line by line as calls are sent and end. The same run with the same
        journal sends only what is missing, even after the process was killed. It holds results
        and outcomes, but no arguments; columns of results that hold secrets are left empty.
    previous : DataFrame, optional
        The table of an earlier run, or ``error.table``: go on with it, as with a journal.
    again : {"failed", "unknown"} or both
        What else is sent when going on: what the service refused; and calls that change state
        of which nobody knows whether they were done (a lost reply, an interruption). These are
        never sent twice otherwise.
    progress : bool, optional
        Show how far it is; by default when it takes long and somebody looks.

    Returns
    -------
    DataFrame
        The results' columns, with the labels of ``over`` (a call with several rows repeats its
        label, one without rows or results has one row of missing values), and

        ==================== ============== ====================================================
        ``outcome.row``      Int64          which row of ``over``, from 0
        ``outcome.fate``     category       done, refused, not sent, unknown
        ``outcome.code``     Int64          the service's code, where it gave one
        ``outcome.label``    str            its name, or the exception's
        ``outcome.category`` category       as :class:`toolkit.Category`; not sent, interrupted,
                                            error (an exception of another kind)
        ``outcome.message``  str            what came with it
        ``outcome.at``       datetime, UTC  when it was sent
        ``outcome.elapsed``  float64        seconds
        ==================== ============== ====================================================

        Rows that a stop left out are there, not sent. Nothing is called again but by the
        client's own rule.

    Raises
    ------
    InvalidArgument
        The table does not fit the function, or the journal is of another run. Nothing was sent.
    Exception
        The first call's that failed; KeyboardInterrupt too has ``.table``.

    Examples
    --------
    >>> over = gateway.task_statuses()[["config", "task"]]
    >>> table = toolkit.run(gateway.task.get_log, over, at_once=4, on_error="continue")
    >>> table["outcome.fate"].unique().tolist()
    ['done']

    Go on after an interruption; what was sent is not sent again:

    >>> table = toolkit.run(gateway.task.pause, over.head(2), journal="pause.jsonl")
    >>> toolkit.run(gateway.task.pause, over.head(2), journal="pause.jsonl").equals(table)
    True
    """
    allowed = _checked(on_error, again)
    if journal is not None and previous is not None:
        raise InvalidArgument("go on with a journal or with a previous table, not with both")
    if type(at_once) is not int or at_once < 1:
        raise InvalidArgument(f"at_once is how many calls at a time, 1 or more, not {at_once!r}")
    plan = _Plan(function, over, arguments, previous, allowed, stops=on_error == "stop")
    if plan.method.awaited or inspect.iscoroutinefunction(function):
        return plan.run_async(at_once, journal, progress)
    return plan.run(at_once, journal, progress)


class _Plan:
    """What is to be called, and what earlier runs left."""

    def __init__(
        self,
        function: Callable[..., Any],
        over: Over,
        arguments: Chosen,
        previous: pd.DataFrame | None,
        again: frozenset[str],
        *,
        stops: bool,
    ) -> None:
        table = _framed(over)
        self.method = Method.of(function)
        self._function, self._stops, self._again = function, stops, again
        self._index = table.index
        self._rows = Matching(function, self.method, table, arguments).rows(table)
        self._digests = [digest_of(one, self.method) for one in self._rows]
        self._before = self._earlier(previous)

    def run(
        self, limit: int, journal: str | os.PathLike[str] | None, progress: bool | None
    ) -> pd.DataFrame:
        with self._calls(journal) as (calls, total), self._shown(total, progress) as shown:
            calls.make(limit, shown)
            _raise(calls)
        return self._table(calls)

    async def run_async(
        self, limit: int, journal: str | os.PathLike[str] | None, progress: bool | None
    ) -> pd.DataFrame:
        with self._calls(journal) as (calls, total), self._shown(total, progress) as shown:
            await calls.make_async(limit, shown)
            _raise(calls)
        return self._table(calls)

    @contextlib.contextmanager
    def _calls(self, journal: str | os.PathLike[str] | None) -> Iterator[tuple[Calls, int]]:
        """The calls to make; whatever ends them early carries the table."""
        with contextlib.ExitStack() as stack:
            kept, before = None, self._before
            if journal is not None:
                kept = stack.enter_context(Journal(journal, self.method.name, self._digests))
                before = kept.before
            ends = [before.get(row, UNSENT) for row in range(len(self._rows))]
            todo = [row for row, end in enumerate(ends) if self._is_open(end)]
            calls = Calls(
                self._function, self.method, self._rows, ends, todo, kept, stops=self._stops
            )
            try:
                yield calls, len(todo)
            except BaseException as error:
                self._explain(error, calls)
                raise

    def _shown(self, total: int, progress: bool | None) -> Progress:
        return Progress("calls", total, progress, doing="Calling", did="Called")

    def _is_open(self, end: Ended) -> bool:
        """Whether a row's call is to be made."""
        if end.fate is Fate.UNKNOWN:
            return not self.method.changes or "unknown" in self._again
        if end.fate is Fate.REFUSED:
            return "failed" in self._again
        return end.fate is Fate.NOT_SENT

    def _table(self, calls: Calls) -> pd.DataFrame:
        table = table_of(calls.ends, self._index, self.method.columns)
        table.attrs.update(run=self.method.name, rows=digest_of_all(self._digests))
        return table

    def _explain(self, error: BaseException, calls: Calls) -> None:
        table = self._table(calls)
        with contextlib.suppress(AttributeError):
            error.table = table  # type: ignore[attr-defined]
        fates = [end.fate for end in calls.ends]
        place = calls.failed_row
        where = f"It was row {self._index[place]!r}. " if place >= 0 else ""
        counted = ", ".join(f"{fates.count(one)} {one.value}" for one in Fate if one in fates)
        error.add_note(
            f"{where}Of {len(fates)} calls: {counted}. error.table has them all; "
            "previous=error.table, or the same journal, goes on from there."
        )

    def _earlier(self, previous: pd.DataFrame | None) -> dict[int, Ended]:
        """How the calls ended that a table of an earlier run tells of."""
        if previous is None:
            return {}
        names = [column.name for column in OUTCOME_COLUMNS]
        told = previous.attrs.get("run"), previous.attrs.get("rows")
        if None in told or not set(names) <= set(previous.columns):
            raise InvalidArgument("previous is the table of an earlier toolkit.run, as it gave it")
        if told[0] != self.method.name:
            raise InvalidArgument(f"previous is of {told[0]}, not of {self.method.name}")
        if told[1] != digest_of_all(self._digests):
            raise InvalidArgument("previous is of another table than over")
        found: dict[int, Ended] = {}
        results = Result.of(previous.drop(columns=names))
        told_of = Result.of(previous[names]).columns
        rows = told_of["outcome.row"].values
        ends = [*(place for place in range(1, len(rows)) if rows[place] != rows[place - 1])]
        for first, last in itertools.pairwise([0, *ends, len(rows)] if rows else []):
            cells: list[Any] = [told_of[name].values[first] for name in names]
            cells = [None if is_missing(cell) else cell for cell in cells]
            row, fate, code, label, category, message, at, elapsed = cells
            result = results.part(first, last)
            missing = all(is_missing(one.values[0]) for one in result.columns.values())
            found[row] = Ended(
                Fate(fate), code, label or "", category, message or "", at, elapsed,
                None if fate != Fate.DONE and missing else result,
            )  # fmt: skip
        return found


def _raise(calls: Calls) -> None:
    if calls.error is not None:
        raise calls.error


def _framed(over: Any) -> pd.DataFrame:
    if isinstance(over, pd.DataFrame):
        return over
    if isinstance(over, pd.Series):
        if over.name is None:
            raise InvalidArgument("the series has no name; call it as the parameter is called")
        return over.to_frame()
    if isinstance(over, list) and all(isinstance(one, Mapping) for one in over):
        return pd.DataFrame(over)
    raise InvalidArgument(
        f"over is a DataFrame, a Series or a list of dicts, not a {type(over).__name__}"
    )


def _checked(on_error: str, again: str | Iterable[str]) -> frozenset[str]:
    if on_error not in get_args(OnError):
        raise InvalidArgument(f'on_error is "stop" or "continue", not {on_error!r}')
    wanted = frozenset([again] if isinstance(again, str) else again)
    if wanted - {*get_args(Again)}:
        raise InvalidArgument(f'again is "failed", "unknown" or both, not {again!r}')
    return wanted
