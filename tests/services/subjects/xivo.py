"""XiVO under the contract: a story on the sandbox, every other operation on a scripted server."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import toolkit
from tests.services.xivo.wire import TOKEN, answer, page, reason, token
from toolkit.conformance import Said, Sample, Subject, sample
from toolkit.conformance.loopback import Act
from toolkit.conformance.subject import Known
from toolkit.frames import Column
from toolkit.outcomes import Category
from toolkit.services.base.functions import Function
from toolkit.services.base.models import Model
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.answers import OUTCOME_COLUMNS
from toolkit.services.xivo.eras import APIS
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.models import model

PASSWORD = "invented-pass-of-ada-1"
VALUES: dict[str, Any] = {
    "number": 1.5,
    "boolean": True,
    "time": "2026-01-05T09:00:00+00:00",
}
BODIES = {"json": {"name": "x"}, "csv": "firstname\nAda\n", "": None}


class XivoSubject(Subject):
    name = "xivo"
    read = sample("GET /users/{user_id}", 1)
    change = sample("PUT /users/{user_id}", 1, {"lastname": "x"})
    plain: ClassVar = {"renew": False, "diagnose": False}
    samples = (
        sample("GET /infos"),
        sample("GET /users"),
        sample("POST /users", {"firstname": "Fourth", "lastname": "x"}),
        sample("GET /users/{user_id}", 4),
        sample("PUT /users/{user_id}", 4, {"description": "y & <z>"}),
        sample("POST /lines", {"context": "default"}),
        sample("GET /lines"),
        sample("PUT /users/{user_id}/forwards/{forward_name}", 4, "busy",
               {"enabled": True, "destination": "1001"}),
        sample("GET /users/{user_id}/forwards", 4),
        sample("GET /users/{user_id}/services", 4),
        sample("GET /extensions"),
        sample("POST /users/import", "firstname,lastname\nFifth,x\n"),
        sample("GET /users/export"),
        sample("GET /voicemails"),
        sample("GET auth:/backends"),
        sample("DELETE /users/{user_id}", 4),
    )  # fmt: skip

    @property
    def elsewhere(self) -> Sequence[Sample]:  # type: ignore[override]
        """Every function that the story does not call."""
        told = {one.function for one in self.samples}
        return [_sample(one) for one in TABLE.all if one.name not in told]

    @contextmanager
    def serve(self) -> Iterator[Known]:
        with toolkit.sandbox.start("xivo", users=3) as box:
            at = {"auth": box.auth}
            yield {"url": box.confd, "addresses": at, "user": box.user, "password": box.password}

    def connect(self, known: Known, **options: Any) -> Any:
        return toolkit.xivo.connect(known["url"], addresses=known["addresses"], **options)

    def connect_async(self, known: Known, **options: Any) -> Any:
        return toolkit.xivo.connect_async(known["url"], addresses=known["addresses"], **options)

    def known(self, url: str) -> Known:
        at = {api: f"{url}api/{api}/{row.version}" for api, row in APIS.items()}
        return {"url": at["confd"], "addresses": at, "user": "ada", "password": PASSWORD}

    def login(self, client: Any, known: Known) -> Any:
        return client.login_with(known["user"], known["password"])

    def secrets(self, client: Any, known: Known) -> Iterator[str]:
        yield known["password"]
        if client.state.granted is not None:
            yield client.state.granted.token

    def welcome(self) -> Sequence[Act]:
        return (answer(token(TOKEN)),)

    def answer(self, function: Function, rows: int = 1) -> Act | None:
        assert isinstance(function, RestFunction)
        declared = model(function.resource)
        if function.shape == "none":
            return page(b"", "204 No Content") if rows == 1 else None
        item, *more = ({one.name: _value(one, number) for one in declared.fields}
                       for number in range(max(rows, 1)))  # fmt: skip
        items = [item, *more][:rows]
        if function.shape == "rows":
            return page(_csv(declared, item, items), kind="text/csv; charset=utf-8")
        if function.shape == "keys":
            return answer({_name(declared, number): _without(one, declared.key)
                           for number, one in enumerate(items)})  # fmt: skip
        if function.shape == "items":
            return answer({"items": items, "total": rows})
        return answer({"data": item} if function.api == "auth" else item) if rows == 1 else None

    def said(self) -> Sequence[Said]:
        item = self.answer(TABLE.get("users.get"))
        assert item is not None
        return (
            Said("a success", item, Category.SUCCESS, 200, "OK"),
            *(
                Said(f"{status}: {text}", answer(document, status), category, int(status[:3]),
                     label, text)
                for status, label, category, document, text in _REFUSALS
            ),
        )  # fmt: skip

    def documented(self, function: Function) -> Sequence[Column]:
        assert isinstance(function, RestFunction)
        if function.shape == "none":
            return OUTCOME_COLUMNS
        declared = model(function.resource)
        return [one.column for one in declared.fields if one.name not in declared.secrets]


_REFUSALS: tuple[tuple[str, str, Category, Any, str], ...] = (
    ("400 BAD REQUEST", "BAD_REQUEST", Category.INVALID_REQUEST,
     ["Input Error - field 'lastname': wrong type"], "wrong type"),
    ("400 BAD REQUEST", "BAD_REQUEST", Category.CONFLICT,
     ["Resource Error - User already exists ('id': 1)"], "already exists"),
    ("401 UNAUTHORIZED", "UNAUTHORIZED", Category.DENIED, reason("why not", 401), "why not"),
    ("404 NOT FOUND", "NOT_FOUND", Category.NOT_FOUND,
     ["Resource Not Found - User was not found ('id': 1)"], "was not found"),
    ("500 INTERNAL SERVER ERROR", "SERVER_ERROR", Category.SERVER_FAULT,
     ["Unexpected error: why"], "why"),
    ("503 SERVICE UNAVAILABLE", "UNAVAILABLE", Category.BUSY,
     ["Authentication server unreachable"], "unreachable"),
)  # fmt: skip


def _sample(function: RestFunction) -> Sample:
    body = BODIES[function.body]
    holes = tuple(7 if hole.endswith("_id") else "word" for hole in function.holes)
    return Sample(function.name, (*holes, body) if body is not None else holes)


def _value(field: Any, number: int) -> Any:
    if field.listed:
        return []
    if field.parts:
        return {}
    column = field.column
    if column.kind == "integer":
        return 7 + number
    return VALUES.get(column.kind, column.choices[0] if column.choices else f"word{number}")


def _csv(declared: Model, item: dict[str, Any], items: list[dict[str, Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = {ours: theirs for theirs, ours in declared.renamed.items()}
    writer.writerow([names.get(name, name) for name in item])
    writer.writerows(one.values() for one in items)
    return text.getvalue().encode()


def _name(declared: Model, number: int) -> str:
    kinds = {one.name: one.column.kind for one in declared.fields}
    return str(number) if kinds.get(declared.key) == "integer" else f"name{number}"


def _without(item: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != name}
