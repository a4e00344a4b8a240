"""What goes on now: blackouts, monitoring, channels, events. The commands' names are ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity import calls
from toolkit.sandbox.uptivity.codes import OK, Refusal
from toolkit.sandbox.uptivity.envelope import Node, Reply, Request
from toolkit.sandbox.uptivity.events import EVENT_TYPES
from toolkit.sandbox.uptivity.whose import device_of

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine

MODES = ("AUDIO", "SCREEN", "BOTH")
ON_HOOK, RECORDING = "0", "2"


def blackout_start(engine: Engine, request: Request) -> Reply:
    """Silence the recordings of an agent, or of a device that has none, until it is stopped."""
    return _blackout(engine, request, begin=True)


def blackout_stop(engine: Engine, request: Request) -> Reply:
    """End that."""
    return _blackout(engine, request, begin=False)


def _blackout(engine: Engine, request: Request, *, begin: bool) -> Reply:
    device = device_of(engine.store, request)
    # Blackouts belong to the agent, not to the call (Blackouts Overview).
    key = f"agent {device['agent']}" if device["agent"] else f"device {device['id']}"
    if (engine.store.find("blackout", key) is not None) == begin:
        raise Refusal(38, f"a blackout of {key} is {'on' if begin else 'not on'}")
    if begin:
        engine.store.put("blackout", key, {"at": engine.clock.now})
    else:
        engine.store.remove("blackout", key)
    told = {"DEVICEID": device["id"], "AGENTID": device["agent"] or ""}
    engine.tell("BLACKOUTSTART" if begin else "BLACKOUTSTOP", told)
    return Reply(OK)


def _session(request: Request) -> str:
    if not request.get("SESSIONID"):
        raise Refusal(33, "SESSIONID is missing")
    return request.get("SESSIONID")


def monitor_start(engine: Engine, request: Request) -> Reply:
    """Stream the call of a device to a session."""
    mode = request.get("MODE").upper() or "AUDIO"
    if mode not in MODES:
        raise Refusal(29, f"MODE must be one of {', '.join(MODES)}")
    session = _session(request)
    call = calls.find(engine, request)
    key = f"{session}\t{call['device']}"
    if engine.store.find("monitor", key) is not None:
        raise Refusal(32, f"session {session} monitors device {call['device']} already")
    engine.store.put("monitor", key, {"mode": mode, "at": engine.clock.now})
    return Reply(43)


def monitor_stop(engine: Engine, request: Request) -> Reply:
    """End that."""
    session, device = _session(request), device_of(engine.store, request)
    if engine.store.remove("monitor", f"{session}\t{device['id']}") is None:
        raise Refusal(31, f"session {session} does not monitor device {device['id']}")
    return Reply(OK)


def register(engine: Engine, request: Request) -> Reply:
    """Choose which events a listener gets: its number is the SESSIONID, EVENTTYPE a list."""
    session = _session(request)
    kinds = frozenset(one.strip().upper() for one in request.get("EVENTTYPE").split(","))
    if not kinds <= set(EVENT_TYPES):
        raise Refusal(30, f"EVENTTYPE must be of {', '.join(EVENT_TYPES)}")
    if not (session.isdecimal() and engine.hub.want(int(session), kinds)):
        raise Refusal(31, f"no listener {session}")
    return Reply(OK)


def channels(engine: Engine, request: Request) -> Reply:  # noqa: ARG001
    """The channels and their states."""
    return engine.gathered(_channels(engine), "CHANNELS", "COUNT")


def _channels(engine: Engine) -> Iterator[tuple[str, Node]]:
    taken = engine.store.items["channel"]
    most = max([engine.channels[0], *map(int, taken)])
    for number in range(1, most + 1):
        used = taken.get(str(number))
        device = (
            "" if used is None else engine.store.items["recording"][used["recording"]]["device"]
        )
        state = ON_HOOK if used is None else RECORDING
        nodes: list[Node] = [("CHANNEL", str(number)), ("STATE", state), ("DEVICEID", device)]
        yield device, ("CHANNELSTATE", nodes)
