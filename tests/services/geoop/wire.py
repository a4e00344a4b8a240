"""Hand-written answers of GeoOp, in the shapes of the vendor's pages; data invented."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

import toolkit
from tests.loopback import Act, Scripted, reply, scripted
from toolkit.services.geoop.client import Client

TOKEN = "invented-access-token-0123456789"
JSON = "application/json;charset=UTF-8"


def answer(document: object, status: str = "200 OK", **headers: str) -> Act:
    """A JSON answer, with further headers (``retry_after=...``)."""
    return page(msgspec.json.encode(document), status, JSON, **headers)


def page(body: bytes, status: str = "200 OK", kind: str = "text/html", **headers: str) -> Act:
    more = "".join(f"\r\n{name.replace('_', '-')}: {value}" for name, value in headers.items())
    return reply(body, status, kind + more)


def jobs(*ids: int, **metadata: Any) -> Act:
    """A page of jobs with these ids."""
    told: dict[str, Any] = {"result": "success", "jobs": [{"id": one} for one in ids]}
    return answer({**told, "metadata": metadata} if metadata else told)


def failure(invalid: list[int], count: int, raw: list[dict[str, Any]] | None = None,
            **metadata: Any) -> Act:  # fmt: skip
    """Refused items: each lacks a title."""
    error = {"type": "validation", "code": 1304, "message": "is required", "field": "title"}
    raws = raw or [{} for _ in invalid]
    told = {"receivedItemsCount": count, "invalidItems": invalid, **metadata}
    failures = [{"rawData": one, "errors": [error]} for one in raws]
    document = {"result": "failure", "metadata": told, "failures": failures}
    return answer(document, "422 Unprocessable Entity")


@contextlib.contextmanager
def connected(*acts: Act, **options: Any) -> Iterator[tuple[Client, Scripted]]:
    """A client with a ready token, of a server that does these."""
    with scripted(*acts) as loopback:
        given = {"token": TOKEN, **options}
        with toolkit.geoop.connect(loopback.url, login_url=loopback.url, **given) as client:
            yield client, loopback


def lines(loopback: Scripted) -> list[str]:
    """``GET /jobs?page=1`` of each request."""
    return [head.split(b" HTTP/")[0].decode() for head, _ in loopback.requests]
