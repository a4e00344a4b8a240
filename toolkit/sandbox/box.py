"""What every sandbox hands to the one who started it: an address, and an end."""

from __future__ import annotations

import datetime as dt
import html
from types import TracebackType
from typing import Any, Protocol, Self


class Runner(Protocol):
    """Where a server runs: a thread of this process, or a process of its own."""

    url: str

    def send(self, control: str, **arguments: Any) -> Any:
        """Use one control of the server and give its JSON-like answer."""

    def close(self) -> None:
        """End the server; a second time does nothing."""


class Box:
    """A running sandbox.

    Attributes
    ----------
    service : str
        Name of the service it stands for.
    url : str
        Base URL, always on 127.0.0.1.
    """

    service = ""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self.url = runner.url
        self.closed = False

    def control(self, control: str, **arguments: Any) -> Any:
        """Use a control by name, with plain values in and out (what the typed methods use).

        Raises
        ------
        RuntimeError
            If the sandbox is closed, or its process has ended.
        """
        if self.closed:
            raise RuntimeError("the sandbox is closed: start another one")
        return self._runner.send(control, **arguments)

    @property
    def now(self) -> dt.datetime:
        """The server's time, in UTC."""
        return dt.datetime.fromtimestamp(self.control("now"), dt.UTC)

    def switch(self, **switches: Any) -> Self:
        """Change switches by name (see `Switches`); ValueError for an unknown name or value."""
        self.control("switch", switches=switches)
        return self

    def clear_faults(self) -> Self:
        """Take back every fault that has not struck."""
        self.control("clear_faults")
        return self

    def kill(self) -> None:
        """End the server's process at once, without a chance to tidy up.

        Raises
        ------
        ValueError
            If it runs in this process.
        """
        end = getattr(self._runner, "kill", None)
        if end is None:
            raise ValueError("only a sandbox started with process=True can be killed")
        end()

    def close(self) -> None:
        """End the server and free its port; a second time does nothing."""
        if not self.closed:
            self.closed = True
            self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where it is, in words for the one who started it in a terminal."""
        return self.url

    def _summary(self) -> str:
        return "closed" if self.closed else self.url

    def __repr__(self) -> str:
        return f"<{self.service} sandbox: {self._summary()}>"

    def _repr_html_(self) -> str:
        return f"<b>{html.escape(self.service)} sandbox</b> {html.escape(self._summary())}"


class ForwardBox(Box):
    """A sandbox whose clock is put forward, which tells nothing of what became due meanwhile."""

    def advance(self, by: dt.timedelta | float) -> Self:
        """Put the server's clock forward by a timedelta or seconds, e.g. past a token's end.

        Raises
        ------
        ValueError
            If it would go back, or the clock is one that cannot be moved.
        """
        self.control("advance", seconds=by.total_seconds() if isinstance(by, dt.timedelta) else by)
        return self
