"""What the tests of the awaited client share: a sandbox that counts, and holds answers back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pandas as pd
import pytest

import toolkit
from toolkit.sandbox.xivo import XivoBox
from toolkit.sandbox.xivo.app import XivoApp
from toolkit.services.xivo import AsyncServer, Server

Result = TypeVar("Result")
PATIENCE = 60
"""Seconds until a test that waits gives up."""


class Gate:
    """Counts the requests of one path that a sandbox has under way, and lets them wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
        self.under_way = self.most = self.came = 0
        self.open = threading.Event()
        self.open.set()
        self._path, self._guard = path, threading.Lock()
        answer = XivoApp.__call__

        async def gated(app: XivoApp, scope: Any, receive: Any, send: Any) -> None:
            if not scope["path"].endswith(self._path):
                await answer(app, scope, receive, send)
                return
            self._count(1)
            try:
                while not self.open.is_set():
                    await asyncio.sleep(0.001)
                await answer(app, scope, receive, send)
            finally:
                self._count(-1)

        monkeypatch.setattr(XivoApp, "__call__", gated)

    def _count(self, step: int) -> None:
        with self._guard:
            self.under_way += step
            self.came += step > 0
            self.most = max(self.most, self.under_way)


async def until(so: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    async with asyncio.timeout(PATIENCE):
        while not so():
            await asyncio.sleep(0.001)


def client(box: XivoBox, **options: Any) -> AsyncServer:
    return toolkit.xivo.connect_async(box.confd, auth_url=box.auth, **options)


def use(box: XivoBox, what: Callable[[AsyncServer], Awaitable[Result]], **options: Any) -> Result:
    """Log in, do something, log out."""

    async def main() -> Result:
        async with client(box, **options) as server:
            await server.login_with(box.user, box.password)
            return await what(server)

    return asyncio.run(main())


def sent(box: XivoBox, since: int, verb: str, path: str) -> int:
    """How often that came since then."""
    return sum((one["method"], one["path"]) == (verb, path) for one in box.calls[since:])


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Without when a call was sent and how long it took."""
    return frame.drop(columns=["elapsed", "at"], errors="ignore")


def blocking(box: XivoBox, **options: Any) -> Server:
    return toolkit.xivo.connect(box.confd, auth_url=box.auth, **options)


def at(server: object, name: str) -> Any:
    for word in name.split("."):
        server = getattr(server, word)
    return server
