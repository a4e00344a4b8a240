"""vcrpy's API on our engine: what its users rely on, for each library that it patches."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests
import urllib3
import vcr as stock_vcr
from vcr.errors import CannotOverwriteExistingCassetteException

from tests.cassettes.answering import NO_TLS, Server, answering
from toolkit.cassettes.bridge import RequestNotRecorded, use_cassette, vcr
from toolkit.outcomes import CassetteError, NotRecorded


@pytest.fixture
def server() -> Iterator[Server]:
    with answering() as running:
        yield running


def by_httpx(url: str, body: bytes = b"") -> bytes:
    with httpx.Client(trust_env=False, verify=NO_TLS) as client:
        return client.request("POST" if body else "GET", url, content=body).content


def by_async_httpx(url: str, body: bytes = b"") -> bytes:
    async def work() -> bytes:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
            return (await client.request("POST" if body else "GET", url, content=body)).content

    return asyncio.run(work())


def by_requests(url: str, body: bytes = b"") -> bytes:
    with requests.Session() as session:
        return session.request("POST" if body else "GET", url, data=body).content


def by_urllib3(url: str, body: bytes = b"") -> bytes:
    with urllib3.PoolManager() as pool:
        return pool.request("POST" if body else "GET", url, body=body or None).data


def by_http_client(url: str, body: bytes = b"") -> bytes:
    with urllib.request.urlopen(url, body or None) as response:  # noqa: S310 - loopback
        return bytes(response.read())


def by_aiohttp(url: str, body: bytes = b"") -> bytes:
    async def work() -> bytes:
        async with (
            aiohttp.ClientSession() as session,
            session.request("POST" if body else "GET", url, data=body or None) as response,
        ):
            return await response.read()

    return asyncio.run(work())


Send = Callable[..., bytes]
LIBRARIES = [by_httpx, by_async_httpx, by_requests, by_urllib3, by_http_client, by_aiohttp]


@pytest.mark.parametrize("send", LIBRARIES)
def test_recorded_and_replayed(send: Send, server: Server, tmp_path: Path) -> None:
    """Each library: recorded once, then answered without the server, and not once more."""
    path = tmp_path / "deep" / "cassette.yaml"
    urls = [f"{server.url}/a", f"{server.url}/binary", f"{server.url}/b?x=1&y=2"]
    with use_cassette(path) as cassette:
        live = [send(url) for url in urls] + [send(f"{server.url}/json", b'{"q": 1}')]
        assert not cassette.rewound
    assert len(cassette) == 4
    served = len(server.served)
    with use_cassette(path) as cassette:
        assert cassette.rewound
        assert [send(url) for url in urls] + [send(f"{server.url}/json", b'{"q": 1}')] == live
        assert cassette.all_played
        with pytest.raises(CannotOverwriteExistingCassetteException):
            send(urls[0])
    assert cassette.play_count == 4
    assert len(server.served) == served


@pytest.mark.parametrize("send", LIBRARIES)
def test_stock_vcrpy_replays_what_the_bridge_recorded(
    send: Send, server: Server, tmp_path: Path
) -> None:
    """The file is vcrpy's own format."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        live = [send(f"{server.url}/a"), send(f"{server.url}/binary")]
    with stock_vcr.use_cassette(str(path), record_mode="none"):
        assert [send(f"{server.url}/a"), send(f"{server.url}/binary")] == live


@pytest.mark.parametrize("send", LIBRARIES)
def test_the_bridge_replays_what_stock_vcrpy_recorded(
    send: Send, server: Server, tmp_path: Path
) -> None:
    """Old cassettes go on working, and a replay does not touch the file."""
    path = tmp_path / "cassette.yaml"
    with stock_vcr.use_cassette(str(path)):
        live = [send(f"{server.url}/a"), send(f"{server.url}/a"), send(f"{server.url}/gzip")]
    before = path.read_bytes()
    with use_cassette(path, record_mode="none") as cassette:
        again = [send(f"{server.url}/a"), send(f"{server.url}/a"), send(f"{server.url}/gzip")]
        assert cassette.all_played
    assert again == live
    assert path.read_bytes() == before


@pytest.mark.parametrize("send", LIBRARIES)
def test_a_packed_answer_is_stored_readable(send: Send, server: Server, tmp_path: Path) -> None:
    """gzip is undone in the file, and the replay gives what the client gave its caller."""
    path = tmp_path / "cassette.yaml"
    url = f"{server.url}/gzip"
    with use_cassette(path):
        send(url)
    assert b"packed packed" in path.read_bytes()
    with use_cassette(path, record_mode="none"):
        assert send(url) == b"packed " * 50


@pytest.mark.parametrize("send", [by_requests, by_urllib3, by_http_client, by_aiohttp])
def test_redirects(send: Send, server: Server, tmp_path: Path) -> None:
    """A followed redirect is two interactions, replayed as such."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path) as cassette:
        live = send(f"{server.url}/redirect")
    assert [request.path for request in cassette.requests] == ["/redirect", "/target"]
    with use_cassette(path, record_mode="none") as cassette:
        assert send(f"{server.url}/redirect") == live
        assert cassette.play_count == 2


def test_aiohttp_bodies_given_as_values(server: Server, tmp_path: Path) -> None:
    """json= and data= are values to vcrpy: recorded as JSON, and old recordings of them match."""

    def send() -> list[bytes]:
        async def work() -> list[bytes]:
            async with aiohttp.ClientSession() as session:
                kinds = ({"json": {"a": [1, None]}}, {"json": [{"b": 2}]}, {"data": {"c": "d"}})
                return [
                    await (await session.post(f"{server.url}/json", **kind)).read()
                    for kind in kinds
                ]

        return asyncio.run(work())

    for name, record in (("ours", use_cassette), ("theirs", stock_vcr.use_cassette)):
        path = tmp_path / f"{name}.yaml"
        with record(str(path)):
            live = send()
        with use_cassette(path, record_mode="none", match_on=["method", "uri", "body"]):
            assert send() == live


def test_requests_and_responses_are_vcrpys(server: Server, tmp_path: Path) -> None:
    """The lists, membership, responses_of and rewind, during the block and after it."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        by_httpx(f"{server.url}/a")
        by_httpx(f"{server.url}/a")
    with use_cassette(path, record_mode="none") as cassette:
        (first, second) = cassette.requests
        assert (first.method, first.path, second.host) == ("GET", "/a", "127.0.0.1")
        assert cassette.responses[1]["body"]["string"] == b"answer 2 to /a"
        assert first in cassette
        assert len(cassette.responses_of(first)) == 2
        assert by_httpx(f"{server.url}/a") == b"answer 1 to /a"
        cassette.rewind()
        assert cassette.play_count == 0
        assert by_httpx(f"{server.url}/a") == b"answer 1 to /a"
        assert by_httpx(f"{server.url}/a") == b"answer 2 to /a"
        assert first not in cassette
    assert len(cassette.requests) == len(cassette) == 2
    assert cassette.all_played


def test_the_error_names_the_nearest_and_no_secret(server: Server, tmp_path: Path) -> None:
    """The exception is vcrpy's and ours in one; what differs is shown, secrets are masked."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        by_httpx(f"{server.url}/tasks?id=1")
    with use_cassette(path, record_mode="none"):
        with pytest.raises(RequestNotRecorded) as caught:
            by_httpx(f"{server.url}/tasks?id=2&token=hunter2-secret-value")
        assert caught.value.similar_requests[0][0].path == "/tasks"
    assert isinstance(caught.value, NotRecorded)
    assert "nearest" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_missing_cassette_in_mode_none(server: Server, tmp_path: Path) -> None:
    """Nothing is sent, and the error says that the cassette is not there."""
    with (
        use_cassette(tmp_path / "missing.yaml", record_mode="none"),
        pytest.raises(RequestNotRecorded, match="no cassette"),
    ):
        by_httpx(server.url)
    assert server.served == []
    assert not (tmp_path / "missing.yaml").exists()


def test_secrets_do_not_reach_the_file_and_replay_works(server: Server, tmp_path: Path) -> None:
    """Redaction is on: tokens, cookies and credentials become placeholders that still match."""
    path = tmp_path / "cassette.yaml"
    secrets = ["tok-4b7f2a91c8d35e60", "cookie-91ab3377de02", "open-sesame-77", "Basic dTpw"]

    def login(token: str | None = None) -> str:
        with httpx.Client(trust_env=False, verify=NO_TLS, auth=("u", "p")) as client:
            reply = client.post(f"{server.url}/login", json={"password": "open-sesame-77"})
            token = reply.json()["access_token"]
            answer = client.get(
                f"{server.url}/a?token={token}", headers={"Authorization": f"Bearer {token}"}
            )
            return answer.text

    with use_cassette(path):
        login()
    text = path.read_text()
    assert not [secret for secret in secrets if secret in text]
    with use_cassette(path, record_mode="none") as cassette:
        login()
        assert cassette.all_played


def test_redaction_can_be_turned_off(server: Server, tmp_path: Path) -> None:
    """redact=False writes what was sent."""
    path = tmp_path / "cassette.yaml"
    with use_cassette(path, redact=False):
        by_httpx(f"{server.url}/a?token=plain-to-see-1")
    assert "plain-to-see-1" in path.read_text()


def test_when_and_how_long(server: Server, tmp_path: Path) -> None:
    """Time and duration are kept, which vcrpy does not."""
    from toolkit.cassettes.entries import read

    path = tmp_path / "cassette.yaml"
    with use_cassette(path):
        by_httpx(f"{server.url}/a")
    (kept,) = read(path)
    assert kept.recorded_at is not None
    assert kept.elapsed is not None
    assert 0 < kept.elapsed < 10


def test_it_is_a_decorator(server: Server, tmp_path: Path) -> None:
    """With a path and without (named after the function), for functions, coroutines, generators."""
    recorder = vcr(cassette_library_dir=tmp_path)

    @recorder.use_cassette("named.yaml")
    def named() -> bytes:
        return by_httpx(f"{server.url}/a")

    @recorder.use_cassette
    def nameless() -> bytes:
        return by_httpx(f"{server.url}/a")

    @recorder.use_cassette(inject_cassette=True)
    async def coroutine(cassette: object) -> int:
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS) as client:
            await client.get(f"{server.url}/a")
        return len(cassette)  # type: ignore[arg-type]

    @recorder.use_cassette("generator.yaml")
    def generator() -> Iterator[bytes]:
        yield by_httpx(f"{server.url}/a")
        yield by_httpx(f"{server.url}/b")

    assert named() == named()
    assert nameless() == nameless()
    assert asyncio.run(coroutine()) == 1
    assert list(generator()) == list(generator())
    names = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert names == ["coroutine", "generator.yaml", "named.yaml", "nameless"]


def test_an_option_that_does_not_exist() -> None:
    """vcrpy drops a misspelled option without a word; here it is an error."""
    with pytest.raises(TypeError, match="unknown option filter_header"):
        use_cassette("x.yaml", filter_header=["a"])
    with pytest.raises(TypeError, match="unknown option"):
        vcr(recordmode="none")
    with pytest.raises(ValueError, match="not a valid record_mode"):
        vcr(record_mode="always")


def test_a_broken_cassette_is_not_recorded_over(server: Server, tmp_path: Path) -> None:
    """vcrpy treats an undecodable file as empty and overwrites it; here it is an error."""
    path = tmp_path / "cassette.yaml"
    path.write_bytes(b"interactions:\n- request: {method: \xff\n")
    with pytest.raises(CassetteError, match="line 2"), use_cassette(path):
        by_httpx(server.url)
    assert path.read_bytes().endswith(b"\xff\n")
