"""How far a long reading is: a line that is rewritten, and one that stays."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, Self

_AFTER = 1.0  # seconds; what is shorter shows nothing
_BETWEEN = 0.1


class Progress:
    """Progress in a terminal or a notebook; nothing where nobody looks, or nothing takes long.

    Parameters
    ----------
    what : str
        What is counted: ``"cassettes"``.
    total : int or None
        How many there are, if that is known.
    show : bool or None
        None: when it takes longer than a second and somebody looks.
    """

    def __init__(self, what: str, total: int | None, show: bool | None = None) -> None:
        self._what = what
        self._total = total
        self._show = _somebody_looks() if show is None else show
        self._after = 0.0 if show else _AFTER
        self._start = self._shown = time.monotonic()
        self._done = 0
        self._rows = 0
        self._line: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line is not None:
            seconds = time.monotonic() - self._start
            self._line.end(f"Read {self._text()} in {seconds:.1f} s" if kind is None else "")

    def step(self, rows: int, done: int = 1) -> None:
        """So many more were read, with so many rows in them."""
        self._done += done
        self._rows += rows
        now = time.monotonic()
        if not self._show or now - self._start < self._after or now - self._shown < _BETWEEN:
            return
        if self._line is None:
            self._line = _Notebook() if _in_notebook() else _Terminal()
        self._shown = now
        self._line.show(f"Reading: {self._text()}")

    def _text(self) -> str:
        of = "" if self._total is None or self._done == self._total else f" of {self._total:,}"
        return f"{self._done:,}{of} {self._what}, {self._rows:,} rows"


class _Terminal:
    """rich writes to where errors go: tables may be piped on."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.status import Status

        self._console = Console(stderr=True, highlight=False)
        self._status = Status("", console=self._console)
        self._status.start()

    def show(self, text: str) -> None:
        self._status.update(text)

    def end(self, text: str) -> None:
        self._status.stop()
        if text:
            self._console.print(text, style="dim")


class _Notebook:
    """One output that is replaced, and stays as text in the saved notebook."""

    def __init__(self) -> None:
        from IPython.display import display

        self._shown = display({"text/plain": ""}, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def show(self, text: str) -> None:
        if self._shown is not None:
            self._shown.update({"text/plain": text}, raw=True)

    def end(self, text: str) -> None:
        self.show(text)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _somebody_looks() -> bool:
    return _in_notebook() or bool(sys.stderr and sys.stderr.isatty())
