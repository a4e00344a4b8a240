"""A contact centre's day as requests with their times, and the trouble that is planted in it.

Any client can send them, through either door. The same numbers give the same day:

>>> day = Day(seed=1, agents=6, calls=100)
>>> first = next(day.requests())
>>> first.at == day.start, first.type
(True, 'IMPORTUSER')
"""

from __future__ import annotations

import datetime as dt
import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.sandbox.uptivity.clock import MANUAL_START
from toolkit.sandbox.uptivity.incidents import Incident
from toolkit.sandbox.uptivity.invented import Agent

HOURS = 10
_MINUTE, _HOUR = 60.0, 3600.0
# Calls in each half hour, as shares: a peak in the morning and one in the afternoon.
_ARRIVALS = (2, 4, 6, 8, 9, 8, 6, 5, 4, 4, 5, 7, 8, 7, 6, 5, 4, 3, 2, 1)
_GATES = ("SALES", "SERVICE", "SERVICE", "BILLING")
_FLOOD_SECONDS = 90.0

# Shares of the calls in which something is not as it should be.
_INTERNAL = 0.10  # no schedule records them: 9
_BLOCKED = 0.01  # a filter forbids it: 35
_REPEATED = 0.015  # CALLSTART comes twice: 1
_WRONG_VALUE = 0.007  # 59, then right
_NO_DEVICE = 0.005  # 26, then right
_LATE_UPDATE = 0.04  # CALLUPDATE after CALLSTOP: 7
_STOPPED_TWICE = 0.01  # 7


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a day: when, which command, and its parameters but for REQUESTID."""

    at: dt.datetime
    type: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """A day of ten hours.

    Attributes
    ----------
    seed, agents, calls
        What decides it: how many agents speak how many calls.
    start
        When the centre opens, in UTC.
    """

    seed: int = 0
    agents: int = 12
    calls: int = 400
    start: dt.datetime = MANUAL_START

    def __post_init__(self) -> None:
        if self.agents < 1:
            raise ValueError(f"a day needs 1 agent or more, not {self.agents}")
        if self.calls < 0:
            raise ValueError(f"calls must not be below 0, not {self.calls}")
        if self.start.tzinfo is None:
            raise ValueError("start must have a zone, such as dt.UTC")

    @property
    def end(self) -> dt.datetime:
        """When the centre closes; calls that go on then are spoken to their end."""
        return self.start + dt.timedelta(hours=HOURS)

    @functools.cached_property
    def misconfigured(self) -> Agent:
        """The agent whose program names a device that is not there."""
        return Agent(self._draw("agent").randint(1, self.agents))

    @functools.cached_property
    def repaired(self) -> dt.datetime:
        """When somebody corrects that: now it names an agent who is not there."""
        return self._minute(180 + self._draw("repaired").randint(-30, 30))

    @property
    def wrong_device(self) -> str:
        """The DEVICEID that the misconfigured agent's program sends."""
        return f"9{self.misconfigured.device}"

    @property
    def wrong_crm_user(self) -> str:
        """The CRM_USER that it sends afterwards."""
        return f"{self.misconfigured.crm_user}.old"

    @functools.cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """The trouble that the server has, in order of time."""
        draw = self._draw("incidents")
        opening = self.start.timestamp()
        flood = opening + _MINUTE * (210 + draw.randint(-15, 15))
        cores = opening + _MINUTE * (260 + draw.randint(-10, 10))
        disk = opening + _MINUTE * (375 + draw.randint(-10, 10))
        path = disk + _MINUTE * draw.randint(15, 25)
        channels = path + _MINUTE * draw.randint(8, 15)
        rate = self._flood / _FLOOD_SECONDS / 4
        return (
            Incident("queue", flood, flood + 2 * _FLOOD_SECONDS, amount=5, rate=rate),
            Incident("cores", cores, cores + _MINUTE * draw.randint(20, 40)),
            Incident("disk", disk, path),
            Incident("path", path, channels),
            Incident(
                "channels",
                channels,
                channels + _MINUTE * draw.randint(15, 30),
                amount=self.agents // 8,
            ),
        )

    @property
    def _flood(self) -> int:
        return max(40, self.calls // 5)

    def _draw(self, what: str) -> random.Random:
        numbers = f"{self.seed}/{self.agents}/{self.calls}"
        return random.Random(f"{numbers}/{what}")  # noqa: S311

    def _minute(self, minutes: float) -> dt.datetime:
        return self.start + dt.timedelta(minutes=minutes)

    def requests(self) -> Iterator[Step]:
        """Every request of the day, in order of time."""
        steps = [*self._watchers(), *self._flooding()]
        for number, (agent, begin, waited, seconds) in enumerate(self._spoken(), 1):
            steps += self._call(number, agent, begin, waited, seconds)
        steps.sort(key=lambda step: step[0])
        for seconds, kind, params in steps:
            yield Step(self.start + dt.timedelta(seconds=seconds), kind, params)

    def _watchers(self) -> Iterator[_Timed]:
        """A probe every five minutes, a wallboard every two, the directory every hour."""
        for hour in range(HOURS):
            yield hour * _HOUR, "IMPORTUSER", {"ACTION": "list"}
        for minute in range(1, HOURS * 60, 5):
            yield minute * _MINUTE, "TEST", {}
        for minute in range(1, HOURS * 60, 2):
            yield minute * _MINUTE + 30, "CALLLIST", {}

    def _flooding(self) -> Iterator[_Timed]:
        """A dashboard that asks for every phone, over and over."""
        begin = self.incidents[0].start - self.start.timestamp()
        draw = self._draw("flood")
        for number in range(self._flood):
            at = begin + _FLOOD_SECONDS * number / self._flood
            device = Agent(draw.randint(1, self.agents)).device
            yield round(at, 3), "CALLLIST", {"DEVICEID": device}

    def _spoken(self) -> Iterator[tuple[Agent, float, float, float]]:
        """Who speaks from when, how long the caller waited, and for how many seconds."""
        draw = self._draw("calls")
        mean = min(240.0, 0.55 * self.agents * HOURS * _HOUR / max(self.calls, 1))
        slots = draw.choices(range(len(_ARRIVALS)), _ARRIVALS, k=self.calls)
        arrivals = sorted((slot + draw.random()) * 30 * _MINUTE for slot in slots)
        free = dict.fromkeys(range(1, self.agents + 1), 0.0)
        for arrival in arrivals:
            idle = [number for number, at in free.items() if at <= arrival]
            agent = draw.choice(idle) if idle else min(free, key=lambda number: free[number])
            begin = max(arrival, free[agent])
            seconds = min(max(draw.lognormvariate(0.0, 0.7) * mean * 0.78, 8.0), 1800.0)
            free[agent] = begin + seconds + 8.0
            yield Agent(agent), round(begin, 3), round(begin - arrival, 3), round(seconds, 3)

    def _call(
        self, number: int, agent: Agent, begin: float, waited: float, seconds: float
    ) -> Iterator[_Timed]:
        draw = self._draw(f"call {number}")
        who = self._named(agent, begin, draw) | {"CALLINSTANCE": str(number)}
        start = who | self._metadata(number, draw) | {"USER3": f"{waited:.0f}"}
        if draw.random() < _WRONG_VALUE:
            yield begin, "CALLSTART", start | {"CALLDIRECTION": "X"}
            begin += 0.4
        if draw.random() < _NO_DEVICE:
            nameless = {name: value for name, value in start.items() if name not in who}
            yield begin, "CALLSTART", nameless
            begin += 0.4
        yield begin, "CALLSTART", start
        if draw.random() < _REPEATED:
            yield begin + 1.0, "CALLSTART", start
        end = begin + seconds
        for turn in range(draw.choices((0, 1, 2), (3, 5, 2))[0]):
            at = begin + seconds * (0.2 + 0.35 * turn + 0.2 * draw.random())
            yield round(at, 3), "CALLUPDATE", who | _remark(turn, draw)
        yield round(end, 3), "CALLSTOP", who
        if draw.random() < _STOPPED_TWICE:
            yield round(end + 0.7, 3), "CALLSTOP", who
        if draw.random() < _LATE_UPDATE:
            yield round(end + 1.5, 3), "CALLUPDATE", who | _remark(0, draw)

    def _named(self, agent: Agent, begin: float, draw: random.Random) -> dict[str, str]:
        """One of the names that an agent's phone has; the same for all of a call."""
        way = draw.choices(("DEVICEID", "DEVICEALIAS", "STATIONNAME", "CRM_USER"), (70, 12, 12, 6))
        if agent == self.misconfigured:
            if self.start + dt.timedelta(seconds=begin) < self.repaired:
                return {"DEVICEID": self.wrong_device}
            return {"CRM_USER": self.wrong_crm_user}
        names = (agent.device, agent.alias, agent.station, agent.crm_user)
        kinds = ("DEVICEID", "DEVICEALIAS", "STATIONNAME", "CRM_USER")
        return {way[0]: dict(zip(kinds, names, strict=True))[way[0]]}

    def _metadata(self, number: int, draw: random.Random) -> dict[str, str]:
        inbound = draw.random() < 0.72
        share = draw.random()
        gate = "INTERNAL" if share < _INTERNAL else draw.choice(_GATES)
        ani = f"5550{draw.randint(100, 189)}{draw.randint(0, 9)}"
        if _INTERNAL <= share < _INTERNAL + _BLOCKED:
            ani = f"555019{draw.randint(0, 9)}"
        return {
            "CALLID": f"{self.start:%y%m%d}-{number:06}",
            "ANI": ani,
            "DNIS": f"800{draw.randint(1, 4)}",
            "CALLDIRECTION": "I" if inbound else "O",
            "GATE": gate,
            "SGROUP": draw.choice(("NORTH", "SOUTH")),
        }


_Timed = tuple[float, str, dict[str, str]]


def _remark(turn: int, draw: random.Random) -> dict[str, str]:
    if turn:
        return {"USER2": f"order {draw.randint(10_000, 99_999)}"}
    remark = {"USER1": f"customer {draw.randint(1_000, 9_999)}"}
    if draw.random() < 0.2:
        remark["KEEPDAYS"] = draw.choice(("90", "365"))
    return remark


def requests(
    seed: int = 0, agents: int = 12, calls: int = 400, start: dt.datetime = MANUAL_START
) -> Iterator[Step]:
    """The requests of a `Day`, in order of time."""
    return Day(seed, agents, calls, start).requests()
