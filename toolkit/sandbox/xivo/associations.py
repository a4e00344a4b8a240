"""Associations: one table of what goes with what, and the order in which it must be made.

An endpoint comes before extensions and users, as on a real server, or the answer is 400; what is
associated already is 400 too (seen from xivo-confd 16.15).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import (
    conflict,
    not_found,
)
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.web import Reply, Route, json_reply


@dataclass(frozen=True, slots=True)
class Association:
    """Two kinds that go together.

    Attributes
    ----------
    left, right
        Kinds; the path begins with the left one.
    title, other
        What messages call the two.
    part
        The right part of the path, if it is not that of the right kind.
    ids
        Names of the two ids in the JSON.
    single
        The left one has one at most: ``"refuse"`` a second, ``"replace"`` it, or ``""``.
    lone
        The right one belongs to one left one at most.
    reads
        Whether there is a list of it: ``"list"``, ``"one"`` (an object, 404 if none) or ``""``.
    back
        The right kind's own list of it, if there is one.
    empties
        ``DELETE`` of the whole list.
    """

    left: str
    right: str
    title: str
    other: str
    ids: tuple[str, str]
    part: str = ""
    single: str = ""
    lone: bool = False
    reads: str = ""
    back: str = ""
    empties: bool = False

    @property
    def link(self) -> str:
        """The name of its links in the store."""
        return f"{self.left}-{self.right}"

    @property
    def rights(self) -> str:
        """The right part of the path."""
        return self.part or BY_KIND[self.right].path


def _endpoint(owner: str, title: str, kind: str) -> Association:
    return Association(
        owner, kind, title, "Endpoint", (f"{owner.rstrip('s')}_id", "endpoint_id"),
        single="refuse", lone=True, reads="one", back=owner,
    )  # fmt: skip


TABLE = (
    Association("users", "lines", "User", "Line", ("user_id", "line_id"), reads="list",
                back="users"),
    Association("users", "voicemails", "User", "Voicemail", ("user_id", "voicemail_id"),
                single="refuse", reads="one", back="users", empties=True),
    Association("users", "callpermissions", "User", "CallPermission",
                ("user_id", "call_permission_id"), reads="list", back="users"),
    Association("users", "agents", "User", "Agent", ("user_id", "agent_id"), single="replace",
                reads="one", empties=True),
    Association("users", "entities", "User", "Entity", ("user_id", "entity_id"),
                single="replace", reads="one"),
    Association("users", "templates", "User", "FuncKeyTemplate", ("user_id", "template_id"),
                single="replace", reads="list", back="users"),
    Association("lines", "extensions", "Line", "Extension", ("line_id", "extension_id"),
                reads="list", back="lines"),
    Association("lines", "devices", "Line", "Device", ("line_id", "device_id"), single="refuse",
                reads="one", back="lines"),
    *(_endpoint("lines", "Line", kind) for kind in ("sip", "sccp", "custom")),
    *(_endpoint("trunks", "Trunk", kind) for kind in ("sip", "custom")),
    *(
        Association(kind, "extensions", title, "Extension", (f"{title.lower()}_id",
                                                             "extension_id"), lone=True)
        for kind, title in (("groups", "Group"), ("incalls", "Incall"), ("outcalls", "Outcall"))
    ),
)  # fmt: skip
BY_LINK = {one.link: one for one in TABLE}
_EMPTIED = {"users-voicemails", "users-agents"}  # the whole list is deleted, not one of it


def routes(era: Era) -> Iterator[Route]:
    """The routes of every association that the era has."""
    for one in TABLE:
        left, right = BY_KIND[one.left], BY_KIND[one.right]
        if not left.there(era) or (not right.there(era) and one.right != "agents"):
            continue
        item = f"/{left.path}/{{{left.item_hole(era)}}}"
        lists = f"{item}/{one.rights}"
        both = f"{lists}/{{{right.item_hole(era)}}}"
        yield Route("PUT", both, functools.partial(associate, one))
        if (one.link not in _EMPTIED and one.single != "replace") or one.right == "templates":
            yield Route("DELETE", both, functools.partial(dissociate, one))
        if one.empties:
            yield Route("DELETE", lists, functools.partial(empty, one))
        if one.reads and (not era.tenants or one.right in ("devices", "templates", "voicemails")):
            yield Route("GET", lists, functools.partial(read, one))
        if one.back and (not era.tenants or one.right in ("devices", "templates")):
            path = f"/{right.path}/{{{right.item_hole(era)}}}/{one.back}"
            yield Route("GET", path, functools.partial(read_back, one))


def _ends(one: Association, call: Call) -> tuple[Key, Key]:
    """The keys of both; each is 404 if it is not there."""
    left, right = BY_KIND[one.left], BY_KIND[one.right]
    return (
        call.key(one.left, left.item_hole(call.era)),
        call.key(one.right, right.item_hole(call.era)),
    )


def _said(one: Association, left: Key, right: Key) -> dict[str, Any]:
    said: dict[str, Any] = {one.ids[1]: right, one.ids[0]: left}
    if one.other == "Endpoint":
        said["endpoint"] = one.right
    return said


def associate(one: Association, call: Call) -> Reply:
    """PUT of both: 204."""
    left, right = _ends(one, call)
    value = _outcall_extension(call) if one.link == "outcalls-extensions" else None
    join(one, call, left, right, value)
    return done()


def join(one: Association, call: Call, left: Key, right: Key, value: Item | None = None) -> None:
    """Make an association, or refuse it."""
    store, era = call.store, call.era
    rule = _RULES.get(one.link)
    if rule is not None:
        rule(call, left, right)
    held = _held(one, call, left)
    if right in store.rights(one.link, left) or (held is not None and one.single == "refuse"):
        twice = right if right in store.rights(one.link, left) or held is None else held
        says = f"{one.title} is associated with a {one.other}"
        if one.single == "replace":
            return
        raise conflict(era, says, **_said(one, left, twice))
    if one.lone and store.lefts(one.link, right):
        says = f"{one.other} is associated with a {one.title}"
        raise conflict(era, says, **_said(one, next(iter(store.lefts(one.link, right))), right))
    if one.single == "replace":
        for other in list(store.rights(one.link, left)):
            store.unlink(one.link, left, other)
    store.link(one.link, left, right, value)
    after = _AFTER.get(one.link)
    if after is not None:
        after(call, left, right)


def _held(one: Association, call: Call, left: Key) -> Key | None:
    """What a left one has already, of any kind of endpoint."""
    if one.other != "Endpoint":
        return call.store.first(one.link, left)
    kinds = ("sip", "sccp", "custom")
    found = (call.store.first(f"{one.left}-{kind}", left) for kind in kinds)
    return next((key for key in found if key is not None), None)


def dissociate(one: Association, call: Call) -> Reply:
    """DELETE of both: 204."""
    left, right = _ends(one, call)
    if right not in call.store.rights(one.link, left):
        says = f"{one.title} is not associated with {one.other}"
        raise conflict(call.era, says, **_said(one, left, right))
    _check_free(one, call, left)
    part(one, call, left, right)
    return done()


def part(one: Association, call: Call, left: Key, right: Key) -> None:
    """Take an association away."""
    call.store.unlink(one.link, left, right)
    if one.right == "devices":
        _set_status(call, right, "autoprov")


def _check_free(one: Association, call: Call, left: Key) -> None:
    """An endpoint stays while its line has an extension or a user."""
    if one.left != "lines" or one.other != "Endpoint":
        return
    for found, title, name in (
        (call.store.rights("lines-extensions", left), "Extension", "extension_id"),
        (call.store.lefts("users-lines", left), "User", "user_id"),
    ):
        if found:
            says = f"Line is associated with a {title}"
            raise conflict(call.era, says, **{name: next(iter(found)), "line_id": left})


def empty(one: Association, call: Call) -> Reply:
    """DELETE of the whole list: 204."""
    left = call.key(one.left, BY_KIND[one.left].item_hole(call.era))
    for right in list(call.store.rights(one.link, left)):
        part(one, call, left, right)
    return done()


def read(one: Association, call: Call) -> Reply:
    """What a left one is associated with."""
    left = call.key(one.left, BY_KIND[one.left].item_hole(call.era))
    if one.right == "voicemails" and call.era.tenants:
        found = call.store.rights(one.link, left)
        return call.list_reply([call.views.shown("voicemails", key) for key in found])
    rows = [shown(one, call, left, right) for right in call.store.rights(one.link, left)]
    if one.reads == "list":
        return call.list_reply(rows)
    if not rows:
        title = f"{one.title}{one.other}".replace("Endpoint", "EndpointSip")
        raise nothing(call, title, one.ids[0], left)
    return json_reply(rows[0])


def read_back(one: Association, call: Call) -> Reply:
    """What a right one is associated with: an object for an endpoint, else a list."""
    right = call.key(one.right, BY_KIND[one.right].item_hole(call.era))
    rows = [shown(one, call, left, right) for left in call.store.lefts(one.link, right)]
    if one.other != "Endpoint":
        return call.list_reply(rows)
    if not rows:
        raise nothing(call, f"{one.title}Endpoint", "endpoint_id", right)
    return json_reply(rows[0])


def nothing(call: Call, title: str, name: str, key: Key) -> Exception:
    """404 for an association that is not there."""
    return not_found(call.era, title, **{name: key})


def shown(one: Association, call: Call, left: Key, right: Key) -> Item:
    """An association as JSON shows it."""
    row: Item = {one.ids[0]: left, one.ids[1]: right}
    if one.other == "Endpoint":
        row["endpoint"] = one.right
    if one.link == "users-lines":
        row["main_user"] = next(iter(call.store.lefts(one.link, right))) == left
        row["main_line"] = next(iter(call.store.rights(one.link, left))) == right
    ends: tuple[tuple[str, Key], ...] = ((one.left, left), (one.right, right))
    if one.link in ("users-lines", "users-voicemails"):
        ends = ends[::-1]
    row["links"] = call.views.links(*(end for end in ends if end[0] != "agents"))
    return row


def _need_endpoint(call: Call, line: Key) -> None:
    if all(call.store.first(f"lines-{kind}", line) is None for kind in ("sip", "sccp", "custom")):
        raise conflict(call.era, "Line must be associated with a Endpoint", line_id=line)


def _before_user(call: Call, user: Key, line: Key) -> None:  # noqa: ARG001 - as the others
    _need_endpoint(call, line)


def _before_extension(call: Call, line: Key, extension: Key) -> None:  # noqa: ARG001
    _need_endpoint(call, line)


def _before_device(call: Call, line: Key, device: Key) -> None:  # noqa: ARG001
    _need_endpoint(call, line)
    if call.store.first("lines-extensions", line) is None:
        raise conflict(call.era, "Line must be associated with a Extension", line_id=line)


def _name_caller(call: Call, line: Key) -> None:
    """A line is named after its first user, and numbered by its first extension."""
    item = call.store.items["lines"][line]
    user = next(iter(call.store.lefts("users-lines", line)), None)
    extension = call.store.first("lines-extensions", line)
    if user is None:
        return
    changed = item | {"caller_id_name": call.store.items["users"][user]["caller_id"].split('"')[1]}
    if extension is not None:
        changed["caller_id_num"] = call.store.items["extensions"][extension]["exten"]
    call.store.put("lines", line, changed)


def _after_user(call: Call, user: Key, line: Key) -> None:  # noqa: ARG001 - as the others
    _name_caller(call, line)


def _after_extension(call: Call, line: Key, extension: Key) -> None:  # noqa: ARG001
    _name_caller(call, line)


def _after_device(call: Call, line: Key, device: Key) -> None:  # noqa: ARG001 - as the others
    _set_status(call, device, "configured")


def _set_status(call: Call, device: Key, status: str) -> None:
    call.store.put("devices", device, call.store.items["devices"][device] | {"_status": status})


_Rule = Callable[[Call, Key, Key], None]
_RULES: dict[str, _Rule] = {
    "users-lines": _before_user,
    "lines-extensions": _before_extension,
    "lines-devices": _before_device,
}
_AFTER: dict[str, _Rule] = {
    "users-lines": _after_user,
    "lines-extensions": _after_extension,
    "lines-devices": _after_device,
}


def _outcall_extension(call: Call) -> Item:
    body = call.body() if call.request.body else {}
    names = ("prefix", "external_prefix", "strip_digits", "caller_id")
    return {name: body[name] for name in names if isinstance(body, dict) and name in body}
