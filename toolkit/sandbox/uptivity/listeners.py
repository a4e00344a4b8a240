"""Those who listen to events, and how events reach them from any thread."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

_BACKLOG = 64 * 1024 * 1024  # a listener that reads nothing is given up at so many bytes


class Listeners:
    """The connections to the event port, numbered from 1 as they come."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._changed = threading.Condition()
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._wanted: dict[int, frozenset[str]] = {}
        self._last = 0

    @contextlib.contextmanager
    def joined(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Send events to a connection meanwhile."""
        with self._changed:
            self._last += 1
            number = self._last
            self._writers[number] = writer
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._writers.pop(number, None)
                self._wanted.pop(number, None)
                self._changed.notify_all()

    def __bool__(self) -> bool:
        return bool(self._writers)

    @property
    def numbers(self) -> list[int]:
        """The numbers of those who listen."""
        with self._changed:
            return list(self._writers)

    def wait_for(self, count: int, timeout: float) -> bool:
        """Wait until so many listen, or more; False if that did not happen in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._writers) >= count, timeout)

    def want(self, number: int, kinds: frozenset[str]) -> bool:
        """Send a listener events of these types only; False if there is no such listener."""
        with self._changed:
            if number not in self._writers:
                return False
            self._wanted[number] = kinds
            return True

    def carry(self, kind: str, line: bytes) -> None:
        """Send an event to all who want it; may be used from any thread."""
        with self._changed:
            listening = list(self._writers.items())
        if listening:
            self._soon(self._push, listening, kind, line)

    def drop(self) -> None:
        """Cut the connections of all who listen; from now on they listen no more."""
        with self._changed:
            dropped = list(self._writers.values())
            self._writers.clear()
            self._wanted.clear()
            self._changed.notify_all()
        self._soon(self._abort, dropped)

    def _soon(self, step: object, *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the server has ended
            self._loop.call_soon_threadsafe(step, *values)  # type: ignore[arg-type]

    def _push(
        self, listening: list[tuple[int, asyncio.StreamWriter]], kind: str, line: bytes
    ) -> None:
        for number, writer in listening:
            wanted = self._wanted.get(number)
            if kind and wanted is not None and kind not in wanted:
                continue
            if writer.transport.get_write_buffer_size() > _BACKLOG:
                writer.transport.abort()
            elif not writer.transport.is_closing():
                writer.write(line)

    def _abort(self, writers: list[asyncio.StreamWriter]) -> None:
        for writer in writers:
            writer.transport.abort()
