"""Lets a server live a day: plans it, performs its requests in time, tells the truth of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from toolkit.sandbox.uptivity import invented
from toolkit.sandbox.uptivity.clock import moment
from toolkit.sandbox.uptivity.codes import LABELS
from toolkit.sandbox.uptivity.desk import Desk
from toolkit.sandbox.uptivity.engine import SCHEDULES
from toolkit.sandbox.uptivity.envelope import Request
from toolkit.sandbox.uptivity.truth import (
    CodeTotal,
    EventTotal,
    Hour,
    Misconfigured,
    Planted,
    Truth,
)
from toolkit.sandbox.uptivity.workload import Day, Step

_OPENING = 8  # o'clock, by the server's local time
_CODES = {"queue": (47,), "cores": (46,), "disk": (2,), "path": (18,), "channels": (3,)}
_AT_ONCE = 500  # steps between which others get their turn


class Days:
    """The day that a server is in, if one was planned."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._engine = desk.engine
        self._day: Day | None = None
        self._steps: list[Step] = []
        kept = self._engine.store.get("day")
        if kept is not None:
            self._take(Day(**kept | {"start": moment(kept["start"])}))

    def _take(self, day: Day) -> None:
        self._day = day
        self._steps = list(day.requests())

    def plan(self, seed: int, agents: int, calls: int) -> Day:
        """Plan a day that begins when the centre opens next, and put the clock there."""
        engine = self._engine
        with engine.store.transaction():
            day = Day(seed, agents, calls, self._opening())
            engine.clock.move(day.start.timestamp())
            engine.keep_time()
            invented.begin(engine.store, agents)
            engine.set_schedules(list(SCHEDULES))
            engine.clear_incidents()
            for incident in day.incidents:
                engine.add_incident(incident)
            engine.ledger.clear()
            engine.hub.counts.clear()
            kept = {"seed": seed, "agents": agents, "calls": calls}
            engine.store.set("day", kept | {"start": day.start.timestamp()})
            engine.store.set("day done", 0)
            self._take(day)
        return day

    def _opening(self) -> dt.datetime:
        zone = dt.timezone(dt.timedelta(hours=self._engine.switches.utc_offset))
        now = moment(self._engine.clock.now).astimezone(zone)
        opening = now.replace(hour=_OPENING, minute=0, second=0, microsecond=0)
        if opening < now:
            opening += dt.timedelta(days=1)
        return opening.astimezone(dt.UTC)

    def tick(self, count: int | None) -> int:
        """Perform the next requests of the day, each at its time; gives how many there were."""
        engine, done = self._engine, 0
        first = int(engine.store.get("day done", 0))
        steps = self._steps[first:] if count is None else self._steps[first : first + count]
        while done < len(steps):
            with engine.store.transaction():
                for step in steps[done : done + _AT_ONCE]:
                    engine.clock.move(max(step.at.timestamp(), engine.clock.now))
                    done += 1
                    self._desk.perform(Request(step.type, str(first + done), step.params))
                engine.store.set("day done", first + done)
                engine.keep_time()
        return done

    def truth(self) -> Truth | None:
        """What the day planted and what came of it so far; None without a day."""
        day = self._day
        if day is None:
            return None
        engine = self._engine
        with engine.store.lock:
            codes: Counter[tuple[str, int]] = Counter()
            causes: Counter[str] = Counter()
            for (function, code, cause), count in engine.ledger.items():
                codes[function, code] += count
                causes[cause] += count
            events = sorted(engine.hub.counts.items())
        agent = day.misconfigured
        return Truth(
            seed=day.seed,
            agents=day.agents,
            calls=day.calls,
            start=day.start,
            end=day.end,
            planned=len(self._steps),
            answered=sum(codes.values()),
            incidents=tuple(
                Planted(
                    one.kind, moment(one.start), moment(one.end), _CODES[one.kind], causes[one.kind]
                )
                for one in day.incidents
            ),
            misconfigured=Misconfigured(
                agent.username, agent.device, day.wrong_device, day.repaired, day.wrong_crm_user
            ),
            hours=self._hours(day),
            codes=tuple(
                CodeTotal(function, code, LABELS.get(code, ""), count)
                for (function, code), count in sorted(codes.items())
            ),
            events=tuple(EventTotal(kind, count) for kind, count in events),
        )

    def _hours(self, day: Day) -> tuple[Hour, ...]:
        first: dict[str, dt.datetime] = {}
        for step in self._steps:
            if step.type == "CALLSTART" and "CALLINSTANCE" in step.params:
                first.setdefault(step.params["CALLINSTANCE"], step.at)
        calls = Counter((at - day.start) // dt.timedelta(hours=1) for at in first.values())
        busiest = {hour for hour, _ in calls.most_common(2)}
        return tuple(
            Hour(day.start + dt.timedelta(hours=hour), calls[hour], hour in busiest)
            for hour in range(max(calls, default=-1) + 1)
        )
