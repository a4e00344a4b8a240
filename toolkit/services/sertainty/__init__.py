"""Sertainty's Data Protector gateway: 37 functions, a login by challenges, XML with base64.

Facts: the Data Protector Web API guide V3.4.0; what it leaves open is an option (``Options``).

Examples
--------
>>> import toolkit
>>> with toolkit.sandbox.start("sertainty") as box:
...     with toolkit.sertainty.connect(box.url) as gateway:
...         session = gateway.login_with(box.user, box.answers)
...         frame = gateway.task.get_status("Nightly", "ingest")
>>> frame["config"].item(), frame["task"].item()
('Nightly', 'ingest')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from toolkit.http import Limits, Verify
from toolkit.services.sertainty.asyncgateway import AsyncGateway
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.gateway import Gateway
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.recorded import SertaintyService
from toolkit.services.sertainty.session import AsyncSession, Session

__all__ = [
    "AsyncGateway", "AsyncSession", "Call", "Gateway", "Limits", "Options", "Session", "connect",
    "connect_async", "service",
]  # fmt: skip

service = SertaintyService()


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
) -> Gateway:
    """A client of the gateway at ``url``. Nothing is sent yet.

    Parameters
    ----------
    url : str
        The one address that takes all functions; the guide gives no default (its section 3).
    options : Options, optional
        What the guide leaves open; single ones may be given by name, as in
        ``connect(url, alter_style="args")``.
    limits : Limits, optional
        Seconds and bytes that a call may take.
    verify : bool, path or ssl.SSLContext
        TLS: True, the path of a CA file, a context, or False to trust any server. Where it
        is not given, ``TOOLKIT_VERIFY`` may name a CA file; no variable switches it off.
    transport : httpx.BaseTransport, optional
        In place of the network.

    Raises
    ------
    InvalidArgument
        The address or an option is not usable.

    Examples
    --------
    >>> connect("http://127.0.0.1:8080/")
    <sertainty gateway http://127.0.0.1:8080/: no session>
    """
    return Gateway(
        url,
        Options.of(options, changes),
        headers,
        limits=limits,
        verify=verify,
        proxy=proxy,
        transport=transport,
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
) -> AsyncGateway:
    """A client of the gateway at ``url`` for asyncio, as :func:`connect`. Nothing is sent yet.

    Its methods are those of :class:`Gateway`, awaited. ``limits.at_once`` of its calls are under
    way at a time (50 unless said otherwise); ``transport`` is an ``httpx.AsyncBaseTransport``.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> str:
    ...     async with connect_async(url) as gateway:
    ...         await gateway.login_with("ada", answers)
    ...         return (await gateway.agent.get_status())["agent_status"].item()
    >>> asyncio.run(main())
    'Active'
    """
    return AsyncGateway(
        url,
        Options.of(options, changes),
        headers,
        limits=limits,
        verify=verify,
        proxy=proxy,
        transport=transport,
    )
