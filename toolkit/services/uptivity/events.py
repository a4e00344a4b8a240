"""Events that the server pushes (5621), as rows.

The vendor says that the port pushes XML when a call has started, has stopped "and so on"; the
page with the format is not public. So nothing is taken for granted but that each event is one XML
document: its root's name, and a flat map of the names below it to texts.
"""

from __future__ import annotations

import asyncio
import collections
import contextvars
import datetime as dt
import os
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import pandas as pd

from toolkit import http
from toolkit.cassettes import DeckTransport, RecordTransport
from toolkit.frames import Column
from toolkit.http import Limits
from toolkit.outcomes import InvalidArgument, NotRecorded
from toolkit.services.base.closing import Closing
from toolkit.services.uptivity import wire
from toolkit.services.uptivity.eventsource import Ended, EventTransport
from toolkit.services.uptivity.reading import decoded_text, parsed
from toolkit.services.uptivity.results import flat, typed_frame

EVENT_PORT = 5621
EVENT_COLUMNS = (
    Column("at", "time", about="when it came (UTC)"),
    Column("root", "category", about="the name of the document's root"),
    Column("type", "category", about="what its TYPE says, else its root's name"),
)
Row = dict[str, Any]


def row_of(body: bytes, at: dt.datetime) -> Row:
    """One event as a row: ``at``, ``root``, ``type``, and every name that it has, lower case.

    Examples
    --------
    >>> row_of(b"<EVENT><TYPE>CALLSTOP</TYPE><DEVICEID>7</DEVICEID></EVENT>",
    ...        dt.datetime(2026, 3, 1, tzinfo=dt.UTC))["deviceid"]
    '7'
    """
    root, _ = parsed(decoded_text(body))
    fields = flat(root)
    kind = fields.pop("type", "") or root.tag
    named = {f"{name}_" if name in ("at", "root") else name: text for name, text in fields.items()}
    return {"at": at, "root": root.tag, "type": kind, **named}


def events_frame(rows: list[Row]) -> pd.DataFrame:
    """Rows of events as a DataFrame; columns typed by their names, as everywhere here.

    Examples
    --------
    >>> events_frame([]).columns.tolist()
    ['at', 'root', 'type']
    """
    texts = [{name: text for name, text in row.items() if name != "at"} for row in rows]
    result = typed_frame(texts, EVENT_COLUMNS[1:])
    times = pd.Series([row["at"] for row in rows], dtype="datetime64[us, UTC]")
    result.insert(0, "at", times)
    return result


class Events(Closing):
    """A listener: iterate it (``for`` or ``async for``) to get one row an event as it comes.

    A lost connection is made again, with pauses that grow. A running ``toolkit.record`` keeps the
    events, and ``toolkit.replay`` gives those of its cassette and ends after the last one. Leave
    it by ``break`` and ``close()``, or use it in ``with`` or ``async with``; ``close()`` from
    another thread or task ends whoever waits.

    Parameters
    ----------
    url : str
        For example ``tcp://host:5621``.
    idle : float, optional
        Seconds without any event after which the iteration ends; without it, it never ends.
    keep : int
        How many of the last rows :meth:`frame` has.
    cassette : str or path, optional
        Append the events to this cassette, whatever the deck does.
    tries, wait, wait_most
        How often in a row a connection may fail, the seconds before the second try (doubled for
        each further one), and their most.
    max_bytes : int
        The most that one event may have.

    Attributes
    ----------
    reconnects : int
        How often a lost connection was made again; events of the time between are lost.
    """

    def __init__(
        self,
        url: str,
        *,
        idle: float | None = None,
        keep: int = 100_000,
        cassette: str | os.PathLike[str] | None = None,
        limits: Limits | None = None,
        **source: Any,
    ) -> None:
        parts = urlsplit(str(url))
        if parts.scheme != "tcp" or not parts.hostname or parts.path not in ("", "/"):
            raise InvalidArgument(f"events come from an address like tcp://host:5621, not {url!r}")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = parts.port or EVENT_PORT
        self.url = f"tcp://{host}:{port}"
        self._limits = limits or Limits(total=float("inf"))
        try:
            self._source = EventTransport((parts.hostname, port), idle=idle, **source)
        except TypeError as error:
            raise InvalidArgument(f"no such option of events: {error}") from None
        inner: Any = self._source if cassette is None else RecordTransport(cassette, self._source)
        self._client = http.make_client(DeckTransport(inner))
        self._rows: collections.deque[Row] = collections.deque(maxlen=keep)
        self._guard = threading.Lock()
        self._ended = False
        self._came = 0
        self._last: tuple[dt.datetime, bytes] | None = None

    def __repr__(self) -> str:
        state = "ended" if self._ended else "listening"
        return f"<uptivity events {self.url}: {state}, {len(self._rows)} kept>"

    @property
    def reconnects(self) -> int:
        """How often a lost connection was made again."""
        return self._source.reconnects

    def __iter__(self) -> Iterator[Row]:
        while (row := self.next()) is not None:
            yield row

    async def __aiter__(self) -> AsyncIterator[Row]:
        loop = asyncio.get_running_loop()
        # A thread of its own: the loop has few for all, and looks up names in them too.
        thread = ThreadPoolExecutor(1, thread_name_prefix="uptivity events")
        try:
            while True:
                run = contextvars.copy_context().run
                row = await loop.run_in_executor(thread, run, self.next)
                if row is None:
                    return
                yield row
        except asyncio.CancelledError:
            self.stop()  # the thread that waits must not outlive whoever asked
            raise
        finally:
            thread.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.close)

    def next(self) -> Row | None:
        """The next event; None when there will be none.

        Raises
        ------
        Unreachable
            The server was not reached, after several tries.
        NotRecorded
            A replay's cassette has no events of this address.
        BadReply
            What came is no XML.
        """
        with self._guard:
            if self._ended:
                return None
            request = httpx.Request(wire.LISTEN, self.url)
            request.headers.pop("host", None)
            try:
                answer = http.send(self._client, request, limits=self._limits, repeatable=False)
            except (Ended, NotRecorded) as error:
                self._ended = True
                if isinstance(error, NotRecorded) and not self._rows:
                    raise
                return None
            at = answer.at + dt.timedelta(seconds=answer.elapsed)
            if self._is_repeated(at, answer.body):
                self._ended = True
                return None
            row = row_of(answer.body, at)
            self._rows.append(row)
            return row

    def _is_repeated(self, at: dt.datetime, body: bytes) -> bool:
        """Whether a replay with ``repeats="last"`` has begun to give its last event again."""
        came, self._came = self._came, self._source.count
        last, self._last = self._last, (at, body)
        return self._came == came and self._last == last

    def frame(self) -> pd.DataFrame:
        """The events that have come, the last ``keep`` of them.

        Returns
        -------
        DataFrame
            ``at`` datetime64[us, UTC] (when it came), ``root`` and ``type`` category, then every
            name that came, typed as in the answers of commands.
        """
        return events_frame(list(self._rows))

    def stop(self) -> None:
        """End whoever waits for an event; what has come stays in :meth:`frame`."""
        self._source.stop()

    def close(self) -> None:
        """Stop, and close the connection."""
        self.stop()
        with self._guard:
            self._ended = True
            self._client.close()
