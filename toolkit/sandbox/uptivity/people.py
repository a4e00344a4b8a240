"""Users, agents at their phones, and roles, beyond what is confirmed. The names are ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity.codes import OK, Refusal
from toolkit.sandbox.uptivity.envelope import Node, Reply, Request
from toolkit.sandbox.uptivity.invented import GROUPS, SITES
from toolkit.sandbox.uptivity.store import Item
from toolkit.sandbox.uptivity.values import check_values
from toolkit.sandbox.uptivity.whose import check_active, seat

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_TEXTS = ("EMPLOYEE_ID", "FIRST_NAME", "LAST_NAME", "SYS_USER", "SYS_DOMAIN", "EMAIL", "CRM_USER")
_STATES = ("A", "I")


def logon(engine: Engine, request: Request) -> Reply:
    """An agent sits down at a device."""
    agent = _agent(engine, request)
    check_active(agent)
    number = request.get("DEVICEID")
    if not number:
        raise Refusal(26, "DEVICEID is missing")
    device = engine.store.find("device", number)
    if device is None:
        raise Refusal(8, f"no device {number}")
    if device["agent"] not in (None, agent["user_id"]):
        raise Refusal(57, f"device {number} has another agent")
    for old in engine.store.having("device", "agent", agent["user_id"]):
        engine.store.put("device", old["id"], old | {"agent": None})
    engine.store.put("device", number, device | {"agent": agent["user_id"]})
    if request.get("STATIONNAME"):
        seat(engine.store, request.get("STATIONNAME"), number)
    engine.tell("AGENTLOGON", {"DEVICEID": number, "AGENTID": agent["user_id"]})
    return Reply(OK)


def logoff(engine: Engine, request: Request) -> Reply:
    """An agent leaves the device."""
    agent = _agent(engine, request)
    devices = engine.store.having("device", "agent", agent["user_id"])
    if not devices:
        raise Refusal(24, f"agent {agent['username']} is at no device")
    for device in devices:
        engine.store.put("device", device["id"], device | {"agent": None})
        engine.tell("AGENTLOGOFF", {"DEVICEID": device["id"], "AGENTID": agent["user_id"]})
    return Reply(OK)


def _agent(engine: Engine, request: Request) -> Item:
    for name, field in (
        ("AGENTID", "user_id"),
        ("USERNAME", "username"),
        ("SYS_USER", "sys_user"),
        ("CRM_USER", "crm_user"),
    ):
        if request.get(name):
            found = engine.store.having("user", field, request.get(name))
            if len(found) > 1:
                raise Refusal(22, f"{name} {request.get(name)} is not unique")
            if not found or not found[0]["agent"]:
                raise Refusal(24, f"no agent with {name} {request.get(name)}")
            return found[0]
    raise Refusal(26, "AGENTID, USERNAME, SYS_USER or CRM_USER must be given")


def agents(engine: Engine, request: Request) -> Reply:  # noqa: ARG001
    """The agents, and where they sit."""
    nodes: list[Node] = []
    for user in engine.store.items["user"].values():
        if user["agent"]:
            devices = engine.store.having("device", "agent", user["user_id"])
            device = devices[0] if devices else {"id": "", "alias": ""}
            nodes.append(
                (
                    "AGENT",
                    [
                        ("AGENTID", user["user_id"]),
                        ("USERNAME", user["username"]),
                        ("STATUS", user["status"]),
                        ("DEVICEID", device["id"]),
                        ("DEVICEALIAS", device["alias"]),
                    ],
                )
            )
    return Reply(OK, data=("AGENTS", [("COUNT", str(len(nodes))), *nodes]))


def add_agent(engine: Engine, request: Request) -> Reply:
    """Add a user who is an agent."""
    return _add(engine, request, agent=True, taken=42)


def add_user(engine: Engine, request: Request) -> Reply:
    """Add a user."""
    agent = request.get("AGENT").upper() in ("TRUE", "Y")
    return _add(engine, request, agent=agent, taken=54)


def _add(engine: Engine, request: Request, *, agent: bool, taken: int) -> Reply:
    name = request.get("USERNAME")
    if not name:
        raise Refusal(26, "USERNAME is missing")
    if engine.store.having("user", "username", name):
        raise Refusal(taken, f"there is a user {name}")
    now = engine.clock.now
    blank = {field.lower(): "" for field in _TEXTS}
    start = {"username": name, "agent": agent, "status": "A", "site_id": "-1", "phones": []}
    user = blank | start | {"roles": [], "added": now} | _changes(engine, request, "")
    number = str(engine.store.next_number("user"))
    engine.store.put("user", number, user | {"user_id": number, "changed": now})
    return Reply(OK)


def update_user(engine: Engine, request: Request) -> Reply:
    """Change a user."""
    user = _user(engine, request)
    changed = _changes(engine, request, user["user_id"]) | {"changed": engine.clock.now}
    engine.store.put("user", user["user_id"], user | changed)
    return Reply(OK)


def delete_user(engine: Engine, request: Request) -> Reply:
    """Take a user away; the devices that the user had stay."""
    user = _user(engine, request)
    for device in engine.store.having("device", "agent", user["user_id"]):
        engine.store.put("device", device["id"], device | {"agent": None})
    engine.store.remove("user", user["user_id"])
    return Reply(OK)


def _user(engine: Engine, request: Request) -> Item:
    for name, field in (("USER_ID", "user_id"), ("USERNAME", "username")):
        if request.get(name):
            found = engine.store.having("user", field, request.get(name))
            if not found:
                raise Refusal(28, f"no user with {name} {request.get(name)}")
            return found[0]
    raise Refusal(26, "USER_ID or USERNAME must be given")


def _changes(engine: Engine, request: Request, own: str) -> Item:
    """What a request gives of a user, checked."""
    check_values(request)
    store = engine.store
    email, site, phone = (request.get(name) for name in ("EMAIL", "SITE_ID", "PHONE"))
    status, role, group = (request.get(name) for name in ("STATUS", "ROLE", "GROUP"))
    if email and not _MAIL.fullmatch(email):
        raise Refusal(45, f"{email} is no address")
    if site and site not in ("-1", *SITES):
        raise Refusal(53, f"no site {site}")
    if status and status.upper() not in _STATES:
        raise Refusal(59, f"STATUS must be {' or '.join(_STATES)}")
    if role and store.find("role", role.lower()) is None:
        raise Refusal(52, f"no role {role}")
    if group and group.upper() not in GROUPS:
        raise Refusal(27, f"no group {group}")
    holders = [one for one in store.items["user"].values() if phone and phone in one["phones"]]
    if any(one["user_id"] != own for one in holders):
        raise Refusal(57, f"phone {phone} is another user's")
    changes: Item = {
        name.lower(): request.values[name] for name in _TEXTS if name in request.values
    }
    for name, value in (("site_id", site), ("status", status.upper())):
        if value:
            changes[name] = value
    if phone:
        changes["phones"] = [phone]
    if role:
        changes["roles"] = [role]
    return changes


def importrole(engine: Engine, request: Request) -> Reply:
    """Roles and what they permit: ACTION ``list``, ``add``, ``update`` or ``delete``."""
    action, role = request.get("ACTION").lower(), request.get("ROLE")
    kept = engine.store.find("role", role.lower())
    if not action or (action != "list" and not role):
        raise Refusal(26, "ACTION and ROLE must be given")
    if action == "list":
        found = engine.store.items["role"].values()
        nodes: list[Node] = [("ROLE", [("NAME", one["name"])]) for one in found]
        return Reply(OK, data=("ROLES", [("COUNT", str(len(nodes))), *nodes]))
    if action not in ("add", "update", "delete"):
        raise Refusal(21, f"no action {action}")
    if action == "add" and kept is not None:
        raise Refusal(50, f"there is a role {role}")
    if action != "add" and kept is None:
        raise Refusal(52, f"no role {role}")
    permission = request.get("PERMISSIONIDENT").upper()
    if permission and engine.store.find("permission", permission) is None:
        raise Refusal(51, f"no permission {permission}")
    if action == "delete":
        engine.store.remove("role", role.lower())
    else:
        engine.store.put("role", role.lower(), {"name": role, "permissions": [permission]})
    return Reply(OK)
