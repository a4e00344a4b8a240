"""IMPORTUSER: the people who are known, and changes to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.sandbox.uptivity.clock import write_time
from toolkit.sandbox.uptivity.codes import OK, Refusal
from toolkit.sandbox.uptivity.envelope import Node, Reply, Request
from toolkit.sandbox.uptivity.people import add_user, delete_user, update_user
from toolkit.sandbox.uptivity.store import Item

if TYPE_CHECKING:
    from toolkit.sandbox.uptivity.engine import Engine

_TEXTS = ("EMPLOYEE_ID", "FIRST_NAME", "LAST_NAME", "SYS_USER", "SYS_DOMAIN", "EMAIL", "CRM_USER")


def importuser(engine: Engine, request: Request) -> Reply:
    """User administration; ACTION says which, and only ``list`` is confirmed."""
    action = request.get("ACTION").lower()
    if not action:
        raise Refusal(26, "ACTION is missing")
    if action == "list":
        return _list(engine, request)
    # That there are others is sure, what they are called is not.
    others = {"add": add_user, "update": update_user, "delete": delete_user}
    if not engine.switches.experimental or action not in others:
        raise Refusal(21, f"no action {action}")
    return others[action](engine, request)


def _list(engine: Engine, request: Request) -> Reply:
    people = list(engine.store.items["user"].values())
    if request.get("USERNAME"):
        people = engine.store.having("user", "username", request.get("USERNAME"))
        if not people:
            raise Refusal(28, f"no user {request.get('USERNAME')}")
    nodes: list[Node] = [("COUNT", str(len(people)))]
    nodes += [("USER", user_node(engine, one)) for one in people]
    return Reply(OK, data=("USERS", nodes))


def user_node(engine: Engine, user: Item) -> list[Node]:
    """A user with the elements, in the order, that a public client saw."""
    phones: list[Node] = [("PHONE", phone) for phone in user["phones"]]
    text = {name: user[name.lower()] for name in _TEXTS}
    return [
        ("USER_ID", user["user_id"]),
        ("USERNAME", user["username"]),
        ("EMPLOYEE_ID", text["EMPLOYEE_ID"]),
        ("FIRST_NAME", text["FIRST_NAME"]),
        ("LAST_NAME", text["LAST_NAME"]),
        ("AGENT", "TRUE" if user["agent"] else "FALSE"),
        ("STATUS", user["status"]),
        ("ADD_TIME", write_time(user["added"], engine.switches, spaced=True)),
        ("MOD_TIME", write_time(user["changed"], engine.switches)),
        ("SYS_USER", text["SYS_USER"]),
        ("SYS_DOMAIN", text["SYS_DOMAIN"]),
        ("EMAIL", text["EMAIL"]),
        ("CRM_USER", text["CRM_USER"]),
        ("SITE_ID", user["site_id"]),
        ("PHONES", phones or ""),
    ]
