"""What is watched, how often, until when, and by which clock."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.closing import AsyncClosing
from toolkit.services.base.watched import Watched
from toolkit.watching.changes import Change

Until = dt.datetime | Callable[[Change], bool]
Every = str | float | dt.timedelta
Words = str | Sequence[str]
Of = Callable[[], Any] | Mapping[str, Callable[[], Any]] | None


class Clock:
    """The time, and waiting for it; a test gives its own."""

    def now(self) -> dt.datetime:
        """The time of day (UTC)."""
        return dt.datetime.now(dt.UTC)

    def seconds(self) -> float:
        """A count of seconds that nobody sets."""
        return time.monotonic()

    def wait(self, seconds: float, stopped: threading.Event) -> None:
        """Wait so long, or until it is stopped."""
        stopped.wait(seconds)


def watched_of(client: Any, of: Of, key: Words, ignore: Words) -> tuple[Watched, ...]:
    """What is watched: what ``of`` reads, or what the client says itself.

    Raises
    ------
    InvalidArgument
        Neither says anything.
    """
    if isinstance(client, AsyncClosing):
        raise InvalidArgument(
            "watch takes a client of connect: its looks run beside the event loop anyway"
        )
    if of is None:
        own = getattr(client, "watched", None)
        if own and not key and not ignore:
            return tuple(own)
        name = getattr(client, "service_name", type(client).__name__)
        raise InvalidArgument(
            f"say what of {name} to watch: of=client.things.list, key='id' (a function without "
            "arguments that gives a DataFrame, and the columns that tell its rows apart)"
        )
    named = of if isinstance(of, Mapping) else {getattr(of, "__name__", "table"): of}
    if not named or not all(map(callable, named.values())):
        raise InvalidArgument("of is a function without arguments, or a mapping of names to them")
    names, ignored = _words(key), _words(ignore)
    return tuple(Watched(name, read, names, ignored=ignored) for name, read in named.items())


def _words(given: Words) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def seconds_of(every: Every) -> float:
    """A step of time in seconds.

    Examples
    --------
    >>> seconds_of("5min"), seconds_of(dt.timedelta(seconds=2)), seconds_of(0.5)
    (300.0, 2.0, 0.5)
    """
    try:
        text = isinstance(every, str | dt.timedelta)
        seconds = pd.Timedelta(every).total_seconds() if text else float(every)  # type: ignore[arg-type]
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise InvalidArgument(f'every is like "30s", 30 or a timedelta, not {every!r}')
    return seconds


def name_of(client: Any) -> str:
    """How to speak of a client: its service and its address."""
    words = (getattr(client, "service_name", ""), getattr(client, "url", ""))
    return " ".join(filter(None, map(str, words))) or type(client).__name__
