"""Hand-written replies of a XiVO server, in the shapes that real ones gave; data invented."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

import toolkit
from tests.loopback import Act, reply, scripted
from toolkit.services.xivo import Plan, connect
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.planning import make_plan
from toolkit.services.xivo.server import Server

TOKEN = "7b1c0f52-6c0e-4a52-9d6e-5a1f0c9d2e11"
OTHER_TOKEN = "0d9e8c7b-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
JSON = "application/json"
CHALLENGE = (
    'Digest realm="Authentication Required",nonce="0123456789abcdef0123456789abcdef",'
    'opaque="fedcba9876543210fedcba9876543210"'
)


def answer(document: object, status: str = "200 OK", **headers: str) -> Act:
    """A JSON answer, with further headers (``www_authenticate=...``)."""
    return page(msgspec.json.encode(document), status, JSON, **headers)


def page(
    body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8", **headers: str
) -> Act:
    more = "".join(f"\r\n{name.replace('_', '-')}: {value}" for name, value in headers.items())
    return reply(body, status, kind + more)


def token(
    value: str = TOKEN, *, life: int = 3600, acls: list[str] | None = None, **more: Any
) -> dict[str, Any]:
    """What xivo-auth says of a token; Wazo's has ``acl`` in place of ``acls``."""
    at = f"2026-03-01T{12 + life // 3600:02}:{life % 3600 // 60:02}:{life % 60:02}.250000"
    data = {
        "token": value,
        "auth_id": "7",
        "xivo_user_uuid": None,
        "issued_at": "2026-03-01T12:00:00.250000",
        "expires_at": at,
        **({"acls": ["confd.#"] if acls is None else acls} if "acl" not in more else {}),
        **more,
    }
    return {"data": data}


def reason(text: str, status: int) -> dict[str, Any]:
    """An error of auth's tokens."""
    return {"reason": [text], "timestamp": [1772366400.25], "status_code": status}


def denied(status: str = "401 UNAUTHORIZED", cookie: str = "session=.eJyr.AbC") -> Act:
    """The 401 of a XiVO's confd, with its challenge and the cookie that holds the nonce."""
    more = {"www_authenticate": CHALLENGE, "set_cookie": f"{cookie}; HttpOnly; Path=/"}
    return page(b"Unauthorized Access\n", status, **more)


def plan(name: str, *values: object, body: Any = None, **query: Any) -> Plan:
    """What a call of the function by that name or method sends."""
    return make_plan(TABLE.get(name), values, query, body)


REVOKED = answer({"data": {"message": "success"}})
USER = {"id": 1, "uuid": "35382e42-2334-4172-ba80-d15edd8acfa4", "firstname": "Ada"}


@contextlib.contextmanager
def connected(url: str, **options: Any) -> Iterator[Server]:
    """A client whose sockets are closed at the end, whatever the server says then."""
    server = connect(url + "1.1", auth_url=url + "0.1", **options)
    try:
        yield server
    finally:
        with contextlib.suppress(toolkit.ToolkitError):
            server.close()


@contextlib.contextmanager
def logged_in(*acts: Act, **options: Any) -> Iterator[tuple[Server, Requests]]:
    """A client with a token, on a server that then does these; and the requests after the login."""
    with (
        scripted(answer(token()), *acts) as loopback,
        connected(loopback.url, **options) as server,
    ):
        server.login_with("ada", "pw-of-ada-1")
        yield server, Requests(loopback.requests, 1)


class Requests:
    """What a server was sent from one place on: verb and target, headers, body."""

    def __init__(self, requests: list[tuple[bytes, bytes]], first: int = 0) -> None:
        self._requests, self._first = requests, first

    def __len__(self) -> int:
        return len(self._requests) - self._first

    def __getitem__(self, place: int) -> tuple[str, dict[str, str], bytes]:
        head, body = self._requests[self._first :][place]
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return first.removesuffix(" HTTP/1.1"), headers, body

    @property
    def lines(self) -> list[str]:
        """``GET /1.1/users`` of each."""
        return [self[place][0] for place in range(len(self))]
