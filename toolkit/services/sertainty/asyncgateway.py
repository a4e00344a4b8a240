"""The awaited client of a Sertainty gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from toolkit import http
from toolkit.http import Answer
from toolkit.services.base.asking import Answers, Asker
from toolkit.services.base.client import AsyncClient, AwaitedFrame
from toolkit.services.base.driving import Send, drive_async
from toolkit.services.sertainty.basegateway import BaseGateway, named
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.flows import ended_flow
from toolkit.services.sertainty.options import Options
from toolkit.services.sertainty.rules import function_of
from toolkit.services.sertainty.session import LEFT_BEHIND, AsyncSession
from toolkit.services.sertainty.streaming import AsyncStreamedResult


class AsyncGateway(AsyncClient, BaseGateway[AwaitedFrame]):
    """:class:`Gateway` for asyncio: the same methods, awaited; many calls at once.

    Made by ``toolkit.sertainty.connect_async(url)``. Use it in ``async with`` to end its session
    and its connections.

    At most ``limits.at_once`` calls (50 unless said otherwise) are under way at a time; further
    ones wait for their turn. A session that is lost meanwhile is opened again once for all of
    them. Any call may be cancelled; the client goes on. :attr:`last` is the call that ended last.

    Examples
    --------
    >>> import asyncio
    >>> async def main() -> list[str]:
    ...     async with toolkit.sertainty.connect_async(url) as gateway:
    ...         await gateway.login_with("ada", answers)
    ...         read = [gateway.task.get_status("Nightly", name) for name in ("ingest", "index")]
    ...         frames = await asyncio.gather(*read)
    ...     return [frame["task"].item() for frame in frames]
    >>> asyncio.run(main())
    ['ingest', 'index']
    """

    _left_behind = LEFT_BEHIND

    def __init__(
        self, url: str, options: Options, headers: Mapping[str, str] | None = None, **network: Any
    ) -> None:
        BaseGateway.__init__(self, url, options)
        headers = {"content-type": options.content_type, **(headers or {})}
        AsyncClient.__init__(self, headers=headers, **network)

    async def fetch(self, name: str, *arguments: Any) -> Call:
        """The same call, with the results as they came, as :meth:`Gateway.fetch` gives it."""
        return await self.drive(self._fetched(name, *arguments))

    async def stream(
        self, name: str, *arguments: Any, max_bytes: int | None = None
    ) -> AsyncStreamedResult:
        """The same call for a result of any size, read as it comes, as by :meth:`Gateway.stream`.

        It is one of the ``limits.at_once`` calls until it is read or closed.

        Examples
        --------
        >>> import asyncio
        >>> async def main() -> int:
        ...     async with toolkit.sertainty.connect_async(url) as gateway:
        ...         await gateway.login_with("ada", answers)
        ...         async with await gateway.stream("agentGetLog") as log:
        ...             return len(toolkit.read_log(await log.read()))
        >>> asyncio.run(main()) > 0
        True
        """
        opened: list[AsyncStreamedResult] = []

        async def answer(step: Send) -> Answer:
            while opened:
                await opened.pop().close()
            if function_of(step.body) == "hostOpenSession":  # its answers are read whole
                return await self._send(step)
            opened.append(await self._begin(step, max_bytes))
            return await opened[-1].begin()

        try:
            call = await drive_async(self._streamed(name, arguments), answer, wait=self._wait)
            result = opened[-1].called(call)
        except BaseException:
            for one in opened:
                await one.close()
            raise
        self.last = call
        return result

    # --- the session ---------------------------------------------------------------------------

    async def login_with(self, user: str, answers: Answers = ()) -> AsyncSession:
        """Log in with ready answers, as :meth:`Gateway.login_with` does."""
        return AsyncSession(self, await self.drive(self._granted(user, answers)))

    async def login(
        self,
        user: str | None = None,
        *,
        answers: Answers | None = None,
        asker: Asker | None = None,
        keep: bool = False,
    ) -> AsyncSession:
        """Log in by asking a person, as :meth:`Gateway.login` does."""
        if answers is not None:
            return await self.login_with(named(self, user), answers)
        return AsyncSession(self, await self._asked(self._send, user, asker, keep=keep))

    async def end_session(self) -> None:
        """Close the session; one that the gateway has forgotten already is ended too."""
        await self.drive(ended_flow(self._state))

    async def close(self) -> None:
        """End the session, if one is open, and the connections."""
        try:
            await self.end_session()
        finally:
            await super().close()

    # --- the lines that wait -------------------------------------------------------------------

    async def _begin(self, step: Send, max_bytes: int | None) -> AsyncStreamedResult:
        room: asyncio.Semaphore = self._room.get()
        await room.acquire()
        try:
            response = await http.begin_async(
                self._client, self._request(step), limits=self.limits, repeatable=step.repeatable
            )
        except BaseException:
            room.release()
            raise
        return AsyncStreamedResult(response, max_bytes, room.release)
