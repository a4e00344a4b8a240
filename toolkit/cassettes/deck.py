"""The deck: the one place that says whether the toolkit's clients record, replay or just send.

``with record(path)`` and ``with replay(path)`` put a cassette in; every client of the toolkit
asks at every request. A cassette counts where it was put in (the innermost of this thread, task
or notebook cell first). Where none was, and exactly one is in anywhere in the process, that one
counts: a pool's threads and a later cell belong to it.
"""

from __future__ import annotations

import os
import threading
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from toolkit.cards import card
from toolkit.cassettes.cassette import Cassette
from toolkit.cassettes.observing import tell, watched
from toolkit.cassettes.options import Mode, Options
from toolkit.cassettes.transports import send, send_async
from toolkit.configuration import chosen
from toolkit.outcomes import CassetteError

_here: ContextVar[tuple[Playing, ...]] = ContextVar("toolkit_deck", default=())
_guard = threading.Lock()
_playing: list[Playing] = []


class Playing:
    """A cassette to put into the deck: ``with`` it, or ``start()`` and ``stop()`` it.

    Parameters
    ----------
    path : str or path
        The cassette.
    mode : str, optional
        One of :class:`~toolkit.cassettes.options.Options`, as all further options.

    Raises
    ------
    CassetteError
        When an option is unknown; on starting also when the cassette cannot be opened.
    """

    _mode: Mode = "none"

    def __init__(
        self, path: str | os.PathLike[str], *, mode: Mode | None = None, **options: Any
    ) -> None:
        self.path = Path(path)
        self._options = {**options, "mode": mode or self._mode}
        Options.of(self._options)
        self._cassette: Cassette | None = None
        self._calls = 0

    @property
    def calls(self) -> int:
        """Requests answered or recorded since the start."""
        return self._calls if self._cassette is None else self._cassette.calls

    @property
    def cassette(self) -> Cassette:
        """The open cassette."""
        if self._cassette is None:
            raise CassetteError(f"{self!r} is not running; start it first.")
        return self._cassette

    def __repr__(self) -> str:
        state = "stopped" if self._cassette is None else "running"
        return f"<{type(self).__name__} {str(self.path)!r} {state}, {self.calls} calls>"

    def _repr_html_(self) -> str:
        state = "stopped" if self._cassette is None else "running"
        facts = [("cassette", self.path), ("state", state), ("calls", self.calls)]
        return card(type(self).__name__.lower(), facts)

    def start(self) -> Self:
        """Open the cassette and put it into the deck, on top."""
        if self._cassette is not None:
            raise CassetteError(f"{self!r} is running already.")
        self._cassette = Cassette(self.path, **self._options)
        with _guard:
            _playing.append(self)
        _here.set((*_here.get(), self))
        tell(None)
        return self

    def stop(self) -> None:
        """Take the cassette out and close it. Stopping twice does nothing."""
        cassette, self._cassette = self._cassette, None
        if cassette is None:
            return
        with _guard:
            _playing.remove(self)
        # Another cell or task may stop it: only what is known here can be forgotten here, and
        # what was stopped is left out wherever it is still known.
        _here.set(tuple(one for one in _here.get() if one is not self))
        self._calls = cassette.calls
        try:
            cassette.close()
        finally:
            tell(None)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


class Recording(Playing):
    """Records every request of the toolkit's clients; :func:`record` makes it."""

    _mode: Mode = "append"


class Replay(Playing):
    """Answers every request of the toolkit's clients; :func:`replay` makes it."""

    _mode: Mode = "none"


def record(path: str | os.PathLike[str], *, mode: Mode | None = None, **options: Any) -> Recording:
    """Record every client of the toolkit in this process, after what the cassette has.

    Takes the options of :class:`~toolkit.cassettes.options.Options`; ``mode="rewrite"`` starts
    over. A mode that is not given is the setting ``record_mode``: ``TOOLKIT_RECORD_MODE=none``
    has a script that records here answered from what it recorded elsewhere.

    Examples
    --------
    >>> with record("mine.yaml") as recording:
    ...     frame = gateway.task.get_status("Nightly", "ingest")
    >>> recording.calls
    1
    """
    return Recording(path, mode=mode or chosen("record_mode").value, **options)


def replay(path: str | os.PathLike[str], *, mode: Mode | None = None, **options: Any) -> Replay:
    """Answer every client of the toolkit in this process from a cassette; no network at all.

    Takes the options of :class:`~toolkit.cassettes.options.Options`.

    Examples
    --------
    >>> with replay("cassettes/monday.yaml", repeats="last") as played:
    ...     frame = gateway.task.get_status("Nightly", "ingest")
    >>> played.calls
    1
    """
    return Replay(path, mode=mode, **options)


def playing() -> tuple[Playing, ...]:
    """Give what is in the deck, of the whole process, in the order it was put in."""
    with _guard:
        return tuple(_playing)


def current() -> Cassette | None:
    """Give the cassette that counts here; None when requests are just sent.

    Raises
    ------
    CassetteError
        When several are in the deck and none of them was put in here.
    """
    for one in reversed(_here.get()):
        if one._cassette is not None:
            return one._cassette
    if not _playing:
        return None
    with _guard:
        running = [one for one in _playing if one._cassette is not None]
    if len(running) > 1:
        names = ", ".join(str(one.path) for one in running)
        raise CassetteError(
            f"{len(running)} cassettes are in use ({names}), and none was started in this thread "
            "or task: start one here, or run this inside a copy of the context that started it."
        )
    return running[0]._cassette if running else None


class DeckTransport(httpx.BaseTransport):
    """What every client of the toolkit sends through: asks the deck at each request."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        return f"<DeckTransport {self._inner!r}>"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, record, or just send."""
        cassette = current()
        response: httpx.Response = (
            self._inner.handle_request(request)
            if cassette is None
            else send(watched(cassette), request, self._inner)
        )
        return response

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()


class AsyncDeckTransport(httpx.AsyncBaseTransport):
    """:class:`DeckTransport` for async clients."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __repr__(self) -> str:
        return f"<AsyncDeckTransport {self._inner!r}>"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, record, or just send."""
        cassette = current()
        response: httpx.Response = (
            await self._inner.handle_async_request(request)
            if cassette is None
            else await send_async(watched(cassette), request, self._inner)
        )
        return response

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()
