"""Recordings by command: on demand, changed, listed and fetched. The commands' names are ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity import calls, recording
from toolkit.sandbox.uptivity.clock import write_time
from toolkit.sandbox.uptivity.codes import OK, Refusal
from toolkit.sandbox.uptivity.envelope import Node, Reply, Request
from toolkit.sandbox.uptivity.invented import GROUPS
from toolkit.sandbox.uptivity.store import Item
from toolkit.sandbox.uptivity.values import USER_FIELDS, check_values, metadata

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine

MASKS = ("1", "2", "3")
ARCHIVE_ACTIONS = ("1", "2", "3")
_BYTES_A_SECOND = 1625  # of audio, as a codec of 13 kbit/s makes them


def start(engine: Engine, request: Request) -> Reply:
    """Record the call of a device, whatever the schedules say; a filter still forbids it."""
    call = calls.find(engine, request)
    if call["recording"]:
        raise Refusal(1, "the call is recorded already")
    try:
        engine.decide(call)
    except Refusal as refusal:
        if refusal.code != 9:
            raise
    recording.begin(engine, call)
    return Reply(0)


def stop(engine: Engine, request: Request) -> Reply:
    """End the recording; the call goes on."""
    call = calls.find(engine, request)
    if not call["recording"]:
        raise Refusal(12, f"device {call['device']} is not recorded")
    engine.strike("stop")
    recording.finish(engine, call)
    key = calls.call_key(call["device"], call["instance"])
    engine.store.put("call", key, call | {"recording": None})
    return Reply(13)


def update(engine: Engine, request: Request) -> Reply:
    """Change the metadata of a recording by its RECORDID."""
    check_values(request)
    found = _recording(engine, request)
    engine.store.put(
        "recording", found["number"], found | {"fields": found["fields"] | metadata(request)}
    )
    return Reply(37)


def listing(engine: Engine, request: Request) -> Reply:
    """Recordings, newest first: at most COUNT, of a DEVICEID, an AGENTID or a GROUP if given."""
    check_values(request)
    device, agent, group = (request.get(name) for name in ("DEVICEID", "AGENTID", "GROUP"))
    if device and not engine.store.find("device", device):
        raise Refusal(8, f"no device {device}")
    if agent and not engine.store.find("user", agent):
        raise Refusal(24, f"no agent {agent}")
    if group and group.upper() not in GROUPS:
        raise Refusal(27, f"no group {group}")
    wanted = {"device": device, "agent": agent}
    found = [
        one
        for one in engine.store.items["recording"].values()
        if all(not value or one[name] == value for name, value in wanted.items())
        and (not group or one["fields"].get("GATE", "").upper() == group.upper())
    ]
    found.reverse()
    most = int(request.get("COUNT") or 100)
    return engine.gathered(_nodes(engine, found[: max(most, 0)]), "RECORDINGS", "COUNT")


def _nodes(engine: Engine, found: list[Item]) -> Iterator[tuple[str, Node]]:
    for one in found:
        yield one["device"], ("RECORDING", _record(engine, one))


def fetch(engine: Engine, request: Request) -> Reply:
    """One recording by its RECORDID, with a mask by its MASKID if one is given."""
    found = _recording(engine, request)
    mask = request.get("MASKID")
    if mask and mask not in MASKS:
        raise Refusal(56, f"no mask {mask}")
    if found["lost"]:
        raise Refusal(41, f"the file of recording {found['number']} is gone")
    return Reply(OK, data=("RECORDING", _record(engine, found)))


def archive(engine: Engine, request: Request) -> Reply:
    """Give a recording to an archive action."""
    found = _recording(engine, request)
    action = request.get("ARCHIVEACTION")
    if not action:
        raise Refusal(26, "ARCHIVEACTION is missing")
    if action not in ARCHIVE_ACTIONS:
        raise Refusal(59, f"no archive action {action}")
    fields = found["fields"] | {"ARCHIVEACTION": action}
    engine.store.put("recording", found["number"], found | {"fields": fields})
    return Reply(OK)


def _recording(engine: Engine, request: Request) -> Item:
    number = request.get("RECORDID")
    if not number:
        raise Refusal(26, "RECORDID is missing")
    found = engine.store.find("recording", number)
    if found is None:
        raise Refusal(40, f"no recording {number}")
    return found


def _record(engine: Engine, one: Item) -> list[Node]:
    """A recording with the fields, in the mixed case, of the vendor's data type page."""
    fields = one["fields"]
    until = engine.clock.now if one["until"] is None else one["until"]
    seconds = int(until - one["at"])
    start = "" if one["until"] is None else f"{one['path']}\\{one['number']}"
    return [
        ("agent_id", one["agent"]),
        ("ani", fields.get("ANI", "")),
        ("archive_action_id", fields.get("ARCHIVEACTION", "")),
        ("audio_hash", ""),
        ("audio_size", str(seconds * _BYTES_A_SECOND)),
        ("Calldirection", fields.get("CALLDIRECTION", "")),
        ("callid", fields.get("CALLID", "")),
        ("channel", str(one["channel"])),
        ("device_alias", one["alias"]),
        ("device_id", one["device"]),
        ("dnis", fields.get("DNIS", "")),
        ("duration", str(seconds)),
        ("filename", f"{start}.wav" if start else ""),
        ("filename_video", ""),
        ("gate", fields.get("GATE", "")),
        ("globalid", f"{engine.core_of(one['device'])}-{one['number']}"),
        ("Ident", one["number"]),
        ("keepdays", fields.get("KEEPDAYS", "")),
        ("locked", "N"),
        ("listenedto", "N"),
        ("mediaLabel", ""),
        ("overridden", "N"),
        ("priority", "0"),
        ("qa_forms", ""),
        ("qa_group_id", ""),
        ("qa_poss_score", ""),
        ("qa_score", ""),
        ("recording_time", write_time(one["at"], engine.switches)),
        ("recording_type", "CALL"),
        ("screen_capture", "N"),
        ("sgroup", fields.get("SGROUP", "")),
        *((name.lower(), fields.get(name, "")) for name in USER_FIELDS),
        ("video_hash", ""),
        ("video_size", "0"),
        ("wrap_duration", "0"),
    ]
