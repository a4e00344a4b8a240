"""The clients of an API server: they send what the flows say, through either door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pandas as pd

from toolkit.configuration import chosen_limits
from toolkit.http import Limits, Verify
from toolkit.services.base import client as base
from toolkit.services.base.client import AwaitedFrame
from toolkit.services.base.driving import Send
from toolkit.services.base.watched import Watched
from toolkit.services.uptivity.asyncsockets import AsyncTcpTransport
from toolkit.services.uptivity.baseserver import LIMITS, BaseServer
from toolkit.services.uptivity.call import Call
from toolkit.services.uptivity.doors import AsyncCounted, Counted
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.sockets import TcpTransport


class Server(base.Client, BaseServer[pd.DataFrame]):
    """An Uptivity API server, behind its HTTP Web API or its command socket.

    Made by ``toolkit.uptivity.connect(url)``. The confirmed commands are ``test()``, ``calls``
    (start, stop, update, list) and ``users`` (list, send); :meth:`send` takes any type.

    **The protocol has no login: whoever reaches the port has full control.** Keep the ports behind
    a firewall, and let a client in another network come through TLS (2013) or a tunnel.

    Attributes
    ----------
    url : str
        Whole, with port and path.
    options : Options
    last : Call or None
        The last call that succeeded.
    """

    def __init__(
        self,
        url: str,
        *,
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        **changes: Any,
    ) -> None:
        self._at(url, Options.of(options, changes), proxied=bool(proxy or headers))
        if self._is_tcp and transport is None:
            transport = TcpTransport(keep=self.options.keep_connection)
        super().__init__(
            limits=chosen_limits(limits, LIMITS),
            verify=verify,
            proxy=proxy,
            headers=headers,
            transport=transport,
        )

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What ``toolkit.watch`` looks at: the calls that are running."""
        return (Watched("calls", self.calls.list, ("deviceid", "callinstance")),)

    def fetch(self, kind: str, /, **parameters: Any) -> Call:
        """Do what :meth:`send` does, and give the answer as it came: ``.reply``, ``.verdict``."""
        return self.drive(self._call_flow(kind, parameters))

    def _recorded(self, network: httpx.BaseTransport) -> httpx.BaseTransport:
        return super()._recorded(Counted(network))

    def _request(self, step: Send) -> httpx.Request:
        return self._line(step) if self._is_tcp else super()._request(step)


class AsyncServer(base.AsyncClient, BaseServer[AwaitedFrame]):
    """:class:`Server` for asyncio: the same methods, awaited, through the same doors.

    Made by ``toolkit.uptivity.connect_async(url)``. At most ``limits.at_once`` calls are under way
    at a time; further ones wait for their turn. A call may be cancelled at any point: its
    connection is closed, so that a late answer reaches nobody else.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> list:
    ...     with toolkit.sandbox.start("uptivity") as box:
    ...         async with toolkit.uptivity.connect_async(box.url) as server:
    ...             started = [server.calls.start(device) for device in (2001, 2002)]
    ...             frames = await asyncio.gather(*started)
    ...     return [frame["target"].item() for frame in frames]
    >>> asyncio.run(main())
    ['2001', '2002']
    """

    _is = "uptivity async server"

    def __init__(
        self,
        url: str,
        *,
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        **changes: Any,
    ) -> None:
        self._at(url, Options.of(options, changes), proxied=bool(proxy or headers))
        limits = chosen_limits(limits, LIMITS)
        if self._is_tcp and transport is None:
            transport = AsyncTcpTransport(keep=self.options.keep_connection, at_once=limits.at_once)
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )

    async def fetch(self, kind: str, /, **parameters: Any) -> Call:
        """Do what :meth:`send` does, and give the answer as it came: ``.reply``, ``.verdict``."""
        return await self.drive(self._call_flow(kind, parameters))

    def _recorded(self, network: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return super()._recorded(AsyncCounted(network))

    def _request(self, step: Send) -> httpx.Request:
        return self._line(step) if self._is_tcp else super()._request(step)
