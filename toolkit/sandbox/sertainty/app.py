"""The gateway on HTTP: bodies in with a limit, replies out whole or as a stream, faults."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

from toolkit.sandbox.sertainty.clock import write_time
from toolkit.sandbox.sertainty.codes import Refusal, invalid
from toolkit.sandbox.sertainty.envelope import Reply, Request, parse_request, write_reply
from toolkit.sandbox.sertainty.faults import DTD_REPLY, HTML_PAGE, Fault, Faults, big_reply
from toolkit.sandbox.sertainty.gateway import Gateway
from toolkit.sandbox.server import App, Receive, Scope, Send
from toolkit.sandbox.web import REMEMBERED, part_of

_XML = "text/xml; charset=utf-8"
_WHOLE = 1_000_000  # a reply up to here is sent in one piece with its length
_DRAIN = 256 * 1024 * 1024  # of a request over the limit, what is read on for the reply's sake


class GatewayApp(App):
    """Answers every path: the guide names none."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway
        self.faults: Faults[Fault] = Faults()
        self.calls: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._counting = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body, too_big = await self._read(receive)
        if body is None:
            return
        request, refusal = await _parse(scope["method"], body, too_big)
        fault = self.faults.strike(request.function)
        if fault is not None and fault.kind == "delay":
            await self._wait(fault.seconds)
        if fault is not None and await self._commit(fault, request, scope, receive, send):
            return
        if refusal is not None:
            reply = Reply(refusal.code, refusal.message)
            self._count(request.function, reply.code, fault)
        else:
            answer = await self._answer(request, scope, fault, big=len(body) > _WHOLE)
            if answer is None:
                await self._hang(receive)
                await self.connections.drop(scope, receive)
                return
            reply = answer
        pieces = write_reply(reply, self.gateway.switches)
        status = self.gateway.switches.http_status
        if fault is not None and fault.kind == "cut":
            await self._cut(b"".join(pieces), fault.size, scope, receive, send)
        elif fault is not None and fault.kind == "drop":
            await self.connections.drop(scope, receive)
        else:
            await self._send(scope, send, status, pieces)

    async def _answer(
        self, request: Request, scope: Scope, fault: Fault | None, *, big: bool
    ) -> Reply | None:
        peer = scope["client"][0]
        if big:
            reply, silent = await asyncio.to_thread(self.gateway.answer, request, peer)
        else:  # a thread's switch costs more than the call
            reply, silent = self.gateway.answer(request, peer)
        self._count(request.function, None if silent else reply.code, fault)
        return None if silent else reply

    def _count(self, function: str, code: int | None, fault: Fault | None) -> None:
        with self._counting:
            self.calls.append(
                {
                    "at": write_time(self.gateway.clock.now),
                    "function": function,
                    "code": code,
                    "fault": None if fault is None else fault.kind,
                }
            )

    async def _read(self, receive: Receive) -> tuple[bytes | None, bool]:
        """The whole body, and whether it was too big; None if the client went away."""
        limit = self.gateway.switches.body_limit
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None, False
            part = message.get("body", b"")
            size += len(part)
            if size <= limit:
                parts.append(part)
            else:
                parts.clear()
            if not message.get("more_body", False) or size > limit + _DRAIN:
                return b"".join(parts), size > limit

    async def _commit(
        self, fault: Fault, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> bool:
        """Commit a fault that takes the place of the call; False if the call goes on."""
        pieces: Iterator[bytes]
        status, kind = fault.status or 200, _XML
        if fault.kind == "answer":
            reply = Reply(fault.code, fault.text)
            pieces = write_reply(reply, self.gateway.switches)
        elif fault.kind == "html":
            status, kind, pieces = fault.status or 502, "text/html", iter([HTML_PAGE])
        elif fault.kind == "dtd":
            pieces = iter([DTD_REPLY])
        elif fault.kind == "raw":
            pieces = iter([fault.text.encode()])
        elif fault.kind == "big":
            pieces = big_reply(fault.size)
        elif fault.kind == "drop" and not fault.after:
            self._count(request.function, None, fault)
            await self.connections.drop(scope, receive)
            return True
        else:
            return False
        self._count(request.function, fault.code if fault.kind == "answer" else None, fault)
        await self._send(scope, send, status, pieces, kind)
        return True

    async def _cut(
        self, body: bytes, size: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        await _begin(send, self.gateway.switches.http_status, _XML, len(body))
        await send({"type": "http.response.body", "body": part_of(body, size), "more_body": True})
        await self.connections.drop(scope, receive)

    async def _send(
        self, scope: Scope, send: Send, status: int, pieces: Iterator[bytes], kind: str = _XML
    ) -> None:
        """Send a body: with its length if it is small, else piece by piece as it is made."""
        start: list[bytes] = []
        size = 0
        while size <= _WHOLE:
            piece = next(pieces, None)
            if piece is None:
                await _begin(send, status, kind, size)
                await send({"type": "http.response.body", "body": b"".join(start)})
                return
            start.append(piece)
            size += len(piece)
        await _begin(send, status, kind, None)
        made: bytes | None = b"".join(start)
        while made is not None and self.connections.alive(scope):
            await send({"type": "http.response.body", "body": made, "more_body": True})
            made = await asyncio.to_thread(next, pieces, None)
        await send({"type": "http.response.body", "body": b""})


async def _parse(method: str, body: bytes, too_big: bool) -> tuple[Request, Refusal | None]:
    try:
        if too_big:
            raise invalid("the request is larger than the limit")
        if method != "POST":
            raise invalid(f"the request document is due as the body of a POST, not of a {method}")
        if len(body) > _WHOLE:
            return await asyncio.to_thread(parse_request, body), None
        return parse_request(body), None
    except Refusal as refusal:
        return Request(), refusal


def _headers(kind: str, length: int | None) -> list[tuple[bytes, bytes]]:
    headers = [(b"content-type", kind.encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return headers


async def _begin(send: Send, status: int, kind: str, length: int | None) -> None:
    headers = _headers(kind, length)
    await send({"type": "http.response.start", "status": status, "headers": headers})
