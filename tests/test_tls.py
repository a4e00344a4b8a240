"""Whom a client trusts: nobody that it was not told of, whatever the environment says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

import toolkit

PONG = b"<Response><Status>1</Status><StatusMessage>Success</StatusMessage></Response>"


class Answers(BaseHTTPRequestHandler):
    """Says what either service takes for an answer."""

    def _answer(self, body: bytes) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        kind = "application/json" if body.startswith(b"{") else "text/xml"
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self._answer(PONG)

    def do_GET(self) -> None:
        self._answer(b'{"uuid": "6f5c1a70-0000-4000-8000-000000000001"}')

    def log_message(self, *args: Any) -> None:
        """Nothing."""


class Server(HTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust us is no error of ours."""


@dataclass
class Place:
    url: str
    ca_file: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server on loopback whose certificate nobody knows but who has its CA's file."""
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Server(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        running = threading.Thread(target=server.serve_forever)
        running.start()
        try:
            yield Place(f"https://127.0.0.1:{server.server_port}", str(ca_file))
        finally:
            server.shutdown()
            running.join()


def ping_gateway(url: str, **options: Any) -> str:
    with toolkit.sertainty.connect(url, **options) as gateway:
        return str(gateway.agent.ping()["category"].item())


def ask_xivo(url: str, **options: Any) -> str:
    with toolkit.xivo.connect(
        url, auth_url=url, era="16.15", authentication="none", **options
    ) as xivo:
        return str(len(xivo.infos.get())) and "success"


CLIENTS = [ping_gateway, ask_xivo]


@pytest.mark.parametrize("call", CLIENTS)
def test_a_stranger_is_refused(place: Place, call: Callable[..., str]) -> None:
    """By default; the sentence says that it is the certificate."""
    with pytest.raises(toolkit.Unreachable, match=r"CERTIFICATE_VERIFY_FAILED.*verify='ca\.pem'"):
        call(place.url)


@pytest.mark.parametrize(
    "connect", [toolkit.sertainty.connect, toolkit.xivo.connect, toolkit.uptivity.connect]
)
def test_a_file_that_is_no_authority(connect: Callable[..., Any], tmp_path: Path) -> None:
    """Said before anything is sent, with what was wrong."""
    (tmp_path / "none.pem").write_text("")
    for path in ("no-such.pem", tmp_path / "none.pem"):
        with pytest.raises(toolkit.InvalidArgument, match="CA file in PEM form"):
            connect("https://127.0.0.1:9", verify=path)


@pytest.mark.parametrize("call", CLIENTS)
def test_who_is_told_of_the_authority_trusts_it(place: Place, call: Callable[..., str]) -> None:
    """As a file, as a context, or trusting anybody when that is what is asked for."""
    context = ssl.create_default_context(cafile=place.ca_file)
    for verify in (place.ca_file, context, False):
        assert call(place.url, verify=verify) == "success"


@pytest.mark.parametrize("call", CLIENTS)
def test_the_environment_neither_opens_nor_closes(
    place: Place, call: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A variable set for another program must not let a stranger in, nor lock a friend out."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    for name in names:
        monkeypatch.setenv(name, place.ca_file)
    with pytest.raises(toolkit.Unreachable):
        call(place.url)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    for name in names:
        monkeypatch.setenv(name, str(other))
    assert call(place.url, verify=place.ca_file) == "success"
