"""The ASGI app of a port: reads a request, commits faults, sends the reply."""

from __future__ import annotations

from toolkit.sandbox.faults import HTML_PAGE
from toolkit.sandbox.geoop.faults import Fault
from toolkit.sandbox.geoop.web import Reply, Request, Service
from toolkit.sandbox.server import App, Receive, Scope, Send
from toolkit.sandbox.web import (
    Watch as SharedWatch,
    part_of,
    read_body,
    read_headers,
    read_path,
    read_query,
)


class Watch(SharedWatch[Fault]):
    """What the ports share: faults that wait, and the requests that were seen."""


class GeoopApp(App):
    """Serves one of the two servers."""

    def __init__(self, service: Service, watch: Watch) -> None:
        super().__init__()
        self._service = service
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await read_body(receive)
        if body is None:
            return
        request = _request(scope, body)
        function = self._service.function(request)
        fault = self._watch.faults.strike(function)
        if fault is not None and fault.kind == "delay":
            await self._wait(fault.seconds)
        if fault is not None and fault.kind == "drop" and not fault.after:
            self._note(request, function, None, fault)
            await self.connections.drop(scope, receive)
            return
        reply = None if fault is None else self._committed(fault)
        if reply is None:
            reply = self._service.answer(request)
        broken = fault is not None and fault.kind in ("drop", "cut")
        self._note(request, function, None if broken else reply.status, fault)
        if fault is not None and broken:
            if fault.kind == "cut":
                await _cut(send, reply, fault.size)
            await self.connections.drop(scope, receive)
            return
        await _start(send, reply)
        await send({"type": "http.response.body", "body": reply.body})

    def _committed(self, fault: Fault) -> Reply | None:
        """The reply that a fault puts in the place of the real one."""
        if fault.kind == "error":
            reply = self._service.refusal(fault)
        elif fault.kind == "html":
            reply = Reply(fault.status or 502, HTML_PAGE, "text/html")
        elif fault.kind == "raw":
            reply = Reply(fault.status or 200, fault.text.encode())
        else:
            return None
        if fault.retry_after is not None:
            reply.headers["Retry-After"] = str(fault.retry_after)
        return reply

    def _note(
        self, request: Request, function: str, status: int | None, fault: Fault | None
    ) -> None:
        self._watch.calls.append(
            {
                "api": self._service.name,
                "function": function,
                "method": request.method,
                "path": request.path,
                "query": self._service.noted(request),
                "version": request.headers.get("x-version"),
                "status": status,
                "fault": None if fault is None else fault.kind,
            }
        )


async def _start(send: Send, reply: Reply) -> None:
    headers = {"Content-Type": reply.kind, "Content-Length": str(len(reply.body))} | reply.headers
    pairs = [(name.lower().encode(), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": pairs})


async def _cut(send: Send, reply: Reply, size: int) -> None:
    reply.body = reply.body or b" "
    await _start(send, reply)
    part = part_of(reply.body, size)
    await send({"type": "http.response.body", "body": part, "more_body": True})


def _request(scope: Scope, body: bytes) -> Request:
    query, headers = read_query(scope), read_headers(scope)
    return Request(scope["method"], read_path(scope), query, headers, body)
