"""Recordings: begun when a schedule says so, on a channel that is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity.codes import Refusal
from toolkit.sandbox.uptivity.store import Item

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine


def begin(engine: Engine, call: Item) -> str:
    """Record a call; gives the recording's number.

    Raises
    ------
    Refusal
        2, 3, 18 or 34 if nothing can be recorded now.
    """
    engine.strike("record")
    if not engine.switches.recording_path:
        raise Refusal(18, "no default path for recordings is set")
    store = engine.store
    channel = _free_channel(engine)
    number = str(store.next_number("recording"))
    device = store.find("device", call["device"]) or {}
    store.put("channel", str(channel), {"recording": number})
    store.put(
        "recording",
        number,
        {
            "number": number,
            "device": call["device"],
            "alias": device.get("alias", ""),
            "agent": device.get("agent") or "",
            "channel": channel,
            "at": engine.clock.now,
            "until": None,
            "path": engine.switches.recording_path,
            "fields": call["fields"],
            "lost": False,
        },
    )
    store.put("call", f"{call['device']}\t{call['instance']}", call | {"recording": number})
    engine.tell("RECORDSTART", _told(call, number, channel))
    return number


def _free_channel(engine: Engine) -> int:
    taken = engine.store.items["channel"]
    most, cause = engine.channels
    if (most or cause) and len(taken) >= most:
        raise Refusal(3, f"all {most} channels record", cause)
    return next(number for number in range(1, len(taken) + 2) if str(number) not in taken)


def annotate(engine: Engine, call: Item) -> None:
    """Let the recording have the metadata that its call has now."""
    kept = engine.store.items["recording"][call["recording"]]
    engine.store.put("recording", call["recording"], kept | {"fields": call["fields"]})


def finish(engine: Engine, call: Item) -> None:
    """End the recording of a call and free its channel."""
    number = call["recording"]
    kept = engine.store.items["recording"][number]
    engine.store.put("recording", number, kept | {"until": engine.clock.now})
    engine.store.remove("channel", str(kept["channel"]))
    engine.tell("RECORDSTOP", _told(call, number, kept["channel"]))


def _told(call: Item, number: str, channel: int) -> dict[str, str]:
    return {
        "DEVICEID": call["device"],
        "CALLINSTANCE": call["instance"],
        "RECORDID": number,
        "CHANNEL": str(channel),
    }
