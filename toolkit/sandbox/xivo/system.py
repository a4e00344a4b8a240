"""The rest of confd: what the server is, its settings, its call logs, queues and old lines."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.sandbox.xivo.call import Call, done
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import Field, check
from toolkit.sandbox.xivo.refusals import bad_input, not_found
from toolkit.sandbox.xivo.store import Item, Key
from toolkit.sandbox.xivo.web import Reply, Route, json_reply

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
        yield Route("POST", member, add_member, acl="confd.queues.{queue_id}.members.create")
        yield Route("GET", member + "/{agent_id}", read_member)
        yield Route("PUT", member + "/{agent_id}", change_member)
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
