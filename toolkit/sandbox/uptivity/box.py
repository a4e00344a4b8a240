"""The box of a running API server: its three addresses, and its controls with proper types."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Self, cast

from toolkit.sandbox.box import ForwardBox, Runner
from toolkit.sandbox.server import LOOPBACK
from toolkit.sandbox.uptivity.clock import moment
from toolkit.sandbox.uptivity.faults import Fault, Kind as FaultKind
from toolkit.sandbox.uptivity.incidents import Kind as IncidentKind
from toolkit.sandbox.uptivity.switches import Switches
from toolkit.sandbox.uptivity.truth import Truth
from toolkit.sandbox.uptivity.workload import Day


class UptivityBox(ForwardBox):
    """A running Uptivity API server.

    Attributes
    ----------
    url : str
        Address of the Web API, ``http://127.0.0.1:PORT/webAPI.aspx``.
    tcp : tuple of str and int
        Host and port of the command socket.
    events : tuple of str and int
        Host and port of the event socket.

    Examples
    --------
    >>> import httpx
    >>> from toolkit import sandbox
    >>> with sandbox.start("uptivity", requesttype="absent") as box:
    ...     print(httpx.post(box.url, params={"type": "test", "requestid": "1"}).text[:44])
    <RESULT><REQUESTID>1</REQUESTID><RESULTTYPE>
    """

    service = "uptivity"

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)
        places = self.control("places")
        self.url: str = places["url"]
        self.tcp: tuple[str, int] = (LOOPBACK, places["tcp"])
        self.events: tuple[str, int] = (LOOPBACK, places["events"])

    @property
    def place(self) -> str:
        """The Web API, the command socket and the event socket."""
        commands, events = (f"tcp://{host}:{port}" for host, port in (self.tcp, self.events))
        return f"{self.url} and {commands}, events at {events}"

    def advance_to(self, at: dt.datetime) -> Self:
        """Move the manual clock on to a time; ValueError if that is past, or has no zone."""
        if at.tzinfo is None:
            raise ValueError("the time must have a zone, such as dt.UTC")
        self.control("move", to=at.timestamp())
        return self

    @property
    def switches(self) -> Switches:
        """The switches as they are."""
        return Switches(**self.control("switches"))

    def next_reply(
        self,
        code: int,
        label: str | None = None,
        message: str | None = None,
        *,
        result_type: str | None = None,
        type: str | None = None,  # noqa: A002 - the parameter's own name
        times: int | None = 1,
    ) -> Self:
        """Let the next command (of a type) be answered so; it is not performed.

        Parameters
        ----------
        code
            RESULTCODE.
        label, message
            The code's label, and RESULTMSG (the label), unless given.
        result_type
            RESULTTYPE: ``ERROR`` or the label, as the code asks for, unless given.
        type
            Strikes this command only.
        times
            How often; None = until `clear_faults`.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("uptivity") as box:
        ...     _ = box.next_reply(code=47, type="CALLSTART", times=3)
        """
        self.control(
            "next_reply", code=code, label=label, message=message, result_type=result_type,
            type=type, times=times,
        )  # fmt: skip
        return self

    def fault(self, kind: FaultKind, function: str | None = None, **options: Any) -> Self:
        """Let a fault happen at the next request (of a type); see `Fault`.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("uptivity") as box:
        ...     _ = box.fault("half_close", "CALLLIST", size=20)
        """
        self.control("fault", **dataclasses.asdict(Fault(kind, function, **options)))
        return self

    def clear_faults(self) -> Self:
        """Take back every fault and every `next_reply` that has not struck."""
        self.control("clear_faults")
        return self

    def incident(
        self, kind: IncidentKind, seconds: float = 9e9, *, amount: int = 1, rate: float = 1.0
    ) -> Self:
        """Begin trouble that lasts so many seconds of the server's clock; see `Incident`."""
        self.control("incident", kind=kind, seconds=seconds, amount=amount, rate=rate)
        return self

    def clear_incidents(self) -> Self:
        """End all trouble."""
        self.control("clear_incidents")
        return self

    def plan_day(self, seed: int = 0, agents: int = 12, calls: int = 400) -> Day:
        """Plan a contact centre's day and put the manual clock to its opening.

        The day's `Day.requests` can then be sent by any client, with `advance_to` before each;
        or `tick` performs them.

        Raises
        ------
        ValueError
            If the clock is real, or a number is wrong.

        Examples
        --------
        >>> import httpx
        >>> from toolkit import sandbox
        >>> with sandbox.start("uptivity") as box:
        ...     day = box.plan_day(seed=1, agents=6, calls=100)
        ...     for number, step in zip(range(5), day.requests()):
        ...         _ = box.advance_to(step.at)
        ...         params = {"type": step.type, "requestid": str(number), **step.params}
        ...         _ = httpx.post(box.url, params=params)
        ...     box.truth.answered
        5
        """
        start = self.control("plan_day", seed=seed, agents=agents, calls=calls)
        return Day(seed, agents, calls, moment(start))

    def tick(self, count: int | None = 1) -> int:
        """Perform the next requests of the day, each at its time; None = all that are left.

        Gives how many there were. Listeners hear the events, `calls` names the door ``"day"``.
        """
        return int(self.control("tick", count=count))

    def run_day(self, seed: int = 0, agents: int = 12, calls: int = 400) -> Truth:
        """Plan a day, perform all of it at once and give the truth about it.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("uptivity") as box:
        ...     truth = box.run_day(seed=1, agents=6, calls=100)
        >>> truth.answered == truth.planned
        True
        """
        self.plan_day(seed, agents, calls)
        self.tick(None)
        return cast("Truth", self.truth)

    @property
    def truth(self) -> Truth | None:
        """What the day planted and what came of it so far; None if none was planned."""
        truth = self.control("truth")
        return None if truth is None else Truth.from_json(truth)

    @property
    def schedules(self) -> list[dict[str, str]]:
        """The rules that decide which calls are recorded; the first that fits counts."""
        rules: list[dict[str, str]] = self.control("schedules")
        return rules

    def set_schedules(self, *rules: dict[str, str]) -> Self:
        """Set the rules: each a ``decision`` and patterns of fields that a call must fit.

        The decision is ``"record"``, ``"skip"`` (9) or ``"block"`` (35); the fields are ``ani``,
        ``dnis``, ``gate``, ``sgroup``, ``calldirection`` and ``deviceid``.

        Examples
        --------
        >>> from toolkit import sandbox
        >>> with sandbox.start("uptivity") as box:
        ...     _ = box.set_schedules({"decision": "record", "gate": "SALES*"})
        """
        self.control("set_schedules", rules=list(rules))
        return self

    def hire(self, agents: int) -> Self:
        """Give the server so many invented agents, if it has fewer."""
        self.control("hire", agents=agents)
        return self

    def items(self, kind: str) -> dict[str, dict[str, Any]]:
        """What the server keeps, by key.

        Kinds are ``"call"``, ``"device"``, ``"user"``, ``"station"``, ``"recording"``,
        ``"channel"``, ``"blackout"``, ``"monitor"``, ``"role"`` and ``"permission"``.
        """
        items: dict[str, dict[str, Any]] = self.control("items", kind=kind)
        return items

    def put(self, kind: str, key: str, item: dict[str, Any] | None) -> Self:
        """Change what the server keeps, behind its back; None takes an item away."""
        self.control("put", kind=kind, key=key, item=item)
        return self

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The last 10,000 requests.

        Each has ``at`` (UTC), ``door`` (``"http"``, ``"tcp"``), ``function`` (upper case; empty if
        unreadable), ``request_id``, ``values``, ``code`` (None if nothing was performed), ``cause``
        (the incident's kind, or empty) and ``fault`` (its kind, or None).
        """
        calls: list[dict[str, Any]] = self.control("calls")
        for call in calls:
            call["at"] = moment(call["at"])
        return calls

    @property
    def clients(self) -> dict[str, int]:
        """How many clients are connected to each command door."""
        clients: dict[str, int] = self.control("clients")
        return clients

    @property
    def waiting(self) -> int:
        """How many commands wait or are worked on, by ``latency``."""
        return int(self.control("waiting"))

    @property
    def listeners(self) -> list[int]:
        """The numbers of those who listen to events, counted from 1 as they came."""
        numbers: list[int] = self.control("listeners")
        return numbers

    def wait_for_listeners(self, count: int = 1, timeout: float = 10.0) -> Self:
        """Wait until so many listen to events: what was told before, they never hear.

        Raises
        ------
        TimeoutError
            If there are fewer after ``timeout`` seconds.
        """
        if not self.control("wait_for_listeners", count=count, timeout=timeout):
            raise TimeoutError(f"{len(self.listeners)} listen to events, not {count}")
        return self

    def drop_listeners(self) -> Self:
        """Cut the connections of all who listen to events."""
        self.control("drop_listeners")
        return self

    def push(self, text: str) -> Self:
        """Send raw text to all who listen: part of an event, or what is none."""
        self.control("push", text=text)
        return self

    def tell(self, kind: str, **values: str) -> Self:
        """Tell all who listen of an event of any type, with any values."""
        self.control("tell", kind=kind, values=values)
        return self
