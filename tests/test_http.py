"""Sending one request and reading one bounded answer, against a real socket."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
from typing import Any, Protocol

import httpx
import pytest

import toolkit
from tests.loopback import drip, drop, hold, raw, reply, scripted
from toolkit import http
from toolkit.http import Limits
from toolkit.outcomes import (
    ConnectionLost,
    InvalidArgument,
    ReplyTooLarge,
    TimedOut,
    TransportFailure,
    Unreachable,
)


class Send(Protocol):
    """Send one POST and give its answer."""

    def __call__(
        self,
        url: str,
        *,
        limits: Limits | None = None,
        repeatable: bool = False,
        timeout: float | None = None,
    ) -> http.Answer: ...


def send_blocking(
    url: str,
    *,
    limits: Limits | None = None,
    repeatable: bool = False,
    timeout: float | None = None,
) -> http.Answer:
    limits = limits or Limits()
    with http.make_client(http.make_transport(), limits=limits) as client:
        request = client.build_request("POST", url, content=b"<Request/>")
        return http.send(client, request, limits=limits, repeatable=repeatable, timeout=timeout)


def send_awaited(
    url: str,
    *,
    limits: Limits | None = None,
    repeatable: bool = False,
    timeout: float | None = None,
) -> http.Answer:
    limits = limits or Limits()

    async def main() -> http.Answer:
        transport = http.make_async_transport()
        async with http.make_async_client(transport, limits=limits) as client:
            request = client.build_request("POST", url, content=b"<Request/>")
            return await http.send_async(
                client, request, limits=limits, repeatable=repeatable, timeout=timeout
            )

    return asyncio.run(main())


@pytest.fixture(params=[send_blocking, send_awaited], ids=["blocking", "awaited"])
def send(request: pytest.FixtureRequest) -> Send:
    """Both ways to send: every rule holds for both."""
    chosen: Send = request.param
    return chosen


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_answer_is_whole_and_timed(send: Send) -> None:
    """Status, headers and body come back with the time of sending and the seconds it took."""
    with scripted(reply(b"<Response/>", "500 Oops")) as server:
        answer = send(server.url)
    assert (answer.status, answer.body) == (500, b"<Response/>")
    assert answer.headers["content-type"] == "text/xml"
    assert answer.at.tzinfo is not None
    assert 0 < answer.elapsed < 30


@pytest.mark.parametrize("repeatable", [True, False])
def test_refused_connection_is_unreachable(send: Send, repeatable: bool) -> None:
    """Nobody listens: not one byte was sent, and the exception says so."""
    with pytest.raises(Unreachable, match="no connection"):
        send(f"http://127.0.0.1:{free_port()}/", repeatable=repeatable)


def test_lost_reply_is_repeated_only_for_a_read(send: Send) -> None:
    """A dropped connection is followed by one more request for a read, by none for a write."""
    with scripted(drop, reply(b"ok")) as server:
        assert send(server.url, repeatable=True).body == b"ok"
        assert len(server.requests) == 2
    with scripted(drop, reply(b"ok")) as server:
        with pytest.raises(ConnectionLost) as caught:
            send(server.url, repeatable=False)
        assert len(server.requests) == 1
    assert caught.value.elapsed is not None
    assert caught.value.at is not None


def test_read_is_repeated_only_so_often(send: Send) -> None:
    """After ``retries`` repeats the failure is raised."""
    with scripted(drop) as server:
        with pytest.raises(ConnectionLost):
            send(server.url, repeatable=True, limits=Limits(retries=2))
        assert len(server.requests) == 3


def test_silent_server_times_out(send: Send) -> None:
    """A server that answers nothing ends in TimedOut, once, even for a read."""
    stop = threading.Event()
    with scripted(hold(stop)) as server:
        with pytest.raises(TimedOut, match="no answer in time"):
            send(server.url, repeatable=True, limits=Limits(read=0.05))
        assert len(server.requests) == 1
        stop.set()


def test_own_timeout_of_a_call(send: Send) -> None:
    """A call's own time limit goes before the client's."""
    stop = threading.Event()
    with scripted(hold(stop)) as server:
        with pytest.raises(TimedOut):
            send(server.url, timeout=0.05)
        stop.set()


def test_dripping_server_meets_the_total(send: Send) -> None:
    """A byte now and then keeps the read limit away, not the total one."""
    stop = threading.Event()
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
    with scripted(drip(head, b"x", stop)) as server:
        start = time.perf_counter()
        with pytest.raises(TimedOut, match="not whole after"):
            send(server.url, limits=Limits(total=0.1))
        assert time.perf_counter() - start < 10
        stop.set()


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<Response>",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n<Resp",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\njunk",
    ],
)
def test_broken_answers(send: Send, data: bytes) -> None:
    """A cut body, a cut head, another protocol, wrong compression: a transport failure each."""
    with scripted(raw(data)) as server, pytest.raises(TransportFailure):
        send(server.url)


def test_announced_size_is_refused_at_once(send: Send) -> None:
    """A body whose length passes the limit is refused before it is read."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 300000000\r\n\r\n"
    with (
        scripted(raw(head)) as server,
        pytest.raises(ReplyTooLarge, match="announces 300,000,000 bytes, and the limit is"),
    ):
        send(server.url)


def test_unannounced_size_is_refused_while_reading(send: Send) -> None:
    """An endless body is cut off at the limit."""
    stop = threading.Event()
    head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
    with scripted(drip(head, b"x" * 1_000_000, stop)) as server:
        with pytest.raises(ReplyTooLarge, match="is longer"):
            send(server.url, limits=Limits(max_bytes=2_000_000))
        stop.set()


def test_compressed_size_counts_after_decoding(send: Send) -> None:
    """A small compressed body that grows past the limit is refused."""
    packed = gzip.compress(b"x" * 5_000_000)
    head = (
        f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(packed)}\r\n\r\n"
    ).encode()
    with scripted(raw(head + packed)) as server, pytest.raises(ReplyTooLarge):
        send(server.url, limits=Limits(max_bytes=1_000_000))


def test_redirects_are_not_followed(send: Send) -> None:
    """A redirect is an answer like another; the request's body goes nowhere else."""
    data = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"
    with scripted(raw(data)) as server:
        assert send(server.url).status == 302


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectTimeout("x"), Unreachable),
        (httpx.PoolTimeout("x"), Unreachable),
        (httpx.ProxyError("x"), Unreachable),
        (httpx.ReadTimeout("x"), TimedOut),
        (httpx.WriteTimeout("x"), TimedOut),
        (httpx.WriteError("x"), ConnectionLost),
        (httpx.RemoteProtocolError("x"), ConnectionLost),
        (httpx.DecodingError("x"), ConnectionLost),
    ],
)
def test_each_httpx_exception_has_its_own(error: httpx.HTTPError, kind: type) -> None:
    """Whether a byte may have been sent decides between Unreachable and the others."""
    assert type(http.failure_for(error)) is kind


@pytest.mark.parametrize(
    "limit",
    [
        {"connect": -1},
        {"read": 0},
        {"total": float("nan")},
        {"max_bytes": 0},
        {"retries": -1},
        {"at_once": 0},
        {"read": "20"},
    ],
)
def test_limits_with_which_nothing_works(limit: dict[str, Any]) -> None:
    """None at a time waits for ever, and no second is none: refused when it is said."""
    (name,) = limit
    with pytest.raises(InvalidArgument, match=rf"Limits\({name}=\.\.\.\): a .* is expected, not "):
        Limits(**limit)


def test_limits_that_are_none() -> None:
    """A number is no Limits; the sentence shows one."""
    with pytest.raises(InvalidArgument, match=r"such as toolkit.Limits\(read=20\), not 20"):
        toolkit.sertainty.connect("http://127.0.0.1:9/", limits=20)  # type: ignore[arg-type]
