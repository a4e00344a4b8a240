"""Lists that are replaced as a whole: the trunks of an outcall, the users of a group."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import bad_input, field_not_found, written
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.web import Reply, Route


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part."""
    yield Route("PUT", _within("outcalls", "trunks", era), replace_trunks)
    yield Route("PUT", _within("groups", "members/users", era), replace_members)


def _within(kind: str, part: str, era: Era) -> str:
    resource = BY_KIND[kind]
    return f"/{resource.path}/{{{resource.item_hole(era)}}}/{part}"


def _replace(call: Call, link: str, left: Key, rights: list[Key]) -> Reply:
    with call.store.transaction():
        for right in list(call.store.rights(link, left)):
            call.store.unlink(link, left, right)
        for right in rights:
            call.store.link(link, left, right)
    return done()


def _rows(call: Call, name: str) -> list[Item]:
    body = call.body()
    if not isinstance(body, dict) or name not in body:
        raise bad_input(f"{name}: {written(['Missing data for required field.'], call.era)}")
    rows = body[name]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad_input(f"{name}: {written(['Not a valid list.'], call.era)}")
    return rows


def replace_trunks(call: Call) -> Reply:
    """All trunks of an outcall, in their order."""
    outcall = call.key("outcalls", BY_KIND["outcalls"].item_hole(call.era))
    keys: list[Key] = []
    for row in _rows(call, "trunks"):
        if row.get("id") not in call.store.items["trunks"]:
            raise field_not_found(call.era, "trunks", "Trunk", id=row.get("id"))
        keys.append(row["id"])
    return _replace(call, "outcalls-trunks", outcall, keys)


def replace_members(call: Call) -> Reply:
    """All users of a group."""
    group = call.key("groups", BY_KIND["groups"].item_hole(call.era))
    keys: list[Key] = []
    for row in _rows(call, "users"):
        said = row.get("uuid")
        key = call.store.uuids.get(("users", said)) if isinstance(said, str) else None
        if key is None:
            shown_as = _uuid(said)
            raise field_not_found(call.era, "users", "User", uuid=shown_as)
        keys.append(key)
    return _replace(call, "groups-users", group, keys)


def _uuid(said: Any) -> Any:
    try:
        return str(uuid.UUID(said))
    except (ValueError, TypeError, AttributeError):
        return said
