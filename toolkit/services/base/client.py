"""What the clients of REST services share: the lines that wait."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar

import httpx

from toolkit import http
from toolkit.cassettes import DeckTransport
from toolkit.cassettes.deck import Recording, playing
from toolkit.http import Answer, Limits, Verify
from toolkit.services.base.closing import Closing
from toolkit.services.base.driving import Flow, Send, drive

Result = TypeVar("Result")


class RestClient(Closing):
    """Sends what a flow says over one httpx client, which recordings see. No cookie is kept."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        verify: Verify = True,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.limits = limits or Limits()
        network = transport or http.make_transport(verify=verify, proxy=proxy)
        self._client = http.make_client(
            self._recorded(network), headers=dict(headers or {}), limits=self.limits
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def drive(self, flow: Flow[Result]) -> Result:
        """Run a flow to its end, blocking."""
        return drive(flow, self._send, wait=_wait)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _recorded(self, network: httpx.BaseTransport) -> httpx.BaseTransport:
        """What stands before the network."""
        return DeckTransport(network)

    def _request(self, step: Send) -> httpx.Request:
        return self._client.build_request(
            step.method, step.url, content=step.body, headers=list(step.headers)
        )

    def _send(self, step: Send) -> Answer:
        return http.send(
            self._client,
            self._request(step),
            limits=self.limits,
            repeatable=step.repeatable,
            timeout=step.timeout,
        )


def is_replaying() -> bool:
    """Whether calls are answered by a recording here, so that no person and no time is needed."""
    return any(not isinstance(one, Recording) for one in playing())


def _wait(seconds: float) -> None:
    if not is_replaying():  # a recording is not busy
        time.sleep(seconds)
