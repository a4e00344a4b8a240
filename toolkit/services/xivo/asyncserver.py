"""The awaited client of a XiVO or Wazo server."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping
from typing import Any, TypeVar

import httpx

from toolkit.http import Limits, Verify
from toolkit.outcomes import NotRecorded
from toolkit.services.base.asking import Asker
from toolkit.services.base.atonce import at_once_async
from toolkit.services.base.client import AsyncClient, AwaitedFrame
from toolkit.services.base.driving import Flow, Send
from toolkit.services.xivo.baseserver import BaseServer
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.flows import allows_flow, fetch_flow, logout_flow
from toolkit.services.xivo.locating import era_flow
from toolkit.services.xivo.options import Options
from toolkit.services.xivo.session import LEFT_BEHIND, AsyncSession
from toolkit.services.xivo.unlogged import AsyncUnlogged, shown_request

Result = TypeVar("Result")


class AsyncServer(AsyncClient, BaseServer[AwaitedFrame]):
    """:class:`~toolkit.services.xivo.server.Server` for asyncio: the same methods, awaited.

    Made by ``toolkit.xivo.connect_async(url)``, and used in ``async with``. A call may be
    cancelled at any point, and the client goes on. Bad arguments are told when a call is awaited.

    Examples
    --------
    Many calls at once; no more than ``limits.at_once`` (50) of them are under way at a time:

    >>> import asyncio, toolkit
    >>> async def main(box) -> list[str]:
    ...     async with toolkit.xivo.connect_async(box.url, auth_url=box.auth_url) as xivo:
    ...         await xivo.login_with(box.user, box.password)
    ...         users = await xivo.users.list()
    ...         whole = await asyncio.gather(*(xivo.users.get(one) for one in users["id"]))
    ...     return [one["firstname"].item() for one in whole]
    >>> with toolkit.sandbox.start("xivo", users=3) as box:
    ...     names = asyncio.run(main(box))
    >>> len(names)
    3
    """

    _left_behind = LEFT_BEHIND

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        options: Options | None = None,
        limits: Limits | None = None,
        verify: Verify = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        **changes: Any,
    ) -> None:
        self._begin(url, token, options, changes, clock)
        super().__init__(
            limits=limits, verify=verify, proxy=proxy, headers=headers, transport=transport
        )

    # --- calls ---------------------------------------------------------------------------------

    async def fetch(self, plan: Plan) -> Call:
        """Send one planned request, and give its answer as it came. See :meth:`Server.fetch`."""
        return await self.drive(fetch_flow(plan, self.state))

    def at_once(
        self, flows: Iterable[Flow[Result]], limit: int = 4
    ) -> AsyncGenerator[tuple[int, Result | BaseException], None]:
        """Run several flows in tasks, at most ``limit`` of them at a time.

        Yields
        ------
        tuple of int and object
            As :meth:`Server.at_once`. Who leaves early does so in ``contextlib.aclosing``, which
            cancels those that run.
        """
        return at_once_async((functools.partial(self.drive, flow) for flow in flows), limit)

    @property
    def era(self) -> Awaitable[str]:
        """The server's family, as :attr:`Server.era`: ``await server.era``."""
        return _Asked(lambda: self.drive(era_flow(self.state)))

    # --- the session ---------------------------------------------------------------------------

    async def login_with(
        self,
        user: str,
        password: str,
        *,
        backend: str | None = None,
        expiration: int | None = None,
    ) -> AsyncSession:
        """Log in, for scripts. See :meth:`Server.login_with`."""
        flow = self._given(user, password, backend, expiration)
        return AsyncSession(self, await self.drive(flow))

    async def login(
        self, user: str | None = None, *, asker: Asker | None = None, keep: bool = False
    ) -> AsyncSession:
        """Log in by asking a person. See :meth:`Server.login`."""
        return AsyncSession(self, await self._asked(self._send, user, asker, keep=keep))

    def use_token(self, token: str, user: str = "") -> AsyncSession:
        """Use a token that someone else got: nothing is sent, so it is not awaited."""
        return AsyncSession(self, self._use(token, user))

    async def allows(self, acl: str) -> bool:
        """Whether the token in use has an ACL. See :meth:`Server.allows`."""
        return await self.drive(allows_flow(self.state, acl))

    async def logout(self) -> None:
        """Revoke the token and forget the session; does nothing when there is none."""
        await self.drive(logout_flow(self.state))

    # --- the life of the client ----------------------------------------------------------------

    async def close(self) -> None:
        """End the session, if one is open, and the connections."""
        try:
            with contextlib.suppress(NotRecorded):  # the recording was ended before the session
                await self.logout()
        finally:
            await super().close()

    # --- the lines that wait -------------------------------------------------------------------

    def _recorded(self, network: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return AsyncUnlogged(super()._recorded(network))

    def _request(self, step: Send) -> httpx.Request:
        return shown_request(self._client, step)


class _Asked:
    """Asks only once it is awaited, so that looking at an attribute sends nothing."""

    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        self._ask = ask

    def __await__(self) -> Generator[Any, Any, str]:
        return self._ask().__await__()
