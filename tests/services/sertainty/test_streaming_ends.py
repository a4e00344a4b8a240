"""A result that is read as it comes: leaving it, recording it, its memory, and the sandbox."""

from __future__ import annotations

import contextlib
import socket
import threading
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from tests.loopback import Act, hold, reply
from tests.services.sertainty.streams import (
    DOCUMENT,
    EVENTS,
    LOG,
    LONG,
    chunked,
    logged_in,
    sent,
)
from tests.services.sertainty.wire import response

# --- closing -------------------------------------------------------------------------------------


def left_alone(seen: threading.Event) -> Act:
    """Send a part of the log, and say when the client has gone."""

    def act(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(LONG)}\r\n\r\n".encode()
        connection.settimeout(20)
        with contextlib.suppress(ConnectionError):
            connection.sendall(head + LONG[:4_000_000])
            while connection.recv(1024):
                pass
        seen.set()
        raise ConnectionAbortedError

    return act


@pytest.mark.parametrize("way", ["with", "iterator", "iter_log", "fault"])
def test_leaving_early_closes_the_connection(way: str) -> None:
    """However it is left: the gateway sees the connection end."""
    seen = threading.Event()
    with logged_in(left_alone(seen)) as gateway:
        result = gateway.stream("agentGetLog")
        if way == "with":
            with result:
                pass
        elif way == "iterator":
            pieces = result.iter_bytes()
            next(pieces)
            pieces.close()  # type: ignore[attr-defined]
        elif way == "iter_log":
            parts = toolkit.iter_log(result, rows=10)
            next(parts)
            parts.close()  # type: ignore[attr-defined]
        else:
            with pytest.raises(toolkit.ReplyTooLarge):
                toolkit.read_log(gateway.stream("agentGetLog", max_bytes=10))
            result.close()
        assert seen.wait(20)


def test_a_gateway_that_stops_sending_is_no_endless_wait() -> None:
    """The time between two pieces is bounded."""
    stop = threading.Event()
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(DOCUMENT)}\r\n\r\n".encode()

    def act(connection: socket.socket) -> None:
        connection.sendall(head + DOCUMENT[:150_000])
        hold(stop)(connection)

    with logged_in(act, limits=toolkit.sertainty.Limits(read=0.2)) as gateway:
        try:
            with pytest.raises(toolkit.TimedOut):
                toolkit.read_log(gateway.stream("agentGetLog"))
            assert toolkit.read_log(gateway.stream("agentGetLog"), truncated="keep").attrs[
                "truncated"
            ]
        finally:
            stop.set()


# --- recording -----------------------------------------------------------------------------------


def test_recorded_while_streaming_and_replayed_as_a_stream(tmp_path: Path) -> None:
    """The recording has the answer whole, for fetch as for stream."""
    path = tmp_path / "log.yaml"
    with logged_in(reply(DOCUMENT)) as gateway:
        with toolkit.record(path):
            live = toolkit.read_log(gateway.stream("agentGetLog"))
        with toolkit.replay(path):
            streamed = toolkit.read_log(gateway.stream("agentGetLog"))
            sizes = []
        with toolkit.replay(path):
            sizes = [len(piece) for piece in gateway.stream("agentGetLog").iter_bytes()]
        with toolkit.replay(path):
            fetched = toolkit.read_log(gateway.fetch("agentGetLog").document)
        assert len(sent(gateway)) == 2
    assert max(sizes) <= 1 << 16
    assert sum(sizes) == len(LOG)
    for one in (streamed, fetched):
        pd.testing.assert_frame_equal(one, live)


def test_leaving_early_is_recorded_as_such(tmp_path: Path) -> None:
    """What was not read is not made up: the recording says that the reader left."""
    path = tmp_path / "log.yaml"
    seen = threading.Event()
    with logged_in(left_alone(seen)) as gateway, toolkit.record(path):
        with gateway.stream("agentGetLog") as result:
            next(result.iter_bytes())
    assert "the reader closed the response after" in path.read_text()
    assert toolkit.read_calls(path)["category"].tolist() == ["bad reply"]


# --- memory --------------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_log() -> None:
    """A log sixteen times as long takes hardly more memory to go through."""
    peaks = []
    for times in (1, 16):
        body = response(1, f"<Log>{EVENTS * times}</Log>")
        with logged_in(chunked(body, 50_000)) as gateway:
            with gateway.stream("agentGetLog") as warm:
                next(warm.iter_bytes())
            tracemalloc.start()
            count = sum(map(len, gateway.stream("agentGetLog").iter_bytes()))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert count > len(EVENTS) * times
    assert peaks[1] < 1.5 * peaks[0] + 300_000


# --- with the sandbox, which encodes by its own reading of the guide ------------------------------


def test_a_long_log_of_the_sandbox() -> None:
    """Streamed it is what it is fetched; one that is still being written is flagged."""
    with (
        toolkit.sandbox.start("sertainty", seed=3) as box,
        toolkit.sertainty.connect(box.url) as gateway,
    ):
        gateway.login_with(box.user, box.answers)
        box.grow_log(2_000_000)
        streamed = toolkit.read_log(gateway.stream("agentGetLog"), reader="fast")
        fetched = toolkit.read_log(gateway.fetch("agentGetLog").document)
        pd.testing.assert_frame_equal(streamed, fetched.iloc[: len(streamed)])
        assert 0 <= len(fetched) - len(streamed) < 5
        box.switch(unfinished_logs=True)
        with pytest.raises(toolkit.DocumentError, match="cut off"):
            toolkit.read_log(gateway.stream("agentGetLog"))
        kept = toolkit.read_log(gateway.stream("agentGetLog"), truncated="keep")
        assert kept.attrs["truncated"] is True
        assert len(kept) >= len(streamed)
