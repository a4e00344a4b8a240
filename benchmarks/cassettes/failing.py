"""Rows: failures recorded and replayed; time stamps and durations through stock vcrpy's hands."""

from __future__ import annotations

import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from benchmarks.cassettes.files import patched, stock_load, write_ours
from benchmarks.cassettes.traffic import REQUEST_HEADERS, interactions, question
from benchmarks.measure import fresh
from toolkit.cassettes import RecordTransport, ReplayTransport, read

_HERE = "benchmarks.cassettes.failing"

_RESET = struct.pack("ii", 1, 0)


def _silent(connection: socket.socket) -> None:
    connection.settimeout(20)
    while connection.recv(65536):  # until the client gives up
        pass


def _dropped(connection: socket.socket) -> None:
    connection.recv(65536)


def _reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _nonsense(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"this is no HTTP\r\n\r\n")


_BEHAVIOURS: tuple[Callable[[socket.socket], None], ...] = (_silent, _dropped, _reset, _nonsense)


@contextmanager
def _serving(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    behave(connection)
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/service"
        # Closing alone does not wake accept everywhere.
        with socket.create_connection(listener.getsockname()):
            listener.close()
    thread.join(20)


def failures(who: str) -> dict[str, int]:
    """How many of five kinds of failures the replay raises as they were raised live."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [stack.enter_context(_serving(behave)) for behave in _BEHAVIOURS]
        with socket.create_server(("127.0.0.1", 0)) as free:
            refused = f"http://127.0.0.1:{free.getsockname()[1]}/service"
        urls.append(refused)
        path = Path(folder) / f"failures.{'json' if who == 'replayx' else 'yaml'}"
        live = _raised(who, path, "new_episodes", urls)
        replayed = _raised(who, path, "none", urls)
    assert None not in live, live
    return {"same": sum(one is other for one, other in zip(live, replayed, strict=True))}


def _raised(who: str, path: Path, mode: str, urls: list[str]) -> list[type[BaseException] | None]:
    raised: list[type[BaseException] | None] = []
    for number, url in enumerate(urls):
        kind: type[BaseException] | None = None
        try:
            with _client(who, path, mode) as client:
                client.post(url, content=question(number), headers=REQUEST_HEADERS, timeout=0.2)
        except Exception as error:  # noqa: BLE001 - which one is the question
            kind = type(error)
        raised.append(kind)
    return raised


@contextmanager
def _client(who: str, path: Path, mode: str) -> Iterator[httpx.Client]:
    network = httpx.HTTPTransport(verify=False, trust_env=False)
    if who == "ours":
        ours = ReplayTransport(path) if mode == "none" else RecordTransport(path, network)
        with httpx.Client(transport=ours) as client:
            yield client
        return
    with patched(who, path, mode), httpx.Client(transport=network) as client:
        yield client


def times(count: int) -> dict[str, int]:
    """Whether time stamps and durations are as they were after stock vcrpy loaded and saved."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_ours(Path(folder) / "times.yaml", interactions(count))
        cassette = stock_load(path)
        cassette._save(force=True)
        assert not path.read_bytes().startswith(b"version: 1\ninteractions:\n- {")
        again = [(kept.recorded_at, kept.elapsed) for kept in read(path)]
    return {"same": int(again == [(one.recorded_at, one.elapsed) for one in interactions(count)])}


def measure(count: int) -> dict[str, dict[str, float | None]]:
    """Give the rows of failures and of times."""
    parts = ("ours", "vcrpy", "cassetter", "replayx")
    return {
        "failures": {
            who: fresh("benchmarks.cassettes.failing:failures", who)["same"] for who in parts
        },
        # A peer's file has neither; cassetter's has the moment, and stock vcrpy cannot load it.
        "times": {"ours": fresh(f"{_HERE}:times", count)["same"], "vcrpy": 0},
    }
