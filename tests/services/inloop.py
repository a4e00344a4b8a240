"""An async client under the face of a blocking one, so that both pass the same tests."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from types import ModuleType, TracebackType
from typing import Any, Self

import pytest


class InLoop:
    """Runs whatever a client gives to be awaited, in an event loop of its own."""

    def __init__(self, inner: Any, runner: asyncio.Runner) -> None:
        self.__dict__.update(inner=inner, runner=runner)

    def __getattr__(self, name: str) -> Any:
        return self._seen(getattr(self.inner, name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.inner, name, value)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self._seen(self.inner(*given, **named))

    def __repr__(self) -> str:
        return repr(self.inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self.runner:
            self.runner.run(self.inner.close())

    def _seen(self, found: Any) -> Any:
        if inspect.isawaitable(found):
            return self._seen(self.runner.run(_waited(found)))
        if inspect.ismethod(found):
            return lambda *given, **named: self._seen(found(*given, **named))
        if hasattr(found, "_client") or hasattr(found, "_server"):  # a namespace, a session
            return InLoop(found, self.runner)
        return found


async def _waited(found: Awaitable[Any]) -> Any:
    return await found


def connecting(service: ModuleType) -> Callable[..., InLoop]:
    """What takes the place of a service's ``connect``."""

    def connect(*given: Any, **named: Any) -> InLoop:
        return InLoop(service.connect_async(*given, **named), asyncio.Runner())

    return connect


def again(module: ModuleType, *left_out: str) -> dict[str, Any]:
    """The tests of a module, to be collected in another one too."""
    names = [name for name in vars(module) if name.startswith("test_") and name not in left_out]
    return {name: getattr(module, name) for name in names}


def awaited(monkeypatch: pytest.MonkeyPatch, service: ModuleType) -> None:
    """Let a service connect an async client from now on."""
    monkeypatch.setattr(service, "connect", connecting(service))
