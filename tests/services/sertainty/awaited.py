"""What the tests of the awaited client share: a gateway in their own event loop that counts."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable

from tests.services.sertainty.wire import response
from toolkit.services.sertainty.envelope import RequestDocument, decode_request

GRANTED = response(1, "sid-1")
OK = response(1)


def record_of(document: RequestDocument) -> bytes:
    """A status record whose error names the task that was asked for."""
    config, task = (value.decode() for _, value in document.arguments)
    return response(1, ("Status", "Idle"), ("Error", f"{config}/{task}"), ("ExecCnt", "3"))


def plain(document: RequestDocument) -> bytes:
    """What a gateway says that grants every session."""
    return {
        "hostOpenSession": lambda: GRANTED,
        "taskGetStatus": lambda: record_of(document),
        "configGetList": lambda: response(1, "Nightly"),
    }.get(document.function, lambda: OK)()


class Counting:
    """A gateway that counts what is under way, and holds answers back until it is told."""

    def __init__(self, answer: Callable[[RequestDocument], bytes] = plain) -> None:
        self.url = ""
        self.sent: list[RequestDocument] = []
        self.under_way = self.most = self.connections = 0
        self.answer = answer
        self.never_held = {"hostOpenSession", "hostCloseSession"}
        self.when: dict[str, Callable[[], bool]] = {}
        self.free = asyncio.Event()
        self.free.set()
        self._changed = asyncio.Condition()

    @property
    def functions(self) -> Counter[str]:
        """How often each function came."""
        return Counter(document.function for document in self.sent)

    def hold(self) -> None:
        """Answer nothing but what is never held until :attr:`free` is set."""
        self.free.clear()

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait for something to be so."""
        async with asyncio.timeout(120), self._changed:
            await self._changed.wait_for(so)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests."""
        await self._tell(connections=1)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().partition(b"content-length:")[2].split(b"\r", 1)[0]
                document = decode_request(await reader.readexactly(int(length)))
                self.sent.append(document)
                await self._tell(under_way=1)
                try:
                    if document.function not in self.never_held:
                        gone = asyncio.ensure_future(reader.read(1))
                        held = asyncio.ensure_future(self.free.wait())
                        await asyncio.wait([gone, held], return_when=asyncio.FIRST_COMPLETED)
                        held.cancel()
                        if gone.done():
                            return
                        gone.cancel()
                        with contextlib.suppress(asyncio.CancelledError):
                            await gone
                    if document.function in self.when:
                        await self.until(self.when[document.function])
                finally:
                    await self._tell(under_way=-1)
                body = self.answer(document)
                start = f"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {len(body)}"
                writer.write(start.encode() + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            await self._tell(connections=-1)

    async def _tell(self, *, under_way: int = 0, connections: int = 0) -> None:
        self.under_way += under_way
        self.connections += connections
        self.most = max(self.most, self.under_way)
        async with self._changed:
            self._changed.notify_all()


@contextlib.asynccontextmanager
async def counting(
    answer: Callable[[RequestDocument], bytes] = plain,
) -> AsyncIterator[Counting]:
    """Run such a gateway in this loop; at the end every connection must have been closed."""
    gateway = Counting(answer)
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0, backlog=200)
    gateway.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        async with server:
            yield gateway
            await gateway.until(lambda: not gateway.connections)
    finally:
        gateway.free.set()
