"""Rows: one request answered from a cassette, against the least that httpx can do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.cassettes.files import PEER_FILES, patched, plain_client
from benchmarks.cassettes.rows import MOCK
from benchmarks.cassettes.traffic import REQUEST_HEADERS, RESPONSE_HEADERS, URL, answer, question
from benchmarks.measure import Contender, Use, take_turns
from toolkit.cassettes import ReplayTransport

_ANSWER = answer(1)


def _mock(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers=RESPONSE_HEADERS, content=_ANSWER)


def _mocked() -> httpx.MockTransport:
    return httpx.MockTransport(_mock)


def sends(client: httpx.Client, count: int, batch: int) -> Use:
    """Send the last requests of a cassette, the last one at the end; the first one before.

    The requests are made before: it is the sending that is compared.
    """
    requests = [_request(client, number) for number in range(count - batch, count)]

    def send(number: int) -> None:
        assert client.send(requests[number]).content

    assert client.send(_request(client, 0)).content
    return send


def _request(client: httpx.Client | httpx.AsyncClient, number: int) -> httpx.Request:
    return client.build_request("POST", URL, content=question(number), headers=REQUEST_HEADERS)


def posting(client: httpx.Client, count: int, batch: int) -> Use:
    """Do what :func:`sends` does by ``client.post``, which makes the request, too."""
    bodies = [question(number) for number in range(count - batch, count)]

    def post(number: int) -> None:
        assert client.post(URL, content=bodies[number], headers=REQUEST_HEADERS).content

    assert client.send(_request(client, 0)).content
    return post


def through(
    transport: Callable[[], httpx.BaseTransport],
    count: int,
    batch: int,
    use: Callable[[httpx.Client, int, int], Use] = sends,
) -> Contender:
    """A client over a transport that is opened anew for each batch."""

    @contextmanager
    def prepare() -> Iterator[Use]:
        with httpx.Client(transport=transport()) as client:
            yield use(client, count, batch)

    return batch, prepare


def one_request(folder: str, small: str, count: int, rounds: int) -> dict[str, float]:
    """Median CPU seconds of a request through ReplayTransport, also with 100 interactions."""
    batch = min(200, count - 1)

    def replaying(place: str) -> Callable[[], httpx.BaseTransport]:
        return lambda: ReplayTransport(Path(place) / "ours.yaml")

    return take_turns(
        {
            "ours": through(replaying(folder), count, batch),
            MOCK: through(_mocked, count, batch),
            "ours, 100": through(replaying(small), 100, 99),
            "ours, post": through(replaying(folder), count, batch, posting),
            "MockTransport, post": through(
                lambda: httpx.MockTransport(_mock), count, batch, posting
            ),
        },
        rounds,
    )


def one_async_request(folder: str, count: int, rounds: int) -> dict[str, float]:
    """The same through httpx.AsyncClient."""
    batch = min(200, count - 1)
    loop = asyncio.new_event_loop()

    def contender(transport: Callable[[], Any]) -> Contender:
        async def all_of(client: httpx.AsyncClient, requests: list[httpx.Request]) -> None:
            for request in requests:
                assert (await client.send(request)).content

        @contextmanager
        def prepare() -> Iterator[Use]:
            client = httpx.AsyncClient(transport=transport())
            requests = [_request(client, number) for number in range(count - batch, count)]
            loop.run_until_complete(client.send(_request(client, 0)))
            yield lambda _: loop.run_until_complete(all_of(client, requests))
            loop.run_until_complete(client.aclose())

        return 1, prepare

    contenders = {
        "ours": contender(lambda: ReplayTransport(Path(folder) / "ours.yaml")),
        MOCK: contender(_mocked),
    }
    found = take_turns(contenders, rounds)
    loop.close()
    return {name: seconds / batch for name, seconds in found.items()}


def through_bridge(folder: str, small: str, count: int, rounds: int) -> dict[str, float]:
    """Median CPU seconds of a request through our use_cassette, also with 100 interactions."""
    batch = min(200, count - 1)

    def bridged(place: str, size: int, uses: int) -> Contender:
        @contextmanager
        def prepare() -> Iterator[Use]:
            with patched("ours", Path(place) / "ours.yaml", "none"), plain_client() as client:
                yield sends(client, size, uses)

        return uses, prepare

    return take_turns(
        {
            "ours": bridged(folder, count, batch),
            MOCK: through(_mocked, count, batch),
            "ours, 100": bridged(small, 100, 99),
        },
        rounds,
    )


def through_peer(peer: str, folder: str, count: int, rounds: int) -> dict[str, float]:
    """Median CPU seconds of the last request of a cassette through a peer's use_cassette.

    Alone: what peers patch may catch any client, so nobody else can take turns with them.
    """
    path = Path(folder) / PEER_FILES[peer][0]
    with patched(peer, path, "none") as cassette, plain_client() as client:

        @contextmanager
        def rewound() -> Iterator[Use]:
            if peer == "vcrpy":
                cassette.rewind()
            elif peer == "replayx":
                cassette.interactions[-1].played = False
            # cassetter plays again what was played when nothing else matches.
            request = _request(client, count - 1)
            yield lambda _: client.send(request).content

        return take_turns({peer: (1, rewound)}, rounds)
