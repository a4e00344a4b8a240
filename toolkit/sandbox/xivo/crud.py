"""Create, list, read, update, delete: the same for every resource, with what each adds to it."""

from __future__ import annotations

import functools
import random
import string
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import KEY_DESTINATIONS, check, wrong_destination
from toolkit.sandbox.xivo.listing import asked, check_view
from toolkit.sandbox.xivo.refusals import (
    Refusal,
    bad_input,
    conflict,
    exists,
    field_not_found,
    written,
)
from toolkit.sandbox.xivo.resource import Resource
from toolkit.sandbox.xivo.resources import resources
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.views import FORWARDS, SERVICES
from toolkit.sandbox.xivo.web import Reply, Route

_SUMMARY = ("id", "uuid", "firstname", "lastname", "email", "extension", "context",
            "provisioning_code", "entity", "protocol", "enabled")  # fmt: skip
_DIRECTORY = ("id", "uuid", "line_id", "agent_id", "firstname", "lastname", "email", "exten",
              "mobile_phone_number", "voicemail_number", "userfield", "description",
              "context")  # fmt: skip
USER_VIEWS = {"summary": _SUMMARY, "directory": _DIRECTORY}
_READ_ONLY = ("id", "uuid", "links", "tenant_uuid", "created_at", "groups", "incalls", "lines",
              "forwards", "services", "voicemail", "users", "extensions", "line", "trunk",
              "status", "name", "protocol", "device_id", "device_slot",
              "provisioning_extension", "endpoint_sip", "endpoint_sccp", "endpoint_custom",
              "incall", "outcall", "group", "members", "trunks", "outcalls")  # fmt: skip


def routes(era: Era) -> Iterator[Route]:
    """The routes of every resource."""
    for resource in resources(era):
        collection = f"/{resource.path}"
        item = f"{collection}/{{{resource.item_hole(era)}}}"
        for letter, verb, path, handler in (
            ("L", "GET", collection, list_items),
            ("C", "POST", collection, create_item),
            ("R", "GET", item, read_item),
            ("U", "PUT", item, update_item),
            ("D", "DELETE", item, delete_item),
        ):
            if letter in resource.verbs:
                made = functools.partial(handler, resource)
                yield Route(verb, path, made, lists=letter == "L")
        if resource.verbs == "L":  # what the old framework knows but does not do
            yield Route("POST", collection, _not_done, hidden=True)


def _not_done(call: Call) -> Reply:  # noqa: ARG001 - a handler
    raise Refusal(405, body="")


def list_items(resource: Resource, call: Call) -> Reply:
    """A page of a collection, as bytes that are kept from one request to the next."""
    query, views = call.request.query, call.views
    if resource.kind in ("profiles", "templates"):
        query = {name: value for name, value in query.items() if name not in ("limit", "offset")}
    ask = asked(query, resource, call.era)
    keys, total = call.world.lists.page(resource, ask, query, _tenants(call))
    view = check_view(query, tuple(USER_VIEWS)) if resource.kind == "users" else ""
    if view:
        names = USER_VIEWS[view]
        rows = [views.view("users", key).columns for key in keys]
        return call.list_reply([{name: row.get(name) for name in names} for row in rows], total)
    body = b", ".join([views.view(resource.kind, key).body for key in keys])
    if call.era.total_first:
        return Reply(200, b'{"total": %d, "items": [%b]}\n' % (total, body))
    return Reply(200, b'{"items": [%b], "total": %d}\n' % (body, total))


def _tenants(call: Call) -> set[str] | None:
    """The tenants whose items are listed; None when all items are."""
    if call.tenant is None:
        return None
    if call.request.query.get("recurse", "").lower() == "true":
        return None if call.tenant == call.store.get("tenant") else {call.tenant}
    return None if len(call.store.items["tenants"]) == 1 else {call.tenant}


def read_item(resource: Resource, call: Call) -> Reply:
    """One item."""
    key = call.key(resource.kind, resource.item_hole(call.era))
    return Reply(200, call.views.view(resource.kind, key).body + b"\n")


def create_item(resource: Resource, call: Call) -> Reply:
    """A new item: 201, the whole item, its address."""
    key = create(call, resource, call.body())
    call.views.refresh()
    body = call.views.view(resource.kind, key).body + b"\n"
    return Reply(201, body, headers=[("Location", call.views.address(resource, key))])


def create(call: Call, resource: Resource, body: Any) -> Key:
    """Make an item of what was sent."""
    fields = check(body, resource.fields, call.era, create=True)
    fields = {name: value for name, value in fields.items() if value != ""} | {
        name: None for name, value in fields.items() if value == ""
    }
    add = _ADD.get(resource.kind)
    if add is not None:
        add(call, fields)
    _check_unique(call, resource, fields, None)
    with call.store.transaction():
        return _keep(call, resource, fields)


def _keep(call: Call, resource: Resource, fields: Item) -> Key:
    store = call.store
    number = store.next_key(resource.kind)
    chance = _chance(call, resource.kind, number)
    key: Key = number
    if resource.kind == "devices":
        key = f"{chance.getrandbits(128):032x}"
    if resource.has_uuid(call.era):
        fields["uuid"] = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    if call.era.tenants:
        fields["tenant_uuid"] = call.tenant or store.get("tenant")
        if resource.kind == "users":
            fields["created_at"] = call.world.clock.local(call.world.clock.now)
        if resource.kind == "contexts" and not fields.get("name"):
            fields["name"] = f"ctx-sandbox-{fields['type']}-{fields['uuid']}"
    store.put(resource.kind, key, fields)
    if resource.kind == "users" and store.items["entities"]:
        store.link("users-entities", key, next(iter(store.items["entities"])))
    return key


def _chance(call: Call, kind: str, number: int) -> random.Random:
    return random.Random(f"{call.world.seed} {kind} {number}")  # noqa: S311 - invented, no secret


def update_item(resource: Resource, call: Call) -> Reply:
    """A partial update: 204."""
    key, item = call.item(resource.kind, resource.item_hole(call.era))
    update(call, resource, key, item, call.body())
    return done()


def update(call: Call, resource: Resource, key: Key, item: Item, body: Any) -> None:
    """Change the sent fields of an item; read-only ones may be sent back."""
    sent = check(body, resource.fields, call.era, create=False, ignored=_READ_ONLY)
    sent = {name: None if value == "" else value for name, value in sent.items()}
    changed = item | sent
    ready = _CHANGE.get(resource.kind)
    if ready is not None:
        ready(call, changed)
    _check_unique(call, resource, changed, key)
    call.store.put(resource.kind, key, changed)


def delete_item(resource: Resource, call: Call) -> Reply:
    """Delete an item that nothing needs: 204."""
    key = call.key(resource.kind, resource.item_hole(call.era))
    for link, title, other, own in _NEEDED.get(resource.kind, ()):
        left, _ = link.split("-")
        store = call.store
        found = (store.rights if left == resource.kind else store.lefts)(link, key)
        if found:
            says = f"{own} is associated with a {title}"
            ids = {other: next(iter(found)), _ID[resource.kind]: key}
            raise conflict(call.era, says, **ids)
    forget(call, resource.kind, key)
    return done()


def forget(call: Call, kind: str, key: Key) -> None:
    """Take an item away with all its associations."""
    store = call.store
    with store.transaction():
        for name in list(store.links):
            left, right = name.split("-")
            if left == kind:
                for other in list(store.rights(name, key)):
                    store.unlink(name, key, other)
            if right == kind:
                for other in list(store.lefts(name, key)):
                    store.unlink(name, other, key)
        store.remove(kind, key)


def _check_unique(call: Call, resource: Resource, fields: Item, key: Key | None) -> None:
    for names in resource.unique:
        holder = call.store.holder(resource.kind, names, fields)
        if holder is not None and holder != key:
            raise exists(call.era, resource.title, **{name: fields[name] for name in names})


def _add_user(call: Call, fields: Item) -> None:  # noqa: ARG001 - as the others
    fields.update(_hidden_of_a_user())
    if not fields["caller_id"]:
        name = " ".join(one for one in (fields["firstname"], fields["lastname"]) if one)
        fields["caller_id"] = f'"{name}"'


def _hidden_of_a_user() -> Item:
    return {
        "_forwards": {name: {"enabled": False, "destination": None} for name in FORWARDS},
        "_services": {name: {"enabled": False} for name in SERVICES},
        "_cti": {"enabled": False, "cti_profile_id": None},
        "_keys": {},
    }


def _add_line(call: Call, fields: Item) -> None:
    _check_line(call, fields)
    if fields["provisioning_code"] is None:
        number = int(call.store.get("serial lines", 0)) + 1
        fields["provisioning_code"] = str(100000 + (number * 48271 + call.world.seed) % 900000)


def _check_line(call: Call, fields: Item) -> None:
    _need_context(call, fields)
    registrar = fields["registrar"]
    if registrar not in (None, "default"):
        raise field_not_found(call.era, "registrar", "Registrar", registrar=registrar)


def _need_context(call: Call, fields: Item) -> Item:
    name = fields["context"]
    for context in call.store.items["contexts"].values():
        if context["name"] == name:
            return context
    raise field_not_found(call.era, "context", "Context", name=name)


def _check_extension(call: Call, fields: Item) -> None:
    context = _need_context(call, fields)
    exten = fields["exten"]
    ranges = [
        (one["start"], one.get("end") or one["start"])
        for name in ("user", "group", "queue", "conference_room", "incall")
        for one in context[f"{name}_ranges"]
    ]
    if context["type"] == "outcall" or exten.startswith(("_", "*")):
        return
    if not any(
        len(exten) == len(start) and exten.isdigit() and start <= exten <= end
        for start, end in ranges
    ):
        raise bad_input(
            f"Extension '{exten}' is outside of range for context '{fields['context']}'"
        )


def _check_voicemail(call: Call, fields: Item) -> None:
    _need_context(call, fields)


def _add_sip(call: Call, fields: Item) -> None:
    number = int(call.store.get("serial sip", 0)) + 1
    chance = _chance(call, "sip secrets", number)
    letters = string.ascii_lowercase + string.digits
    for name in ("name",) if call.era.tenants else ("username", "secret"):
        if fields[name] is None:
            fields[name] = "".join(chance.choices(letters, k=8))


def _add_device(call: Call, fields: Item) -> None:  # noqa: ARG001 - as the others
    fields["_status"] = "not_configured"
    fields["_synchronized"] = 0


def _check_incall(call: Call, fields: Item) -> None:
    destination = fields["destination"]
    kind = {"user": "users", "group": "groups", "voicemail": "voicemails", "ivr": "ivr"}
    name = destination["type"]
    if name in kind:
        said = destination.get(f"{name}_id")
        if said not in call.store.items[kind[name]]:
            title = "IVR" if name == "ivr" else name.title()
            raise field_not_found(call.era, f"destination.{name}_id", title, id=said)
    if name == "user":
        user = call.store.items["users"][destination["user_id"]]
        fields["destination"] = {
            "ring_time": destination.get("ring_time"),
            "user_id": destination["user_id"],
            "user_firstname": user["firstname"],
            "user_lastname": user["lastname"],
            "type": "user",
        }


def check_key(call: Call, key: Any) -> Item:
    """A function key that was sent, with its defaults."""
    if not isinstance(key, dict):
        raise bad_input(f"_schema: {written(['Invalid input type.'], call.era)}")
    said = wrong_destination(key.get("destination"), KEY_DESTINATIONS)
    if "destination" not in key:
        said = ["Missing data for required field."]
    if said is not None:
        raise bad_input(f"destination: {written(said, call.era)}")
    defaults = {"label": None, "blf": True, "inherited": False}
    return defaults | {name: key[name] for name in ("label", "blf", "destination") if name in key}


def _add_template(call: Call, fields: Item) -> None:
    keys = fields["keys"] or {}
    fields["keys"] = {str(int(place)): check_key(call, key) for place, key in keys.items()}


_Ready = Callable[[Call, Item], None]
_ADD: dict[str, _Ready] = {
    "users": _add_user, "lines": _add_line, "extensions": _check_extension,
    "voicemails": _check_voicemail, "sip": _add_sip, "devices": _add_device,
    "incalls": _check_incall, "templates": _add_template,
}  # fmt: skip
_CHANGE: dict[str, _Ready] = {
    "lines": _check_line, "extensions": _check_extension, "voicemails": _check_voicemail,
    "incalls": _check_incall,
}  # fmt: skip
_ID = {
    "users": "user_id", "lines": "line_id", "extensions": "extension_id", "sip": "endpoint_id",
    "sccp": "endpoint_id", "custom": "endpoint_id", "voicemails": "voicemail_id",
    "devices": "device_id", "trunks": "trunk_id",
}  # fmt: skip
# What must be dissociated before an item can go: (link, the other's title and id, own title).
_NEEDED = {
    "users": (("users-voicemails", "Voicemail", "voicemail_id", "User"),
              ("users-lines", "Line", "line_id", "User")),
    "lines": (("users-lines", "User", "user_id", "Line"),
              ("lines-extensions", "Extension", "extension_id", "Line")),
    "extensions": (("lines-extensions", "Line", "line_id", "Extension"),
                   ("groups-extensions", "Group", "group_id", "Extension"),
                   ("incalls-extensions", "Incall", "incall_id", "Extension"),
                   ("outcalls-extensions", "Outcall", "outcall_id", "Extension")),
    "voicemails": (("users-voicemails", "User", "user_id", "Voicemail"),),
    "devices": (("lines-devices", "Line", "line_id", "Device"),),
    **{kind: ((f"lines-{kind}", "Line", "line_id", "Endpoint"),) for kind in ("sip", "sccp")},
    "custom": (("lines-custom", "Line", "line_id", "Endpoint"),
               ("trunks-custom", "Trunk", "trunk_id", "Endpoint")),
}  # fmt: skip
