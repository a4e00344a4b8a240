"""CALLSTART, CALLUPDATE, CALLSTOP and CALLLIST: the calls that are going on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity import recording
from toolkit.sandbox.uptivity.clock import write_time
from toolkit.sandbox.uptivity.codes import OK, Refusal
from toolkit.sandbox.uptivity.envelope import Node, Reply, Request
from toolkit.sandbox.uptivity.store import Item
from toolkit.sandbox.uptivity.values import METADATA, check_values, metadata
from toolkit.sandbox.uptivity.whose import device_of, station_of

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine


def call_key(device: str, instance: str) -> str:
    """What tells a call: the device, and the instance on it."""
    return f"{device}\t{instance}"


def described(engine: Engine, call: Item) -> dict[str, str]:
    """The metadata of a call as it is told in lists and events."""
    device = engine.store.find("device", call["device"]) or {}
    fields = call["fields"]
    return {
        "DEVICEID": call["device"],
        "DEVICEALIAS": device.get("alias", ""),
        "CALLINSTANCE": call["instance"],
        "AGENTID": device.get("agent") or "",
        "STATION": station_of(engine.store, call["device"]),
    } | {name: fields.get(name, "") for name in METADATA}


def start(engine: Engine, request: Request) -> Reply:
    """A device has begun a new call; the schedules decide whether it is recorded."""
    device = device_of(engine.store, request)
    check_values(request)
    engine.strike("call")
    key = call_key(device["id"], request.get("CALLINSTANCE"))
    going = engine.store.find("call", key)
    if going is not None and going["instance"]:
        return _again(engine, going)
    if going is not None:  # without an instance it can only be another call
        _end(engine, going)
    call = {
        "device": device["id"],
        "instance": request.get("CALLINSTANCE"),
        "at": engine.clock.now,
        "recording": None,
        "fields": metadata(request),
    }
    engine.store.put("call", key, call)
    engine.tell("CALLSTART", described(engine, call))
    try:
        engine.decide(call)
        recording.begin(engine, call)
    except Refusal:
        if engine.switches.call_result == "ok":
            return Reply(OK)
        raise
    return _result(engine, 0)


def _again(engine: Engine, call: Item) -> Reply:
    if call["recording"] and engine.switches.repeated_start == "already":
        raise Refusal(1, "the call is recorded already")
    return Reply(OK)


def _result(engine: Engine, code: int) -> Reply:
    return Reply(OK if engine.switches.call_result == "ok" else code)


def find(engine: Engine, request: Request) -> Item:
    """The call that a request is about; 7 if there is none."""
    device = device_of(engine.store, request)
    call = engine.store.find("call", call_key(device["id"], request.get("CALLINSTANCE")))
    if call is None:
        raise Refusal(7, f"device {device['id']} is not in that call")
    return call


def update(engine: Engine, request: Request) -> Reply:
    """Change the metadata of a call."""
    check_values(request)
    call = find(engine, request)
    engine.strike("call")
    call = call | {"fields": call["fields"] | metadata(request)}
    engine.store.put("call", call_key(call["device"], call["instance"]), call)
    engine.tell("CALLUPDATE", described(engine, call))
    if not call["recording"]:
        return Reply(OK)
    recording.annotate(engine, call)
    return _result(engine, 37)


def stop(engine: Engine, request: Request) -> Reply:
    """The call on a device has ended, and its recording with it."""
    check_values(request)
    call = find(engine, request)
    engine.strike("call")
    if call["recording"]:
        engine.strike("stop")
    recorded = call["recording"]
    _end(engine, call)
    return _result(engine, 13) if recorded else Reply(OK)


def _end(engine: Engine, call: Item) -> None:
    if call["recording"]:
        recording.finish(engine, call)
    engine.store.remove("call", call_key(call["device"], call["instance"]))
    engine.tell("CALLSTOP", described(engine, call))


def listing(engine: Engine, request: Request) -> Reply:
    """The calls that are going on, of a DEVICEID, an AGENTID or a COREIDENT if one is given."""
    check_values(request)
    if request.get("DEVICEID") and not engine.store.find("device", request.get("DEVICEID")):
        raise Refusal(8, f"no device {request.get('DEVICEID')}")
    return engine.gathered(_listed(engine, request), "CALLS", "CALLCOUNT")


def _listed(engine: Engine, request: Request) -> Iterator[tuple[str, Node]]:
    for call in engine.store.items["call"].values():
        values = described(engine, call)
        values["COREIDENT"] = str(engine.core_of(call["device"]))
        wanted = ((name, request.get(name)) for name in ("DEVICEID", "AGENTID", "COREIDENT"))
        if any(value and values[name] != value for name, value in wanted):
            continue
        values["STARTTIME"] = write_time(call["at"], engine.switches)
        values["RECORDING"] = "Y" if call["recording"] else "N"
        found = engine.store.find("recording", call["recording"] or "")
        values["CHANNEL"] = "" if found is None else str(found["channel"])
        yield call["device"], ("CALL", list(values.items()))
