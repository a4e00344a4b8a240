"""Finds the device that a request is about, by any of the names it may be given."""

from __future__ import annotations

from toolkit.sandbox.uptivity.codes import Refusal
from toolkit.sandbox.uptivity.envelope import Request
from toolkit.sandbox.uptivity.store import Item, Store

# API Server Commands: at least one of these names the device.
NAMES = ("DEVICEID", "STATIONNAME", "DEVICEALIAS", "SYS_USER", "CRM_USER")


def device_of(store: Store, request: Request) -> Item:
    """The device that a request names.

    DEVICEID comes first, then STATIONNAME; beside a DEVICEID it gives the device another station.
    An agent's names count when the device has an agent.

    Raises
    ------
    Refusal
        5 or 26 if nothing is named, 8 if there is no such device or station, 22 if the names
        belong to different devices, 24 if no agent has the name, 25 if the agent is not active.
    """
    if not any(request.get(name) for name in NAMES):
        if [name for name in NAMES if name in request.values] == ["DEVICEALIAS"]:
            raise Refusal(5, "DEVICEALIAS is blank")
        raise Refusal(26, f"one of {', '.join(NAMES)} must be given")
    device = _by_phone(store, request)
    for name in NAMES[2:]:
        if not request.get(name):
            continue
        try:
            found = _by_agent(store, name, request.get(name))
        except Refusal:
            if device is None:
                raise
            continue  # beside a device that is known it is no more than a remark
        if device is not None and found["id"] != device["id"]:
            raise Refusal(22, f"{name} belongs to device {found['id']}, not {device['id']}")
        device = found
    if device is None:  # pragma: no cover - one of the names was given
        raise Refusal(8, "no device")
    return device


def _by_phone(store: Store, request: Request) -> Item | None:
    number, station = request.get("DEVICEID"), request.get("STATIONNAME")
    if number:
        device = store.find("device", number)
        if device is None:
            raise Refusal(8, f"no device {number}")
        if station:
            seat(store, station, number)
        return device
    if not station:
        return None
    found = store.find("station", station.lower())
    device = None if found is None else store.find("device", found["device"])
    if device is None:
        raise Refusal(8, f"no device at station {station}")
    return device


def seat(store: Store, station: str, device: str) -> None:
    """Put a device at a station; it leaves the one where it was."""
    kept = station_of(store, device)
    if kept.lower() == station.lower():
        return
    if kept:
        store.remove("station", kept.lower())
    store.put("station", station.lower(), {"name": station, "device": device})


def station_of(store: Store, device: str) -> str:
    """COMPUTERNAME of the station where a device is, or empty."""
    found = store.having("station", "device", device)
    return str(found[0]["name"]) if found else ""


def _by_agent(store: Store, name: str, value: str) -> Item:
    if name == "DEVICEALIAS":
        devices = store.having("device", "alias", value)
        users = [store.find("user", device["agent"] or "") for device in devices]
        found = [user for user in users if user is not None]
    else:
        if name == "SYS_USER":
            value = value.rpartition("\\")[2]  # the domain may stand before it
        found = store.having("user", name.lower(), value)
        devices = [
            one for user in found for one in store.having("device", "agent", user["user_id"])
        ]
    if len({user["user_id"] for user in found}) > 1 or len(devices) > 1:
        raise Refusal(22, f"{name} {value} is not unique")
    if not found or not devices:
        raise Refusal(24, f"no device has an agent with {name} {value}")
    check_active(found[0])
    return devices[0]


def check_active(user: Item) -> None:
    """Refuse (25) an agent who is not active."""
    if user["status"] != "A":
        raise Refusal(25, f"agent {user['username']} is not active")
