"""Watching the deck: what a panel needs to know of the calls that pass through it.

Nothing here costs anything while nobody watches.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from toolkit.cassettes.bodyfiles import response_in
from toolkit.cassettes.cassette import Cassette
from toolkit.cassettes.interaction import Interaction, Request
from toolkit.cassettes.vcrdict import from_dict, to_dict
from toolkit.outcomes import NotRecorded


@dataclass(frozen=True, slots=True)
class Passing:
    """One call on its way through the deck. Its interaction is as it was sent, secrets included.

    ``why`` says why a replay did not find it.
    """

    kind: Literal["recorded", "replayed", "not found"]
    interaction: Interaction = field(repr=False)
    why: str = ""


Observer = Callable[[Passing | None], None]
_observers: list[Observer] = []
_guard = threading.Lock()


def observe(observer: Observer) -> Callable[[], None]:
    """Have an observer called at each call, on the call's own thread, and with None at each change.

    A change is a cassette that goes into the deck or out of it. What the observer raises is
    dropped: nobody's call fails because somebody watches.

    Returns
    -------
    callable
        Ends it.
    """
    with _guard:
        _observers.append(observer)

    def end() -> None:
        with _guard, contextlib.suppress(ValueError):
            _observers.remove(observer)

    return end


def tell(passing: Passing | None) -> None:
    """Tell all observers."""
    for observer in tuple(_observers):
        with contextlib.suppress(Exception):
            observer(passing)


def watched(cassette: Cassette) -> Any:
    """The cassette, or while somebody watches, one that tells what it is asked."""
    return _Watched(cassette) if _observers else cassette


class _Watched:
    """What the transports use of a cassette."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette

    @property
    def path(self) -> Path:
        return self._cassette.path

    def line(self, method: str, url: str, body: bytes, make: Callable[[], Request]) -> bytes | None:
        try:
            line = self._cassette.line(method, url, body, make)
        except NotRecorded as error:
            tell(Passing("not found", Interaction(make()), str(error)))
            raise
        if line is not None:
            request = to_dict(Interaction(make()))["request"]
            answer = response_in(line, self.path)
            tell(Passing("replayed", from_dict({"request": request, "response": answer})))
        return line

    def keep(self, interaction: Interaction) -> None:
        self._cassette.keep(interaction)
        tell(Passing("recorded", interaction))
