"""Bodies as streams: passed on while they are recorded, streamed or read when replayed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from toolkit.cassettes import (
    Cassette,
    Interaction,
    RecordTransport,
    ReplayTransport,
    Request,
    Response,
    read,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.yaml"


class Steps(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces that tells how far its reader is."""

    def __init__(self) -> None:
        self.given = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for number in range(5):
            self.given += 1
            yield b"%d" % number * 10

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


class Stepping(httpx.BaseTransport, httpx.AsyncBaseTransport):
    def __init__(self) -> None:
        self.steps = Steps()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=self.steps)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def test_a_stream_is_passed_on_piece_by_piece_while_it_is_recorded(path: Path) -> None:
    """The first piece is there before the second was asked for; all is kept at the end."""
    inner = Stepping()
    with (
        httpx.Client(transport=RecordTransport(path, inner)) as client,
        client.stream("GET", "http://h/") as response,
    ):
        for number, piece in enumerate(response.iter_raw(), 1):
            assert piece == b"%d" % (number - 1) * 10
            assert inner.steps.given == number
        assert len(list(read(path))) == 1  # with the last byte, not with the end of the client
    assert inner.steps.closed
    with (
        httpx.Client(transport=ReplayTransport(path)) as client,
        client.stream("GET", "http://h/") as response,
    ):
        assert b"".join(response.iter_bytes(7)) == b"".join(b"%d" % n * 10 for n in range(5))


def test_an_async_stream_is_passed_on_piece_by_piece(path: Path) -> None:
    """As the sync one."""

    async def run() -> None:
        inner = Stepping()
        async with (
            httpx.AsyncClient(transport=RecordTransport(path, inner)) as client,
            client.stream("GET", "http://h/") as response,
        ):
            number = 0
            async for piece in response.aiter_raw():
                assert piece == b"%d" % number * 10
                number += 1
                assert inner.steps.given == number
        assert inner.steps.closed
        async with (
            httpx.AsyncClient(transport=ReplayTransport(path)) as client,
            client.stream("GET", "http://h/") as response,
        ):
            assert len([piece async for piece in response.aiter_raw(10)]) == 5

    asyncio.run(run())


def test_a_stream_that_its_reader_leaves_is_kept_as_far_as_it_was_read(path: Path) -> None:
    """Replay gives that part, and then says that the rest was not recorded."""
    with (
        httpx.Client(transport=RecordTransport(path, Stepping())) as client,
        client.stream("GET", "http://h/") as response,
    ):
        assert next(response.iter_raw()) == b"0" * 10
    for rest in (False, True):
        with (
            httpx.Client(transport=ReplayTransport(path)) as client,
            client.stream("GET", "http://h/") as response,
        ):
            pieces = response.iter_raw()
            assert next(pieces) == b"0" * 10
            if rest:
                with pytest.raises(httpx.ReadError, match="closed the response after 10 bytes"):
                    next(pieces)


def test_a_replayed_response_may_be_streamed_or_read(path: Path) -> None:
    """All ways that httpx has, with the same rules: what was streamed cannot be read."""
    with Cassette(path, "append") as cassette:
        cassette.keep(Interaction(Request("GET", "http://h/"), Response(200, "OK", [], b"body")))

    def opened(client: httpx.Client) -> Any:
        return client.stream("GET", "http://h/")

    with httpx.Client(transport=ReplayTransport(path, repeats="last")) as client:
        with opened(client) as response:
            assert response.read() == response.content == b"body"
            assert list(response.iter_bytes()) == [b"body"]
            with pytest.raises(httpx.StreamConsumed):
                next(response.iter_raw())
        with opened(client) as response:
            assert list(response.iter_raw()) == [b"body"]
            with pytest.raises(httpx.StreamConsumed):
                response.read()
        with opened(client) as response:
            assert list(response.iter_lines()) == ["body"]
        with opened(client) as response:
            response.close()
            with pytest.raises(httpx.StreamClosed):
                response.read()
        assert isinstance(client.get("http://h/"), httpx.Response)


def test_a_replayed_response_tells_the_recorded_time_however_it_is_read(path: Path) -> None:
    """``elapsed`` is what the live answer took; a wrapper of the stream is not passed over."""
    kept = Interaction(
        Request("GET", "http://box.example/"), Response(200, "OK", [], b"body"), elapsed=1.25
    )
    with Cassette(path, "append") as cassette:
        for _ in range(3):
            cassette.keep(kept)

    class Counting(httpx.SyncByteStream):
        def __init__(self, stream: httpx.SyncByteStream) -> None:
            self.stream, self.closed = stream, False

        def __iter__(self) -> Iterator[bytes]:
            yield from self.stream

        def close(self) -> None:
            self.closed = True

    class Wrapping(ReplayTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            wrapped.append(Counting(response.stream))
            response.stream = wrapped[0]
            return response

    wrapped: list[Counting] = []
    with httpx.Client(transport=ReplayTransport(path)) as client:
        assert client.get("http://box.example/").elapsed.total_seconds() == 1.25
        with client.stream("GET", "http://box.example/") as response:
            assert b"".join(response.iter_raw()) == b"body"
        assert response.elapsed.total_seconds() == 1.25
    with httpx.Client(transport=Wrapping(path)) as client:
        assert client.get("http://box.example/").content == b"body"
    assert wrapped[0].closed
