"""A result read as it comes, awaited: over real sockets, as the blocking client reads it."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.loopback import Act, drip, drop, reply, scripted
from tests.services.sertainty.awaited import GRANTED, counting
from tests.services.sertainty.streams import DOCUMENT, LOG, chunked, with_length, wrapped
from tests.services.sertainty.wire import response
from toolkit.services.sertainty import AsyncGateway
from toolkit.services.sertainty.envelope import decode_request


def run(use: Callable[[AsyncGateway], Any], *acts: Act, **options: Any) -> list[str]:
    """Use a gateway that is logged in and answers by these acts; what was sent."""

    async def main(url: str) -> None:
        async with toolkit.sertainty.connect_async(url, **options) as gateway:
            await gateway.login_with("ada")
            await use(gateway)
            gateway._state.session_id = None

    with scripted(reply(GRANTED), *acts) as server:
        asyncio.run(main(server.url))
        return [decode_request(body).function for body in server.bodies]


@pytest.mark.parametrize(
    "act",
    [
        reply(DOCUMENT), chunked(DOCUMENT, 7919), reply(wrapped(LOG)),
        chunked(gzip.compress(DOCUMENT), 500, "content-encoding: gzip\r\n"),
        reply(DOCUMENT.replace(b"</Result>", b"</Result><Result>c2Vjb25k</Result>")),
    ],
)  # fmt: skip
def test_a_log_is_the_same_as_fetched(act: Act) -> None:
    """However the bytes come: one piece, chunks, gzip, base64 in lines, more results."""

    async def use(gateway: AsyncGateway) -> None:
        async with await gateway.stream("agentGetLog") as result:
            frame = toolkit.read_log(await result.read())
        pd.testing.assert_frame_equal(frame, toolkit.read_log(LOG))
        pieces = [
            piece
            async for piece in (await gateway.stream("taskGetLog", "Nightly", "a")).aiter_bytes()
        ]
        assert b"".join(pieces) == LOG.encode()

    run(use, act)


def test_what_it_knows_before_and_after() -> None:
    """Function, target and outcome are known before the result; it is read once."""

    async def use(gateway: AsyncGateway) -> None:
        async with await gateway.stream("taskGetLog", "Nightly", "ingest") as result:
            assert result.name == "taskGetLog Nightly/ingest"
            assert result.call is gateway.last
            assert result.call is not None
            assert result.call.outcome.ok
            assert "taskGetLog Nightly/ingest" in repr(result)
            assert await result.read() == LOG.encode()
            with pytest.raises(toolkit.InvalidArgument, match="read already"):
                await result.read()
        with pytest.raises(toolkit.InvalidArgument, match="no result to be streamed"):
            await gateway.stream("agentPing")

    run(use, reply(DOCUMENT))


@pytest.mark.parametrize(
    ("act", "kind", "says"),
    [
        (reply(response(213, message="no such log")), toolkit.NotFound, "no such log"),
        (reply(response(1)), toolkit.BadReply, "without a result"),
        (reply(b"<html>busy</html>", "502 Bad Gateway", "text/html"), toolkit.BadReply, "HTML"),
        (drop, toolkit.ConnectionLost, "broke"),
    ],
)
def test_what_is_no_success_raises_at_once(act: Act, kind: type[Exception], says: str) -> None:
    """Its category's exception, with the call's context, before anything is read."""

    async def use(gateway: AsyncGateway) -> None:
        with pytest.raises(kind, match=says) as caught:
            await gateway.stream("taskGetLog", "Nightly", "ingest")
        assert isinstance(caught.value, toolkit.CallError)
        assert (caught.value.function, caught.value.target) == ("taskGetLog", "Nightly/ingest")

    run(use, act)


@pytest.mark.parametrize(
    ("act", "kind", "cut"),
    [
        (with_length(DOCUMENT[:90_000], len(DOCUMENT)), toolkit.ConnectionLost, True),
        (reply(DOCUMENT[:90_000]), toolkit.BadReply, True),
        (reply(DOCUMENT.replace(b"</Result>", b"?</Result>")), toolkit.BadReply, False),
    ],
)
def test_a_result_that_ends_badly(act: Act, kind: type[Exception], cut: bool) -> None:
    """What came before is given; then the call's own exception."""

    async def use(gateway: AsyncGateway) -> None:
        result = await gateway.stream("agentGetLog")
        with pytest.raises(kind) as caught:
            async for _ in result.aiter_bytes():
                pass
        assert caught.value.function == "agentGetLog"  # type: ignore[attr-defined]
        assert result.is_cut is cut

    run(use, act)


def test_it_is_bounded_where_that_is_asked_for() -> None:
    """Reading ends at ``max_bytes``, and the connection with it."""

    async def use(gateway: AsyncGateway) -> None:
        result = await gateway.stream("agentGetLog", max_bytes=1000)
        with pytest.raises(toolkit.ReplyTooLarge, match="1,000 bytes"):
            await result.read()

    run(use, reply(DOCUMENT))


def test_a_lost_session_is_opened_again_on_the_way() -> None:
    """The login's answers are read whole, the result as it comes."""

    async def use(gateway: AsyncGateway) -> None:
        async with await gateway.stream("agentGetLog") as result:
            assert await result.read() == LOG.encode()

    sent = run(use, reply(response(3)), reply(GRANTED), reply(DOCUMENT))
    assert sent == ["hostOpenSession", "agentGetLog", "hostOpenSession", "agentGetLog"]


def test_a_stream_is_one_of_those_at_once() -> None:
    """Until it is read or closed it takes one place; left by an error or cancelled, none."""

    async def main() -> None:
        async with counting(lambda _: DOCUMENT if streaming else GRANTED) as server:
            limits = toolkit.Limits(at_once=1)
            async with toolkit.sertainty.connect_async(server.url, limits=limits) as gateway:
                streaming = False
                await gateway.login_with("ada")
                streaming = True
                result = await gateway.stream("agentGetLog")
                waiting = asyncio.ensure_future(gateway.fetch("agentGetLog"))
                await asyncio.sleep(0)
                assert server.functions["agentGetLog"] == 1
                async for piece in result.aiter_bytes():
                    assert LOG.encode().startswith(piece)
                    break
                await result.close()
                assert (await waiting).document == LOG.encode()
                server.hold()
                task = asyncio.ensure_future(gateway.stream("agentGetLog"))
                await server.until(lambda: server.under_way == 1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                server.free.set()
                async with await gateway.stream("agentGetLog") as last:
                    assert await last.read() == LOG.encode()
                streaming = False

    asyncio.run(main())


def test_recorded_and_replayed(tmp_path: Any) -> None:
    """A stream is recorded whole when it was read, and a replay gives it in pieces again."""

    async def main(url: str) -> bytes:
        async with toolkit.sertainty.connect_async(url) as gateway:
            await gateway.login_with("ada")
            async with await gateway.stream("agentGetLog") as result:
                return await result.read()

    with scripted(reply(GRANTED), chunked(DOCUMENT, 5000), reply(response(1))) as server:
        with toolkit.record(tmp_path / "log.yaml"):
            assert asyncio.run(main(server.url)) == LOG.encode()
    with toolkit.replay(tmp_path / "log.yaml"):
        assert asyncio.run(main(server.url)) == LOG.encode()


def test_given_up_in_the_middle_it_is_not_recorded(tmp_path: Any) -> None:
    """Cancelled while its bytes come, a call leaves nothing in the recording."""
    stop, cassette = threading.Event(), tmp_path / "log.yaml"
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 90000000\r\n\r\n" + DOCUMENT[:9000]

    async def use(gateway: AsyncGateway) -> None:
        got = asyncio.Event()

        async def read() -> None:
            async with await gateway.stream("agentGetLog") as result:
                async for _ in result.aiter_bytes():
                    got.set()

        with toolkit.record(cassette):
            reading = asyncio.ensure_future(read())
            await got.wait()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            assert (await gateway.call("configGetList"))["config"].tolist() == ["Nightly"]

    run(use, drip(head, b"QUJD", stop), reply(response(1, "Nightly")))
    assert toolkit.read_calls(cassette)["function"].tolist() == ["configGetList"]


def test_what_cannot_await_says_so() -> None:
    """A log reader, and statistics of tasks, say what to give them instead."""

    async def use(gateway: AsyncGateway) -> None:
        async with await gateway.stream("agentGetLog") as result:
            with pytest.raises(toolkit.DocumentError, match=r"await log\.read\(\)"):
                toolkit.read_log(result)  # type: ignore[call-overload]
        with pytest.raises(toolkit.InvalidArgument, match=r"await gateway.task_statuses\(\)"):
            toolkit.task_stats(gateway)  # type: ignore[arg-type]

    run(use, reply(DOCUMENT))
