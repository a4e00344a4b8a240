"""What the contract cannot know of a lending library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import lending
import msgspec
import server
from lending.functions import CODES

from toolkit.conformance import Said, Subject, sample
from toolkit.conformance.loopback import Act, reply
from toolkit.conformance.subject import Known
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function

TOKEN = "invented-token-0123456789"


class LendingSubject(Subject):
    name = "lending"
    read = sample("GET /books/{id}", 1)
    change = sample("DELETE /books/{id}", 2)
    samples = (
        sample("GET /status"),
        sample("GET /books"),
        sample("GET /books", state="free"),
        sample("POST /books", {"title": "The Quiet Ñandú", "year": 2025}),
        sample("PUT /books/{id}", 3, {"tags": ["birds"]}),
        sample("GET /books/{id}", 3),
        sample("DELETE /books/{id}", 3),
    )

    @contextmanager
    def serve(self) -> Iterator[Known]:
        with server.serve() as url:
            yield self.known(url)

    def known(self, url: str) -> Known:
        return {"url": url, "user": server.USER, "password": server.PASSWORD}

    def connect(self, known: Known, **options: Any) -> Any:
        return lending.connect(known["url"], **options)

    def connect_async(self, known: Known, **options: Any) -> Any:
        return lending.connect_async(known["url"], **options)

    def login(self, client: Any, known: Known) -> Any:
        return client.login_with(known["user"], known["password"])

    def secrets(self, client: Any, known: Known) -> Iterator[str]:
        yield known["password"]
        yield client._token or TOKEN

    def welcome(self) -> Sequence[Act]:
        return (_answer({"code": 0, "token": TOKEN}),)

    def answer(self, function: Function, rows: int = 1) -> Act | None:
        items = [_item(function, number) for number in range(rows)]
        if function.method == "books.list":
            return _answer({"code": 0, "books": items})
        name = "status" if function.method == "status" else "books"
        return _answer({"code": 0, name: items[0]}) if rows == 1 else None

    def said(self) -> Sequence[Said]:
        item = {"code": 0, "books": _item(self.service.functions.get("books.get"), 0)}
        refusals = [(code, "200 OK") for code in (41, 42, 44, 49, 53, 50)]
        rows = CODES.to_frame().set_index("code")
        return (
            Said("a success", _answer(item), Category.SUCCESS, 0, "DONE"),
            Said("a success with 500", _answer(item, "500 Oh"), Category.SUCCESS, 0, "DONE"),
            *(
                Said(
                    f"{code} with {status}",
                    _answer({"code": code, "message": "why"}, status),
                    Category(rows.loc[code, "category"]),
                    code,
                    str(rows.loc[code, "label"]),
                    "why",
                )
                for code, status in (*refusals, (44, "404 Not Found"))
            ),
            Said("a new code", _answer({"code": 99}), Category.UNKNOWN, 99, "CODE_99"),
        )


def _answer(document: dict[str, Any], status: str = "200 OK") -> Act:
    return reply(msgspec.json.encode(document), status, "application/json")


def _item(function: Function, number: int) -> dict[str, Any]:
    if function.method == "status":
        return {"version": "1.4", "books": 2, "lent": 1}
    book = {"id": number, "title": f"Book {number}", "author": "x", "year": 1999, "state": "lent"}
    return {**book, "due": "2026-05-01T12:00:00+00:00", "tags": ["a"]}
