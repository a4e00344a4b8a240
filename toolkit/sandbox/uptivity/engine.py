"""The one engine behind the three doors: a request in, a RESULT out, events on the way."""

from __future__ import annotations

import dataclasses
import fnmatch
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from toolkit.sandbox.uptivity import invented
from toolkit.sandbox.uptivity.clock import Clock
from toolkit.sandbox.uptivity.codes import OK, PARTIAL, Refusal
from toolkit.sandbox.uptivity.commands import CONFIRMED, EXPERIMENTAL
from toolkit.sandbox.uptivity.envelope import Node, Reply, Request
from toolkit.sandbox.uptivity.events import Event, Hub
from toolkit.sandbox.uptivity.incidents import Incident, strike
from toolkit.sandbox.uptivity.script import Script
from toolkit.sandbox.uptivity.store import Item, Store
from toolkit.sandbox.uptivity.switches import Switches

Handler = Callable[["Engine", Request], Reply]
Rule = dict[str, str]

# The first rule that fits a call decides; a call that fits none is not recorded.
SCHEDULES: tuple[Rule, ...] = (
    {"decision": "block", "ani": "555019*"},
    {"decision": "skip", "gate": "INTERNAL"},
    {"decision": "record"},
)
_RULE_FIELDS = ("ani", "dnis", "gate", "sgroup", "calldirection", "deviceid")
_DECISIONS = ("record", "skip", "block")


class Engine:
    """Devices, calls, agents and recordings, and the commands on them.

    Attributes
    ----------
    store, clock, hub, script
        The state, the time, who is told of events, and the replies that were asked for.
    switches
        How it behaves.
    incidents
        The trouble it is in, by its clock.
    ledger
        How often each (function, code, cause) was answered since the count was reset.
    """

    def __init__(
        self,
        path: str | Path | None,
        *,
        agents: int,
        clock: Literal["manual", "real"],
        switches: Switches,
    ) -> None:
        self.store = Store(path)
        self.switches = switches
        self.hub = Hub()
        self.script = Script()
        self.ledger: Counter[tuple[str, int, str]] = Counter()
        try:
            self.clock = Clock(clock, self.store.get("now"))
            invented.begin(self.store, agents)
            for function, code, cause, count in self.store.get("ledger", []):
                self.ledger[function, code, cause] = count
            self.hub.counts.update(self.store.get("events", {}))
            self.incidents = [Incident(**one) for one in self.store.get("incidents", [])]
        except BaseException:
            self.store.close()
            raise

    def close(self) -> None:
        """Keep the time, and close the database."""
        with self.store.lock:
            self.keep_time()
            self.store.set("ledger", [[*key, count] for key, count in self.ledger.items()])
            self.store.set("events", self.hub.counts)
            self.store.close()

    def keep_time(self) -> None:
        """Let a restart begin where a manual clock stands."""
        if self.clock.kind == "manual":
            self.store.set("now", self.clock.now)

    def answer(self, request: Request, refusal: Refusal | None = None) -> Reply:
        """Do what a request asks; one that could not be read comes with its refusal."""
        with self.store.transaction():
            reply = self.script.take(request)
            if reply is None:
                try:
                    if refusal is not None:
                        raise refusal
                    reply = self._perform(request)
                except Refusal as error:
                    reply = Reply(error.code, error.detail, cause=error.cause)
            self.ledger[request.type, reply.code, reply.cause] += 1
            return reply

    def refuse(self, request: Request, refusal: Refusal) -> Reply:
        """Refuse a request unread, before it is anyone's turn."""
        return self.answer(request, refusal)

    def _perform(self, request: Request) -> Reply:
        number = request.request_id.removeprefix("-")
        if not (number.isascii() and number.isdigit()):
            raise Refusal(14, "REQUESTID must be a number")
        if not request.type:
            raise Refusal(15, "TYPE is missing")
        handler = self._handler(request.type)
        now = self.clock.now
        for incident in self.incidents:
            if incident.kind == "queue" and incident.active(now):
                incident.queue(now)
        if request.type != "TEST":
            self.strike("any")
        self._check_characters(request)
        return handler(self, request)

    def _handler(self, kind: str) -> Handler:
        handler = CONFIRMED.get(kind)
        if handler is None and self.switches.experimental:
            handler = EXPERIMENTAL.get(kind)
        if handler is None:
            raise Refusal(10, f"{kind} is not known")
        for types, code, detail in (
            (self.switches.disabled, 49, "is switched off"),
            (self.switches.forbidden, 44, "is not allowed"),
            (self.switches.unlicensed, 39, "is not licensed"),
        ):
            if kind in types:
                raise Refusal(code, f"{kind} {detail}")
        return handler

    def _check_characters(self, request: Request) -> None:
        if self.switches.special_characters == "refuse":
            for name, value in request.values.items():
                if "<" in value or ">" in value:
                    raise Refusal(59, f"{name} must not hold angle brackets")

    def strike(self, step: str) -> None:
        """Refuse a step of a command that an incident stands in the way of."""
        strike(self.incidents, step, self.clock.now)

    def tell(self, kind: str, values: Mapping[str, str]) -> None:
        """Tell the listeners of something that happened now."""
        self.hub.tell(Event(kind, self.clock.now, dict(values)), self.switches)

    def add_incident(self, incident: Incident) -> None:
        """Plan trouble."""
        with self.store.transaction():
            self.incidents.append(incident)
            self.store.set("incidents", [dataclasses.asdict(one) for one in self.incidents])

    def clear_incidents(self) -> None:
        """End all trouble."""
        with self.store.transaction():
            self.incidents.clear()
            self.store.set("incidents", [])

    @property
    def channels(self) -> tuple[int, str]:
        """How many recordings there can be at once (0 = any number), and what is to blame."""
        now = self.clock.now
        for incident in self.incidents:
            if incident.kind == "channels" and incident.active(now):
                return incident.amount, incident.kind
        return self.switches.channels, ""

    @property
    def silent_cores(self) -> tuple[int, str]:
        """How many cores do not answer, and what is to blame."""
        now = self.clock.now
        for incident in self.incidents:
            if incident.kind == "cores" and incident.active(now):
                return min(incident.amount, self.switches.cores), incident.kind
        return self.switches.partial_cores, ""

    def core_of(self, device: str) -> int:
        """The number of the CTI core that looks after a device, from 1."""
        return zlib.crc32(device.encode()) % self.switches.cores + 1

    def gathered(self, items: Iterator[tuple[str, Node]], root: str, count: str) -> Reply:
        """A list from all cores that answer, 46 if some do not.

        Parameters
        ----------
        items
            A device and a record for each.
        root, count
            Names of the list, and of the element in it that holds its length.
        """
        silent, cause = self.silent_cores
        last = self.switches.cores - silent
        nodes = [node for device, node in items if self.core_of(device) <= last]
        data: Node = (root, [(count, str(len(nodes))), *nodes])
        if silent:
            return Reply(PARTIAL, f"{silent} cores do not answer", data, cause=cause)
        return Reply(OK, data=data)

    @property
    def schedules(self) -> list[Rule]:
        """The rules that decide which calls are recorded."""
        rules: list[Rule] = self.store.get("schedules", list(SCHEDULES))
        return rules

    def set_schedules(self, rules: list[Rule]) -> None:
        """Set the rules; ValueError for an unknown field or decision."""
        for rule in rules:
            for name in rule:
                if name not in (*_RULE_FIELDS, "decision"):
                    known = ", ".join((*_RULE_FIELDS, "decision"))
                    raise ValueError(f"no field {name!r} in a schedule: there are {known}")
            if rule.get("decision") not in _DECISIONS:
                raise ValueError(
                    f"the decision of a schedule must be one of {_DECISIONS},"
                    f" not {rule.get('decision')!r}"
                )
        self.store.set("schedules", rules)

    def decide(self, call: Item) -> None:
        """Let the schedules decide on a call; a Refusal says why it is not recorded."""
        self.strike("schedule")
        values = {"deviceid": call["device"]} | {
            name.lower(): value for name, value in call["fields"].items()
        }
        for rule in self.schedules:
            fits = all(
                fnmatch.fnmatch(values.get(name, "").upper(), wanted.upper())
                for name, wanted in rule.items()
                if name != "decision"
            )
            if fits and rule["decision"] == "block":
                raise Refusal(35, "a filter forbids to record this call")
            if fits and rule["decision"] == "record":
                return
            if fits:
                break
        raise Refusal(9, "no schedule records this call")

    def items(self, kind: str) -> dict[str, Any]:
        """The items of a kind as they are kept, by key."""
        return dict(self.store.items.get(kind, {}))
