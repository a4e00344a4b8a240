"""The socket doors: commands on one port, events on the other, in a thread of their own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import cast

from toolkit.sandbox.server import LOOPBACK
from toolkit.sandbox.uptivity.codes import Refusal
from toolkit.sandbox.uptivity.desk import Delivery, Desk
from toolkit.sandbox.uptivity.envelope import LINE_ENDS, Request, check_size, read_xml
from toolkit.sandbox.uptivity.faults import part_of, pieces_of
from toolkit.sandbox.uptivity.framing import Framer
from toolkit.sandbox.uptivity.listeners import Listeners

_PIECE = 65536


class SocketServer:
    """Serves commands and events on two ports of 127.0.0.1.

    Parameters
    ----------
    desk
        Who answers commands.
    port, event_port
        0 for any free port.

    Attributes
    ----------
    port, event_port : int
        The ports that are listened on.
    listeners : Listeners
        Who listens to events.

    Raises
    ------
    OSError
        If a port is taken.
    ValueError
        If there is no such port.
    """

    def __init__(self, desk: Desk, *, port: int = 0, event_port: int = 0) -> None:
        self._desk = desk
        self._tasks: set[asyncio.Task[None]] = set()
        self._sockets: list[socket.socket] = []
        for number in (port, event_port):
            if not 0 <= number <= 65535:
                raise ValueError(f"port must be 0 (any free one) to 65535, not {number}")
        try:
            for number in (port, event_port):
                self._sockets.append(socket.create_server((LOOPBACK, number), backlog=512))
        except BaseException:
            for one in self._sockets:
                one.close()
            raise
        self.port, self.event_port = (one.getsockname()[1] for one in self._sockets)
        self._ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="toolkit-sandbox-sockets", daemon=True
        )
        self._thread.start()
        self._ready.wait()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        self.listeners = Listeners(self._loop)
        self._desk.engine.hub.carry = self.listeners.carry
        self._desk.engine.hub.heard = lambda: bool(self.listeners)
        self._desk.engine.hub.want = self.listeners.want
        command, events = self._sockets
        servers = [
            await asyncio.start_server(self._converse, sock=command, limit=_PIECE),
            await asyncio.start_server(self._listen, sock=events),
        ]
        self._ready.set()
        await self._closing.wait()
        for server in servers:
            server.close()
        while self._tasks:  # one that just got what it waited for may miss its first cancellation
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=0.1)

    def close(self) -> None:
        """End the doors and free the ports; a second time does nothing."""
        if self._thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop ended by itself meanwhile
                self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()

    @contextlib.contextmanager
    def _attended(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Remember the task of a connection, and cut the connection at its end."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                yield
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if self._closing.is_set() else writer.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._attended(writer), self.listeners.joined(writer):
            while await reader.read(_PIECE):  # what a listener says is not for us
                pass

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        desk = self._desk
        desk.count_client(1)
        crowded = desk.crowded()
        try:
            with self._attended(writer):
                if crowded and self._desk.engine.switches.refuse_on == "connect":
                    await self._say(writer, self._desk.turn_away("tcp", Request()))
                    return
                await _Talk(self._desk, reader, writer, self._closing).hold(crowded=crowded)
        finally:
            desk.count_client(-1)

    async def _say(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(body + LINE_ENDS[self._desk.engine.switches.line_end].encode())
        await writer.drain()


class _Talk:
    """One connection to the command door."""

    def __init__(
        self,
        desk: Desk,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        closing: asyncio.Event,
    ) -> None:
        self._desk = desk
        self._reader = reader
        self._writer = writer
        self._closing = closing
        self._framer = Framer()

    async def hold(self, *, crowded: bool) -> None:
        """Answer messages until the client or a fault ends the connection."""
        while True:
            try:
                data = await self._read()
            except TimeoutError:
                if self._framer.pending:
                    await self._refuse("the message did not end in time")
                return
            for message in self._framer.feed(data or b"\r\n"):
                if crowded:
                    request, _ = self._parse(message)
                    await self._write(self._desk.turn_away("tcp", request))
                    return
                if not await self._answer(message):
                    return
            limit = self._desk.engine.switches.message_limit
            if len(self._framer.pending) > limit:
                await self._refuse(f"the message is larger than {limit} bytes")
                return
            if not data:
                if self._framer.pending:
                    await self._refuse("the message is not at its end")
                return

    async def _read(self) -> bytes:
        switches = self._desk.engine.switches
        seconds = switches.read_timeout if self._framer.pending else switches.idle_timeout
        return await asyncio.wait_for(self._reader.read(_PIECE), seconds or None)

    def _parse(self, message: bytes) -> tuple[Request, Refusal | None]:
        limit = self._desk.engine.switches.message_limit
        try:
            check_size(message, limit)
            return read_xml(message), None
        except Refusal as refusal:
            return Request(), refusal

    async def _refuse(self, why: str) -> None:
        delivery = await self._desk.attend("tcp", Request(), Refusal(16, why), self._wait)
        await self._deliver(delivery)

    async def _answer(self, message: bytes) -> bool:
        request, refusal = self._parse(message)
        return await self._deliver(await self._desk.attend("tcp", request, refusal, self._wait))

    async def _deliver(self, delivery: Delivery) -> bool:
        """Send a reply; False if that was the end of the connection."""
        fault, body = delivery.fault, delivery.body
        kind = "" if fault is None else fault.kind
        end = LINE_ENDS[self._desk.engine.switches.line_end].encode()
        if kind == "twice":
            body = body[: len(body) // 2] + end + body[len(body) // 2 :]
        if kind == "silence":
            return True
        if kind == "drop":
            self._writer.transport.abort()
            return False
        if fault is not None and kind in ("cut", "half_close"):
            self._writer.write(part_of(fault, body + end))
            await self._writer.drain()
            if kind == "half_close":
                self._writer.write_eof()
                while await self._reader.read(_PIECE):
                    pass
            return False
        if fault is not None and kind in ("slow", "split"):
            for piece in pieces_of(fault, body + end):
                self._writer.write(piece)
                await self._writer.drain()
                await self._wait(fault.seconds if kind == "slow" else 0.0)
            return True
        await self._write(body)
        return True

    async def _write(self, body: bytes) -> None:
        self._writer.write(body + LINE_ENDS[self._desk.engine.switches.line_end].encode())
        await self._writer.drain()

    async def _wait(self, seconds: float) -> None:
        if not seconds:
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
