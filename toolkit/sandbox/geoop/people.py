"""Who may do what: the OAuth clients, the people who can sign in, roles, and what they reach."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.geoop.errors import ApiError
from toolkit.sandbox.geoop.schema import Collection
from toolkit.sandbox.geoop.store import Item, Store

ADMINISTRATOR, WORKER, VIEWER = 16, 17, 18
ROLES = {ADMINISTRATOR: "Administrator", WORKER: "Field worker", VIEWER: "Viewer"}
HEAD_OFFICE, BRANCH, STRANGERS = 22, 23, 24

# What a role may write; all may read what they reach.
_MAY_WRITE: dict[int, set[tuple[str, str]]] = {
    WORKER: {("PATCH", "jobs"), ("POST", "notes"), ("POST", "visits"), ("POST", "files")},
    VIEWER: set(),
}


@dataclass(frozen=True, slots=True)
class Client:
    """An application that is registered at the authorization server.

    Attributes
    ----------
    secret
        Empty for a public one, which gets no refresh token either.
    owner
        Login of the person that it acts for with its own credentials.
    """

    id: str
    secret: str = ""
    name: str = ""
    owner: str = ""

    @property
    def confidential(self) -> bool:
        """Whether it can keep a secret."""
        return bool(self.secret)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can sign in."""

    login: str
    password: str
    first: str
    last: str
    role: int
    account: int


ADA = Person("ada", "amber-lantern", "Ada", "Ngata", ADMINISTRATOR, HEAD_OFFICE)
BEN = Person("ben", "birch-ladder", "Ben", "Okafor", WORKER, HEAD_OFFICE)
CLEO = Person("cleo", "copper-kettle", "Cleo", "Marsh", VIEWER, HEAD_OFFICE)
DORA = Person("dora", "dune-harbour", "Dora", "Lind", ADMINISTRATOR, STRANGERS)
PEOPLE = (ADA, BEN, CLEO, DORA)

SERVER = Client("toolkit-server", "granite-willow-secret", "Toolkit (server)", ADA.login)
DESKTOP = Client("toolkit-desktop", name="Toolkit (desktop)")
CLIENTS = {client.id: client for client in (SERVER, DESKTOP)}


def find_person(store: Store, login: str, password: str) -> Item | None:
    """The user with this login and password, unless inactive or deleted."""
    for user in store.items["users"].values():
        if user["login"].casefold() == login.casefold():
            held = user.get("_password")
            right = held is not None and hmac.compare_digest(held.encode(), password.encode())
            return user if right and user["active"] and not user["deleted"] else None
    return None


class Who:
    """The person that a token stands for, and what is within reach.

    Parameters
    ----------
    store
        The state.
    user
        The item of ``users``.
    """

    def __init__(self, store: Store, user: Item) -> None:
        self._store = store
        self.id: int = user["id"]
        self.role: int = (user.get("role") or {"id": VIEWER})["id"]
        self.account: int = user["account"]["id"]
        self.accounts = {self.account}
        if self.role == ADMINISTRATOR:  # a partner's account reaches its children
            self.accounts |= {
                number
                for number, item in store.items["accounts"].items()
                if (item.get("parent") or {}).get("id") == self.account
            }

    def sees(self, kind: str, item: Item) -> bool:
        """Whether an item is within reach."""
        if kind in ("roles", "statuses"):
            return True
        if kind == "accounts":
            return item["id"] in self.accounts
        account: dict[str, Any] | None = item.get("account")
        if account is None or account["id"] not in self.accounts:
            return False
        if self.role != WORKER:
            return True
        if kind == "jobs":
            return bool((item.get("assignee") or {}).get("id") == self.id)
        job = None if item.get("job") is None else self._store.items["jobs"].get(item["job"]["id"])
        return job is None or self.sees("jobs", job)

    def find(self, kind: str, number: int) -> Item | None:
        """An item that is there and within reach."""
        item = self._store.items[kind].get(number)
        return item if item is not None and self.sees(kind, item) else None

    def check_verb(self, verb: str, collection: Collection) -> None:
        """Raise 403 for a verb that the role may not use on a collection."""
        if verb == "GET" or self.role == ADMINISTRATOR:
            return
        if (verb, collection.name) not in _MAY_WRITE.get(self.role, set()):
            raise ApiError(
                "permission",
                1,
                f"{ROLES.get(self.role, 'This role')} may not {verb} {collection.name}.",
                description="The role of the signed-in user does not allow it.",
            )
