"""GeoOp under the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import toolkit
from tests.services.geoop.wire import TOKEN, answer
from toolkit.conformance import Said, Sample, Subject, sample
from toolkit.conformance.loopback import Act
from toolkit.conformance.subject import Known
from toolkit.frames import Column
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function
from toolkit.services.base.models import Field
from toolkit.services.base.rest import RestFunction
from toolkit.services.geoop.functions import ACTION, UPLOAD
from toolkit.services.geoop.models import HIDDEN, model
from toolkit.services.geoop.writing import COLUMNS

SECRET = "invented-client-secret-1"
JOB = {"title": "Gate", "client.id": 318, "status.id": 1, "account.id": 22}
PLACES = {"jobs": 1001, "clients": 318, "users": 12, "accounts": 22, "statuses": 1, "roles": 16}
VALUES = {"integer": 7, "number": 1.5, "boolean": True, "time": "2026-01-05T09:00:00+00:00"}


def _reads(collection: str, number: int) -> Iterator[Sample]:
    yield sample(f"GET /{collection}")
    yield sample(f"GET /{collection}/{{id}}", number)


def _writes(collection: str, number: int) -> Iterator[Sample]:
    yield sample(f"POST /{collection}", [{"title": "x"}])
    yield sample(f"PATCH /{collection}", [{"id": number, "title": "y"}])
    yield sample(f"PATCH /{collection}/{{id}}", number, {"title": "z"})
    yield sample(f"DELETE /{collection}", [{"id": number}])
    yield sample(f"DELETE /{collection}/{{id}}", number)


def _generic() -> Iterator[Sample]:
    base = "/{collection}"
    yield sample(f"GET {base}", "notes")
    yield sample(f"GET {base}/{{id}}", "notes", 7)
    yield sample(f"POST {base}", "notes", [{"text": "x"}])
    yield sample(f"PATCH {base}", "notes", [{"id": 7, "text": "y"}])
    yield sample(f"PATCH {base}/{{id}}", "notes", 7, {"text": "z"})
    yield sample(f"DELETE {base}", "notes", [{"id": 7}])
    yield sample(f"DELETE {base}/{{id}}", "notes", 7)
    yield sample(f"POST {base}/{{action}}", "notes", "archive", {"id": 7})


class GeoopSubject(Subject):
    name = "geoop"
    read = sample("GET /jobs/{id}", 1001)
    change = sample("PATCH /jobs/{id}", 1001, {"title": "x"})
    plain: ClassVar = {"token": TOKEN, "waits": 0.0}
    samples = (
        *(one for place, number in PLACES.items() for one in _reads(place, number)),
        sample("POST /jobs", [JOB, JOB]),
        sample("PATCH /jobs", [{"id": 1001, "title": "Gate & <door>"}]),
        sample("PATCH /jobs/{id}", 1001, {"title": "Door"}),
        sample("DELETE /jobs", [{"id": 1002}]),
        sample("DELETE /jobs/{id}", 1003),
        sample("POST /files/upload", __file__),
        sample("GET /files"),
        sample("GET /{collection}", "workgroups"),
    )

    @property
    def elsewhere(self) -> Sequence[Sample]:  # type: ignore[override]
        """Every function that the story does not call."""
        told = {one.function for one in self.samples}
        places = (*PLACES, "files")
        rest = [one for place in places for one in (*_reads(place, 7), *_writes(place, 7))]
        return [one for one in (*rest, *_generic()) if one.function not in told]

    @contextmanager
    def serve(self) -> Iterator[Known]:
        with toolkit.sandbox.start("geoop") as box:
            yield {"url": box.url, "login_url": box.login_url, "client_id": box.client_id,
                   "client_secret": box.client_secret}  # fmt: skip

    def connect(self, known: Known, **options: Any) -> Any:
        return toolkit.geoop.connect(**known, **options)

    def connect_async(self, known: Known, **options: Any) -> Any:
        return toolkit.geoop.connect_async(**known, **options)

    def known(self, url: str) -> Known:
        return {"url": url, "login_url": url, "client_id": "app", "client_secret": SECRET}

    def login(self, client: Any, known: Known) -> Any:
        return client.login_with() if client.state.token is None else None

    def secrets(self, client: Any, known: Known) -> Iterator[str]:
        yield known["client_secret"]
        if client.state.token is not None:
            yield client.state.token.access

    def welcome(self) -> Sequence[Act]:
        return (answer({"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600}),)

    def answer(self, function: Function, rows: int = 1) -> Act | None:
        assert isinstance(function, RestFunction)
        if rows != 1 and function.shape != "items":
            return None
        name = function.path.split("/")[1]
        items = [_item(name, number) for number in range(rows)]
        return answer({"result": "success", "notes" if "{" in name else name: items})

    def said(self) -> Sequence[Said]:
        kinds = (
            ("400 Bad Request", "syntax", Category.INVALID_REQUEST),
            ("200 OK", "validation", Category.INVALID_REQUEST),
            ("401 Unauthorized", "client", Category.DENIED),
            ("404 Not Found", "content", Category.NOT_FOUND),
            ("500 Server Error", "system", Category.SERVER_FAULT),
        )
        item, error = _item("jobs", 0), {"code": 4711, "message": "why"}
        good = answer({"result": "success", "jobs": [item]})
        busy = answer({}, "429 Too Many Requests")
        return (
            Said("a success", good, Category.SUCCESS, 200, "SUCCESS"),
            Said("asked too often", busy, Category.BUSY, 429, "TOO_MANY_REQUESTS"),
            *(
                Said(
                    f"{kind} with {status}",
                    answer({"result": "error", "error": {**error, "type": kind}}, status),
                    category,
                    4711,
                    kind.upper(),
                    "why",
                )
                for status, kind, category in kinds
            ),
        )

    def documented(self, function: Function) -> Sequence[Column]:
        if function.changes:
            return () if function in (ACTION, UPLOAD) else COLUMNS
        fields = model("users").fields if "/users" in function.name else ()
        return [one.column for one in fields if one.name not in HIDDEN and not one.nested]


def _item(name: str, number: int) -> dict[str, Any]:
    if name != "users":
        return {"id": 7 + number}
    fields = (one for one in model(name).fields if one.name not in HIDDEN)
    return {**{one.name: _value(one) for one in fields}, "id": 7 + number}


def _value(field: Field) -> Any:
    if field.listed:
        return []
    if field.parts:
        return {part.name: VALUES.get(part.column.kind, "word") for part in field.parts}
    return VALUES.get(field.column.kind, "word")
