"""What the one who started a server can do to it, in values that JSON can carry."""

from __future__ import annotations

import dataclasses
from typing import Any

from toolkit.sandbox.uptivity import invented
from toolkit.sandbox.uptivity.days import Days
from toolkit.sandbox.uptivity.desk import Desk
from toolkit.sandbox.uptivity.events import Event
from toolkit.sandbox.uptivity.faults import Fault
from toolkit.sandbox.uptivity.incidents import Incident
from toolkit.sandbox.uptivity.sockets import SocketServer

Json = dict[str, Any]


class Controls:
    """The controls of one server; each public method is one."""

    def __init__(self, desk: Desk, sockets: SocketServer, url: str) -> None:
        self._desk = desk
        self._engine = desk.engine
        self._sockets = sockets
        self._url = url
        self._days = Days(desk)

    def places(self) -> Json:
        """The addresses of the three doors."""
        ports = {"tcp": self._sockets.port, "events": self._sockets.event_port}
        return {"url": self._url, **ports}

    def now(self) -> float:
        """The server's time in seconds since 1970."""
        return self._engine.clock.now

    def move(self, to: float) -> None:
        """Put a manual clock forward to a time."""
        with self._engine.store.transaction():
            self._engine.clock.move(to)
            self._engine.keep_time()

    def advance(self, seconds: float) -> None:
        """Put a manual clock forward by so many seconds."""
        self.move(self._engine.clock.now + seconds)

    def switch(self, switches: Json) -> None:
        """Change switches."""
        self._engine.switches = self._engine.switches.changed(**switches)

    def switches(self) -> Json:
        """The switches as they are."""
        return dataclasses.asdict(self._engine.switches)

    def fault(self, **fault: Any) -> None:
        """Set a fault."""
        self._desk.faults.add(Fault(**fault))

    def clear_faults(self) -> None:
        """Take all faults and scripted replies back."""
        self._desk.faults.clear()
        with self._engine.store.lock:
            self._engine.script.clear()

    def next_reply(self, **scripted: Any) -> None:
        """Ask for a reply."""
        with self._engine.store.lock:
            self._engine.script.add(**scripted)

    def incident(self, kind: Any, seconds: float, amount: int, rate: float) -> None:
        """Begin trouble now."""
        now = self._engine.clock.now
        self._engine.add_incident(Incident(kind, now, now + seconds, amount, rate))

    def clear_incidents(self) -> None:
        """End all trouble."""
        self._engine.clear_incidents()

    def plan_day(self, seed: int, agents: int, calls: int) -> float:
        """Plan a day; gives when it starts."""
        return self._days.plan(seed, agents, calls).start.timestamp()

    def tick(self, count: int | None) -> int:
        """Perform the next requests of the day; gives how many there were."""
        return self._days.tick(count)

    def truth(self) -> Json | None:
        """What the day planted and what came of it."""
        truth = self._days.truth()
        return None if truth is None else truth.to_json()

    def schedules(self) -> list[dict[str, str]]:
        """The rules that decide which calls are recorded."""
        return self._engine.schedules

    def set_schedules(self, rules: list[dict[str, str]]) -> None:
        """Set those rules."""
        self._engine.set_schedules(rules)

    def hire(self, agents: int) -> None:
        """Give the server so many agents, if it has fewer."""
        invented.begin(self._engine.store, agents)

    def items(self, kind: str) -> Json:
        """The items of a kind by key."""
        return self._engine.items(kind)

    def put(self, kind: str, key: str, item: Json | None) -> None:
        """Keep an item, or take it away."""
        with self._engine.store.transaction():
            if item is None:
                self._engine.store.remove(kind, key)
            else:
                self._engine.store.put(kind, key, item)

    def calls(self) -> list[Json]:
        """The last 10,000 requests."""
        return [dict(call) for call in self._desk.calls]

    def clients(self) -> dict[str, int]:
        """How many clients are connected to each door."""
        return self._desk.clients

    def waiting(self) -> int:
        """How many commands wait or are worked on."""
        return self._desk.waiting

    def listeners(self) -> list[int]:
        """The numbers of those who listen to events."""
        return self._sockets.listeners.numbers

    def wait_for_listeners(self, count: int, timeout: float) -> bool:
        """Wait until so many listen."""
        return self._sockets.listeners.wait_for(count, timeout)

    def drop_listeners(self) -> None:
        """Cut the connections of those who listen."""
        self._sockets.listeners.drop()

    def push(self, text: str) -> None:
        """Send raw text to those who listen."""
        self._sockets.listeners.carry("", text.encode(self._engine.switches.encoding, "replace"))

    def tell(self, kind: str, values: dict[str, str]) -> None:
        """Tell those who listen of an event."""
        with self._engine.store.lock:
            event = Event(kind, self._engine.clock.now, values)
            self._engine.hub.tell(event, self._engine.switches)
