"""What an item looks like from outside: its JSON with what it is associated with, its columns.

Bytes are kept from one request to the next, because a list of 10,000 users is read far more often
than one of them changes. The address in a link is filled in when a reply is sent.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.resources import BY_KIND, Resource
from toolkit.sandbox.xivo.store import Item, Key, Store

BASE = "@@sandbox-base@@"
_BASE = BASE.encode()
_NEIGHBOURS = 3  # a user shows its line's extension: two steps, and one for good measure
FORWARDS = ("busy", "noanswer", "unconditional")
SERVICES = ("dnd", "incallfilter")


@dataclass(slots=True)
class View:
    """An item as it is shown, and its columns for order, filters and search."""

    body: bytes
    columns: dict[str, Any]
    text: str


class Views:
    """Shows the items of a store in the manner of an era."""

    def __init__(self, store: Store, era: Era) -> None:
        self.store = store
        self.era = era
        self._kept: dict[tuple[str, Key], View] = {}
        self._known = {
            kind: {field.name for field in resource.fields if field.there(era)}
            for kind, resource in BY_KIND.items()
        }

    def view(self, kind: str, key: Key) -> View:
        """The view of an item that is there."""
        kept = self._kept.get((kind, key))
        if kept is None:
            shown = self.shown(kind, key)
            columns = self.columns(kind, key)
            names = BY_KIND[kind].search
            text = "\n".join(str(columns[name]) for name in names if columns.get(name) is not None)
            kept = View(json.dumps(shown).encode(), columns, self.folded(text))
            if kind != "incalls":
                self._kept[kind, key] = kept
        return kept

    def refresh(self) -> None:
        """Forget the views of what was changed, and of what shows it."""
        changed, self.store.changed = self.store.changed, []
        if not self._kept or not changed:
            return
        if any(kind in ("incalls", "entities") for kind, _ in changed):
            self._kept.clear()
            return
        seen = set(changed)
        edge = changed
        for _ in range(_NEIGHBOURS):
            edge = [one for place in edge for one in self._neighbours(*place) if one not in seen]
            seen.update(edge)
        for place in seen:
            self._kept.pop(place, None)

    def _neighbours(self, kind: str, key: Key) -> list[tuple[str, Key]]:
        found: list[tuple[str, Key]] = []
        for name, links in self.store.links.items():
            left, right = name.split("-")
            if left == kind:
                found += [(right, other) for other in links.right.get(key, ())]
            if right == kind:
                found += [(left, other) for other in links.left.get(key, ())]
        return found

    def folded(self, text: str) -> str:
        """A text for search: without case, and without accents where the era takes them away."""
        return unaccented(text) if self.era.unaccents else text.lower()

    def address(self, resource: Resource, key: Key) -> str:
        """An item's address, with a mark for the server's."""
        return f"{BASE}/{resource.path}/{self.outer_key(resource, key)}"

    def outer_key(self, resource: Resource, key: Key) -> Key:
        """What an item is called in its path."""
        if resource.by_uuid and self.era.tenants:
            return str(self.store.items[resource.kind][key]["uuid"])
        return key

    def links(self, *places: tuple[str, Key]) -> list[dict[str, str]]:
        """The ``links`` of an item or an association."""
        made = []
        for kind, key in places:
            resource = BY_KIND[kind]
            href, rel = self.address(resource, key), resource.link_rel
            made.append(
                {"rel": rel, "href": href} if self.era.rel_first else {"href": href, "rel": rel}
            )
        return made

    def shown(self, kind: str, key: Key) -> Item:
        """An item as JSON shows it."""
        resource, item = BY_KIND[kind], self.store.items[kind][key]
        shown: Item = {"id": key}
        for hidden in resource.hidden:
            if self.era.tenants:
                shown.pop(hidden, None)
        if resource.has_uuid(self.era):
            shown["uuid"] = item["uuid"]
        first = _FIRST.get(kind)
        if first is not None:
            shown |= first(self, key)
        known = self._known[kind]
        shown |= {name: value for name, value in item.items() if name in known}
        if self.era.tenants and "tenant_uuid" in item:
            shown |= {name: item[name] for name in ("created_at",) if name in item}
            shown["tenant_uuid"] = item["tenant_uuid"]
        shown["links"] = self.links((kind, key))
        embed = _EMBEDDED.get(kind)
        if embed is not None and self.era.embeds:
            shown |= embed(self, key)
        return shown

    def columns(self, kind: str, key: Key) -> dict[str, Any]:
        """The columns that a list can be ordered by or filtered on."""
        item = self.store.items[kind][key]
        columns: dict[str, Any] = {"id": key, **item}
        if kind == "users":
            columns |= self._user_columns(key, item)
        elif kind == "lines":
            columns |= line_fields(self, key)
        elif kind == "incalls":
            columns["user_id"] = item["destination"].get("user_id")
        return columns

    def _user_columns(self, key: Key, item: Item) -> dict[str, Any]:
        store = self.store
        line = store.first("users-lines", key)
        extension = None if line is None else store.first("lines-extensions", line)
        voicemail = store.first("users-voicemails", key)
        entity = store.first("users-entities", key)
        exten: Item = {} if extension is None else store.items["extensions"][extension]
        return {
            "fullname": " ".join(one for one in (item["firstname"], item["lastname"]) if one),
            "line_id": line,
            "protocol": None if line is None else line_fields(self, line)["protocol"],
            "provisioning_code": line and store.items["lines"][line]["provisioning_code"],
            "exten": exten.get("exten"),
            "extension": exten.get("exten"),
            "context": exten.get("context"),
            "agent_id": store.first("users-agents", key),
            "voicemail_number": voicemail and store.items["voicemails"][voicemail]["number"],
            "entity": entity and store.items["entities"][entity]["name"],
        }

    def base(self, kind: str, key: Key, *names: str) -> Item:
        """A short form of an item: some fields and its links."""
        item = self.store.items[kind][key]
        resource = BY_KIND[kind]
        shown: Item = {} if kind == "users" else {"id": key}
        if resource.by_uuid and self.era.tenants:
            shown = {"uuid": item["uuid"]}
        return shown | {name: item.get(name) for name in names} | {"links": self.links((kind, key))}

    def endpoint(self, owner: str, key: Key, kind: str) -> Item | None:
        """The endpoint of a line or trunk."""
        found = self.store.first(f"{owner}-{kind}", key)
        if found is None:
            return None
        names = {"sip": ("name",) if self.era.tenants else ("username",), "custom": ("interface",)}
        return self.base(kind, found, *names.get(kind, ()))

    def extensions(self, link: str, key: Key) -> list[Item]:
        """The extensions of a line, group, incall or outcall."""
        names = ("exten", "context")
        return [self.base("extensions", one, *names) for one in self.store.rights(link, key)]


def unaccented(text: str) -> str:
    """A text without case and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def fill(body: bytes, base: str) -> bytes:
    """The body with the server's address in its links."""
    return body.replace(_BASE, base.encode())


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


def _ivr(views: Views, key: Key) -> Item:
    incalls = [
        views.base("incalls", one)
        for one, incall in views.store.items["incalls"].items()
        if incall["destination"].get("ivr_id") == key
    ]
    return {"incalls": incalls}


def _device_status(views: Views, key: Key) -> Item:
    return {"status": views.store.items["devices"][key]["_status"]}


_FIRST: dict[str, Callable[[Views, Key], Item]] = {"lines": line_fields, "devices": _device_status}
_EMBEDDED: dict[str, Callable[[Views, Key], Item]] = {
    "users": _user, "lines": _line, "extensions": _extension, "voicemails": _voicemail,
    "sip": _endpoint("sip"), "sccp": _endpoint("sccp"), "custom": _endpoint("custom"),
    "groups": _group, "incalls": _incall, "outcalls": _outcall, "trunks": _trunk, "ivr": _ivr,
}  # fmt: skip
