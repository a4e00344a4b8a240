"""The ASGI app of a port: finds the API by its prefix, commits faults, sends replies."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import unquote

from toolkit.sandbox.faults import HTML_PAGE
from toolkit.sandbox.server import App, Receive, Scope, Send
from toolkit.sandbox.web import (
    Watch as SharedWatch,
    part_of,
    read_body,
    read_headers,
    read_path,
    read_query,
)
from toolkit.sandbox.xivo.faults import Fault
from toolkit.sandbox.xivo.views import fill
from toolkit.sandbox.xivo.web import HTML, Reply, Request, Route, json_reply, page


class Api(Protocol):
    """What answers below a prefix."""

    prefix: str
    name: str

    @property
    def silent(self) -> bool:
        """Whether it answers nobody."""

    def route(self, request: Request) -> Route | None:
        """The operation that a request is for, if there is one."""

    def answer(self, request: Request, *, trusted: bool) -> Reply:
        """Answer a request."""


class Watch(SharedWatch[Fault]):
    """What the ports share: faults that wait, and the requests that were seen."""


class XivoApp(App):
    """Serves one or both APIs on a port.

    Parameters
    ----------
    apis
        What is served, each below its prefix.
    watch
        The faults and the requests seen.
    server
        The Server header.
    trusted
        Whether requests of this port need no authentication.
    """

    def __init__(
        self, apis: list[Api], watch: Watch, *, server: str, modern: bool, trusted: bool = False
    ) -> None:
        super().__init__()
        self._apis = apis
        self._watch = watch
        self._server = server
        self._modern = modern
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await read_body(receive)
        if body is None:
            return
        found = _request(scope, body, self._apis)
        if found is None:
            await self._send(scope, send, page(404, modern=self._modern), "")
            return
        api, request = found
        if api.silent:
            await self.connections.drop(scope, receive)
            return
        route = api.route(request)
        function = "" if route is None else route.name
        fault = self._watch.faults.strike(function)
        if fault is not None and fault.kind == "delay":
            await self._wait(fault.seconds)
        reply = None if fault is None else _committed(fault)
        if fault is not None and fault.kind == "drop" and not fault.after:
            self._note(api, request, function, None, fault)
            await self.connections.drop(scope, receive)
            return
        if reply is None:
            reply = api.answer(request, trusted=self._trusted)
        if fault is not None and fault.kind in ("drop", "cut"):
            self._note(api, request, function, None, fault)
            if fault.kind == "cut":
                await self._cut(send, reply, request, fault.size)
            await self.connections.drop(scope, receive)
            return
        self._note(api, request, function, reply.status, fault)
        await self._send(scope, send, reply, request.base)

    def _note(
        self, api: Api, request: Request, function: str, status: int | None, fault: Fault | None
    ) -> None:
        self._watch.calls.append(
            {
                "api": api.name,
                "function": function,
                "method": request.method,
                # A token in a path is a secret: only its hole is noted.
                "path": function.split(" ")[1] if "{token}" in function else request.path,
                "query": dict(request.query),
                "status": status,
                "fault": None if fault is None else fault.kind,
            }
        )

    def _headers(self, reply: Reply, length: int) -> list[tuple[bytes, bytes]]:
        headers = [(b"content-type", reply.kind.encode())] if reply.kind else []
        headers.append((b"content-length", str(length).encode()))
        for name, value in reply.headers:
            headers.append((name.lower().encode(), value.encode("latin-1")))
        headers.append((b"access-control-allow-origin", b"*"))
        headers.append((b"server", self._server.encode()))
        return headers

    async def _send(self, scope: Scope, send: Send, reply: Reply, base: str) -> None:
        body = fill(reply.body, base)
        headers = self._headers(_located(reply, base), len(body))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        if scope["method"] == "HEAD":
            body = b""
        await send({"type": "http.response.body", "body": body})

    async def _cut(self, send: Send, reply: Reply, request: Request, size: int) -> None:
        body = fill(reply.body, request.base) or b" "
        headers = self._headers(_located(reply, request.base), len(body))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": part_of(body, size), "more_body": True})


def _located(reply: Reply, base: str) -> Reply:
    reply.headers = [(name, fill(value.encode(), base).decode()) for name, value in reply.headers]
    return reply


def _committed(fault: Fault) -> Reply | None:
    """The reply that a fault puts in the place of the real one."""
    if fault.kind == "answer":
        return json_reply([fault.text], fault.status or 500, newline=False)
    if fault.kind == "html":
        return Reply(fault.status or 502, HTML_PAGE, HTML)
    if fault.kind == "raw":
        return Reply(fault.status or 200, fault.text.encode())
    return None


def _request(scope: Scope, body: bytes, apis: list[Api]) -> tuple[Api, Request] | None:
    path, headers = read_path(scope), read_headers(scope)
    host = headers.get("host", "127.0.0.1")
    for api in apis:
        if path == api.prefix or path.startswith(api.prefix + "/"):
            return api, Request(
                scope["method"],
                path[len(api.prefix) :] or "/",
                read_query(scope),
                headers,
                body,
                scope["client"][0],
                f"{scope['scheme']}://{unquote(host)}{api.prefix}",
            )
    return None
