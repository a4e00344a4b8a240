"""The controls of a sandbox whose requests are watched, in values that JSON can carry."""

from __future__ import annotations

import dataclasses
from typing import Any, Generic, Protocol

from toolkit.sandbox.faults import F
from toolkit.sandbox.switches import Held
from toolkit.sandbox.web import Watch

Json = dict[str, Any]


class Clock(Protocol):
    """A clock that is put forward."""

    ahead: float

    @property
    def now(self) -> float:
        """The time in seconds since 1970."""


class WatchedControls(Generic[F]):
    """The clock, the switches, the faults and the requests that were seen.

    Parameters
    ----------
    clock, switches, watch
        What is controlled.
    fault
        The service's own kind of fault.
    """

    def __init__(self, clock: Clock, switches: Held, watch: Watch[F], fault: type[F]) -> None:
        self._clock = clock
        self._switches = switches
        self._watch = watch
        self._fault = fault

    def now(self) -> float:
        """The server's time in seconds since 1970."""
        return self._clock.now

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        if seconds < 0:
            raise ValueError(f"the clock goes forward only, not by {seconds} s")
        self._clock.ahead += seconds

    def switch(self, switches: Json) -> None:
        """Change switches."""
        self._switches.take(self._switches.changed(**switches))

    def switches(self) -> Json:
        """The switches as they are."""
        return dataclasses.asdict(self._switches)

    def fault(self, **fault: Any) -> None:
        """Set a fault."""
        self._watch.faults.add(self._fault(**fault))

    def clear_faults(self) -> None:
        """Take all faults back."""
        self._watch.faults.clear()

    def calls(self) -> list[Json]:
        """The last 10,000 requests."""
        return list(self._watch.calls)
