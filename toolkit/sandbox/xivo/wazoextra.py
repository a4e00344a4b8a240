"""What Wazo has beside XiVO's routes: settings, fallbacks, members, schedules and the like.

Kept simply: what was put is what is read. Their models are not those of a real server.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from toolkit.sandbox.xivo.associations import BY_LINK, join
from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.crud import create
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import bad_input, conflict, field_not_found, written
from toolkit.sandbox.xivo.resource import Resource
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.web import Reply, Route, json_reply

_OPTIONS = (
    "asterisk/confbridge/wazo_default_bridge", "asterisk/confbridge/wazo_default_user",
    "asterisk/features/applicationmap", "asterisk/features/featuremap",
    "asterisk/features/general", "asterisk/hep/general", "asterisk/iax/callnumberlimits",
    "asterisk/iax/general", "asterisk/pjsip/global", "asterisk/pjsip/system",
    "asterisk/queues/general", "asterisk/rtp/general", "asterisk/rtp/ice_host_candidates",
    "asterisk/sccp/general", "asterisk/voicemail/general", "asterisk/voicemail/zonemessages",
    "dhcp", "emails", "ha", "localization", "provisioning/networking",
    "recordings/announcements", "voicemails/transcription",
)  # fmt: skip
_FALLBACKS = {
    "users": ("noanswer", "busy", "congestion", "fail"),
    "groups": ("noanswer", "congestion"),
    "queues": ("noanswer", "busy", "congestion", "fail"),
    "callfilters": ("noanswer",),
    "switchboards_": ("noanswer",),
}
# Lists that are replaced as a whole: (kind, part of the path, name in the body).
_REPLACED = (
    ("callfilters", "recipients/users", "users"), ("callfilters", "surrogates/users", "users"),
    ("callpickups", "interceptors/groups", "groups"),
    ("callpickups", "interceptors/users", "users"), ("callpickups", "targets/groups", "groups"),
    ("callpickups", "targets/users", "users"), ("contexts", "contexts", "contexts"),
    ("groups", "members/extensions", "extensions"), ("pagings", "callers/users", "users"),
    ("pagings", "members/users", "users"), ("switchboards_", "members/users", "users"),
    ("users", "groups", "groups"),
)  # fmt: skip
# Pairs that are made and unmade one by one.
_PAIRS = (
    ("agents", "agents_skills", "skills"), ("conferences", "extensions", "extensions"),
    ("parkinglots", "extensions", "extensions"), ("queues", "extensions", "extensions"),
    ("queues", "schedules", "schedules"), ("groups", "schedules", "schedules"),
    ("groups", "callpermissions", "callpermissions"), ("incalls", "schedules", "schedules"),
    ("outcalls", "schedules", "schedules"), ("users", "schedules", "schedules"),
    ("outcalls", "callpermissions", "callpermissions"),
    ("lines", "applications", "applications"), ("queues", "users", "members/users"),
    ("trunks", "endpoints_iax", "endpoints/iax"), ("trunks", "registers_iax", "registers/iax"),
)  # fmt: skip


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part; none before Wazo."""
    if not era.tenants:
        return
    for path in _OPTIONS:
        acl = "confd.asterisk.queue.general" if path == "asterisk/queues/general" else ""
        for verb, handler, action in (("GET", read, "read"), ("PUT", keep, "update")):
            needed = f"{acl}.{action}" if acl else ""
            yield Route(verb, f"/{path}", functools.partial(handler, path), needed)
    for kind, names in _FALLBACKS.items():
        path = f"{_item(BY_KIND[kind], era)}/fallbacks"
        yield Route("GET", path, functools.partial(read_fallbacks, kind, names))
        yield Route("PUT", path, functools.partial(keep_fallbacks, kind, names))
    for kind, part, name in _REPLACED:
        path = f"{_item(BY_KIND[kind], era)}/{part}"
        yield Route("PUT", path, functools.partial(replace, kind, part, name))
    for left, right, part in _PAIRS:
        hole = "{iax_id}" if part == "registers/iax" else "{" + BY_KIND[right].item_hole(era) + "}"
        path = f"{_item(BY_KIND[left], era)}/{part}/{hole}"
        yield Route("PUT", path, functools.partial(pair, left, right, hole[1:-1]))
        yield Route("DELETE", path, functools.partial(unpair, left, right, hole[1:-1]))
    yield Route("PUT", "/users/{user_id}/lines", replace_lines)
    yield Route("POST", "/users/{user_id}/voicemails", create_voicemail)
    yield Route("POST", "/lines/{line_id}/extensions", create_extension)
    yield Route("GET", "/devices/unallocated", list_unallocated)
    yield Route("GET", "/users/subscriptions", count_subscriptions)


def _item(resource: Resource, era: Era) -> str:
    return f"/{resource.path}/{{{resource.item_hole(era)}}}"


def _key(kind: str, call: Call) -> Key:
    return call.key(kind, BY_KIND[kind].item_hole(call.era))


def read(path: str, call: Call) -> Reply:
    """A settings document."""
    return json_reply(call.store.get(f"settings {path}", {"options": {}}))


def keep(path: str, call: Call) -> Reply:
    """Replace a settings document."""
    call.store.set(f"settings {path}", _object(call))
    return done()


def _object(call: Call) -> Item:
    body = call.body()
    if not isinstance(body, dict):
        raise bad_input(f"_schema: {written(['Invalid input type.'], call.era)}")
    return body


def read_fallbacks(kind: str, names: tuple[str, ...], call: Call) -> Reply:
    """Where a call goes when it finds nobody."""
    empty: Item = {f"{name}_destination": None for name in names}
    return json_reply(empty | call.store.get(f"fallbacks {kind} {_key(kind, call)}", {}))


def keep_fallbacks(kind: str, names: tuple[str, ...], call: Call) -> Reply:
    """Change that."""
    body = _object(call)
    known = {f"{name}_destination" for name in names}
    sent = {name: value for name, value in body.items() if name in known}
    call.store.set(f"fallbacks {kind} {_key(kind, call)}", sent)
    return done()


def replace(kind: str, part: str, name: str, call: Call) -> Reply:
    """Replace a list of members."""
    key = _key(kind, call)
    rows = _object(call).get(name)
    if not isinstance(rows, list):
        raise bad_input(f"{name}: {written(['Missing data for required field.'], call.era)}")
    call.store.set(f"members {kind} {key} {part}", rows)
    call.store.put(kind, key, call.store.items[kind][key])  # it may be shown with them
    return done()


def pair(left: str, right: str, hole: str, call: Call) -> Reply:
    """Make a pair."""
    call.store.link(f"{left}-{right}", _key(left, call), call.key(right, hole))
    return done()


def unpair(left: str, right: str, hole: str, call: Call) -> Reply:
    """Unmake a pair."""
    one, other = _key(left, call), call.key(right, hole)
    if other not in call.store.rights(f"{left}-{right}", one):
        titles = BY_KIND[left].title, BY_KIND[right].title
        said = {"left_id": one, "right_id": other}
        raise conflict(call.era, f"{titles[0]} is not associated with {titles[1]}", **said)
    call.store.unlink(f"{left}-{right}", one, other)
    return done()


def replace_lines(call: Call) -> Reply:
    """Replace the lines of a user."""
    user = call.key("users", "user_id")
    rows = _object(call).get("lines")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad_input(f"lines: {written(['Missing data for required field.'], call.era)}")
    for row in rows:
        if row.get("id") not in call.store.items["lines"]:
            raise field_not_found(call.era, "lines", "Line", id=row.get("id"))
    for line in list(call.store.rights("users-lines", user)):
        call.store.unlink("users-lines", user, line)
    for row in rows:
        join(BY_LINK["users-lines"], call, user, row["id"])
    return done()


def create_voicemail(call: Call) -> Reply:
    """A new voicemail for a user: 201."""
    user = call.key("users", "user_id")
    key = create(call, BY_KIND["voicemails"], call.body())
    join(BY_LINK["users-voicemails"], call, user, key)
    return json_reply(call.views.shown("voicemails", key), 201)


def create_extension(call: Call) -> Reply:
    """A new extension for a line: 201."""
    line = call.key("lines", "line_id")
    key = create(call, BY_KIND["extensions"], call.body())
    join(BY_LINK["lines-extensions"], call, line, key)
    return json_reply(call.views.shown("extensions", key), 201)


def list_unallocated(call: Call) -> Reply:
    """The devices that no tenant has."""
    return call.list_reply([])


def count_subscriptions(call: Call) -> Reply:
    """How many users there are of each kind of subscription."""
    counts: dict[int, int] = {}
    for user in call.store.items["users"].values():
        counts[user["subscription_type"]] = counts.get(user["subscription_type"], 0) + 1
    return call.list_reply([{"id": kind, "count": count} for kind, count in sorted(counts.items())])
