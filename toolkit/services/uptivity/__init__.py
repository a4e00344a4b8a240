"""NICE Uptivity's API server (CallCopy, inContact WFO): both doors, its codes, its events.

Facts: the vendor's pages "API Overview", "API Server Commands", "API Server Command Results",
"Parameter Definitions and Data Type Values" and "API Server Web API Service" (17.1 to 20.1), and
the wire as a client at work showed it. What they leave open is an option (``Options``).

**The protocol has no login. Whoever reaches one of the ports has full control of it**: keep them
behind a firewall. TLS (2013) hides what is said; it does not ask who says it.

A recording keeps both doors and the events in one cassette; the sockets' traffic has ``tcp://``
addresses. A REQUESTID counts on, and is not compared when the recording is replayed; to *verify*
one, leave it out of the answers, too: ``ignore=[r"<REQUESTID>[0-9]*</REQUESTID>"]``.

Examples
--------
>>> import toolkit
>>> toolkit.codes("uptivity").set_index("code").loc[46, "category"]
'partial'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from toolkit.http import Limits, Verify
from toolkit.services.uptivity.options import Options
from toolkit.services.uptivity.recorded import UptivityService
from toolkit.services.uptivity.warned import UptivityWarning

if TYPE_CHECKING:
    from toolkit.services.uptivity.call import Call as Call
    from toolkit.services.uptivity.events import Events as Events
    from toolkit.services.uptivity.server import AsyncServer as AsyncServer, Server as Server

__all__ = [
    "AsyncServer", "Call", "Events", "Limits", "Options", "Server", "UptivityWarning", "connect",
    "connect_async", "listen", "service",
]  # fmt: skip

service = UptivityService()


def connect(
    url: str,
    *,
    options: Options | None = None,
    limits: Limits | None = None,
    verify: Verify = None,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
    **changes: Any,
) -> Server:
    """A client of the API server at ``url``. Nothing is sent yet.

    Parameters
    ----------
    url : str
        ``http://host:2012`` or ``https://host:2013`` for the Web API, ``tcp://host:5620`` for the
        command socket; without a port, these are taken. Both take the same commands.
    options : Options, optional
        What the vendor's pages leave open; single ones may be given by name, as in
        ``connect(url, http_method="GET")``.
    limits : Limits, optional
        Seconds and bytes that a call may take: 5 s to connect, 30 s between two pieces, 16 MiB.
    verify : bool, path or ssl.SSLContext
        TLS: True, the path of a CA file, a context, or False to trust any server.
    proxy, headers
        For HTTP only.
    transport : httpx.BaseTransport, optional
        In place of the network.

    Raises
    ------
    InvalidArgument
        The address or an option is not usable.

    Examples
    --------
    >>> connect("tcp://recorder.example")
    <uptivity server tcp://recorder.example:5620>
    """
    from toolkit.services.uptivity.server import Server

    return Server(
        url,
        options=options,
        limits=limits,
        verify=verify,
        proxy=proxy,
        headers=headers,
        transport=transport,
        **changes,
    )


def connect_async(
    url: str,
    *,
    options: Options | None = None,
    limits: Limits | None = None,
    verify: Verify = None,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **changes: Any,
) -> AsyncServer:
    """:func:`connect` for asyncio: the same arguments, and the same methods, which are awaited.

    At most ``limits.at_once`` calls (50) are under way at a time; further ones wait.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> int:
    ...     with toolkit.sandbox.start("uptivity") as box:
    ...         async with toolkit.uptivity.connect_async(box.url) as server:
    ...             frames = await asyncio.gather(*(server.test() for _ in range(100)))
    ...     return len(frames)
    >>> asyncio.run(main())
    100
    """
    from toolkit.services.uptivity.server import AsyncServer

    return AsyncServer(
        url,
        options=options,
        limits=limits,
        verify=verify,
        proxy=proxy,
        headers=headers,
        transport=transport,
        **changes,
    )


def listen(url: str, **options: Any) -> Events:
    """Listen to a server's events: ``for row in listen("tcp://host:5621"): ...``.

    Takes the options of :class:`~toolkit.services.uptivity.events.Events`.

    Examples
    --------
    >>> listen("tcp://recorder.example")
    <uptivity events tcp://recorder.example:5621: listening, 0 kept>
    """
    from toolkit.services.uptivity.events import Events

    return Events(url, **options)


_HOMES = {
    "AsyncServer": "server",
    "Call": "call",
    "Events": "events",
    "LIMITS": "baseserver",
    "Server": "server",
}


def __getattr__(name: str) -> Any:
    """Load the client's classes when they are first asked for: recognising needs none of them."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
