"""Bad networks on purpose: a transport that delays, cuts, resets and garbles by a seed.

What happens to a call depends on the seed and on the call's number alone, so that a test that
failed fails again. It goes around any transport, also around a replay::

    transport = FaultTransport(ReplayTransport("monday.yaml"), seed=7, reset=0.1, latency=0.05)
    with httpx.Client(transport=transport) as client: ...
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import anyio
import httpx

from toolkit.cassettes.wire import family_of
from toolkit.http import TIMING
from toolkit.outcomes import InvalidArgument

KINDS = ("refused", "timeout", "reset", "error", "wrong", "cut", "slow")
"""The faults in the order in which the shares are drawn; a call has one of them or none."""

_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_DESCRIBING = frozenset({"content-length", "content-encoding", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen to one call: its delay in seconds, its fault, and where it strikes."""

    delay: float
    fault: str
    fraction: float
    wrong: str


class FaultTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport around another, for a sync or an async client, that makes calls go wrong.

    Parameters
    ----------
    inner : transport, optional
        What sends the requests; httpx's own unless given.
    seed : int or str
        Equal seeds give the calls the same faults, by the order in which they are made.
    latency, jitter : float
        Seconds that every answer waits, and up to how many more.
    as_recorded : float
        Around a replay: how much of the recorded time an answer waits. 1 is as recorded, 0.1
        ten times as fast, 0 none.
    refused, timeout, reset, error, wrong, cut, slow : float
        Shares of calls, from 0 to 1 and at most 1 together:

        =========== ======================================================================
        ``refused`` nothing is sent: ``ConnectError``
        ``timeout`` sent, and no answer within the client's read timeout: ``ReadTimeout``
        ``reset``   sent, and the connection is lost before the answer: ``ReadError``
        ``error``   sent, and answered with 503 and a page of HTML
        ``wrong``   answered with other content: a page, nothing, or garbled bytes
        ``cut``     the answer breaks off in its body: ``RemoteProtocolError``
        ``slow``    the body comes in pieces with ``pause`` seconds before each
        =========== ======================================================================
    pause : float
        Seconds before each piece of a slow body.
    piece : int
        Bytes of a piece.
    sleep, async_sleep : callable
        How to wait; tests give their own, and wait for nothing.

    Attributes
    ----------
    injected : collections.Counter
        How many calls had which fault.

    Raises
    ------
    InvalidArgument
        When a share or a time is out of its range.

    Examples
    --------
    >>> inner = httpx.MockTransport(lambda request: httpx.Response(200, text="fine"))
    >>> transport = FaultTransport(inner, seed=1, refused=1.0)
    >>> httpx.Client(transport=transport).get("http://127.0.0.1/")
    Traceback (most recent call last):
    httpx.ConnectError: injected: connection refused
    """

    def __init__(
        self,
        inner: Any = None,
        *,
        seed: int | str = 0,
        latency: float = 0.0,
        jitter: float = 0.0,
        as_recorded: float = 0.0,
        refused: float = 0.0,
        timeout: float = 0.0,
        reset: float = 0.0,
        error: float = 0.0,
        wrong: float = 0.0,
        cut: float = 0.0,
        slow: float = 0.0,
        pause: float = 0.1,
        piece: int = 1024,
        sleep: Callable[[float], object] = time.sleep,
        async_sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
    ) -> None:
        self._shares = dict(
            zip(KINDS, (refused, timeout, reset, error, wrong, cut, slow), strict=True)
        )
        for kind, share in self._shares.items():
            if not 0 <= share <= 1:
                raise InvalidArgument(f"{kind} is a share of calls from 0 to 1, not {share!r}.")
        if sum(self._shares.values()) > 1 + 1e-9:
            raise InvalidArgument("The shares of faults are more than 1 together.")
        times = {"latency": latency, "jitter": jitter, "as_recorded": as_recorded, "pause": pause}
        for name, seconds in times.items():
            if seconds < 0:
                raise InvalidArgument(f"{name} is 0 or more, not {seconds!r}.")
        if piece < 1:
            raise InvalidArgument(f"piece is a number of bytes from 1, not {piece!r}.")
        self._inner = inner
        self._seed = seed
        self._latency, self._jitter, self._as_recorded = latency, jitter, as_recorded
        self._pause, self._piece = pause, piece
        self._sleep, self._async_sleep = sleep, async_sleep
        self._count = 0
        self._guard = threading.Lock()
        self.injected: Counter[str] = Counter()

    def __repr__(self) -> str:
        shares = "".join(f" {kind}={share:g}" for kind, share in self._shares.items() if share)
        return f"<FaultTransport seed={self._seed!r}{shares}>"

    def plan(self, number: int) -> Plan:
        """What happens to the call of that number, counted from 0."""
        draw = random.Random(f"{self._seed}:{number}")  # noqa: S311 - wants to be repeatable
        delay = self._latency + self._jitter * draw.random()
        point, fault = draw.random(), ""
        for kind, share in self._shares.items():
            if point < share:
                fault = kind
                break
            point -= share
        return Plan(delay, fault, draw.random(), draw.choice(("page", "nothing", "garbled")))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request of a client, or let it fail."""
        family, plan = family_of(type(request)), self._next()
        self._sleep_for(plan.delay)
        if plan.fault == "refused":
            raise family.ConnectError("injected: connection refused", request=request)
        response = self._sender(family).handle_request(request)
        self._sleep_for(self._recorded(response))
        if plan.fault in ("timeout", "reset"):
            response.read()
            response.close()
            if plan.fault == "timeout":
                self._sleep_for(_patience(request))
            raise _lost(family, plan, request)
        if plan.fault in ("error", "wrong"):
            response.read()
            response.close()
        faulty: httpx.Response = self._faulty(family, plan, request, response)
        return faulty

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request of an async client, or let it fail."""
        family, plan = family_of(type(request)), self._next()
        await self._async_sleep_for(plan.delay)
        if plan.fault == "refused":
            raise family.ConnectError("injected: connection refused", request=request)
        response = await self._sender(family, "Async").handle_async_request(request)
        await self._async_sleep_for(self._recorded(response))
        if plan.fault in ("timeout", "reset"):
            await response.aread()
            await response.aclose()
            if plan.fault == "timeout":
                await self._async_sleep_for(_patience(request))
            raise _lost(family, plan, request)
        if plan.fault in ("error", "wrong"):
            await response.aread()
            await response.aclose()
        faulty: httpx.Response = self._faulty(family, plan, request, response)
        return faulty

    def close(self) -> None:
        """Close the inner transport."""
        if self._inner is not None:
            self._inner.close()

    async def aclose(self) -> None:
        """Close the inner transport of an async client."""
        if self._inner is not None:
            await self._inner.aclose()

    def _next(self) -> Plan:
        with self._guard:
            plan = self.plan(self._count)
            self._count += 1
            if plan.fault:
                self.injected[plan.fault] += 1
        return plan

    def _sender(self, family: Any, prefix: str = "") -> Any:
        if self._inner is None:
            self._inner = getattr(family, prefix + "HTTPTransport")()
        return self._inner

    def _recorded(self, response: Any) -> float:
        timing = response.extensions.get(TIMING)
        return self._as_recorded * (getattr(timing, "elapsed", None) or 0.0)

    def _sleep_for(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    async def _async_sleep_for(self, seconds: float) -> None:
        if seconds > 0:
            await self._async_sleep(seconds)

    def _faulty(self, family: Any, plan: Plan, request: Any, response: Any) -> Any:
        """The response with its fault in it."""
        if plan.fault == "error":
            return family.Response(503, headers={"content-type": "text/html"}, content=_PAGE)
        if plan.fault == "wrong":
            return _wrong(family, plan, response)
        if plan.fault in ("cut", "slow"):
            return family.Response(
                response.status_code,
                headers=response.headers,
                stream=_stream_class(family)(self, family, plan, request, response),
                extensions=response.extensions,
            )
        return response


class _Stream:
    """A body that is slow, or that breaks off."""

    def __init__(
        self, faults: FaultTransport, family: Any, plan: Plan, request: Any, response: Any
    ) -> None:
        self._faults = faults
        self._stream = response.stream
        self._plan = plan
        self._broken = family.RemoteProtocolError(
            "injected: peer closed connection without sending complete message body",
            request=request,
        )
        length = response.headers.get("content-length", "")
        self._left = int(int(length) * plan.fraction) if length.isdigit() else None

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            for part in self._parts(chunk):
                if self._plan.fault == "slow":
                    self._faults._sleep_for(self._faults._pause)
                yield part
            if self._is_over():
                raise self._broken
        if self._plan.fault == "cut":
            raise self._broken

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            for part in self._parts(chunk):
                if self._plan.fault == "slow":
                    await self._faults._async_sleep_for(self._faults._pause)
                yield part
            if self._is_over():
                raise self._broken
        if self._plan.fault == "cut":
            raise self._broken

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _parts(self, chunk: bytes) -> list[bytes]:
        if self._plan.fault == "slow":
            size = self._faults._piece
            return [chunk[at : at + size] for at in range(0, len(chunk), size)]
        if self._left is None:  # no length was told: the first chunk is cut
            self._left = int(len(chunk) * self._plan.fraction)
        part = chunk[: self._left]
        self._left -= len(part)
        return [part] if part else []

    def _is_over(self) -> bool:
        return self._plan.fault == "cut" and self._left == 0


@cache
def _stream_class(family: Any) -> type[_Stream]:
    bases = (_Stream, family.SyncByteStream, family.AsyncByteStream)
    return type("FaultyStream", bases, {})


def _lost(family: Any, plan: Plan, request: Any) -> Exception:
    if plan.fault == "timeout":
        error: Exception = family.ReadTimeout("injected: the read timed out", request=request)
    else:
        error = family.ReadError("injected: connection reset by peer", request=request)
    return error


def _patience(request: Any) -> float:
    """The client's read timeout in seconds; of a client without one, no patience at all."""
    return float(request.extensions.get("timeout", {}).get("read") or 0.0)


def _wrong(family: Any, plan: Plan, response: Any) -> Any:
    headers = [
        (name, value)
        for name, value in response.headers.multi_items()
        if name.lower() not in _DESCRIBING
    ]
    if plan.wrong == "page":
        headers = [pair for pair in headers if pair[0].lower() != "content-type"]
        headers.append(("content-type", "text/html"))
        body = _PAGE
    elif plan.wrong == "nothing" or not response.content:
        body = b""
    else:
        at = int(len(response.content) * plan.fraction)
        body = response.content[:at] + b"\x00\xff<&" + response.content[at + 4 :]
    return family.Response(
        response.status_code, headers=headers, content=body, extensions=response.extensions
    )
