"""Rows: one more request recorded, what persisting it costs, one call added to a cassette."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfile

import httpx

from benchmarks.cassettes.files import patched, plain_client, vcr_pair
from benchmarks.cassettes.rows import MOCK
from benchmarks.cassettes.server import running
from benchmarks.cassettes.traffic import (
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    URL,
    answer,
    interaction,
    interactions,
    question,
)
from benchmarks.measure import Contender, Use, take_turns, timed
from toolkit.cassettes import Cassette, RecordTransport

_BATCH = 100
_ANSWER = answer(1)


def _mock(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers=RESPONSE_HEADERS, content=_ANSWER)


def _posting(
    transport: Callable[[], httpx.BaseTransport], url: str, batch: int = _BATCH
) -> Contender:
    @contextmanager
    def prepare() -> Iterator[Use]:
        bodies = [question(number, "n") for number in range(batch)]
        with httpx.Client(transport=transport(), trust_env=False) as client:
            client.post(url, content=question(0), headers=REQUEST_HEADERS)

            def post(number: int) -> None:
                client.post(url, content=bodies[number], headers=REQUEST_HEADERS)

            yield post

    return batch, prepare


def _mocked() -> Contender:
    return _posting(lambda: httpx.MockTransport(_mock), URL)


def one_more(folder: str, small: str, rounds: int) -> dict[str, float]:
    """Median CPU seconds of a recorded request and of a bare one, to a server elsewhere."""

    def network() -> httpx.BaseTransport:
        return httpx.HTTPTransport(verify=False, trust_env=False)

    def recording(place: str) -> Callable[[], httpx.BaseTransport]:
        def transport() -> httpx.BaseTransport:
            path = Path(place) / "growing.yaml"
            copyfile(Path(place) / "plain.yaml", path)
            return RecordTransport(path, network())

        return transport

    with running() as url:
        return take_turns(
            {
                "ours": _posting(recording(folder), url),
                "bare request": _posting(network, url),
                "ours, 100": _posting(recording(small), url),
            },
            rounds,
        )


def one_more_mock(folder: str, rounds: int) -> dict[str, float]:
    """The same over MockTransport: nothing but httpx's client and the recording."""

    def transport() -> httpx.BaseTransport:
        path = Path(folder) / "growing.yaml"
        copyfile(Path(folder) / "plain.yaml", path)
        return RecordTransport(path, httpx.MockTransport(_mock))

    return take_turns({"ours": _posting(transport, URL), MOCK: _mocked()}, rounds)


def one_more_peer(peer: str, folder: str, count: int, rounds: int) -> dict[str, float]:
    """Median CPU seconds of a request recorded by a peer that holds so many, and of a bare one."""
    with running() as url, ExitStack() as stack:
        path = Path(folder) / f"unsaved-{peer}"
        path.unlink(missing_ok=True)
        cassette = stack.enter_context(patched(peer, path, "once"))
        _fill(peer, cassette, url, count - 1)
        recorder = stack.enter_context(plain_client())
        numbers = iter(range(count, count + 100_000))
        # It would save all of it on leaving; that is another row.
        stack.callback(_forget, peer, cassette)

        @contextmanager
        def recording() -> Iterator[Use]:
            yield lambda _: recorder.post(
                url, content=question(next(numbers), "n"), headers=REQUEST_HEADERS
            )

        return take_turns({peer: (2, recording)}, rounds)


def _fill(peer: str, cassette: object, url: str, count: int) -> None:
    """Put interactions into a peer's memory without the look-ups that recording them costs."""
    for kept in (interaction(number, url) for number in range(count)):
        assert kept.response is not None
        if peer == "vcrpy":
            cassette.data.append(vcr_pair(kept))  # type: ignore[attr-defined]
        elif peer == "cassetter":
            sent = {name: [value] for name, value in kept.request.headers}
            cassette.record(  # type: ignore[attr-defined]
                "POST", url, sent, kept.request.body, 200, {}, kept.response.body
            )
        else:
            from replayx import RecordedRequest, RecordedResponse

            cassette.record(  # type: ignore[attr-defined]
                RecordedRequest("POST", url, kept.request.headers, kept.request.body),
                RecordedResponse(200, kept.response.headers, kept.response.body),
            )


def _forget(peer: str, cassette: object) -> None:
    setattr(cassette, "dirty" if peer == "vcrpy" else "_dirty", False)


def persist(folder: str, rounds: int) -> dict[str, dict[str, float]]:
    """Median CPU seconds to keep an interaction, with and without its redaction."""
    kept = list(interactions(500))

    def keeping(*, redact: bool) -> Contender:
        @contextmanager
        def prepare() -> Iterator[Use]:
            path = Path(folder) / "growing.yaml"
            copyfile(Path(folder) / "plain.yaml", path)
            with Cassette(path, "append", redact=redact) as cassette:
                yield lambda number: cassette.keep(kept[number])

        return len(kept), prepare

    found = take_turns(
        {"persist": keeping(redact=False), "keep": keeping(redact=True), MOCK: sent_to_mock()},
        rounds,
    )
    mock = found.pop(MOCK)
    return {name: {"ours": seconds, MOCK: mock} for name, seconds in found.items()}


def sent_to_mock() -> Contender:
    """A request over MockTransport, made before: the measure of this machine."""

    @contextmanager
    def prepare() -> Iterator[Use]:
        with httpx.Client(transport=httpx.MockTransport(_mock)) as client:
            requests = [
                client.build_request("POST", URL, content=question(n), headers=REQUEST_HEADERS)
                for n in range(_BATCH)
            ]
            yield lambda number: client.send(requests[number]).content

    return _BATCH, prepare


def mock_seconds(rounds: int) -> float:
    """CPU seconds of a request over MockTransport."""
    return take_turns({MOCK: sent_to_mock()}, rounds)[MOCK]


def added_ours(folder: str, rounds: int) -> dict[str, dict[str, float]]:
    """CPU seconds to open a cassette, record one more call and close it; and the bytes written.

    The connection is there before; the request itself counts, and is told beside it.
    """
    path = Path(folder) / "growing.yaml"
    copyfile(Path(folder) / "plain.yaml", path)
    before = path.read_bytes()
    seconds, bare = [], []
    with running() as url, httpx.HTTPTransport(verify=False, trust_env=False) as network:
        client = httpx.Client(transport=network)
        client.post(url, content=question(0), headers=REQUEST_HEADERS)
        for number in range(rounds):
            body = question(number, "n")

            def add(body: bytes = body) -> None:
                transport = RecordTransport(path, network)
                request = client.build_request("POST", url, content=body, headers=REQUEST_HEADERS)
                transport.handle_request(request).read()
                transport.cassette.close()

            def send(body: bytes = body) -> None:
                request = client.build_request("POST", url, content=body, headers=REQUEST_HEADERS)
                network.handle_request(request).read()

            seconds.append(timed(add))
            bare.append(timed(send))
    after = path.read_bytes()
    assert after.startswith(before)
    ours, request = statistics.median(seconds), statistics.median(bare)
    return {
        "add": {"ours": ours, "bare request": request},
        "add_alone": {"ours": max(ours - request, 1e-6), MOCK: mock_seconds(9)},
        "add_bytes": {"ours": (len(after) - len(before)) / rounds},
    }


def added_peer(peer: str, source: str, url: str) -> dict[str, float]:
    """CPU seconds of a peer for the same, and the bytes that it writes."""
    path = Path(source).with_name(f"growing-{Path(source).name}")
    copyfile(source, path)
    start = time.process_time()
    with patched(peer, path, "new_episodes"), plain_client() as client:
        client.post(url, content=question(1, "n"), headers=REQUEST_HEADERS)
    return {"seconds": time.process_time() - start, "bytes": path.stat().st_size}
