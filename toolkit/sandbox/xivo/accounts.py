"""Who may log in: web services accounts, the administrator, users with a login of their own."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.sandbox.xivo.acl import USER_ACLS
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.store import Store


@dataclass(frozen=True, slots=True)
class Account:
    """A web services account.

    Attributes
    ----------
    number
        Its ``auth_id``.
    acls
        What its tokens may do; with Digest it may do everything all the same.
    """

    name: str
    password: str
    number: int
    acls: tuple[str, ...]


SERVICE = Account("switchroom", "green-lamp", 7, ("confd.#",))
READER = Account("lookout", "blue-lamp", 8, ("confd.users.read", "confd.users.*.read"))
NO_ACLS = Account("visitor", "grey-lamp", 9, ())
ADMINISTRATOR = Account("root", "proformatique", 1, ("confd.#", "dird.tenants.#"))
WEB_SERVICES = (SERVICE, READER, NO_ACLS)


@dataclass(frozen=True, slots=True)
class Login:
    """Who has logged in."""

    auth_id: str
    acls: tuple[str, ...]
    user_uuid: str | None = None


def _named(name: str, password: str) -> Account | None:
    for account in WEB_SERVICES:
        if (account.name, account.password) == (name, password):
            return account
    return None


def digest_password(name: str) -> str | None:
    """The password of a web services account, which the server keeps in clear for Digest."""
    return next((one.password for one in WEB_SERVICES if one.name == name), None)


def log_in(backend: str, name: str, password: str, store: Store, era: Era) -> Login | None:
    """Who a name and a password stand for with a backend; None if nobody."""
    if backend == "xivo_service":
        account = _named(name, password)
        return None if account is None else Login(str(account.number), _acls(account, era))
    if backend == "xivo_admin":
        if (name, password) == (ADMINISTRATOR.name, ADMINISTRATOR.password):
            return Login(str(ADMINISTRATOR.number), _acls(ADMINISTRATOR, era))
        return None
    if backend == "xivo_user":
        for user in store.items["users"].values():
            if user["username"] == name and user["password"] == password is not None:
                if not user["_cti"]["enabled"]:
                    return None
                uuid = str(user["uuid"])
                return Login(uuid, USER_ACLS, uuid)
    return None


def _acls(account: Account, era: Era) -> tuple[str, ...]:
    """An account's list; before there was one per route, all or nothing."""
    if era.one_acl:
        return (era.one_acl,) if account in (SERVICE, ADMINISTRATOR) else ()
    return account.acls
