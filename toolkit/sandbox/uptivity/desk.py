"""Where both command doors bring their requests: the queue, the faults, and what was seen."""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.sandbox.faults import Faults
from toolkit.sandbox.uptivity.codes import NOT_ERRORS, Refusal
from toolkit.sandbox.uptivity.engine import Engine
from toolkit.sandbox.uptivity.envelope import Reply, Request, write_result
from toolkit.sandbox.uptivity.faults import Fault, bent

_REMEMBERED = 10_000

Wait = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reply on its way out.

    Attributes
    ----------
    body
        The RESULT, or what a fault made of it; without a line end.
    failed
        Whether it is an error.
    fault
        The fault that the door has to commit, or None.
    """

    body: bytes
    failed: bool
    fault: Fault | None


class Desk:
    """Takes requests from the doors, one engine behind it.

    Attributes
    ----------
    faults
        The faults that wait.
    calls
        The last 10,000 requests.
    waiting
        How many requests are in the queue or worked on.
    web_clients
        Tells how many clients are connected to the Web API.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.faults: Faults[Fault] = Faults()
        self.calls: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()
        self.waiting = 0
        self._sockets = 0
        self.web_clients: Callable[[], int] = lambda: 0

    def count_client(self, change: int) -> None:
        """Note that a client of the socket came or went."""
        with self._lock:
            self._sockets += change

    @property
    def clients(self) -> dict[str, int]:
        """How many clients are connected to each door."""
        return {"tcp": self._sockets, "http": self.web_clients()}

    def crowded(self) -> bool:
        """Whether more clients are connected than allowed."""
        return 0 < self.engine.switches.max_clients < sum(self.clients.values())

    async def attend(
        self,
        door: Literal["http", "tcp"],
        request: Request,
        refusal: Refusal | None,
        wait: Wait,
    ) -> Delivery:
        """Perform a request and say how its reply is to be delivered."""
        switches = self.engine.switches
        fault = self.faults.strike(f"{door} {request.type}")
        if fault is not None and fault.kind == "delay":
            await wait(fault.seconds)
        if fault is not None and fault.kind in ("drop", "silence") and not fault.after:
            self._note(door, request, None, fault)
            return Delivery(b"", False, fault)
        refusal = refusal or self._enter(switches.queue_size)
        if refusal is not None:
            reply = self.engine.refuse(request, refusal)
        else:
            try:
                if switches.latency:
                    await wait(switches.latency)
                reply = self.engine.answer(request)
            finally:
                self._leave()
        self._note(door, request, reply, fault)
        if fault is not None and fault.kind == "other_id":
            request = dataclasses.replace(request, request_id=_other(request.request_id))
        body = bent(fault, write_result(request, reply, switches))
        failed = reply.code not in NOT_ERRORS
        return Delivery(body, failed, fault)

    def perform(self, request: Request) -> None:
        """Perform a request that came through no door."""
        self._note("day", request, self.engine.answer(request), None)

    def turn_away(self, door: Literal["http", "tcp"], request: Request) -> bytes:
        """The reply (48) to one client too many."""
        reply = self.engine.refuse(request, Refusal(48, "too many clients are connected"))
        self._note(door, request, reply, None)
        return write_result(request, reply, self.engine.switches)

    def _enter(self, size: int) -> Refusal | None:
        with self._lock:
            if 0 < size <= self.waiting:
                return Refusal(47, f"{size} commands wait already")
            self.waiting += 1
        return None

    def _leave(self) -> None:
        with self._lock:
            self.waiting -= 1

    def _note(self, door: str, request: Request, reply: Reply | None, fault: Fault | None) -> None:
        self.calls.append(
            {
                "at": self.engine.clock.now,
                "door": door,
                "function": request.type,
                "request_id": request.request_id,
                "values": dict(request.values),
                "code": None if reply is None else reply.code,
                "cause": "" if reply is None else reply.cause,
                "fault": None if fault is None else fault.kind,
            }
        )


def _other(request_id: str) -> str:
    return str(int(request_id) + 1) if request_id.isdecimal() else "1"
