"""XiVO and Wazo: tokens, every resource of confd, paging that loses no row, errors that explain.

Facts: the vendor's "REST API Conventions" and reference of November 2016, and what real servers
did: xivo-confd 15.18, xivo-auth and xivo-confd 16.15, Wazo's master of 2026. Where they differ
there is an option (``Options``). :func:`connect` gives a client whose methods give DataFrames,
:func:`connect_async` one whose methods are awaited.

Examples
--------
>>> import toolkit
>>> with toolkit.sandbox.start("xivo", users=3) as box:
...     with toolkit.xivo.connect(box.url, auth_url=box.auth_url) as xivo:
...         session = xivo.login_with(box.user, box.password)
...         users = xivo.users.list()
>>> len(users), session.acls, session.open
(3, ('confd.#',), False)
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from toolkit.http import Limits, Verify
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.options import Options
from toolkit.services.xivo.recorded import XivoService

if TYPE_CHECKING:
    from toolkit.services.xivo.asyncserver import AsyncServer as AsyncServer
    from toolkit.services.xivo.server import Server as Server
    from toolkit.services.xivo.session import AsyncSession as AsyncSession, Session as Session

__all__ = [
    "AsyncServer",
    "AsyncSession",
    "Call",
    "Limits",
    "Options",
    "Plan",
    "Server",
    "Session",
    "connect",
    "connect_async",
    "service",
]

_CLASSES = {
    "AsyncServer": "asyncserver",
    "AsyncSession": "session",
    "Server": "server",
    "Session": "session",
}

service = XivoService()


def connect(
    url: str,
    *,
    auth_url: str | None = None,
    token: str | None = None,
    options: Options | None = None,
    limits: Limits | None = None,
    verify: Verify = None,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
    **changes: Any,
) -> Server:
    """A client of the server at ``url``. Nothing is sent yet.

    Parameters
    ----------
    url : str
        The server (``https://xivo.example``), or confd's own address
        (``https://xivo.example:9486/1.1``, ``https://wazo.example/api/confd/1.1``).
    auth_url : str, optional
        xivo-auth's address, where it does not follow from the server's; short for the option
        ``addresses={"auth": ...}``.
    token : str, optional
        A token that someone else got; it is neither renewed nor revoked here.
    options : Options, optional
        What differs between servers; single ones may be given by name, as in
        ``connect(url, era="wazo", tenant="…")``.
    limits : Limits, optional
        Seconds and bytes that a call may take.
    verify : bool, path or ssl.SSLContext
        TLS: True, the path of a CA file (XiVO makes its own certificate), a context, or False to
        trust any server. Where it is not given, ``TOOLKIT_VERIFY`` may name a CA file; no variable
        switches it off.
    transport : httpx.BaseTransport, optional
        In place of the network.

    Raises
    ------
    InvalidArgument
        The address or an option is not usable.

    Examples
    --------
    >>> connect("https://xivo.example")
    <xivo server https://xivo.example: no session>
    """
    from toolkit.services.xivo.server import Server

    return Server(
        url,
        token=token,
        options=options,
        limits=limits,
        verify=verify,
        proxy=proxy,
        headers=headers,
        transport=transport,
        **_with_auth(auth_url, options, changes),
    )


def connect_async(
    url: str,
    *,
    auth_url: str | None = None,
    token: str | None = None,
    options: Options | None = None,
    limits: Limits | None = None,
    verify: Verify = None,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **changes: Any,
) -> AsyncServer:
    """Make a client whose methods are awaited. Nothing is sent yet, so this is not.

    Takes what :func:`connect` takes; ``limits.at_once`` is how many requests may be under way at
    a time, and further ones wait.

    Examples
    --------
    >>> import asyncio, toolkit
    >>> async def main(box) -> int:
    ...     async with toolkit.xivo.connect_async(box.url, auth_url=box.auth_url) as xivo:
    ...         await xivo.login_with(box.user, box.password)
    ...         users, lines = await asyncio.gather(xivo.users.list(), xivo.lines.list())
    ...     return len(users)
    >>> with toolkit.sandbox.start("xivo", users=3) as box:
    ...     asyncio.run(main(box))
    3
    """
    from toolkit.services.xivo.asyncserver import AsyncServer

    return AsyncServer(
        url,
        token=token,
        options=options,
        limits=limits,
        verify=verify,
        proxy=proxy,
        headers=headers,
        transport=transport,
        **_with_auth(auth_url, options, changes),
    )


def _with_auth(
    auth_url: str | None, options: Options | None, changes: dict[str, Any]
) -> dict[str, Any]:
    """The changed options, with xivo-auth's address where it was given."""
    if auth_url is None:
        return changes
    known = changes.get("addresses", options.addresses if options else {})
    return {**changes, "addresses": {**known, "auth": auth_url}}


def __getattr__(name: str) -> Any:
    """Load the client's classes when they are first asked for: recognising needs none of them."""
    if name in _CLASSES:
        return getattr(importlib.import_module(f"{__name__}.{_CLASSES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
