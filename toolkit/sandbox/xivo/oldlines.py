"""lines_sip: a line and its SIP endpoint in one object, from before there were endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.sandbox.xivo.associations import BY_LINK, join
from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.crud import create, forget, update
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import Field, check
from toolkit.sandbox.xivo.refusals import bad_input, not_found, written
from toolkit.sandbox.xivo.resources import BY_KIND
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.web import Reply, Route, json_reply

_OLD_LINE = (
    Field("context", required=True, null=False),
    Field("device_slot", "int", required=True, null=False),
    *(Field(name) for name in ("username", "secret", "callerid", "provisioning_extension")),
)


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part; none in Wazo."""
    if era.tenants:
        return
    old = "/lines_sip"
    yield Route("GET", old, list_old_lines, acl="confd.#")
    yield Route("POST", old, create_old_line, acl="confd.#")
    yield Route("GET", old + "/{line_id}", read_old_line, acl="confd.#")
    yield Route("PUT", old + "/{line_id}", change_old_line, acl="confd.#")
    yield Route("DELETE", old + "/{line_id}", delete_old_line, acl="confd.#")


def _old_line(call: Call, line: Key) -> Item:
    item = call.store.items["lines"][line]
    sip = call.store.first("lines-sip", line)
    if sip is None:
        raise not_found(call.era, "Line", id=line)
    endpoint = call.store.items["sip"][sip]
    name = item["caller_id_name"]
    return {
        "id": line,
        "context": item["context"],
        "username": endpoint["username"],
        "secret": endpoint["secret"],
        "callerid": None if name is None else f'"{name}"',
        "device_slot": item["position"],
        "provisioning_extension": item["provisioning_code"],
        "links": call.views.links(("lines", line)),
    }


def list_old_lines(call: Call) -> Reply:
    """The lines that have a SIP endpoint, in the old shape."""
    keys = [key for key in call.store.items["lines"] if call.store.first("lines-sip", key)]
    return call.list_reply([_old_line(call, key) for key in keys])


def create_old_line(call: Call) -> Reply:
    """A line and its SIP endpoint at once."""
    sent = check(call.body(), _OLD_LINE, call.era, create=True)
    body: Item = {"context": sent["context"], "position": sent["device_slot"]}
    if sent["provisioning_extension"]:
        body["provisioning_code"] = sent["provisioning_extension"]
    line = create(call, BY_KIND["lines"], body)
    named = {name: sent[name] for name in ("username", "secret") if sent[name]}
    sip = create(call, BY_KIND["sip"], named)
    join(BY_LINK["lines-sip"], call, line, sip)
    reply = json_reply(_old_line(call, line), 201)
    reply.headers.append(("Location", call.views.address(BY_KIND["lines"], line)))
    return reply


def read_old_line(call: Call) -> Reply:
    """One line in the old shape."""
    return json_reply(_old_line(call, call.key("lines", "line_id")))


def change_old_line(call: Call) -> Reply:
    """Change a line and its SIP endpoint."""
    line, item = call.item("lines", "line_id")
    _old_line(call, line)
    sent = check(call.body(), _OLD_LINE, call.era, create=False, ignored=("id", "links"))
    names = {"context": "context", "device_slot": "position",
             "provisioning_extension": "provisioning_code"}  # fmt: skip
    body = {own: sent[name] for name, own in names.items() if name in sent}
    update(call, BY_KIND["lines"], line, item, body)
    sip = call.store.first("lines-sip", line)
    named = {name: sent[name] for name in ("username", "secret") if sent.get(name)}
    if sip is not None:
        update(call, BY_KIND["sip"], sip, call.store.items["sip"][sip], named)
    return done()


def delete_old_line(call: Call) -> Reply:
    """Delete a line with its SIP endpoint."""
    line = call.key("lines", "line_id")
    _old_line(call, line)
    if call.store.lefts("users-lines", line):
        raise bad_input(f"line: {written(['is associated with a user'], call.era)}")
    sip = call.store.first("lines-sip", line)
    forget(call, "lines", line)
    if sip is not None:
        forget(call, "sip", sip)
    return done()
