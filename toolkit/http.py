"""One way to make an HTTP client, to send one request, and to read one bounded answer.

Sending knows nothing of any service. It turns httpx's exceptions into the toolkit's, bounds the
time and the size of an answer, and holds the retry rule: a request is repeated only if it is
said to be repeatable (a read), or if not one byte of it was sent.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any, TypeVar

import httpx

from toolkit.configuration import SETTINGS, chosen_proxy, chosen_verify
from toolkit.configuration.table import LIMITS
from toolkit.connections import Connections
from toolkit.outcomes import (
    CallError,
    ConnectionLost,
    InvalidArgument,
    ReplyTooLarge,
    TimedOut,
    TransportFailure,
    Unreachable,
)

Result = TypeVar("Result")

AT_ONCE = 50
"""Requests of one async client that are under way at a time, unless ``Limits`` says otherwise."""

TIMING = "toolkit.timing"
"""Key of ``httpx.Response.extensions`` under which a cassette tells an answer's own timing."""


_LEAST = {"max_bytes": 1, "retries": 0, "at_once": 1}
"""The least that a limit may be; the others are seconds, above 0."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may take and how large an answer may be.

    Attributes
    ----------
    connect, read : float
        Seconds to make a connection, and between two pieces of the answer.
    total : float
        Seconds for the whole answer; a server that sends a byte now and then ends here.
    max_bytes : int
        Size of an answer's body after content decoding.
    retries : int
        How often a request that may be repeated is repeated after a lost connection.
    at_once : int
        How many requests of one async client are under way at a time; further ones wait.

    Raises
    ------
    InvalidArgument
        One is too small: nothing could be sent, or nothing would ever end.
    """

    connect: float = 5.0
    read: float = 60.0
    total: float = 600.0
    max_bytes: int = 256 * 1024 * 1024
    retries: int = 1
    at_once: int = AT_ONCE

    def __post_init__(self) -> None:
        for name in LIMITS:
            value: Any = getattr(self, name)
            good = isinstance(value, Real)
            if good:
                good = value >= _LEAST[name] if name in _LEAST else value > 0
            if not good:
                expected = SETTINGS[name].expected
                raise InvalidArgument(f"Limits({name}=...): {expected} is expected, not {value!r}")


@dataclass(slots=True)
class Timing:
    """When a request was sent (UTC) and how many seconds its answer took, once it is whole."""

    at: dt.datetime | None = None
    elapsed: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response, read whole."""

    status: int
    headers: httpx.Headers
    body: bytes
    at: dt.datetime
    elapsed: float


def make_client(
    transport: httpx.BaseTransport,
    *,
    headers: dict[str, str] | None = None,
    limits: Limits | None = None,
) -> httpx.Client:
    """A client over ``transport`` with the toolkit's timeouts; redirects are not followed."""
    return httpx.Client(transport=transport, **_chosen(headers, limits))


def make_async_client(
    transport: httpx.AsyncBaseTransport,
    *,
    headers: dict[str, str] | None = None,
    limits: Limits | None = None,
) -> httpx.AsyncClient:
    """Make an async client as :func:`make_client` makes a blocking one."""
    return httpx.AsyncClient(transport=transport, **_chosen(headers, limits))


def _chosen(headers: dict[str, str] | None, limits: Limits | None) -> dict[str, Any]:
    limits = limits or Limits()
    return {
        "headers": {"user-agent": "session-toolkit", **(headers or {})},
        "timeout": httpx.Timeout(limits.read, connect=limits.connect),
        "follow_redirects": False,
    }


Verify = bool | str | os.PathLike[str] | ssl.SSLContext | None
"""Whom to trust: True, the path of a CA file, a context, or False to trust anybody.

None is what nobody said: the CA file that ``TOOLKIT_VERIFY`` names, else True.
"""


def make_transport(*, verify: Verify = None, proxy: str | None = None) -> httpx.HTTPTransport:
    """The network itself, TLS verified by default.

    What is not given is taken from the environment: ``TOOLKIT_VERIFY`` may name a CA file, and
    ``TOOLKIT_PROXY`` a proxy; an empty ``proxy`` is none. Nothing else there changes what is
    verified: not ``SSL_CERT_FILE``, which OpenSSL reads, nor the variables of requests and curl.
    No variable switches the verification off.

    Raises
    ------
    InvalidArgument
        The CA file cannot be read, or a variable is not usable.

    Examples
    --------
    >>> make_transport().close()
    """
    trusted, through = _context(chosen_verify(verify)), chosen_proxy(proxy)
    return httpx.HTTPTransport(verify=trusted, proxy=through, retries=0)


def make_async_transport(*, verify: Verify = None, proxy: str | None = None) -> Connections:
    """The network of an async client; TLS as :func:`make_transport` has it.

    Raises
    ------
    InvalidArgument
        The CA file cannot be read, or a variable is not usable.
    """
    trusted, through = _context(chosen_verify(verify)), chosen_proxy(proxy)
    if trusted is False:  # one for all connections
        trusted = httpx.create_ssl_context(verify=False, trust_env=False)
    one = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    return Connections(
        lambda: httpx.AsyncHTTPTransport(verify=trusted, proxy=through, limits=one, retries=0)
    )


def _context(verify: Verify) -> bool | ssl.SSLContext:
    if verify is None or verify is True:
        return _public_authorities()
    if not isinstance(verify, str | os.PathLike):
        return verify
    try:
        return ssl.create_default_context(cafile=verify)
    except (OSError, ssl.SSLError) as error:
        raise InvalidArgument(
            f"verify must be True, False, a context or the path of a CA file in PEM form; "
            f"{str(verify)!r} cannot be read ({error})"
        ) from None


@functools.cache
def _public_authorities() -> ssl.SSLContext:
    """The public CAs, read once: it takes longer than a call."""
    return httpx.create_ssl_context(trust_env=False)


def send(
    client: httpx.Client,
    request: httpx.Request,
    *,
    limits: Limits,
    repeatable: bool,
    timeout: float | None = None,
) -> Answer:
    """Send one request and read its answer whole.

    Parameters
    ----------
    repeatable : bool
        Whether a lost connection may be answered by sending the request again.
    timeout : float, optional
        Seconds for connecting and for the whole answer, in place of those in ``limits``.

    Raises
    ------
    Unreachable, TimedOut, ConnectionLost
        No whole answer came.
    ReplyTooLarge
        The body passed ``limits.max_bytes``; reading stopped there.
    """
    total = _total(request, limits, timeout)

    def once(at: dt.datetime, start: float) -> Answer:
        try:
            response = client.send(request, stream=True)
            try:
                body = _Body(response, start, total, limits.max_bytes)
                for chunk in response.iter_bytes():
                    body.add(chunk)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise failure_for(error) from error
        return _answer(response, body, at, start)

    return _repeated(once, limits.retries, repeatable=repeatable)


async def send_async(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    limits: Limits,
    repeatable: bool,
    timeout: float | None = None,
) -> Answer:
    """Send one request and read its answer whole, as :func:`send` does. Cancelling it ends it."""
    total = _total(request, limits, timeout)

    async def once(at: dt.datetime, start: float) -> Answer:
        try:
            response = await client.send(request, stream=True)
            try:
                body = _Body(response, start, total, limits.max_bytes)
                async for chunk in response.aiter_bytes():
                    body.add(chunk)
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise failure_for(error) from error
        return _answer(response, body, at, start)

    return await _repeated_async(once, limits.retries, repeatable=repeatable)


def begin(
    client: httpx.Client, request: httpx.Request, *, limits: Limits, repeatable: bool
) -> httpx.Response:
    """Send one request and give its answer unread, for one that is read as a stream.

    Whoever reads it closes it. It is bounded by the time between two pieces alone.

    Raises
    ------
    Unreachable, TimedOut, ConnectionLost
        No answer began.
    """

    def once(_at: dt.datetime, _start: float) -> httpx.Response:
        try:
            return client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise failure_for(error) from error

    return _repeated(once, limits.retries, repeatable=repeatable)


async def begin_async(
    client: httpx.AsyncClient, request: httpx.Request, *, limits: Limits, repeatable: bool
) -> httpx.Response:
    """Send one request and give its answer unread, as :func:`begin` does."""

    async def once(_at: dt.datetime, _start: float) -> httpx.Response:
        try:
            return await client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise failure_for(error) from error

    return await _repeated_async(once, limits.retries, repeatable=repeatable)


def _repeated(
    once: Callable[[dt.datetime, float], Result], retries: int, *, repeatable: bool
) -> Result:
    for left in range(retries, -1, -1):
        at, start = dt.datetime.now(dt.UTC), time.perf_counter()
        try:
            return once(at, start)
        except CallError as error:
            if not _is_repeated(error, left, repeatable=repeatable):
                raise _timed_error(error, at, start) from error.__cause__
    raise AssertionError("unreachable")


async def _repeated_async(
    once: Callable[[dt.datetime, float], Awaitable[Result]], retries: int, *, repeatable: bool
) -> Result:
    for left in range(retries, -1, -1):
        at, start = dt.datetime.now(dt.UTC), time.perf_counter()
        try:
            return await once(at, start)
        except CallError as error:
            if not _is_repeated(error, left, repeatable=repeatable):
                raise _timed_error(error, at, start) from error.__cause__
    raise AssertionError("unreachable")


def _is_repeated(error: CallError, left: int, *, repeatable: bool) -> bool:
    """Whether a call is sent once more: not one byte was sent, or it is a read that was lost."""
    lost = repeatable and isinstance(error, ConnectionLost)
    return left > 0 and (lost or isinstance(error, Unreachable))


def _timed_error(error: CallError, at: dt.datetime, start: float) -> CallError:
    error.at, error.elapsed = error.at or at, time.perf_counter() - start
    return error


def _total(request: httpx.Request, limits: Limits, timeout: float | None) -> float:
    """The seconds that the whole answer may take."""
    if timeout is None:
        return limits.total
    request.extensions["timeout"] = httpx.Timeout(timeout).as_dict()
    return timeout


def _answer(response: httpx.Response, body: _Body, at: dt.datetime, start: float) -> Answer:
    at, elapsed = timed(response, at, start)
    return Answer(response.status_code, response.headers, body.whole(), at, elapsed)


def timed(response: httpx.Response, at: dt.datetime, start: float) -> tuple[dt.datetime, float]:
    """When an answer's request was sent and how long it has taken; of a replayed one, as then."""
    elapsed = time.perf_counter() - start
    timing = response.extensions.get(TIMING)
    if timing is None:
        return at, elapsed
    return timing.at or at, elapsed if timing.elapsed is None else timing.elapsed


class _Body:
    """An answer's body while it comes, bounded in time and size."""

    def __init__(
        self, response: httpx.Response, start: float, total: float, max_bytes: int
    ) -> None:
        self._start, self._total, self._max_bytes = start, total, max_bytes
        self._chunks: list[bytes] = []
        self._size = 0
        declared = response.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > max_bytes:
            raise _too_large(f"announces {int(declared):,} bytes", max_bytes)

    def add(self, chunk: bytes) -> None:
        """One piece more."""
        self._size += len(chunk)
        if self._size > self._max_bytes:
            raise _too_large("is longer", self._max_bytes)
        self._chunks.append(chunk)
        if time.perf_counter() - self._start > self._total:
            raise TimedOut(f"the answer was not whole after {self._total:g} seconds")

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self._chunks)


def _too_large(what: str, max_bytes: int) -> ReplyTooLarge:
    return ReplyTooLarge(
        f"the answer {what}, and the limit is {max_bytes:,} bytes; "
        "a larger one is set by Limits(max_bytes=...)"
    )


def failure_for(error: httpx.HTTPError) -> TransportFailure:
    """The toolkit's exception for one of httpx's.

    Examples
    --------
    >>> type(failure_for(httpx.ConnectError("refused"))).__name__
    'Unreachable'
    """
    text = str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in text:
        text += "; name the server's CA file by verify='ca.pem', or trust anybody by verify=False"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unreachable(f"no connection: {text}")
    if isinstance(error, httpx.ProxyError | httpx.UnsupportedProtocol):
        return Unreachable(f"no connection: {text}")
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"no answer in time: {text}")
    return ConnectionLost(f"the connection broke: {text}")
