"""Cassettes that stock vcrpy recorded from live traffic on loopback, read equal."""

from __future__ import annotations

import asyncio
import gzip
import http.server
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests
import urllib3
import vcr
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import jsonserializer, yamlserializer

from toolkit.cassettes import stock
from toolkit.cassettes.vcrdict import from_dict

XML = (
    '<?xml version="1.0"?>\n<Result code="0">\n'
    '  <Message>caf\xe9 it\'s "ok": # yes</Message>\n</Result>\n'
)
BODIES = {
    "/xml": ("text/xml; charset=utf-8", (XML * 10).encode()),
    "/plain": ("text/plain", b"words of a plain answer " * 50),
    "/json": ("application/json", '{"name": "\u4e2d\U0001f600", "n": 1e3}'.encode()),
    "/binary": ("application/octet-stream", bytes(range(256)) * 3),
    "/gzip": ("text/plain", gzip.compress(b"packed " * 100, mtime=0)),
    "/empty": ("text/plain", b""),
}


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        kind, body = BODIES[self.path.partition("?")[0]]
        self.send_response(404 if self.path == "/empty" else 200, "It's: fine")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "a=1; Path=/")
        self.send_header("Set-Cookie", "b=2; Expires=Sun, 22 Nov 2026 06:00:36 GMT")
        self.send_header("X-Long", "word " * 60 + "end")
        if self.path == "/gzip":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def with_httpx(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        for path in BODIES:
            client.get(path, params={"q": "a b&c", "\xe9": "\xfc"})
        client.post("/xml", content=XML.encode())
        client.post("/plain", data={"user": "o'brien", "note": "a: b # c"})
        client.post("/json", json={"a": [1, None, "\u4e2d"]})


def with_requests(url: str) -> None:
    with requests.Session() as session:
        for path in BODIES:
            session.get(url + path, headers={"X-Odd": "yes", "X-Number": "1e3"})
        session.post(url + "/xml", data=bytes(range(256)))
        session.post(url + "/xml", files={"file": ("a.txt", b"text\n  more\n")})


def with_urllib3(url: str) -> None:
    with urllib3.PoolManager() as pool:
        for path in BODIES:
            pool.request("GET", url + path)
        pool.request("POST", url + "/plain", body=("line one\n line two\t" * 20).encode())


def with_http_client(url: str) -> None:
    for path in BODIES:
        if path != "/empty":
            urllib.request.urlopen(url + path).close()  # noqa: S310 - loopback


def with_aiohttp(url: str) -> None:
    async def work() -> None:
        async with aiohttp.ClientSession() as session:
            for path in BODIES:
                async with session.get(url + path) as response:
                    await response.read()
            async with session.post(url + "/json", data=b"\xff\xfe") as response:
                await response.read()

    asyncio.run(work())


@pytest.mark.parametrize(
    "traffic", [with_httpx, with_requests, with_urllib3, with_http_client, with_aiohttp]
)
def test_a_cassette_of_stock_vcrpy(
    traffic: Callable[[str], None], server: str, tmp_path: Path
) -> None:
    """Each library's traffic, saved by stock vcrpy as YAML, is read as vcrpy itself reads it."""
    path = tmp_path / "cassette.yaml"
    with vcr.VCR().use_cassette(str(path), record_mode="all") as cassette:
        traffic(server)
    assert list(stock.read(path)) == yamlserializer.deserialize(path.read_text())["interactions"]
    assert len(list(stock.entries(path))) == len(cassette)
    requests_, responses = FilesystemPersister.load_cassette(path, yamlserializer)
    for entry, request, response in zip(stock.read(path), requests_, responses, strict=True):
        interaction = from_dict(entry)
        assert interaction.response is not None
        assert interaction.request.url == request.uri
        assert interaction.request.body == (request.body or b"")
        assert interaction.response.body == response["body"].get("string", b"")


def test_a_json_cassette_of_stock_vcrpy(server: str, tmp_path: Path) -> None:
    """Vcrpy's JSON serializer, the same."""
    path = tmp_path / "cassette.json"
    with (
        vcr.VCR(serializer="json").use_cassette(str(path)),
        httpx.Client(base_url=server) as client,
    ):
        client.get("/xml")
        client.post("/json", json={"a": "\xe9"})
    assert stock.sniff(path) == "vcr-json"
    assert list(stock.read(path)) == jsonserializer.deserialize(path.read_text())["interactions"]
