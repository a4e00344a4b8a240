"""A real HTTP server on loopback for the tests of the vcrpy bridge: it counts what it answers."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import json
import ssl
import threading
from collections.abc import Iterator

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx clients of http:// only: making one with certificates takes longer than a test."""


class Server(http.server.ThreadingHTTPServer):
    """The running server; ``served`` lists method, path and body of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.served: list[tuple[str, str, bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.served.append((self.command, self.path, body))
        number = len(self.server.served)
        path = self.path.partition("?")[0]
        content, headers, status = f"answer {number} to {self.path}".encode(), [], 200
        if path == "/json":
            content = json.dumps({"number": number, "echo": body.decode()}).encode()
            headers = [("Content-Type", "application/json")]
        elif path == "/gzip":
            content = gzip.compress(b"packed " * 50, mtime=0)
            headers = [("Content-Encoding", "gzip"), ("Content-Type", "text/plain")]
        elif path == "/redirect":
            status, headers = 302, [("Location", "/target")]
        elif path == "/login":
            content = json.dumps({"access_token": "tok-4b7f2a91c8d35e60"}).encode()
            headers = [
                ("Content-Type", "application/json"),
                ("Set-Cookie", "session=cookie-91ab3377de02; Path=/"),
            ]
        elif path == "/binary":
            content = bytes(range(256))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def answering() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
