"""GeoOp: OAuth 2.0, collections of JSON items, atomic writes whose failures land on their rows.

Facts: the vendor's pages "API Requests", "API Responses", "Authentication", "Items" and the release
notes of versions 1.0 to 1.2. What they leave open is an option (``Options``). Whether the service
is still there is not known.

Examples
--------
>>> import toolkit
>>> with toolkit.sandbox.start("geoop", jobs=3) as box:
...     with toolkit.geoop.connect(box.url, login_url=box.login_url, client_id=box.client_id,
...                                client_secret=box.client_secret) as geoop:
...         session = geoop.login_with()
...         made = geoop.jobs.create({"title": "Gate", "client.id": 318, "status.id": 1,
...                                   "account.id": 22})
>>> made["fate"].tolist(), made.attrs["report"]
(['saved'], 'Saved: chunk 1 (1 item)')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from toolkit.http import Limits, Verify
from toolkit.services.geoop.modifiers import Modifiers
from toolkit.services.geoop.options import Options
from toolkit.services.geoop.recorded import GeoopService

if TYPE_CHECKING:
    from toolkit.services.geoop.client import AsyncClient as AsyncClient, Client as Client
    from toolkit.services.geoop.session import AsyncSession as AsyncSession, Session as Session

__all__ = [
    "AsyncClient", "AsyncSession", "Client", "Limits", "Modifiers", "Options", "Session", "connect",
    "connect_async", "service",
]  # fmt: skip

service = GeoopService()


def connect(
    url: str = "https://api.geoop.com",
    *,
    login_url: str = "https://login.geoop.com",
    client_id: str = "",
    client_secret: str = "",
    token: str | None = None,
    refresh_token: str = "",
    options: Options | None = None,
    limits: Limits | None = None,
    verify: Verify = None,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
    **changes: Any,
) -> Client:
    """A client of the API at ``url``. Nothing is sent yet.

    Parameters
    ----------
    login_url : str
        The authorization server.
    client_id, client_secret : str
        Of the registered application; a public one has no secret.
    token, refresh_token : str, optional
        Tokens that someone else got.
    options : Options, optional
        What the pages leave open; single ones may be given by name, as in
        ``connect(version="1.1", on_failure="table")``.
    limits : Limits, optional
        Seconds and bytes that a call may take.
    verify : bool, path or ssl.SSLContext
        TLS: True, the path of a CA file, a context, or False to trust any server.
    transport : httpx.BaseTransport, optional
        In place of the network.

    Raises
    ------
    InvalidArgument
        An address or an option is not usable: tokens go to https, or to this machine itself.

    Examples
    --------
    >>> connect()
    <geoop https://api.geoop.com, version 1.3: no session>
    """
    from toolkit.services.geoop.client import Client

    return Client(
        url,
        login_url=login_url,
        client_id=client_id,
        client_secret=client_secret,
        token=token,
        refresh_token=refresh_token,
        options=options,
        limits=limits,
        verify=verify,
        proxy=proxy,
        headers=headers,
        transport=transport,
        **changes,
    )


def connect_async(
    url: str = "https://api.geoop.com",
    *,
    login_url: str = "https://login.geoop.com",
    client_id: str = "",
    client_secret: str = "",
    token: str | None = None,
    refresh_token: str = "",
    options: Options | None = None,
    limits: Limits | None = None,
    verify: Verify = None,
    proxy: str | None = None,
    headers: Mapping[str, str] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **changes: Any,
) -> AsyncClient:
    """:func:`connect` for asyncio: the same arguments, and the same methods, which are awaited.

    At most ``limits.at_once`` requests (50) are under way at a time; further ones wait.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> list:
    ...     with toolkit.sandbox.start("geoop", jobs=3) as box:
    ...         async with toolkit.geoop.connect_async(box.url, login_url=box.login_url,
    ...                 client_id=box.client_id, client_secret=box.client_secret) as geoop:
    ...             async with await geoop.login_with():
    ...                 jobs = await geoop.jobs.list(fields="id")
    ...                 found = await asyncio.gather(*(geoop.jobs.get(id) for id in jobs["id"]))
    ...     return [len(job) for job in found]
    >>> asyncio.run(main())
    [1, 1, 1]
    """
    from toolkit.services.geoop.client import AsyncClient

    return AsyncClient(
        url,
        login_url=login_url,
        client_id=client_id,
        client_secret=client_secret,
        token=token,
        refresh_token=refresh_token,
        options=options,
        limits=limits,
        verify=verify,
        proxy=proxy,
        headers=headers,
        transport=transport,
        **changes,
    )


_HOMES = {
    "AsyncClient": "client", "AsyncSession": "session", "Client": "client", "Session": "session",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load the client's classes when they are first asked for: recognising needs none of them."""
    if name in _HOMES:
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
