"""Associations in the old manner: POST of an id, which gives the association and 201."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from toolkit.sandbox.xivo.associations import (
    BY_LINK,
    Association,
    empty,
    join,
    nothing,
    part,
    read,
    shown,
)
from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import bad_input, field_not_found, written
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Key
from toolkit.sandbox.xivo.web import Reply, Route, json_reply


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part; none in Wazo."""
    if era.tenants:
        return
    yield Route("POST", "/users/{user_id}/lines", add_line)
    yield Route("POST", "/users/{user_id}/voicemail", add_voicemail)
    voicemail = BY_LINK["users-voicemails"]
    yield Route("GET", "/users/{user_id}/voicemail", functools.partial(read, voicemail))
    yield Route("DELETE", "/users/{user_id}/voicemail", functools.partial(empty, voicemail))
    yield Route("POST", "/lines/{line_id}/extensions", add_extension)
    yield Route("POST", "/lines/{line_id}/extension", add_extension, acl="confd.#")
    yield Route("GET", "/lines/{line_id}/extension", first_extension, acl="confd.#")
    yield Route("DELETE", "/lines/{line_id}/extension", drop_extension, acl="confd.#")
    yield Route("GET", "/extensions/{extension_id}/line", first_line, acl="confd.#")


def _sent(call: Call, name: str, kind: str) -> Key:
    """The key that an old POST names in its body."""
    body = call.body()
    if not isinstance(body, dict) or name not in body:
        if call.era.old_messages:
            raise bad_input(f"missing parameters: {name}")
        raise bad_input(f"{name}: {written(['Missing data for required field.'], call.era)}")
    found = body[name]
    if isinstance(found, bool) or not isinstance(found, int):
        raise bad_input(f"{name}: {written(['Not a valid integer.'], call.era)}")
    if found not in call.store.items[kind]:
        raise field_not_found(call.era, name, BY_KIND[kind].title, id=found)
    return found


def _made(one: Association, call: Call, left: Key, right: Key, where: str) -> Reply:
    join(one, call, left, right)
    reply = json_reply(shown(one, call, left, right), 201)
    address = call.views.address(BY_KIND[one.left], left)
    reply.headers.append(("Location", f"{address}/{where}"))
    return reply


def add_line(call: Call) -> Reply:
    """The old POST of a user's line: 201 and the association."""
    user, line = call.key("users", "user_id"), _sent(call, "line_id", "lines")
    return _made(BY_LINK["users-lines"], call, user, line, f"lines/{line}")


def add_voicemail(call: Call) -> Reply:
    """The old POST of a user's voicemail."""
    user, found = call.key("users", "user_id"), _sent(call, "voicemail_id", "voicemails")
    where = f"voicemails?voicemail_id={found}"
    return _made(BY_LINK["users-voicemails"], call, user, found, where)


def add_extension(call: Call) -> Reply:
    """The old POST of a line's extension."""
    line, found = call.key("lines", "line_id"), _sent(call, "extension_id", "extensions")
    return _made(BY_LINK["lines-extensions"], call, line, found, f"extensions/{found}")


def first_extension(call: Call) -> Reply:
    """The old GET of a line's only extension."""
    line = call.key("lines", "line_id")
    found = call.store.first("lines-extensions", line)
    if found is None:
        raise nothing(call, "LineExtension", "line_id", line)
    return json_reply(shown(BY_LINK["lines-extensions"], call, line, found))


def drop_extension(call: Call) -> Reply:
    """The old DELETE of a line's only extension."""
    line = call.key("lines", "line_id")
    found = call.store.first("lines-extensions", line)
    if found is None:
        raise nothing(call, "LineExtension", "line_id", line)
    part(BY_LINK["lines-extensions"], call, line, found)
    return done()


def first_line(call: Call) -> Reply:
    """The old GET of an extension's only line."""
    extension = call.key("extensions", "extension_id")
    line = next(iter(call.store.lefts("lines-extensions", extension)), None)
    if line is None:
        raise nothing(call, "LineExtension", "extension_id", extension)
    return json_reply(shown(BY_LINK["lines-extensions"], call, line, extension))
