"""The HTTP door: a query string in, the same RESULT out."""

from __future__ import annotations

from toolkit.sandbox.server import App, Receive, Scope, Send
from toolkit.sandbox.uptivity.codes import Refusal
from toolkit.sandbox.uptivity.desk import Delivery, Desk
from toolkit.sandbox.uptivity.envelope import Request, check_size, read_query, read_xml
from toolkit.sandbox.uptivity.faults import Fault, part_of, pieces_of

PATH = "/webAPI.aspx"
_FORM = "application/x-www-form-urlencoded"
_HTML = "text/html"
_PAGES = {
    404: b"<html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>",
    405: b"<html><head><title>Bad verb</title></head><body><h1>Not allowed</h1></body></html>",
}


class WebApp(App):
    """Answers at ``/webAPI.aspx``; case does not count there, nor in parameter names."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        desk.web_clients = lambda: len(self.connections)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        switches = self._desk.engine.switches
        body = await _read(receive, switches.message_limit)
        if body is None:
            return
        if scope["path"].lower() != PATH.lower():
            await _send(send, 404, _PAGES[404], _HTML)
            return
        allowed = ("GET", "POST") if switches.methods == "both" else (switches.methods,)
        if scope["method"] not in allowed:
            await _send(send, 405, _PAGES[405], _HTML)
            return
        request, refusal = _request(scope, body, switches.message_limit)
        kind, status = switches.content_type, switches.http_status
        if self._desk.crowded():
            reply = self._desk.turn_away("http", request)
            await _send(send, status, reply, kind, close=True)
            return
        delivery = await self._desk.attend("http", request, refusal, self._wait)
        if not delivery.failed:
            status = 200
        if delivery.fault is not None and await self._commit(
            delivery, delivery.fault, scope, receive, send, status
        ):
            return
        await _send(send, status, delivery.body, kind)

    async def _commit(
        self,
        delivery: Delivery,
        fault: Fault,
        scope: Scope,
        receive: Receive,
        send: Send,
        status: int,
    ) -> bool:
        """Deliver a reply as a fault has it; False if it goes out whole and at once."""
        body, kind = delivery.body, self._desk.engine.switches.content_type
        if fault.kind == "html":
            await _send(send, fault.status or 502, body, _HTML)
        elif fault.kind == "drop":
            await self.connections.drop(scope, receive)
        elif fault.kind == "silence":
            await self._hang(receive)
            await self.connections.drop(scope, receive)
        elif fault.kind in ("cut", "half_close"):
            await _begin(send, status, kind, len(body))
            part = part_of(fault, body)
            await send({"type": "http.response.body", "body": part, "more_body": True})
            if fault.kind == "half_close":
                self.connections.half_close(scope)
                await self._hang(receive)
            await self.connections.drop(scope, receive)
        elif fault.kind in ("slow", "split"):
            await _begin(send, status, kind, len(body))
            for piece in pieces_of(fault, body):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                await self._wait(fault.seconds if fault.kind == "slow" else 0.0)
            await send({"type": "http.response.body", "body": b""})
        else:
            return False
        return True


def _request(scope: Scope, body: bytes, limit: int) -> tuple[Request, Refusal | None]:
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    kind = headers.get(b"content-type", "").partition(";")[0].strip().lower()
    try:
        check_size(body, limit)
        if body.lstrip().startswith(b"<"):
            return read_xml(body), None
        query = scope["query_string"]
        return read_query(query, body) if kind == _FORM else read_query(query), None
    except Refusal as refusal:
        return Request(), refusal


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The body, at most a byte more than the limit; None if the client went away."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= limit:
            body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body[: limit + 1])


async def _begin(send: Send, status: int, kind: str, length: int, *, close: bool = False) -> None:
    headers = [(b"content-length", str(length).encode())]
    if kind:
        headers.append((b"content-type", kind.encode()))
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send(send: Send, status: int, body: bytes, kind: str, *, close: bool = False) -> None:
    await _begin(send, status, kind, len(body), close=close)
    await send({"type": "http.response.body", "body": body})
