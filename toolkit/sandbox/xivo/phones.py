"""What belongs to a user or a device beside items: forwards, services, keys, cti, provisioning."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.crud import check_key
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import KEY_DESTINATIONS, Field, check
from toolkit.sandbox.xivo.refusals import bad_input, not_found, not_positive, written
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.views import FORWARDS, SERVICES
from toolkit.sandbox.xivo.web import Reply, Route, json_reply

_FORWARD = (
    Field("enabled", "bool", null=False),
    Field("destination", length=(0, 128)),
)
_SERVICE = (Field("enabled", "bool", null=False, required=True),)
_CTI = (Field("enabled", "bool", null=False), Field("cti_profile_id", "int"))


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part."""
    user, template = "/users/{user_id}", "/funckeys/templates/{template_id}"
    yield Route("GET", f"{user}/forwards", read_forwards)
    yield Route("PUT", f"{user}/forwards", change_forwards)
    yield Route("GET", f"{user}/forwards/{{forward_name}}", read_forward)
    yield Route("PUT", f"{user}/forwards/{{forward_name}}", change_forward)
    yield Route("GET", f"{user}/services", read_services)
    if era.tenants:
        yield Route("PUT", f"{user}/services", change_services)
    yield Route("GET", f"{user}/services/{{service_name}}", read_service)
    yield Route("PUT", f"{user}/services/{{service_name}}", change_service)
    yield Route("GET", f"{user}/funckeys", read_keys)
    yield Route("PUT", f"{user}/funckeys", change_keys)
    for path, read, change, drop in (
        (user + "/funckeys", read_key, change_key, drop_key),
        (template, read_template_key, change_template_key, drop_template_key),
    ):
        yield Route("GET", f"{path}/{{position}}", read)
        yield Route("PUT", f"{path}/{{position}}", change)
        yield Route("DELETE", f"{path}/{{position}}", drop)
    if era.tenants:
        yield Route("PUT", template, change_template)
    else:
        yield Route("GET", f"{user}/cti", read_cti)
        yield Route("PUT", f"{user}/cti", change_cti)
    yield Route("GET", "/funckeys/destinations", list_destinations)
    yield Route("GET", "/devices/{device_id}/autoprov", reset_device)
    yield Route("GET", "/devices/{device_id}/synchronize", synchronize_device)
    sip = "/associated/endpoints/sip"
    yield Route("GET", f"/users/{{user_uuid}}/lines/main{sip}", main_sip)
    yield Route("GET", f"/users/{{user_uuid}}/lines/{{line_id}}{sip}", line_sip)


def _user(call: Call) -> tuple[Key, Item]:
    return call.item("users", "user_id")


def _save(call: Call, key: Key, item: Item, **changed: Any) -> Reply:
    call.store.put("users", key, item | changed)
    return done()


def read_forwards(call: Call) -> Reply:
    """All three forwards."""
    return json_reply(_user(call)[1]["_forwards"])


def _forward(call: Call, old: Item, body: Any) -> Item:
    sent = check(body, _FORWARD, call.era, create=False)
    new = old | sent
    if new["enabled"] and not new["destination"]:
        said = written(["Missing data for required field."], call.era)
        raise bad_input(f"destination: {said}")
    return new


def change_forwards(call: Call) -> Reply:
    """Several forwards at once."""
    key, item = _user(call)
    body = call.body()
    if not isinstance(body, dict):
        raise bad_input(f"_schema: {written(['Invalid input type.'], call.era)}")
    forwards = dict(item["_forwards"])
    for name in FORWARDS:
        if name in body:
            forwards[name] = _forward(call, forwards[name], body[name])
    return _save(call, key, item, _forwards=forwards)


def _named(call: Call, hole: str, names: tuple[str, ...], title: str) -> str:
    name = str(call.holes[hole])
    if name not in names:
        raise not_found(call.era, title, name=name)
    return name


def read_forward(call: Call) -> Reply:
    """One forward."""
    _, item = _user(call)
    return json_reply(item["_forwards"][_named(call, "forward_name", FORWARDS, "UserForward")])


def change_forward(call: Call) -> Reply:
    """One forward: an enabled one needs a destination."""
    key, item = _user(call)
    name = _named(call, "forward_name", FORWARDS, "UserForward")
    new = _forward(call, item["_forwards"][name], call.body())
    return _save(call, key, item, _forwards=item["_forwards"] | {name: new})


def read_services(call: Call) -> Reply:
    """Both services."""
    return json_reply(_user(call)[1]["_services"])


def change_services(call: Call) -> Reply:
    """Several services at once (Wazo)."""
    key, item = _user(call)
    body = call.body()
    sent = body if isinstance(body, dict) else {}
    new = {
        name: check(sent[name], _SERVICE, call.era, create=True)
        for name in SERVICES
        if name in sent
    }
    return _save(call, key, item, _services=item["_services"] | new)


def read_service(call: Call) -> Reply:
    """One service."""
    _, item = _user(call)
    return json_reply(item["_services"][_named(call, "service_name", SERVICES, "UserService")])


def change_service(call: Call) -> Reply:
    """Switch a service on or off."""
    key, item = _user(call)
    name = _named(call, "service_name", SERVICES, "UserService")
    new = check(call.body(), _SERVICE, call.era, create=True)
    return _save(call, key, item, _services=item["_services"] | {name: new})


def _shown_key(place: str, key: Item) -> Item:
    return {"id": int(place), **key}


def read_keys(call: Call) -> Reply:
    """The function keys of a user: the template's, and the user's own over them."""
    key, item = _user(call)
    template = call.store.first("users-templates", key)
    keys: Item = {}
    if template is not None:
        inherited = call.store.items["templates"][template]["keys"]
        keys = {place: one | {"inherited": True} for place, one in inherited.items()}
    keys |= item["_keys"]
    shown = {place: _shown_key(place, one) for place, one in keys.items()}
    return json_reply({"id": key, "name": None, "keys": shown})


def change_keys(call: Call) -> Reply:
    """All of a user's own keys."""
    key, item = _user(call)
    return _save(call, key, item, _keys=_keys(call))


def _keys(call: Call) -> Item:
    body = call.body()
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, dict):
        raise bad_input(f"keys: {written(['Missing data for required field.'], call.era)}")
    for place in keys:
        if not place.isdigit() or int(place) < 1:
            raise not_positive("position")
    return {place: check_key(call, one) for place, one in keys.items()}


def _place(call: Call) -> str:
    if call.holes["position"] < 1:
        raise not_positive("position")
    return str(call.holes["position"])


def _key(call: Call, keys: Item) -> Reply:
    place = _place(call)
    if place not in keys:
        raise not_found(call.era, "FuncKey", position=int(place))
    return json_reply(_shown_key(place, keys[place]))


def read_key(call: Call) -> Reply:
    """One function key of a user."""
    return _key(call, _user(call)[1]["_keys"])


def change_key(call: Call) -> Reply:
    """Set a function key of a user."""
    key, item = _user(call)
    place = _place(call)
    return _save(call, key, item, _keys=item["_keys"] | {place: check_key(call, call.body())})


def drop_key(call: Call) -> Reply:
    """Take a function key away."""
    key, item = _user(call)
    place = _place(call)
    keys = {one: value for one, value in item["_keys"].items() if one != place}
    return _save(call, key, item, _keys=keys)


def _template(call: Call) -> tuple[Key, Item]:
    return call.item("templates", "template_id")


def change_template(call: Call) -> Reply:
    """Change a template (Wazo)."""
    key, item = _template(call)
    body = call.body()
    changed = {name: body[name] for name in ("name",) if name in body}
    if "keys" in body:
        changed["keys"] = _keys(call)
    call.store.put("templates", key, item | changed)
    return done()


def read_template_key(call: Call) -> Reply:
    """One key of a template."""
    return _key(call, _template(call)[1]["keys"])


def change_template_key(call: Call) -> Reply:
    """Set a key of a template."""
    key, item = _template(call)
    keys = item["keys"] | {_place(call): check_key(call, call.body())}
    call.store.put("templates", key, item | {"keys": keys})
    return done()


def drop_template_key(call: Call) -> Reply:
    """Take a key of a template away."""
    key, item = _template(call)
    place = _place(call)
    keys = {one: value for one, value in item["keys"].items() if one != place}
    call.store.put("templates", key, item | {"keys": keys})
    return done()


def list_destinations(call: Call) -> Reply:
    """What a function key can be for."""
    return call.list_reply([{"type": name, "parameters": []} for name in KEY_DESTINATIONS])


def _cti(call: Call, key: Key, item: Item) -> Item:
    return {"user_id": key, **item["_cti"], "links": call.views.links(("users", key))}


def read_cti(call: Call) -> Reply:
    """Whether a user may use the CTI client (and log in), with which profile."""
    return json_reply(_cti(call, *_user(call)))


def change_cti(call: Call) -> Reply:
    """Let a user use the CTI client; it needs username and password."""
    key, item = _user(call)
    cti = item["_cti"] | check(call.body(), _CTI, call.era, create=False)
    profile = cti["cti_profile_id"]
    if profile is not None and profile not in call.store.items["profiles"]:
        raise not_found(call.era, "CtiProfile", id=profile)
    if cti["enabled"] and not (item["username"] and item["password"]):
        raise bad_input("user must have a username and password to enable a CtiProfile")
    return _save(call, key, item, _cti=cti)


def reset_device(call: Call) -> Reply:
    """Put a device back into autoprov mode: a GET that acts."""
    key, item = call.item("devices", "device_id")
    for line in list(call.store.lefts("lines-devices", key)):
        call.store.unlink("lines-devices", line, key)
    call.store.put("devices", key, item | {"_status": "autoprov"})
    return done()


def synchronize_device(call: Call) -> Reply:
    """Let a device fetch its configuration: a GET that acts."""
    key, item = call.item("devices", "device_id")
    call.store.put("devices", key, item | {"_synchronized": item["_synchronized"] + 1})
    return done()


def _sip_of(call: Call, line: Key | None) -> Reply:
    found = None if line is None else call.store.first("lines-sip", line)
    if found is None or line is None:
        raise not_found(call.era, "LineEndpoint", line_id=line)
    return Reply(200, call.views.view("sip", found).body + b"\n")


def main_sip(call: Call) -> Reply:
    """The SIP endpoint of a user's main line."""
    return _sip_of(call, call.store.first("users-lines", call.key("users", "user_uuid")))


def line_sip(call: Call) -> Reply:
    """The SIP endpoint of one of a user's lines."""
    user, line = call.key("users", "user_uuid"), call.key("lines", "line_id")
    if line not in call.store.rights("users-lines", user):
        said = uuid.UUID(str(call.holes["user_uuid"]))
        raise not_found(call.era, "UserLine", user_uuid=said, line_id=line)
    return _sip_of(call, line)
