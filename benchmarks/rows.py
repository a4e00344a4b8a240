"""The rows of the table: what is measured, in which unit, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VCRPY = "vcrpy"
MOCK = "httpx.MockTransport"
LARGE = 10_000
"""From so many on the peers that look at every interaction get fewer turns, or a limit."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached.

    ``faster``: the peer's value is at least ``limit`` times ours. ``costs``: ours is at most
    ``limit`` times the peer's. ``seconds``: ours is ``limit`` at most.
    ``exactly``: ours is just that.
    """

    kind: Literal["faster", "costs", "seconds", "exactly"]
    limit: float
    peer: str = VCRPY

    def ratio(self, ours: float, peer: float | None) -> float | None:
        """How many times faster than the peer, or how many times dearer."""
        above, below = (peer, ours) if self.kind == "faster" else (ours, peer)
        return above / below if above is not None and below else None

    def is_met(self, ours: float, peer: float | None) -> bool | None:
        """Whether it is reached; None when there is nothing to compare with."""
        if self.kind == "exactly":
            return ours == self.limit
        if self.kind == "seconds":
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


def faster(limit: float, peer: str = VCRPY) -> Target:
    """At least so many times faster, or smaller, than the peer."""
    return Target("faster", limit, peer)


def costs(limit: float, peer: str) -> Target:
    """At most so many times the peer's."""
    return Target("costs", limit, peer)


def seconds(limit: float) -> Target:
    """At most so many seconds of CPU."""
    return Target("seconds", limit)


FLAT = 1.15
"""How much more than with 100 interactions still counts as flat."""

ROWS: dict[str, Row] = {
    "open": Row("open without an index and answer the last request", "s", faster(40), LARGE),
    "open_indexed": Row("open with an index and answer the last request", "s", faster(1000), LARGE),
    "open_memory": Row("memory held by the open cassette", "B", costs(0.15, VCRPY), LARGE),
    "open_stock": Row("open what vcrpy wrote and answer the last request", "s", faster(5), LARGE),
    "open_stock_memory": Row("memory held by what vcrpy wrote", "B", costs(0.5, VCRPY), LARGE),
    "open_only": Row("open, nothing asked for", "s"),
    "index": Row("make the index, once", "s"),
    "replay": Row("replay one request, the last ones of the cassette", "s", costs(1.15, MOCK)),
    "replay_flat": Row("the same against a cassette of 100", "s", costs(FLAT, "ours, 100")),
    "replay_async": Row("replay one request, AsyncClient", "s", costs(1.15, MOCK)),
    "replay_post": Row("replay one request, made by client.post", "s"),
    "use_cassette": Row("replay one request through use_cassette", "s", costs(2.0, MOCK)),
    "use_cassette_flat": Row("the same against a cassette of 100", "s", costs(FLAT, "ours, 100")),
    "session": Row("a session of 1,000 calls, replayed", "s", faster(100)),
    "session_earlier": Row("the same against vcrpy 8.2.1", "s", faster(20, "vcrpy 8.2.1")),
    "session_bridge": Row("the same through use_cassette", "s", faster(100)),
    "session_all": Row("a session of all calls, replayed", "s"),
    "record": Row("record one more request", "s", costs(1.5, "bare request")),
    "record_flat": Row("the same against a cassette of 100", "s", costs(FLAT, "ours, 100")),
    "record_mock": Row("record one more request, no socket", "s"),
    "persist": Row("CPU to persist an interaction", "s", seconds(15e-6)),
    "keep": Row("the same with its redaction", "s"),
    "kill": Row("kill -9: finished interactions lost", "", Target("exactly", 0)),
    "kill_loads": Row("kill -9: stock vcrpy loads what is left", "", Target("exactly", 1)),
    "kill_saving": Row("kill -9 while it is saved: stock vcrpy loads it", ""),
    "add": Row("add one call to a cassette", "s", seconds(1e-3)),
    "add_bytes": Row("bytes written for it", "B"),
    "threads": Row("8 threads: requests in the right cassette", "", Target("exactly", 80)),
    "tasks": Row("8 tasks: requests in the right cassette", "", Target("exactly", 80)),
    "deck": Row("8 threads, the toolkit's own clients", "", Target("exactly", 80)),
    "patched": Row("functions of httpx still patched afterwards", "", Target("exactly", 0)),
    "secrets": Row("one login: secrets on disk, of 8", "", Target("exactly", 0)),
    "secrets_replay": Row("one login: it replays without the server", "", Target("exactly", 1)),
    "failures": Row("failures of 5 that replay as the same exception", "", Target("exactly", 5)),
    "times": Row("time stamps and durations, saved by stock vcrpy", "", Target("exactly", 1)),
    "calls": Row("cassette to DataFrame with codes, 1,000 calls", "s", seconds(20e-3)),
    "calls_stock": Row("the same from a cassette that vcrpy wrote", "s"),
}
