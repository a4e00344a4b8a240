"""The rest of confd: what the server is, its settings, its call logs, queues and old lines."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
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

_CSV = "text/csv; charset=utf-8"
_LOG_HEADER = ("Call Date", "Caller", "Called", "Period", "user Field")
_STATS_HEADER = ("date", "entered", "answered", "transferred", "abandoned", "forwarded",
                 "waiting_time_average")  # fmt: skip
_LOG_DAYS = 30
_SIP_GENERAL = {
    "bindport": "5060", "udpbindaddr": "0.0.0.0", "transport": "udp", "nat": "no",  # noqa: S104
    "language": "fr_FR", "allowguest": "no", "directmedia": "no", "dtmfmode": "rfc2833",
    "qualify": "no", "realm": "xivo", "useragent": "XiVO PBX", "session-expires": "600",
}  # fmt: skip
_RELOAD = (Field("enabled", "bool", required=True, null=False),)
_WIZARD = (
    *(Field(name, required=True, null=False)
      for name in ("admin_password", "timezone", "entity_name")),
    Field("license", "bool", required=True, null=False),
    *(Field(name, "dict", required=True, null=False) for name in ("network", "context_internal")),
)  # fmt: skip
_MEMBER = (
    Field("agent_id", "int", required=True, null=False),
    Field("penalty", "int", 0, null=False),
)
_OLD_LINE = (
    Field("context", required=True, null=False),
    Field("device_slot", "int", required=True, null=False),
    *(Field(name) for name in ("username", "secret", "callerid", "provisioning_extension")),
)


def routes(era: Era) -> Iterator[Route]:
    """The routes of this part."""
    yield Route("GET", "/infos", read_infos)
    yield Route("GET", "/configuration/live_reload", read_reload)
    yield Route("PUT", "/configuration/live_reload", change_reload)
    yield Route("GET", "/wizard", read_wizard, acl="-")
    yield Route("POST", "/wizard", pass_wizard, acl="-")
    yield Route("GET", "/wizard/discover", discover, acl="-")
    member = "/queues/{queue_id}/members/agents"
    if era.tenants:
        yield Route("GET", "/status", read_status)
        yield Route("GET", "/tenants", list_tenants)
        yield Route("GET", "/tenants/{tenant_uuid}", read_tenant)
        yield Route("GET", "/timezones", list_timezones)
        yield Route("PUT", member + "/{agent_id}", put_member)
    else:
        general = "/asterisk/sip/general"
        yield Route("GET", general, read_sip, acl="confd.asterisk.sip.general.get")
        yield Route("PUT", general, change_sip)
        yield Route("GET", "/call_logs", read_logs)
        yield Route("GET", "/switchboards/{switchboard_id}/stats", read_stats)
        yield Route("POST", member, add_member, acl="confd.queues.{queue_id}.members.create")
        yield Route("GET", member + "/{agent_id}", read_member)
        yield Route("PUT", member + "/{agent_id}", change_member)
        old = "/lines_sip"
        yield Route("GET", old, list_old_lines, acl="confd.#")
        yield Route("POST", old, create_old_line, acl="confd.#")
        yield Route("GET", old + "/{line_id}", read_old_line, acl="confd.#")
        yield Route("PUT", old + "/{line_id}", change_old_line, acl="confd.#")
        yield Route("DELETE", old + "/{line_id}", delete_old_line, acl="confd.#")
    yield Route("DELETE", member + "/{agent_id}", drop_member)


def read_infos(call: Call) -> Reply:
    """The server's uuid."""
    more = {"wazo_version": "26.08"} if call.era.tenants else {}
    return json_reply({"uuid": call.store.get("uuid"), **more})


def read_status(call: Call) -> Reply:  # noqa: ARG001 - a handler
    """How the parts of a Wazo are."""
    names = ("master_tenant", "service_token", "bus_consumer", "rest_api")
    return json_reply({name: {"status": "ok"} for name in names})


def read_reload(call: Call) -> Reply:
    """Whether Asterisk is told of changes at once."""
    return json_reply({"enabled": call.store.get("live_reload")})


def change_reload(call: Call) -> Reply:
    """Switch that on or off."""
    call.store.set("live_reload", check(call.body(), _RELOAD, call.era, create=True)["enabled"])
    return done()


def read_wizard(call: Call) -> Reply:
    """Whether the server has been set up."""
    return json_reply({"configured": bool(call.store.get("wizard"))})


def pass_wizard(call: Call) -> Reply:
    """Set the server up, once."""
    if call.store.get("wizard"):
        return json_reply(["Wizard has already been configured"], 403)
    check(call.body(), _WIZARD, call.era, create=True)
    call.store.set("wizard", value=True)
    return json_reply({"xivo_uuid": call.store.get("uuid")})


def discover(call: Call) -> Reply:
    """What the server knows of its network before it is set up."""
    if call.store.get("wizard"):
        return json_reply(["Wizard has already been configured"], 403)
    interface = {"interface": "eth0", "ip_address": "10.0.0.250", "netmask": "255.255.255.0"}
    return json_reply(
        {
            "domain": "example.org",
            "gateways": [{"interface": "eth0", "gateway": "10.0.0.254"}],
            "hostname": "sandbox",
            "interfaces": [interface],
            "nameservers": ["10.0.0.254"],
            "timezone": "America/Montreal",
        }
    )


def _tenant(row: Item) -> Item:
    return {"uuid": row["uuid"], "slug": row["name"], "sip_templates_generated": True}


def list_tenants(call: Call) -> Reply:
    """The tenants."""
    return call.list_reply([_tenant(row) for row in call.store.items["tenants"].values()])


def read_tenant(call: Call) -> Reply:
    """One tenant."""
    return json_reply(_tenant(call.item("tenants", "tenant_uuid")[1]))


def list_timezones(call: Call) -> Reply:
    """Some timezones."""
    names = ("America/Montreal", "Europe/Paris", "UTC")
    return call.list_reply([{"zone_name": name} for name in names])


def _sip(call: Call) -> Item:
    found: Item = call.store.get("sip general", {"options": _SIP_GENERAL, "ordered_options": []})
    return found


def read_sip(call: Call) -> Reply:
    """The general options of SIP."""
    return json_reply(_sip(call))


def change_sip(call: Call) -> Reply:
    """Replace the general options of SIP."""
    fields = (
        Field("options", "dict", required=True, null=False),
        Field("ordered_options", "options", required=True, null=False),
    )
    call.store.set("sip general", check(call.body(), fields, call.era, create=True))
    return done()


def _moment(call: Call, name: str) -> dt.datetime | None:
    text = call.request.query.get(name)
    if text is None:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise bad_input(f"field '{name}': wrong type. Should be a valid datetime") from None


def _span(call: Call) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Start and end, of which both or none must be said."""
    start, end = _moment(call, "start_date"), _moment(call, "end_date")
    if (start is None) != (end is None):
        missing = "end_date" if end is None else "start_date"
        raise bad_input(f"missing parameters: {missing}")
    return start, end


def read_logs(call: Call) -> Reply:
    """The calls of the last month, as CSV whatever Accept says."""
    start, end = _span(call)
    rows = [
        row
        for row in _calls(call)
        if start is None or end is None or start <= dt.datetime.fromisoformat(row[0]) <= end
    ]
    reply = _table(_LOG_HEADER, rows)
    reply.headers.append(("Content-disposition", "attachment;filename=xivo-call-logs.csv"))
    return reply


def _calls(call: Call) -> list[tuple[str, ...]]:
    """Invented calls between the users there were at the start."""
    users = list(call.store.items["users"].values())[:200]
    chance = random.Random(f"{call.world.seed} calls")  # noqa: S311 - invented, no secret
    begin = dt.datetime(2026, 3, 2, 8, 0)
    rows = []
    for _ in range(3 * len(users)):
        caller = chance.choice(users)
        at = begin + dt.timedelta(seconds=chance.randrange(_LOG_DAYS * 86400))
        name = " ".join(one for one in (caller["firstname"], caller["lastname"]) if one)
        called, period = str(1000 + chance.randrange(1000)), str(chance.randrange(600))
        rows.append((at.isoformat(), f"{name} ({1000 + chance.randrange(1000)})", called, period,
                     caller["userfield"] or ""))  # fmt: skip
    return sorted(rows)


def read_stats(call: Call) -> Reply:
    """The figures of a switchboard, a row a day."""
    call.key("switchboards", "switchboard_id")
    start, end = _span(call)
    chance = random.Random(f"{call.world.seed} switchboard")  # noqa: S311 - invented
    rows = []
    for day in range(7):
        at = dt.datetime(2026, 3, 2) + dt.timedelta(days=day)
        figures = [chance.randrange(50) for _ in _STATS_HEADER[1:]]
        if start is None or end is None or start <= at <= end:
            rows.append((at.date().isoformat(), *map(str, figures)))
    return _table(_STATS_HEADER, rows)


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Reply:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return Reply(200, out.getvalue().encode(), _CSV)


def _queue_and_agent(call: Call) -> tuple[Key, Key]:
    return call.key("queues", "queue_id"), call.key("agents", "agent_id")


def _member(queue: Key, agent: Key, value: Item) -> Item:
    return {"queue_id": queue, "agent_id": agent, "penalty": value["penalty"]}


def add_member(call: Call) -> Reply:
    """Put an agent into a queue: 201."""
    queue = call.key("queues", "queue_id")
    sent = check(call.body(), _MEMBER, call.era, create=True)
    agent = call.find("agents", sent["agent_id"])
    if agent in call.store.rights("queues-agents", queue):
        raise bad_input("Agent is associated with a Queue")
    call.store.link("queues-agents", queue, agent, {"penalty": sent["penalty"]})
    return json_reply(_member(queue, agent, sent), 201)


def _linked(call: Call) -> tuple[Key, Key, Item]:
    queue, agent = _queue_and_agent(call)
    value = call.store.rights("queues-agents", queue).get(agent)
    if value is None:
        raise not_found(call.era, "QueueMember", agent_id=agent, queue_id=queue)
    return queue, agent, value


def read_member(call: Call) -> Reply:
    """An agent's place in a queue."""
    return json_reply(_member(*_linked(call)))


def change_member(call: Call) -> Reply:
    """Change an agent's penalty."""
    queue, agent, value = _linked(call)
    sent = check(call.body(), _MEMBER[1:], call.era, create=False)
    call.store.link("queues-agents", queue, agent, value | sent)
    return done()


def put_member(call: Call) -> Reply:
    """Put an agent into a queue, or change its place (Wazo)."""
    queue, agent = _queue_and_agent(call)
    sent = check(call.body() if call.request.body else {}, _MEMBER[1:], call.era, create=True)
    call.store.link("queues-agents", queue, agent, sent)
    return done()


def drop_member(call: Call) -> Reply:
    """Take an agent out of a queue."""
    queue, agent, _ = _linked(call)
    call.store.unlink("queues-agents", queue, agent)
    return done()


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
