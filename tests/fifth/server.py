"""A tiny lending library on loopback; it reads the API's description anew, not the client."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

USER, PASSWORD = "mira", "quiet-please-42"
BASE = "/lending/v1"


class Shelves:
    """The books, and who may see them."""

    def __init__(self) -> None:
        self.tokens: set[str] = set()
        self.books = {
            1: _book(1, "Tides of Salt", due="2026-05-01T12:00:00+00:00", state="lent"),
            2: _book(2, "A & B <or> C"),
        }

    async def status(self, request: Request) -> Response:
        lent = sum(book["state"] == "lent" for book in self.books.values())
        return _said(0, status={"version": "1.4", "books": len(self.books), "lent": lent})

    async def login(self, request: Request) -> Response:
        if await request.json() != {"user": USER, "password": PASSWORD}:
            return _said(41, "wrong user or password", 401)
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return _said(0, token=token)

    async def all_books(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        if request.method == "POST":
            number = max(self.books, default=0) + 1
            return await self._write(request, _book(number, ""))
        state = request.query_params.get("state", "")
        found = [book for book in self.books.values() if state in ("", book["state"])]
        return _said(0, books=found)

    async def one_book(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        number = request.path_params["id"]
        if number not in self.books:
            return _said(44, f"no book {number}", 404)
        if request.method == "PUT":
            return await self._write(request, self.books[number])
        if request.method == "GET":
            return _said(0, books=self.books[number])
        if self.books[number]["state"] == "lent":
            return _said(49, "it is lent", 409)
        del self.books[number]
        return _said(0)

    async def _write(self, request: Request, book: dict[str, Any]) -> Response:
        changed = {**book, **await request.json(), "id": book["id"]}
        if not changed["title"]:
            return _said(42, "title is missing", 422)
        self.books[book["id"]] = changed
        return _said(0, books=changed)

    def _refused(self, request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return None if token in self.tokens else _said(41, "log in first", 401)


def _book(number: int, title: str, **more: Any) -> dict[str, Any]:
    book = {"id": number, "title": title, "author": None, "year": 1999, "state": "free"}
    return {**book, "due": None, "tags": [], **more}


def _said(code: int, message: str = "", http: int = 200, **more: Any) -> Response:
    return JSONResponse({"code": code, "message": message, **more}, http)


@contextlib.contextmanager
def serve() -> Iterator[str]:
    """Run a fresh library on a free port; gives its address."""
    shelves = Shelves()
    routes = [
        Route(f"{BASE}/status", shelves.status),
        Route(f"{BASE}/login", shelves.login, methods=["POST"]),
        Route(f"{BASE}/books", shelves.all_books, methods=["GET", "POST"]),
        Route(f"{BASE}/books/{{id:int}}", shelves.one_book, methods=["GET", "PUT", "DELETE"]),
    ]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            Starlette(routes=routes), log_config=None, lifespan="off", ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
