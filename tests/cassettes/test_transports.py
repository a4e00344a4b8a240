"""The transports: what a client gets live it gets from the cassette, failures too."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
import types
import warnings
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cassettes.samples import only, stock
from tests.loopback import Act, drop, hold, raw, reply, scripted
from toolkit.cassettes import (
    Cassette,
    Failure,
    Interaction,
    RecordTransport,
    ReplayTransport,
    Request,
    Response,
    read,
)
from toolkit.cassettes.wire import family_of
from toolkit.outcomes import NotRecorded

Call = Callable[..., httpx.Response]


def sync_call(transport: Any, url: str, **options: Any) -> httpx.Response:
    with httpx.Client(transport=transport, timeout=options.pop("timeout", 5)) as client:
        return client.post(url, **options)


def async_call(transport: Any, url: str, **options: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        timeout = options.pop("timeout", 5)
        async with httpx.AsyncClient(transport=transport, timeout=timeout) as client:
            return await client.post(url, **options)

    return asyncio.run(run())


@pytest.fixture(params=[sync_call, async_call])
def call(request: pytest.FixtureRequest) -> Call:
    """One POST through a client, sync and async."""
    return request.param


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.yaml"


def test_a_call_is_recorded_and_replayed_alike(call: Call, path: Path) -> None:
    """Status, reason, headers, body, version; and the time and duration of the live one."""
    answer = b"HTTP/1.1 207 Many Things\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-E: \xc3\xa9\r\n"
    with scripted(raw(answer + b"Content-Length: 4\r\n\r\n\xff\0ab")) as server:
        live = call(RecordTransport(path, redact=False), server.url, content=b"question")
    again = call(ReplayTransport(path, redact=False), server.url, content=b"question")
    for one in (live, again):
        assert (one.status_code, one.reason_phrase, one.http_version) == (
            207,
            "Many Things",
            "HTTP/1.1",
        )
        assert one.content == b"\xff\0ab"
        assert one.headers.get_list("set-cookie") == ["a=1", "b=2"]
        assert one.headers["x-e"] == "é"
        assert one.is_closed
        assert one.is_stream_consumed
        assert one.elapsed.total_seconds() >= 0
    kept = only(path)
    assert kept.request.body == b"question"
    assert kept.request.header("content-length") == "8"
    assert kept.recorded_at is not None
    assert kept.elapsed is not None
    assert 0 < kept.elapsed < 5
    assert len(stock(path)) == 1


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)],
)
def test_a_body_is_kept_decoded_with_its_encoding_noted(
    call: Call, path: Path, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    """The cassette can be read by a person; the headers describe the body that is there."""
    packed = pack(b"<plain/>" * 99)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {len(packed)}"
    with scripted(raw(head.encode() + b"\r\n\r\n" + packed)) as server:
        live = call(RecordTransport(path), server.url)
    again = call(ReplayTransport(path), server.url)
    assert live.content == again.content == b"<plain/>" * 99
    response = only(path).response
    assert response is not None
    assert response.encoding == encoding.lower()
    assert response.headers == [("content-length", "792")]


@pytest.mark.parametrize("encoding", [b"unheard-of", b"gzip"])
def test_a_body_that_cannot_be_decoded_is_kept_as_it_came(
    call: Call, path: Path, encoding: bytes
) -> None:
    """What the live client met, the replaying one meets: the same bytes or the same error."""
    answer = (
        b"HTTP/1.1 200 OK\r\ncontent-encoding: " + encoding + b"\r\ncontent-length: 3\r\n\r\nabc"
    )
    ends = []
    with scripted(raw(answer)) as server:
        for transport in (RecordTransport(path), ReplayTransport(path) if path.exists() else None):
            if transport is None:
                transport = ReplayTransport(path)
            try:
                ends.append(call(transport, server.url).content)
            except httpx.DecodingError:
                ends.append(b"error")
    assert ends == ([b"error"] * 2 if encoding == b"gzip" else [b"abc"] * 2)


def unreachable() -> str:
    """The address of a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"


CUT = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"
FAILURES: dict[str, tuple[Act | None, type[Exception], bytes | None]] = {
    "refused": (None, httpx.ConnectError, None),
    "dropped": (drop, httpx.RemoteProtocolError, None),
    "garbage": (raw(b"\0\1\2 no HTTP\r\n\r\n"), httpx.RemoteProtocolError, None),
    "cut body": (raw(CUT), httpx.RemoteProtocolError, b"half"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_a_failure_is_replayed_as_the_same_exception(call: Call, path: Path, what: str) -> None:
    """Kind and text, with the part of the body that had come; stock vcrpy still loads the file."""
    act, kind, body = FAILURES[what]
    texts = []
    with scripted(act or drop) as server:
        url = server.url if act else unreachable()
        for transport in (RecordTransport, ReplayTransport):
            with pytest.raises(kind) as caught:
                call(transport(path), url)
            assert type(caught.value) is kind
            texts.append(str(caught.value))
    assert texts[0] == texts[1]
    kept = only(path)
    assert kept.failure == Failure(kind.__name__, texts[0])
    assert (kept.response.body if kept.response else None) == body
    assert stock(path)[0]["request"]["method"] == "failed POST"


def test_a_timeout_is_replayed_at_once(call: Call, path: Path) -> None:
    """The replay raises what the live call raised, and does not wait for it."""
    stop = threading.Event()
    with scripted(hold(stop)) as server:
        with pytest.raises(httpx.ReadTimeout):
            call(RecordTransport(path), server.url, timeout=0.05)
        stop.set()
    started = time.perf_counter()
    with pytest.raises(httpx.ReadTimeout):
        call(ReplayTransport(path), server.url, timeout=5)
    assert time.perf_counter() - started < 2


def test_an_unknown_kind_of_failure_is_a_transport_error(call: Call, path: Path) -> None:
    """A later httpx's, or a hostile name: never another class than httpx's own."""
    with Cassette(path, "append") as cassette:
        for kind in ("FutureError", "Client", "codes"):
            cassette.keep(
                Interaction(Request("POST", f"http://h/{kind}"), None, Failure(kind, "x"))
            )
    for kind in ("FutureError", "Client", "codes"):
        with pytest.raises(httpx.TransportError) as caught:
            call(ReplayTransport(path), f"http://h/{kind}")
        assert type(caught.value) is httpx.TransportError


def test_uploads_in_pieces_and_multipart_are_recorded_whole(path: Path) -> None:
    """The body is what was sent, also from a generator, a file and an async generator."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    async def run() -> None:
        async with httpx.AsyncClient(transport=RecordTransport(path)) as client:
            await client.post(server.url, content=pieces(), headers={"content-length": "7"})

    with scripted(reply(b"ok")) as server:
        with httpx.Client(transport=RecordTransport(path)) as client:
            client.post(
                server.url, content=iter([b"one ", b"two"]), headers={"content-length": "7"}
            )
            client.post(server.url, files={"f": ("n.txt", b"data")}, data={"a": "1"})
    bodies = [one.request.body for one in read(path)]
    assert bodies[0] == b"one two"
    assert b"data" in bodies[1]


def test_a_response_that_its_transport_made_whole_is_recorded(call: Call, path: Path) -> None:
    """httpx.MockTransport answers with a body that is there already, perhaps encoded."""
    packed = gzip.compress(b"plain")

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=packed)

    assert call(RecordTransport(path, httpx.MockTransport(answer)), "http://h/").text == "plain"
    assert call(ReplayTransport(path), "http://h/").text == "plain"


def test_headers_of_edited_and_stock_cassettes_become_text(call: Call, path: Path) -> None:
    """A number that a person wrote without quotes, one value without a list, no headers."""
    path.write_text(
        "version: 1\ninteractions:\n"
        "- {request: {method: POST, uri: 'http://h/'}, response: {status: {code: 200},"
        " headers: {content-length: 4, a: [1, é]}, body: {string: text}}}\n"
        "- {request: {method: POST, uri: 'http://i/'}, response: {status: {code: 204}}}\n"
        "- {request: {method: POST, uri: 'http://j/'}, response: {status_code: 201, content: x}}\n"
    )
    response = call(ReplayTransport(path), "http://h/")
    assert response.headers.multi_items() == [("content-length", "4"), ("a", "1"), ("a", "é")]
    assert call(ReplayTransport(path), "http://i/").content == b""
    assert call(ReplayTransport(path), "http://j/").text == "x"


def test_replay_opens_no_socket(call: Call, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even for what is not recorded."""
    with Cassette(path, "append") as cassette:
        cassette.keep(Interaction(Request("POST", "http://h/"), Response(200)))

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    if call is sync_call:
        monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "create_connection", forbidden)
    monkeypatch.setattr(httpx, "HTTPTransport", forbidden)
    monkeypatch.setattr(httpx, "AsyncHTTPTransport", forbidden)
    assert call(ReplayTransport(path), "http://h/").status_code == 200
    with pytest.raises(NotRecorded):
        call(ReplayTransport(path), "http://elsewhere/")


def test_modes_work_through_a_transport(call: Call, path: Path) -> None:
    """A new one is sent and recorded, an old one is not."""
    with scripted(reply(b"1"), reply(b"2"), reply(b"3")) as server:
        for expected in (b"1", b"1"):
            answer = call(RecordTransport(path, mode="new_episodes"), server.url, content=b"a")
            assert answer.content == expected
        with Cassette(path, "verify") as cassette:
            call(RecordTransport(cassette), server.url, content=b"a")
        assert [one.parts for one in cassette.differences] == [("body",)]
        assert len(server.requests) == 2


def test_a_cassette_of_its_own_stays_open_and_a_path_is_closed(path: Path) -> None:
    """Who opened it closes it."""
    with scripted(reply(b"1")) as server:
        with Cassette(path, "append") as cassette:
            for _ in range(2):
                sync_call(RecordTransport(cassette), server.url)
            assert cassette.calls == 2
        transport = RecordTransport(path)
        assert repr(transport) == f"<RecordTransport <Cassette {str(path)!r} append, 0 calls>>"
        sync_call(transport, server.url)
        assert "closed" in repr(transport)
    assert len(list(read(path))) == 3


def test_interim_encodings_of_stock_cassettes_are_decoded_by_httpx(call: Call, path: Path) -> None:
    """vcrpy keeps the body as it came, with its header."""
    headers = [("content-encoding", "gzip")]
    packed = gzip.compress(b"plain")
    with Cassette(path, "append", redact=False) as cassette:
        kept = Interaction(Request("POST", "http://h/"), Response(200, "OK", headers, packed))
        cassette.keep(kept)
    assert call(ReplayTransport(path), "http://h/").text == "plain"


def test_another_family_gets_its_own_objects(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """httpx2 has httpx's names; here a module of that name stands for it."""
    import sys

    class Response2(httpx.Response):
        pass

    class Request2(httpx.Request):
        pass

    class ReadTimeout2(httpx.ReadTimeout):
        pass

    for kind in (Response2, Request2, ReadTimeout2):
        kind.__module__ = "httpx2"
    module = types.ModuleType("httpx2")
    module.__dict__.update({name: getattr(httpx, name) for name in httpx.__all__})
    module.__dict__.update(Response=Response2, Request=Request2, ReadTimeout=ReadTimeout2)
    monkeypatch.setitem(sys.modules, "httpx2", module)
    assert family_of(Request2) is module
    with Cassette(path, "append") as cassette:
        cassette.keep(Interaction(Request("GET", "http://h/"), Response(200, "OK", [], b"body")))
        cassette.keep(Interaction(Request("GET", "http://f/"), None, Failure("ReadTimeout", "x")))
    transport = ReplayTransport(path)
    assert isinstance(transport.handle_request(Request2("GET", "http://h/")), Response2)
    with pytest.raises(ReadTimeout2):
        transport.handle_request(Request2("GET", "http://f/"))


def test_a_client_that_is_thrown_away_warns_of_nothing(path: Path) -> None:
    """No resource is left open for the garbage collector to complain about."""
    with scripted(reply(b"1")) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        sync_call(RecordTransport(path), server.url)
        sync_call(ReplayTransport(path), server.url)
