"""The rows of the table: what is measured, in which unit, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached.

    ``faster``: the peer's value is at least ``limit`` times ours. ``costs``: ours is at most
    ``limit`` times the peer's. ``at most``: ours is ``limit`` at most.
    ``exactly``: ours is just that.
    """

    kind: Literal["faster", "costs", "at most", "exactly"]
    limit: float
    peer: str = ""

    def ratio(self, ours: float, peer: float | None) -> float | None:
        """How many times faster than the peer, or how many times dearer."""
        above, below = (peer, ours) if self.kind == "faster" else (ours, peer)
        return above / below if above is not None and below else None

    def is_met(self, ours: float, peer: float | None) -> bool | None:
        """Whether it is reached; None when there is nothing to compare with."""
        if self.kind == "exactly":
            return ours == self.limit
        if self.kind == "at most":
            return ours <= self.limit
        ratio = self.ratio(ours, peer)
        if ratio is None:
            return None
        return ratio >= self.limit if self.kind == "faster" else ratio <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its text, its unit, its target (None: measured to explain another row).

    ``at`` is the size that the target is for; None: for all.
    """

    text: str
    unit: Literal["s", "B", ""]
    target: Target | None = None
    at: int | None = None

    def target_at(self, size: int) -> Target | None:
        """The target for a cassette of that size."""
        return self.target if self.at in (None, size) else None


def faster(limit: float, peer: str) -> Target:
    """At least so many times faster, or smaller, than the peer."""
    return Target("faster", limit, peer)


def costs(limit: float, peer: str) -> Target:
    """At most so many times the peer's."""
    return Target("costs", limit, peer)


def at_most(limit: float) -> Target:
    """At most so much: seconds of CPU, bytes."""
    return Target("at most", limit)


def exactly(value: float) -> Target:
    """Just that."""
    return Target("exactly", value)


ROWS: dict[str, Row] = {}
"""All rows by name: each room of this package adds its own."""
NOT_PEERS: set[str] = {"bare request"}
"""What rows compare with that is nobody's package."""
