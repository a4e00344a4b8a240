"""``toolkit.watch``: what changes on a service, live in a notebook or line by line."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

import traitlets

from toolkit.cards import listed
from toolkit.progress import in_notebook
from toolkit.watching import Change, Clock, Watch
from toolkit.watching.lines import show, summary
from toolkit.watching.options import Every, Of, Until, Words
from toolkit.widgets.widget import Widget, front
from toolkit.widgets.written import table

LAST = 50
"""Changes that are shown."""


class WatchPanel(Widget):
    """A running watch in a notebook: its last changes, what is there now, and a button to end it.

    Parameters
    ----------
    watch : Watch
    """

    _esm = front("watch.js")
    _css = front("watch.css")
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._last: deque[list[Any]] = deque(maxlen=LAST)
        self._lock = threading.Lock()
        self._handle: Any = None
        super().__init__({"stop": lambda _content, _: self._stop()})
        self.refresh()
        watch.heard.append(self._heard)

    def __repr__(self) -> str:
        return repr(self._watch)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        if isinstance(bundle, tuple):
            data, metadata = bundle
            return {**data, "text/plain": repr(self), "text/html": self.static()}, metadata
        return bundle

    def display(self) -> None:
        """Show it below the running cell; when the watch ends, what it saw stays there as text."""
        from IPython.display import display

        self._handle = display(self, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]

    def static(self) -> str:
        """What is shown where no widget can be: the last changes as a table."""
        with self._lock:
            rows = [tuple(map(_plain, row)) for row in self._last]
        return listed(f"Watch of {self._watch.where}", self.shown["says"], rows)

    def refresh(self) -> None:
        """Show what the watch has seen by now."""
        watch = self._watch
        now = watch.statuses
        seen = table(now) if len(now.columns) else {"columns": [], "rows": []}
        named = [one.name for one in watch.watched if not one.is_log]
        with self._lock:
            last = list(self._last)
        self.shown = {
            "where": watch.where,
            "ended": watch.ended,
            "says": self._says(),
            "tone": "bad" if watch.error else "",
            "changes": last,
            "name": named[0] if named else "",
            "count": len(now),
            "columns": seen["columns"],
            "rows": seen["rows"],
        }

    def _says(self) -> str:
        if self._watch.ended:
            return summary(self._watch)
        looks = self._watch.looks
        return f"{looks:,} look{'' if looks == 1 else 's'}, every {self._watch.every:g} s."

    def _stop(self) -> None:
        # A look may be under way: the page is not kept waiting for its end.
        threading.Thread(target=self._watch.stop, name="toolkit-watch-stop", daemon=True).start()

    def _heard(self, changes: Sequence[Change]) -> None:
        """Called on the watch's thread after each look."""
        with self._lock:
            self._last.extendleft(_row(change) for change in changes)
        self.refresh()
        if self._watch.ended and self._handle is not None:
            self._handle.update(self)


def watch(
    client: Any,
    every: Every = "30s",
    *,
    of: Of = None,
    key: Words = (),
    ignore: Words = (),
    times: int | None = None,
    until: Until | None = None,
    quiet: bool = False,
    clock: Clock | None = None,
) -> Watch:
    """Look at a service again and again, and tell what changed.

    Of a Sertainty gateway the statuses of all tasks and new lines of the agent's log; of an
    Uptivity server its calls; of GeoOp its jobs; of anything else what ``of`` reads. In a notebook
    a live view stands below the cell, which ends at once, and cells go on working; in a terminal
    there is a line a change until Ctrl-C.

    Parameters
    ----------
    client : object
        A client of ``connect``, logged in.
    every : str, float or timedelta
        From one look to the next; ``"30s"``, ``"5min"``, seconds. Looks never overlap, and their
        times do not drift.
    of : callable, or mapping of names to callables, optional
        A function without arguments that gives a DataFrame: ``server.users.list``.
    key : str or list of str
        With ``of``: the columns that tell its rows apart. Without, rows only come and go.
    ignore : str or list of str
        With ``of``: columns that change at each look, such as the time of the look.
    times : int, optional
        End after so many looks.
    until : datetime or callable, optional
        End at that time, or after the first change for which ``until(change)`` is true.
    quiet : bool
        Show nothing and start nothing: for ``with``, ``for change in ...``, ``async for``.
    clock : Clock, optional
        In place of the time.

    Returns
    -------
    Watch
        ``.changes``, ``.statuses``, ``.log`` (DataFrames), ``.stop()``.

    Raises
    ------
    InvalidArgument
        There is nothing to watch, or an option is not usable.
    ToolkitError
        In a terminal: what ended the watch, such as AccessDenied. A look that got no answer ends
        nothing: it is a change, ``not reached``.

    Examples
    --------
    >>> watched = toolkit.watch(gateway, every="1s", times=2, quiet=True)
    >>> with toolkit.record("watched.yaml"):
    ...     watched.wait()
    >>> watched.looks, watched.statuses.columns.tolist()[:3]
    (2, ['config', 'task', 'start_time'])

    Recorded looks are replayed without waiting:

    >>> again = toolkit.watch(gateway, every="1h", quiet=True)
    >>> with toolkit.replay("watched.yaml"):
    ...     again.wait()
    >>> again.ended
    'The recording has no further look'
    """
    made = Watch(
        client, every, of=of, key=key, ignore=ignore, times=times, until=until, clock=clock
    )
    if quiet:
        return made
    if in_notebook():
        WatchPanel(made).display()
        return made.start()
    if _in_loop():
        return made.start()
    show(made)
    return made


def _in_loop() -> bool:
    """Whether an event loop is running here, which must not be blocked."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _row(change: Change) -> list[Any]:
    tones = {"not reached": "bad", "went": "ask", "log began anew": "ask"}
    tone = tones.get(change.what, "good" if change.what in ("came", "reached again") else "")
    if change.after.casefold().startswith("error"):
        tone = "bad"
    where = " ".join(filter(None, (change.of, change.key, change.column)))
    at = f"{change.at.astimezone():%H:%M:%S}"
    what = {"text": change.what, "tone": tone}
    return [at, what, where, change.after or None, change.before or None]


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell["text"] if isinstance(cell, dict) else cell)
