"""A small confd on loopback: lists with the real fault of their paging, objects, CSV. All invented.

It sorts by one column and leaves the order of equal values to chance, as a real one does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from toolkit.http import Answer
from toolkit.services.base.driving import Send
from toolkit.services.xivo import connect
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.server import Server

JSON = "application/json"
CSV = "text/csv; charset=utf-8"


@dataclass
class Asked:
    """One request as it came."""

    verb: str
    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str]


Reply = tuple[int, str, bytes]
Rule = Callable[[Asked], Reply | None]


def said(document: object, status: int = 200) -> Reply:
    return status, JSON, json.dumps(document).encode()


def refused(text: str, status: int = 400) -> Reply:
    return said([text], status)


@dataclass
class Confd:
    """What the server holds; ``rules`` answer first, by verb and path."""

    items: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    shuffled: bool = True
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311
    lock: threading.Lock = field(default_factory=threading.Lock)
    default_order: dict[str, str] = field(default_factory=lambda: {"users": "lastname"})

    def answer(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            rule = self.rules.get(f"{asked.verb} {asked.path}") or self.rules.get(asked.verb)
            found = rule(asked) if rule else None
            return found or self._answer(asked)

    def _answer(self, asked: Asked) -> Reply:
        words = asked.path.strip("/").split("/")
        name = "/".join(words[:2]) if words[0] == "endpoints" else words[0]
        rest = words[len(name.split("/")) :]
        if name not in self.items:
            return 404, "text/html", b"<title>404 Not Found</title><h1>Not Found</h1>"
        rows = self.items[name]
        if not rest and asked.verb == "GET":
            return self.listed(name, asked.query)
        if not rest and asked.verb == "POST":
            body = json.loads(asked.body)
            if name == "users" and not body.get("firstname"):
                return refused("Input Error - firstname: [u'Missing data for required field.']")
            made = {"id": 1 + max((row["id"] for row in rows), default=0), **body}
            rows.append(made)
            return said(made, 201)
        if len(rest) != 1:
            return 404, "text/html", b"<title>404 Not Found</title><h1>Not Found</h1>"
        known = {str(row.get(key)): row for row in rows for key in ("id", "uuid") if row.get(key)}
        row = known.get(unquote(rest[0]))
        if row is None:
            return refused(f"Resource Not Found - User was not found ('id': {rest[0]})", 404)
        if asked.verb == "GET":
            return said(row)
        if asked.verb == "PUT":
            row.update(json.loads(asked.body))
        else:
            rows.remove(row)
        return 204, JSON, b""

    def listed(self, name: str, query: dict[str, str]) -> Reply:
        rows = list(self.items[name])
        if "limit" in query and not re.fullmatch("[1-9][0-9]*", query["limit"]):
            return refused("Input Error - field 'limit': wrong type. Should be a positive number")
        order = query.get("order") or self.default_order.get(name, "id")
        if rows and order not in rows[0]:
            return refused(f"Input Error - order: column '{order}' was not found")
        if self.shuffled:
            self.chance.shuffle(rows)
        rows.sort(
            key=lambda row: (row.get(order) is None, row.get(order) or 0),
            reverse=query.get("direction") == "desc",
        )
        start = int(query.get("offset", 0))
        stop = start + int(query["limit"]) if "limit" in query else None
        return said({"total": len(rows), "items": rows[start:stop]})

    def sender(self, step: Send) -> Answer:
        """Answer a flow's step without a socket."""
        asked = _asked(step.method, step.url, step.body, dict(step.headers))
        status, kind, body = self.answer(asked)
        now = dt.datetime.now(dt.UTC)
        return Answer(status, httpx.Headers({"content-type": kind}), body, now, 0.0)


def _asked(verb: str, url: str, body: bytes, headers: dict[str, str]) -> Asked:
    parts = urlsplit(url)
    path = re.sub(r"^/\d\.\d(?=/)", "", parts.path)
    return Asked(verb, path, dict(parse_qsl(parts.query, keep_blank_values=True)), body, headers)


@contextlib.contextmanager
def running(confd: Confd, **options: Any) -> Iterator[Server]:
    """Serve it on loopback, with a client that needs no login."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            given = {name.lower(): text for name, text in self.headers.items()}
            status, kind, answer = confd.answer(_asked(self.command, self.path, body, given))
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _do  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        place = f"http://127.0.0.1:{server.server_port}"
        others = {api: f"{place}/1.0" for api in TABLE.apis if api != "confd"}
        given = {"authentication": "none", "era": "16.15", "addresses": others, **options}
        with connect(f"{place}/1.1", verify=False, **given) as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def people(count: int, *, names: int = 5) -> list[dict[str, Any]]:
    """Users of whom many share a last name."""
    return [
        {"id": number, "uuid": f"00000000-0000-4000-8000-{number:012}",
         "firstname": f"First{number}", "lastname": f"Last{number % names}",
         "enabled": number % 2 == 0, "ring_seconds": 30, "password": "invented-word",
         "links": [{"rel": "users", "href": f"http://127.0.0.1/1.1/users/{number}"}],
         "lines": [{"id": number + 100}] if number % 3 == 0 else [],
         "forwards": {"busy": {"enabled": True, "destination": "123"}},
         "voicemail": None}
        for number in range(1, count + 1)
    ]  # fmt: skip
