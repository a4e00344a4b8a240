"""The clients of GeoOp: they send what the flows say, and keep one session."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pandas as pd

from toolkit.http import Limits, Verify
from toolkit.services.base import client as base
from toolkit.services.base.client import AwaitedFrame
from toolkit.services.base.driving import AsyncSender, in_thread
from toolkit.services.base.restcall import Plan
from toolkit.services.base.watched import Watched
from toolkit.services.geoop import oauth
from toolkit.services.geoop.baseclient import BaseClient
from toolkit.services.geoop.call import Call
from toolkit.services.geoop.options import Options
from toolkit.services.geoop.session import AsyncSession, Session
from toolkit.services.geoop.state import State, Token

URL = "https://api.geoop.com"
LOGIN_URL = "https://login.geoop.com"


class Client(base.Client, BaseClient[pd.DataFrame, Session]):
    """GeoOp's API: each operation of a collection is a method that gives a DataFrame.

    Made by ``toolkit.geoop.connect()``. Use it in ``with`` to end its connections.

    Attributes
    ----------
    jobs, clients, users, accounts, statuses, roles : Collection
    files : Files
    url, login_url : str
    options : Options
    state : State
        What is known of the server and of the session; its repr shows no secret.
    last : Call or None
        The last call that was answered.
    """

    def __init__(
        self,
        url: str = URL,
        *,
        login_url: str = LOGIN_URL,
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
        clock: Callable[[], float] = time.monotonic,
        **changes: Any,
    ) -> None:
        options = Options.of(options, changes)
        self._know(_state(url, login_url, options, client_id, client_secret, clock))
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )
        if token is not None:
            self.use_token(token, refresh_token)

    @property
    def watched(self) -> tuple[Watched, ...]:
        """What ``toolkit.watch`` looks at: the jobs."""
        return (Watched("jobs", self.jobs.list, ("id",)),)

    def fetch(self, plan: Plan) -> Call:
        """Send one planned request, and give its answer as it came.

        Raises
        ------
        CallError
            Any of its kinds; those of an answer have ``status``, ``type``, ``field``.
        """
        return self.drive(self.fetch_flow(plan))

    def login_with(self) -> Session:
        """Log in as the client itself, for scripts: with its id and its secret.

        Raises
        ------
        InvalidArgument
            ``connect`` was not given both.
        AccessDenied
            The server said no.
        """
        return self._stay(self.drive(self._own_login()))

    def logout(self, *, forget: bool = False) -> None:
        """Forget the tokens; with ``forget`` those in the keyring too. Nothing is sent."""
        self._forget(kept=forget)

    def _stay(self, token: Token) -> Session:
        return Session(self, token)

    def _sender(self) -> AsyncSender:
        return in_thread(self._send)


class AsyncClient(base.AsyncClient, BaseClient[AwaitedFrame, AsyncSession]):
    """:class:`Client` for asyncio: the same methods, awaited.

    Made by ``toolkit.geoop.connect_async()``; ``async with`` ends its connections. At most
    ``limits.at_once`` requests are under way at a time. A token that has ended is refreshed once,
    however many calls need it. Any call may be cancelled.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> list:
    ...     with toolkit.sandbox.start("geoop", jobs=3) as box:
    ...         async with toolkit.geoop.connect_async(box.url, login_url=box.login_url,
    ...                 client_id=box.client_id, client_secret=box.client_secret) as geoop:
    ...             await geoop.login_with()
    ...             jobs, users = await asyncio.gather(geoop.jobs.list(), geoop.users.list())
    ...     return [len(jobs), len(users) > 0]
    >>> asyncio.run(main())
    [3, True]
    """

    _is = "geoop async"

    def __init__(
        self,
        url: str = URL,
        *,
        login_url: str = LOGIN_URL,
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
        clock: Callable[[], float] = time.monotonic,
        **changes: Any,
    ) -> None:
        options = Options.of(options, changes)
        self._know(_state(url, login_url, options, client_id, client_secret, clock))
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )
        if token is not None:
            self.use_token(token, refresh_token)

    async def fetch(self, plan: Plan) -> Call:
        """As :meth:`Client.fetch`."""
        return await self.drive(self.fetch_flow(plan))

    async def login_with(self) -> AsyncSession:
        """As :meth:`Client.login_with`."""
        return self._stay(await self.drive(self._own_login()))

    async def logout(self, *, forget: bool = False) -> None:
        """As :meth:`Client.logout`."""
        self._forget(kept=forget)

    def _stay(self, token: Token) -> AsyncSession:
        return AsyncSession(self, token)

    def _sender(self) -> AsyncSender:
        return self._send


def _state(
    url: str,
    login_url: str,
    options: Options,
    client_id: str,
    client_secret: str,
    clock: Callable[[], float],
) -> State:
    """What a client knows before it sends anything."""
    return State(
        oauth.check_address(url, "the API's address"),
        oauth.check_address(login_url, "login_url"),
        options,
        client_id,
        client_secret,
        clock,
    )
