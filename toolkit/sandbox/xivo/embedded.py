"""What items show of those they are associated with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from toolkit.sandbox.xivo.store import Item, Key

if TYPE_CHECKING:
    from toolkit.sandbox.xivo.views import Views


def line_fields(views: Views, key: Key) -> Item:
    """What a line has by its associations."""
    store, item = views.store, views.store.items["lines"][key]
    name: str | None = None
    protocol: str | None = None
    for kind, field in (("sip", "username"), ("sccp", ""), ("custom", "interface")):
        endpoint = store.first(f"lines-{kind}", key)
        if endpoint is not None:
            protocol = kind
            found = store.items[kind][endpoint]
            extension = store.first("lines-extensions", key)
            if kind != "sccp":
                name = found.get(field) or found.get("name")
            elif extension is not None:
                name = store.items["extensions"][extension]["exten"]
    return {
        "name": name,
        "protocol": protocol,
        "device_id": store.first("lines-devices", key),
        "device_slot": item["position"],
        "provisioning_extension": item["provisioning_code"],
    }


def _user(views: Views, key: Key) -> Item:
    store, item = views.store, views.store.items["users"][key]
    voicemail = store.first("users-voicemails", key)
    incalls = [
        one
        for one, incall in store.items["incalls"].items()
        if incall["destination"].get("type") == "user"
        and incall["destination"].get("user_id") == key
    ]
    shown: Item = {
        "groups": [views.base("groups", one, "name") for one in store.lefts("groups-users", key)],
        "incalls": [
            {"id": one, "extensions": views.extensions("incalls-extensions", one)}
            | {"links": views.links(("incalls", one))}
            for one in incalls
        ],
        "lines": [_user_line(views, one) for one in store.rights("users-lines", key)],
        "forwards": item["_forwards"],
        "services": item["_services"],
        "voicemail": None if voicemail is None else views.base("voicemails", voicemail, "name"),
    }
    if not views.era.tenants:
        return shown
    agent = store.first("users-agents", key)
    before: Item = {
        "agent": None if agent is None else {"id": agent},
        "call_permissions": [
            views.base("callpermissions", one, "name")
            for one in store.rights("users-callpermissions", key)
        ],
        "fallbacks": dict.fromkeys(
            f"{name}_destination" for name in ("noanswer", "busy", "congestion", "fail")
        ),
    }
    after: Item = {"queues": [], "func_key_template_id": store.first("users-templates", key),
             "call_record_enabled": False, "call_pickup_target_users": []}  # fmt: skip
    return before | shown | {"schedules": [], "switchboards": []} | after


def _user_line(views: Views, line: Key) -> Item:
    return {
        "id": line,
        **{f"endpoint_{kind}": views.endpoint("lines", line, kind) for kind in _ENDPOINTS},
        "extensions": views.extensions("lines-extensions", line),
        "links": views.links(("lines", line)),
    }


_ENDPOINTS = ("sip", "sccp", "custom")
_PERSON = ("uuid", "firstname", "lastname")


def _line(views: Views, key: Key) -> Item:
    shown: Item = {f"endpoint_{kind}": views.endpoint("lines", key, kind) for kind in _ENDPOINTS}
    users = [views.base("users", one, *_PERSON) for one in views.store.lefts("users-lines", key)]
    shown |= {"extensions": views.extensions("lines-extensions", key), "users": users}
    return {"application": None} | shown | {"is_webrtc": False} if views.era.tenants else shown


def _extension(views: Views, key: Key) -> Item:
    def owner(kind: str, *names: str) -> Item | None:
        found = next(iter(views.store.lefts(f"{kind}-extensions", key)), None)
        return None if found is None else views.base(kind, found, *names)

    lines = [views.base("lines", one) for one in views.store.lefts("lines-extensions", key)]
    shown: Item = {
        "group": owner("groups", "name"),
        "incall": owner("incalls"),
        "lines": lines,
        "outcall": owner("outcalls", "name"),
    }
    if views.era.tenants:
        return {"conference": None, "parking_lot": None} | shown | {"queue": None}
    return shown


def _endpoint(kind: str) -> Callable[[Views, Key], Item]:
    def embed(views: Views, key: Key) -> Item:
        line = next(iter(views.store.lefts(f"lines-{kind}", key)), None)
        trunk = next(iter(views.store.lefts(f"trunks-{kind}", key)), None)
        shown: Item = {} if kind == "sccp" else {"trunk": trunk and views.base("trunks", trunk)}
        return shown | {"line": line and views.base("lines", line)}

    return embed


def _voicemail(views: Views, key: Key) -> Item:
    users = views.store.lefts("users-voicemails", key)
    return {"users": [views.base("users", one, *_PERSON) for one in users]}


def _group(views: Views, key: Key) -> Item:
    incalls = [
        views.base("incalls", one)
        for one, incall in views.store.items["incalls"].items()
        if incall["destination"].get("group_id") == key
    ]
    users = [views.base("users", one, *_PERSON) for one in views.store.rights("groups-users", key)]
    return {
        "extensions": views.extensions("groups-extensions", key),
        "incalls": incalls,
        "members": {"users": users},
    }


def _outcall(views: Views, key: Key) -> Item:
    trunks = [
        {"id": one, **_trunk_endpoints(views, one), "links": views.links(("trunks", one))}
        for one in views.store.rights("outcalls-trunks", key)
    ]
    return {"trunks": trunks, "extensions": views.extensions("outcalls-extensions", key)}


def _trunk_endpoints(views: Views, key: Key) -> Item:
    return {f"endpoint_{kind}": views.endpoint("trunks", key, kind) for kind in ("sip", "custom")}


def _trunk(views: Views, key: Key) -> Item:
    outcalls = views.store.lefts("outcalls-trunks", key)
    shown = [views.base("outcalls", one, "name") for one in outcalls]
    return _trunk_endpoints(views, key) | {"outcalls": shown}


def _incall(views: Views, key: Key) -> Item:
    return {"extensions": views.extensions("incalls-extensions", key)}


def _context(views: Views, key: Key) -> Item:
    if not views.era.tenants:
        return {}
    return {"contexts": views.store.get(f"members contexts {key} contexts", [])}


def _ivr(views: Views, key: Key) -> Item:
    incalls = [
        views.base("incalls", one)
        for one, incall in views.store.items["incalls"].items()
        if incall["destination"].get("ivr_id") == key
    ]
    return {"incalls": incalls}


def _device_status(views: Views, key: Key) -> Item:
    return {"status": views.store.items["devices"][key]["_status"]}


FIRST: dict[str, Callable[[Views, Key], Item]] = {"lines": line_fields, "devices": _device_status}
EMBEDDED: dict[str, Callable[[Views, Key], Item]] = {
    "users": _user, "lines": _line, "extensions": _extension, "voicemails": _voicemail,
    "contexts": _context,
    "sip": _endpoint("sip"), "sccp": _endpoint("sccp"), "custom": _endpoint("custom"),
    "groups": _group, "incalls": _incall, "outcalls": _outcall, "trunks": _trunk, "ivr": _ivr,
}  # fmt: skip
