"""What a new server begins with: contexts, an entity, profiles, devices, and invented people."""

from __future__ import annotations

import random
import uuid
from typing import Any

from toolkit.sandbox.xivo.call import World
from toolkit.sandbox.xivo.fields import check
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.views import FORWARDS, SERVICES

# The user with a login of their own.
USER, USER_PASSWORD = "alice", "amber-lamp"

# Few enough that many share a name: paging by it must be able to go wrong.
_FIRST = ("Alice", "Bob", "Chloé", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Inès", "Jonas",
          "Katja", "Liam", "Maya", "Noah", "Olga", "Pavel", "Quentin", "Rosa", "Søren", "Tara",
          "Umar", "Véra", "Wendy", "Xavier", "Yara", "Zoé")  # fmt: skip
_LAST = ("Martin", "Lefèvre", "Durand", "Novak", "Silva", "Okafor", "Lindqvist", "Tanaka",
         "Moreau", "Haddad", "Peeters", "Ivanova", "Costa", "Byrne", "Schmidt", "Tremblay",
         "Gagnon", "Roy", "Côté", "Bouchard", "Gauthier", "Morin", "Lavoie", "Fortin", "Gagné",
         "Ouellet", "Pelletier", "Bélanger", "Lévesque", "Bergeron")  # fmt: skip
_PROFILES = ("Supervisor", "Agent", "Client", "Switchboard")
_CONTEXTS: tuple[dict[str, Any], ...] = (
    {
        "name": "default", "label": "Default", "type": "internal", "description": "",
        "user_ranges": [{"start": "1000", "end": "1999"}, {"start": "10000", "end": "49999"}],
        "group_ranges": [{"start": "2000", "end": "2999"}],
        "queue_ranges": [{"start": "3000", "end": "3999"}],
        "conference_room_ranges": [{"start": "4000", "end": "4999"}],
    },
    {
        "name": "from-extern", "label": "Incalls", "type": "incall", "description": "",
        "incall_ranges": [{"start": "1000", "end": "9999", "did_length": 0}],
    },
    {"name": "to-extern", "label": "Outcalls", "type": "outcall", "description": ""},
)  # fmt: skip
_DEVICES = 3


def begin(world: World, users: int) -> None:
    """Fill a new store."""
    store = world.store
    chance = random.Random(f"{world.seed} begin")  # noqa: S311 - invented, no secret
    with store.transaction():
        store.set("seed", world.seed)
        store.set("uuid", _uuid(chance))
        store.set("live_reload", value=True)
        tenants = [_uuid(chance), _uuid(chance)]
        store.set("tenant", tenants[0])
        for number, (name, one) in enumerate(zip(("master", "branch"), tenants, strict=True), 1):
            store.put("tenants", number, {"uuid": one, "name": name, "parent": tenants[0]})
        if not world.era.tenants:
            _put(world, "entities", {"name": "sandbox", "display_name": "Sandbox"})
            for name in _PROFILES:
                _put(world, "profiles", {"name": name})
        for context in _CONTEXTS:
            _put(world, "contexts", context)
        for number in range(1, _DEVICES + 1):
            _device(world, number, chance)
        for number in (1, 2):
            store.put("agents", store.next_key("agents"), {"name": f"agent {number}"})
            store.put("queues", store.next_key("queues"), {"name": f"queue {number}"})
        if users and not world.era.tenants:
            store.put("switchboards", 1, {"display_name": "Front desk"})
        for number in range(1, users + 1):
            _user(world, number, chance)


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _put(world: World, kind: str, fields: Item) -> Key:
    resource = BY_KIND[kind]
    item = check(fields, resource.fields, world.era, create=True)
    number = world.store.next_key(kind)
    if resource.has_uuid(world.era):
        item["uuid"] = _uuid(random.Random(f"{world.seed} {kind} {number}"))  # noqa: S311
    if world.era.tenants:
        item["tenant_uuid"] = world.store.get("tenant")
    world.store.put(kind, number, item)
    return number


def _device(world: World, number: int, chance: random.Random) -> None:
    item = dict.fromkeys(field.name for field in BY_KIND["devices"].fields)
    item |= {
        "ip": f"10.0.0.{number}", "mac": f"00:11:22:33:44:{number:02x}", "plugin": "null",
        "vendor": "Aastra", "model": "6731i", "version": "3.2.2", "_status": "autoprov",
        "_synchronized": 0,
    }  # fmt: skip
    world.store.put("devices", f"{chance.getrandbits(128):032x}", item)


def _user(world: World, number: int, chance: random.Random) -> None:
    store = world.store
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    fields = _blank(world) | {
        "firstname": first, "lastname": last, "caller_id": f'"{first} {last}"',
        "email": f"person{number}@example.org", "uuid": _uuid(chance),
        "_cti": {"enabled": False, "cti_profile_id": None}, "_keys": {},
    }  # fmt: skip
    if chance.random() < 0.3:
        fields["mobile_phone_number"] = f"+1555{chance.randrange(10**7):07d}"
    if number == 1:
        fields |= {"firstname": "Alice", "username": USER, "password": USER_PASSWORD}
        fields |= {"caller_id": f'"Alice {last}"', "_cti": {"enabled": True, "cti_profile_id": 3}}
    key = store.next_key("users")
    store.put("users", key, fields)
    entity = next(iter(store.items["entities"]), None)
    if entity is not None:
        store.link("users-entities", key, entity)


def _blank(world: World) -> Item:
    fields = [field for field in BY_KIND["users"].fields if field.there(world.era)]
    item: Item = {field.name: field.default for field in fields}
    item["_forwards"] = {name: {"enabled": False, "destination": None} for name in FORWARDS}
    item["_services"] = {name: {"enabled": False} for name in SERVICES}
    if world.era.tenants:
        item["tenant_uuid"] = world.store.get("tenant")
        item["created_at"] = world.clock.local(world.clock.now)
    return item
