"""Runs an ASGI app on loopback, in a thread of this process.

uvicorn does the HTTP. What is ours: only loopback is listened on, nothing is logged, the end
comes at once instead of at the next tenth of a second, and an app may drop a connection
in the middle of a reply (through `Connections`), which ASGI has no word for.
"""

from __future__ import annotations

import abc
import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOPBACK = "127.0.0.1"

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_log = logging.getLogger("toolkit.sandbox")
_log.addHandler(logging.NullHandler())
_log.propagate = False

_GRACE = 2.0  # seconds that a reply under way is given when the server ends


class Connections:
    """The open connections of one server, by the client's address."""

    def __init__(self) -> None:
        self._transports: dict[Any, asyncio.Transport] = {}

    def add(self, transport: asyncio.Transport) -> None:
        """Remember a new connection."""
        self._transports[transport.get_extra_info("peername")[:2]] = transport

    def discard(self, transport: asyncio.Transport) -> None:
        """Forget a connection that ended."""
        for peer, known in list(self._transports.items()):
            if known is transport:
                del self._transports[peer]

    def alive(self, scope: Scope) -> bool:
        """Whether the client of this request is still there."""
        transport = self._transports.get(tuple(scope["client"]))
        return transport is not None and not transport.is_closing()

    async def drop(self, scope: Scope, receive: Receive) -> None:
        """Cut the connection that this request came on, and wait until it is gone."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass

    def half_close(self, scope: Scope) -> None:
        """End our side of the connection that this request came on; the client may still send."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None and not transport.is_closing():
            transport.write_eof()

    def __len__(self) -> int:
        return len(self._transports)

    def abort_all(self) -> None:
        """Cut every connection."""
        for transport in list(self._transports.values()):
            transport.abort()


class App(abc.ABC):
    """What a sandbox serves: an ASGI app that is told when the server ends.

    Attributes
    ----------
    connections : Connections
        To drop a connection with.
    closing : asyncio.Event
        Set when the server ends: whatever waits must stop waiting.
    """

    def __init__(self) -> None:
        self.connections = Connections()
        self.closing = asyncio.Event()

    @abc.abstractmethod
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

    async def _wait(self, seconds: float) -> None:
        """Wait so long, or until the server ends."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)

    async def _hang(self, receive: Receive) -> None:
        """Say nothing until the client gives up or the server ends."""
        gone = asyncio.ensure_future(receive())
        closing = asyncio.ensure_future(self.closing.wait())
        _, waiting = await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


def _protocol(app: App) -> type[asyncio.Protocol]:
    class LoopbackProtocol(H11Protocol):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.logger = _log
            self.access_log = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            # asyncio does this for its own sockets only; without it each call waits 40 ms.
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().connection_made(transport)
            app.connections.add(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            app.connections.discard(self.transport)
            super().connection_lost(exc)

    return LoopbackProtocol


class _Server(uvicorn.Server):
    def __init__(self, app: App) -> None:
        self.app = app
        self.ending = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app,
                http=_protocol(app),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=60,
                server_header=False,
            )
        )

    async def main_loop(self) -> None:
        seconds = 0
        while not self.ending.is_set():
            await self.on_tick(seconds * 10)  # refreshes the Date header
            seconds += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ending.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        self.app.closing.set()
        for server in self.servers:
            server.close()
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=_GRACE)
        self.app.connections.abort_all()
        for task in list(self.server_state.tasks):
            task.cancel()
        for server in self.servers:
            await server.wait_closed()


class LoopbackServer:
    """An ASGI app served on 127.0.0.1 from a thread of this process.

    Parameters
    ----------
    app
        What answers.
    port
        0 for any free port.

    Raises
    ------
    OSError
        If the port is taken.
    ValueError
        If there is no such port.
    """

    def __init__(self, app: App, *, port: int = 0) -> None:
        if not 0 <= port <= 65535:
            raise ValueError(f"port must be 0 (any free one) to 65535, not {port}")
        self._app = app
        self._socket = socket.create_server((LOOPBACK, port), backlog=512)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{LOOPBACK}:{self.port}/"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: _Server | None = None
        self._ready = threading.Event()
        self._failures: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="toolkit-sandbox", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failures:
            self._socket.close()
            raise self._failures[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - it is raised in the starting thread
            self._failures.append(error)
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = _Server(self._app)
        config = self._server.config
        config.load()
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[self._socket])
        await self._server.on_tick(0)
        self._ready.set()
        await self._server.main_loop()
        await self._server.shutdown()

    def close(self) -> None:
        """End the server, wait for its thread and free the port."""
        if self._thread.is_alive() and self._loop is not None and self._server is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended by itself meanwhile
                self._loop.call_soon_threadsafe(self._server.ending.set)
            self._thread.join()
