"""How far long work is: a bar of text that is rewritten, and one line that stays.

Nothing is shown of work that takes less than a second, nor where nobody looks: in a terminal and
in a notebook somebody does, at the other end of a pipe nobody. One bar is shown at a time: of many
lists that are read at once, each would write over the others. ``TOOLKIT_PROGRESS=off`` in the
environment shows nothing anywhere. The bar goes to where errors go, since tables may be piped on.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Iterable, Iterator, Sized
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

T = TypeVar("T")

SWITCH = "TOOLKIT_PROGRESS"
"""The environment variable that switches all bars off: ``off``, ``no`` or ``0``."""
WIDTH = 24
"""Characters of a bar."""
_AFTER = 1.0  # seconds; what is shorter shows nothing
_BETWEEN = {True: 0.5, False: 0.1}  # seconds between two pictures, in a notebook and a terminal


def progress(
    items: Iterable[T],
    total: int | None = None,
    what: str = "items",
    show: bool | None = None,
    *,
    doing: str = "Reading",
    did: str = "Read",
) -> Iterator[T]:
    """Go through items, and show how far it is.

    Parameters
    ----------
    items : iterable
    total : int, optional
        How many there are; by default ``len(items)``, where that is known.
    what : str
        What is counted.
    show, doing, did
        As :class:`Progress` has them.

    Examples
    --------
    >>> list(progress([1, 2, 3], what="cassettes"))
    [1, 2, 3]
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    with Progress(what, total, show, doing=doing, did=did) as shown:
        for item in items:
            yield item
            shown.step()


class Progress:
    """Progress of work whose steps the caller tells.

    Parameters
    ----------
    what : str
        What is counted: ``"cassettes"``.
    total : int or None
        How many there are, if that is known.
    show : bool or None
        None: when it takes longer than a second and somebody looks.
    doing, did : str
        The work in a word, while it is done and afterwards.

    Examples
    --------
    >>> with Progress("cassettes", 2) as shown:
    ...     shown.step(rows=40)
    ...     print(shown)
    Reading ━━━━━━━━━━━━────────────  50 %, 1 of 2 cassettes, 40 rows
    """

    def __init__(
        self,
        what: str,
        total: int | None = None,
        show: bool | None = None,
        *,
        doing: str = "Reading",
        did: str = "Read",
    ) -> None:
        self._what, self._total = what, total
        self._doing, self._did = doing, did
        self._show = (_somebody_looks() if show is None else show) and not _switched_off()
        self._after = 0.0 if show else _AFTER
        self._between = _BETWEEN[in_notebook()]
        self._start = time.monotonic()
        self._shown = self._start
        self._done = self._rows = 0
        self._line: _Line | None = None
        self._asked = bool(show)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _SHOWN.discard(self)
        if self._line is not None:
            seconds = time.monotonic() - self._start
            ended = self._did if kind is None else f"{self._doing} ended early after"
            self._line.end(f"{ended} {self._counted()} in {seconds:.1f} s")

    def __str__(self) -> str:
        bar = f"{bar_of(self._done / self._total)}, " if self._total else ""
        return f"{self._doing} {bar}{self._counted()}"

    def step(self, rows: int = 0, done: int = 1) -> None:
        """So many more were done, with so many rows in them."""
        self._done += done
        self._rows += rows
        now = time.monotonic()
        if not self._show or now - self._start < self._after or now - self._shown < self._between:
            return
        if self._line is None:
            if _SHOWN and not self._asked:
                return
            _SHOWN.add(self)
            self._line = _Notebook() if in_notebook() else _Terminal()
        self._shown = now
        self._line.show(str(self))

    def __call__(self, done: int, total: int | None = None) -> None:
        """So many are done by now, of so many: what a ``progress=`` argument is called with."""
        if total is not None:
            self._total = total
        self.step(done=done - self._done)

    def _counted(self) -> str:
        of = "" if self._total is None or self._done == self._total else f" of {self._total:,}"
        rows = f", {self._rows:,} rows" if self._rows else ""
        return f"{self._done:,}{of} {self._what}{rows}"


_SHOWN: weakref.WeakSet[Progress] = weakref.WeakSet()
"""The bar that is shown now."""


def bar_of(share: float) -> str:
    """A bar as text.

    Examples
    --------
    >>> bar_of(0.25)
    '━━━━━━──────────────────  25 %'
    """
    share = min(max(share, 0.0), 1.0)
    full = int(share * WIDTH)
    return f"{'━' * full}{'─' * (WIDTH - full)} {share:4.0%}".replace("%", " %")


class _Line(Protocol):
    """Where progress is shown."""

    def show(self, text: str) -> None: ...

    def end(self, text: str) -> None: ...


class _Terminal:
    """rich rewrites the line, and leaves the last one."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.status import Status

        self._console = Console(stderr=True, highlight=False, markup=False)
        self._status = Status("", console=self._console)
        self._status.start()

    def show(self, text: str) -> None:
        self._status.update(text)

    def end(self, text: str) -> None:
        self._status.stop()
        self._console.print(text, style="dim")


class _Notebook:
    """One output that is replaced, and stays as text in the saved notebook."""

    def __init__(self) -> None:
        from IPython.display import display

        self._shown: Any = display({"text/plain": ""}, raw=True, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]

    def show(self, text: str) -> None:
        if self._shown is not None:
            self._shown.update({"text/plain": text}, raw=True)

    def end(self, text: str) -> None:
        self.show(text)


def in_notebook() -> bool:
    """Whether this runs in a kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _somebody_looks() -> bool:
    return in_notebook() or bool(sys.stderr and sys.stderr.isatty())


def _switched_off() -> bool:
    return os.environ.get(SWITCH, "").strip().casefold() in ("off", "no", "0", "false")
