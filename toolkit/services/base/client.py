"""What the clients of all services share: the lines that wait, blocking or awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import httpx
import pandas as pd

from toolkit import http
from toolkit.cassettes import AsyncDeckTransport, DeckTransport
from toolkit.cassettes.deck import Recording, playing
from toolkit.configuration import chosen_limits
from toolkit.http import Answer, Limits, Verify
from toolkit.services.base.asking import Asker, GivenAnswers
from toolkit.services.base.closing import AsyncClosing, Closing
from toolkit.services.base.driving import Flow, Send, drive, drive_async
from toolkit.services.base.loops import PerLoop

Result = TypeVar("Result")

Frame = TypeVar("Frame", covariant=True)
"""What a function gives: a DataFrame, or in an async client what is awaited to have one."""

AwaitedFrame = Coroutine[Any, Any, pd.DataFrame]
"""What a function of an async client gives."""


class _Sender:
    """How a step becomes a request."""

    limits: Limits
    _client: httpx.Client | httpx.AsyncClient

    def _request(self, step: Send) -> httpx.Request:
        return self._client.build_request(
            step.method, step.url, content=step.body, headers=list(step.headers)
        )

    def _keep_no_cookies(self) -> None:
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))


class Client(_Sender, Closing):
    """Sends what a flow says over one httpx client, which recordings see. No cookie is kept.

    Parameters
    ----------
    limits : Limits, optional
    verify : bool, path or ssl.SSLContext
        TLS, as ``toolkit.http.make_transport`` has it.
    transport : httpx.BaseTransport, optional
        In place of the network.
    """

    _client: httpx.Client

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        verify: Verify = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.limits = chosen_limits(limits, Limits())
        network = transport or http.make_transport(verify=verify, proxy=proxy)
        self._client = http.make_client(
            self._recorded(network), headers=dict(headers or {}), limits=self.limits
        )
        self._keep_no_cookies()

    def drive(self, flow: Flow[Result], answers: GivenAnswers | None = None) -> Result:
        """Run a flow to its end, blocking."""
        return drive(flow, self._send, answers, wait=self._wait)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _recorded(self, network: httpx.BaseTransport) -> httpx.BaseTransport:
        """What stands before the network."""
        return DeckTransport(network)

    def _send(self, step: Send) -> Answer:
        return http.send(
            self._client,
            self._request(step),
            limits=self.limits,
            repeatable=step.repeatable,
            timeout=step.timeout,
        )

    def _wait(self, seconds: float) -> None:
        if not is_replaying():  # a recording is not busy
            time.sleep(seconds)


class AsyncClient(_Sender, AsyncClosing):
    """:class:`Client` for asyncio: its methods are awaited. It may be cancelled at any point.

    At most ``limits.at_once`` requests are under way at a time; further ones wait for their turn.
    """

    _client: httpx.AsyncClient

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        verify: Verify = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.limits = chosen_limits(limits, Limits())
        at_once = self.limits.at_once
        self._room = PerLoop(lambda: asyncio.Semaphore(at_once))
        network = transport or http.make_async_transport(verify=verify, proxy=proxy)
        self._client = http.make_async_client(
            self._recorded(network), headers=dict(headers or {}), limits=self.limits
        )
        self._keep_no_cookies()

    async def drive(
        self, flow: Flow[Result], answers: Asker | GivenAnswers | None = None
    ) -> Result:
        """Run a flow to its end without blocking the event loop."""
        return await drive_async(flow, self._send, answers, wait=self._wait)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _recorded(self, network: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        """What stands before the network."""
        return AsyncDeckTransport(network)

    async def _send(self, step: Send) -> Answer:
        async with self._room.get():
            return await http.send_async(
                self._client,
                self._request(step),
                limits=self.limits,
                repeatable=step.repeatable,
                timeout=step.timeout,
            )

    async def _wait(self, seconds: float) -> None:
        if not is_replaying():
            await asyncio.sleep(seconds)


def is_replaying() -> bool:
    """Whether calls are answered by a recording here, so that no person and no time is needed."""
    return any(not isinstance(one, Recording) for one in playing())
