"""The async client: the same methods, awaited."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import toolkit
from toolkit.conformance.checks import QUICK, Checks, call, difference, lasting, none_of
from toolkit.conformance.loopback import Scripted, drop, hold
from toolkit.conformance.subject import Client, Known, Sample
from toolkit.outcomes import CallError, ConnectionLost, ToolkitError


class Awaiting(Checks):
    """One set of flows serves both clients, so that they cannot differ."""

    def test_the_same_methods(self, client: Client, server: Scripted) -> None:
        """Each method of the table is there with the same parameters, and is awaited."""
        other = self.subject.connect_async(self.subject.known(server.url), limits=QUICK)
        found = []
        for function in self.functions:
            ours: Any = client
            theirs: Any = other
            for word in function.method.split("."):
                ours, theirs = getattr(ours, word), getattr(theirs, word)
            if inspect.signature(ours).parameters != inspect.signature(theirs).parameters:
                found.append(f"{function.method}: {inspect.signature(theirs)}")
        none_of(found)
        assert repr(other).count(self.subject.name)
        asyncio.run(_closed(other))

    def test_equal_frames(self, server: Scripted) -> None:
        """Each read gives, by its method, the DataFrame that the blocking client gave."""
        reads = [one for one in self.both_ways() if not self.row(one.sample).changes]

        async def compared() -> list[str]:
            found = []
            async with self._opened(self.subject.known(server.url), server) as other:
                for one in reads:
                    server.then(*self.success(self.row(one.sample)))
                    awaited = await self.subject.method(other, one.sample)()
                    if differs := difference(lasting(awaited), lasting(one.by_method)):
                        found.append(f"{one.sample.function}: {differs}")
            return found

        none_of(asyncio.run(compared()))

    def test_a_recording_is_replayed(self, tmp_path: Path) -> None:
        """What the blocking client recorded, the other one replays: equal to the last bit."""
        path = tmp_path / "story.yaml"

        async def story(known: Known) -> list[pd.DataFrame]:
            async with self._opened(known) as other:
                return [await _call(other, one) for one in self.subject.samples]

        with self.subject.serve() as known:
            with toolkit.record(path), self.connected(known) as client:
                frames = [call(client, one) for one in self.subject.samples]
        with toolkit.replay(path):
            awaited = asyncio.run(story(known))
        none_of(
            f"{one.function}: {differs}"
            for one, frame, other in zip(self.subject.samples, frames, awaited, strict=True)
            if (differs := difference(other, frame))
        )

    def test_repeats(self, server: Scripted) -> None:
        """A change is sent once, a read twice; the error is the same."""

        async def lost() -> None:
            async with self._opened(self.subject.known(server.url), server) as other:
                for one, times in ((self.subject.read, 2), (self.subject.change, 1)):
                    server.then(drop)
                    server.requests.clear()
                    with pytest.raises(ConnectionLost) as caught:
                        await _call(other, one)
                    assert len(server.requests) == times
                    assert caught.value.function == self.row(one).name

        asyncio.run(lost())

    def test_what_is_said_decides(self, server: Scripted) -> None:
        """An answer raises what it raises in the blocking client, with the same text."""
        bad = [one for one in self.subject.said() if one.category.value not in _GOOD]

        async def raised(act: Any) -> CallError:
            known = self.subject.known(server.url)
            async with self._opened(known, server, **self.subject.plain) as other:
                server.then(act)
                with pytest.raises(CallError) as caught:
                    await _call(other, self.subject.read)
                return caught.value

        for said in bad:
            error = asyncio.run(raised(said.act))
            assert (error.category, error.code, error.label) == (
                said.category, said.code, said.label,
            )  # fmt: skip
            assert said.message in error.message

    def test_cancelled(self, server: Scripted) -> None:
        """A call that is cancelled ends at once, and the client works on."""
        end = threading.Event()

        async def left() -> pd.DataFrame:
            async with self._opened(self.subject.known(server.url), server) as other:
                server.requests.clear()
                server.then(hold(end))
                task = asyncio.ensure_future(_call(other, self.subject.read))
                while not server.requests:
                    await asyncio.sleep(0.001)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                server.then(*self.success(self.row(self.subject.read)))
                return await _call(other, self.subject.read)

        try:
            assert len(asyncio.run(left())) == 1
        finally:
            end.set()

    @contextlib.asynccontextmanager
    async def _opened(
        self, known: Known, server: Scripted | None = None, **options: Any
    ) -> AsyncIterator[Client]:
        """A client that is logged in, and closed whatever its server says then."""
        if server is not None:
            server.then(*self.first_acts())
        other = self.subject.connect_async(known, limits=QUICK, **options)
        try:
            await self.subject.login_async(other, known)
            yield other
        finally:
            await _closed(other)


_GOOD = ("success", "partial")


async def _call(client: Client, one: Sample) -> pd.DataFrame:
    found = await client.call(one.function, *one.arguments, **one.named)
    assert isinstance(found, pd.DataFrame), f"{one.function} gives {type(found).__name__}"
    return found


async def _closed(client: Client) -> None:
    with warnings.catch_warnings(), contextlib.suppress(ToolkitError):
        warnings.simplefilter("ignore")
        await client.close()
