"""wazo-auth 0.1: tokens with metadata and refresh tokens, users, tenants, policies, groups.

Its lists have ``total`` (before the search), ``filtered`` (after it) and ``items``; its errors are
``message``, ``error_id``, ``details``, ``timestamp``, ``resource`` but for /token, which keeps the
shape of xivo-auth (seen from a wazo-auth of the main branch).
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from toolkit.sandbox.xivo.accounts import ADMINISTRATOR, WEB_SERVICES, Account
from toolkit.sandbox.xivo.acl import ACTIONS, allows, required
from toolkit.sandbox.xivo.authapi import Auth, AuthRefusal, basic
from toolkit.sandbox.xivo.refusals import written
from toolkit.sandbox.xivo.store import Item
from toolkit.sandbox.xivo.tokens import DEFAULT_EXPIRATION
from toolkit.sandbox.xivo.views import unaccented
from toolkit.sandbox.xivo.web import JSON, Reply, Request, Route, json_reply

_BROWSER = "The browser (or proxy) sent a request that this server could not understand."
_LONGEST = 315360000
# Kind -> what its lists can be ordered by.
_ORDERS = {
    "users": ("username", "firstname", "lastname"),
    "tenants": ("name", "slug"),
    "policies": ("name", "slug", "description"),
    "groups": ("name", "slug"),
}


class WazoRefusal(Exception):
    """A refusal in the shape of every operation but /token."""

    def __init__(self, status: int, error: str, message: Any, details: Any, resource: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "error_id": error, "details": details}
        self.resource = resource


class WazoAuth(Auth):
    """The authentication service of Wazo."""

    def operations(self) -> list[Route]:
        """The operations there are."""
        check = "/token/{token}/scopes/check"
        routes = [
            *super().operations(),
            Route("POST", check, self.check_scopes, acl="-"),
            Route("HEAD", "/status", self.read_status, acl="-"),
            Route("POST", "/users", self.create_user, acl="auth.users.create"),
        ]
        for kind in _ORDERS:
            item = "{" + {"policies": "policy"}.get(kind, kind.rstrip("s")) + "_uuid}"
            listed = functools.partial(self.list_rows, kind)
            read = functools.partial(self.read_row, kind)
            routes.append(Route("GET", f"/{kind}", listed, _acl(kind, "GET"), lists=True))
            routes.append(Route("GET", f"/{kind}/{item}", read, _acl(f"{kind}/{item}", "GET")))
            if kind in ("users", "tenants"):
                drop = functools.partial(self.delete_row, kind)
                acl = _acl(f"{kind}/{item}", "DELETE")
                routes.append(Route("DELETE", f"/{kind}/{item}", drop, acl))
        routes.append(Route("POST", "/tenants", self.create_tenant, acl="auth.tenants.create"))
        return routes

    def perform(self, route: Route, request: Request, holes: dict[str, Any]) -> Reply:
        """Do what a route is for, if the token may."""
        try:
            if route.acl != "-":
                self._allowed(request, required(route.acl, holes))
            return super().perform(route, request, holes)
        except WazoRefusal as refusal:
            body: Item = refusal.body | {"timestamp": self.world.clock.now}
            if refusal.resource:
                body["resource"] = refusal.resource
            return json_reply(body, refusal.status)

    def _allowed(self, request: Request, needed: str) -> None:
        said = request.headers.get("x-auth-token", "")
        token = self.tokens.get(said)
        reason = "not_found_or_expired" if token is None else "missing_permission"
        if token is None or not self.tokens.may(token, needed):
            details = {"invalid_token": said, "reason": reason, "required_access": needed}
            raise WazoRefusal(401, "unauthorized", "Unauthorized", details, "")

    def create_token(self, request: Request) -> Reply:
        """Log in: 200, the token, how many sessions this ended."""
        if request.content_type != JSON:
            return json_reply({"message": _BROWSER}, 400)
        try:
            body = msgspec.json.decode(request.body)
        except ValueError:
            return json_reply({"message": _BROWSER}, 400)
        body = body if isinstance(body, dict) else {}
        expiration = body.get("expiration", DEFAULT_EXPIRATION)
        whole = isinstance(expiration, int) and not isinstance(expiration, bool)
        if not whole or not 1 <= expiration <= _LONGEST:
            raise AuthRefusal(400, self._too_long())
        found = self._who(request, body)
        if found is None:
            raise AuthRefusal(401, "Authentication Failed")
        token = self.tokens.new(
            found["uuid"],
            tuple(found["acl"]),
            expiration,
            xivo_user_uuid=found.get("user"),
            peer=request.peer,
            agent=request.headers.get("user-agent"),
            session=str(uuid.uuid4()),
        )
        data = self.shown(token)
        if body.get("access_type") == "offline" and body.get("client_id"):
            data["refresh_token"] = str(uuid.uuid4())
            self.world.store.set(f"refresh {body['client_id']} {data['refresh_token']}", found)
        return Reply(200, json_reply({"data": data}).body, headers=[("Wazo-Sessions-Revoked", "0")])

    def _too_long(self) -> str:
        span = f"Must be greater than or equal to 1 and less than or equal to {_LONGEST}."
        said = {"constraint_id": "range", "constraint": {"min": 1, "max": _LONGEST}}
        return written({"expiration": [said | {"message": span}]}, self.world.era)

    def _who(self, request: Request, body: Mapping[str, Any]) -> Item | None:
        """Who logs in: with a refresh token, or with a name and a password."""
        store = self.world.store
        if "refresh_token" in body:
            place = f"refresh {body.get('client_id')} {body['refresh_token']}"
            found: Item | None = store.get(place)
            return found
        name, password = basic(request)
        for account in (*WEB_SERVICES, ADMINISTRATOR):
            if (account.name, account.password) == (name, password):
                return {"uuid": _uuid_of(account), "acl": _acls_of(account)}
        for user in store.items["auth_users"].values():
            if user["username"] == name and user["password"] == password is not None:
                return {"uuid": user["uuid"], "acl": []}
        for user in store.items["users"].values():
            if user["username"] == name and user["password"] == password is not None:
                return {"uuid": user["uuid"], "acl": ["confd.users.me.#"], "user": user["uuid"]}
        return None

    def shown(self, token: Item) -> Item:
        """A token as JSON shows it: local times, UTC times, and whose it is."""
        clock, store = self.world.clock, self.world.store
        local = {name: clock.local(token[name]) for name in ("issued_at", "expires_at")}
        utc = {f"utc_{name}": clock.utc(token[name]) for name in ("issued_at", "expires_at")}
        metadata = {
            "uuid": token["auth_id"],
            "tenant_uuid": store.get("tenant"),
            "auth_id": token["auth_id"],
            "pbx_user_uuid": token["xivo_user_uuid"],
            "xivo_uuid": store.get("uuid"),
            "purpose": "user" if token["xivo_user_uuid"] else "internal",
        }
        return {
            "token": token["token"],
            "auth_id": token["auth_id"],
            "xivo_user_uuid": token["xivo_user_uuid"],
            "xivo_uuid": store.get("uuid"),
            **local,
            **utc,
            "acl": token["acls"],
            "metadata": metadata,
            "session_uuid": token["session"],
            "remote_addr": token["peer"],
            "user_agent": token["agent"],
        }

    def found(self, request: Request, text: str) -> Item:
        """A token that is alive, of the tenant that is asked for, and may do the ``scope``."""
        tenant = request.query.get("tenant", "")
        known = {one["uuid"] for one in self.world.store.items["tenants"].values()}
        if self.tokens.get(text) is not None and tenant and tenant not in known:
            raise AuthRefusal(403, f"Unauthorized for tenant {tenant}")
        return super().found(request, text)

    def list_backends(self, request: Request) -> Reply:  # noqa: ARG002 - a handler
        """The backends there are."""
        return json_reply({"data": ["ldap_user", "wazo_user"]})

    def check_scopes(self, request: Request, token: str) -> Reply:
        """Which of several accesses a token has."""
        found = self.found(request, token)
        body = msgspec.json.decode(request.body or b"{}")
        scopes = body.get("scopes", []) if isinstance(body, dict) else []
        may = {one: allows(found["acls"], one, found["auth_id"]) for one in scopes}
        return json_reply({"scopes": may})

    def read_status(self, request: Request) -> Reply:  # noqa: ARG002 - a handler
        """That the service is there."""
        return json_reply({})

    def rows(self, kind: str) -> list[Item]:
        """The rows of a kind."""
        store = self.world.store
        tenant = store.get("tenant")
        if kind == "tenants":
            return [_tenant(row) for row in store.items["tenants"].values()]
        if kind == "users":
            own = [_user(user, tenant) for user in store.items["auth_users"].values()]
            accounts = (*WEB_SERVICES, ADMINISTRATOR)
            return [_user({"uuid": _uuid_of(one), "username": one.name, "purpose": "internal"},
                          tenant) for one in accounts] + own  # fmt: skip
        name = f"wazo-all-users-tenant-{tenant}" if kind == "groups" else "wazo_default_policy"
        row: Item = {
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "name": name,
            "slug": name,
            "tenant_uuid": tenant,
        }
        if kind == "groups":
            return [row | {"system_managed": True, "read_only": True}]
        more = {"description": "What is given to all", "acl": ["#"], "read_only": False}
        return [row | more | {"shared": False}]

    def list_rows(self, kind: str, request: Request) -> Reply:
        """A list: ``total`` counts before the search, ``filtered`` after it."""
        query = request.query
        limit, offset = _number(query, "limit", kind), _number(query, "offset", kind)
        order = query.get("order", _ORDERS[kind][0])
        if order not in _ORDERS[kind]:
            raise _bad_list(kind, "order", _ORDERS[kind])
        if query.get("direction", "asc") not in ("asc", "desc"):
            raise _bad_list(kind, "direction", ("asc", "desc"))
        rows = self.rows(kind)
        text = unaccented(query.get("search", ""))
        names = ("username", "firstname", "lastname", "name", "slug", "description")
        found = [
            row for row in rows if any(text in unaccented(str(row.get(name))) for name in names)
        ]
        found.sort(
            key=lambda row: unaccented(row.get(order) or "\uffff"),
            reverse=query.get("direction") == "desc",
        )
        start = offset or 0
        taken = found[start : None if limit is None else start + limit]
        if kind == "policies":
            return json_reply({"items": taken, "total": len(found)})
        return json_reply({"filtered": len(found), "total": len(rows), "items": taken})

    def read_row(self, kind: str, request: Request, **holes: uuid.UUID) -> Reply:  # noqa: ARG002
        """One row."""
        said = str(next(iter(holes.values())))
        for row in self.rows(kind):
            if row["uuid"] == said:
                return json_reply(row)
        raise _unknown(kind, said)

    def delete_row(self, kind: str, request: Request, **holes: uuid.UUID) -> Reply:  # noqa: ARG002
        """Take a row away: 204."""
        said = str(next(iter(holes.values())))
        table = "auth_users" if kind == "users" else kind
        store = self.world.store
        for key, row in store.items[table].items():
            if row["uuid"] == said and said != store.get("tenant"):
                store.remove(table, key)
                return Reply(204)
        raise _unknown(kind, said)

    def _body(self, request: Request) -> Item:
        try:
            body = msgspec.json.decode(request.body or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise WazoRefusal(400, "invalid-data", _BROWSER, {}, "")
        return body

    def create_user(self, request: Request) -> Reply:
        """A user of wazo-auth: 200, and 409 for a name that is taken."""
        body, store = self._body(request), self.world.store
        name = body.get("username")
        if name is not None and any(row["username"] == name for row in self.rows("users")):
            said = {"constraint_id": "unique", "message": f'The login "{name}" is already used'}
            details = {"username": said}
            raise WazoRefusal(409, "conflict", "Conflict detected", details, "users")
        names = ("username", "password", "firstname", "lastname", "purpose", "enabled")
        user = {one: body[one] for one in names if one in body} | {"uuid": str(uuid.uuid4())}
        store.put("auth_users", store.next_key("auth_users"), {"username": None} | user)
        return json_reply(_user(user, store.get("tenant")) | {"authentication_method": "default"})

    def create_tenant(self, request: Request) -> Reply:
        """A tenant below the master tenant."""
        body, store = self._body(request), self.world.store
        made = str(body.get("uuid") or uuid.uuid4())
        row = {"uuid": made, "name": body.get("name"), "parent": store.get("tenant")}
        store.put("tenants", store.next_key("tenants") + 10, row)
        return json_reply(_tenant(row))


def _acl(path: str, verb: str) -> str:
    return ".".join(["auth", *path.split("/"), ACTIONS[verb]])


def _uuid_of(account: Account) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, account.name))


def _acls_of(account: Account) -> list[str]:
    """The account that may do everything in confd may do everything in Wazo."""
    return ["#"] if "confd.#" in account.acls else list(account.acls)


def _user(row: Item, tenant: str) -> Item:
    shown = {"uuid": row["uuid"], "purpose": row.get("purpose", "user"), "emails": []}
    names = {name: row.get(name) for name in ("username", "firstname", "lastname")}
    more = {"enabled": row.get("enabled", True), "tenant_uuid": tenant}
    return names | shown | more | {"authentication_method": "native"}


def _tenant(row: Item) -> Item:
    places = ("line_1", "line_2", "city", "state", "country", "zip_code")
    return {
        "uuid": row["uuid"], "parent_uuid": row["parent"], "name": row["name"],
        "slug": row["name"], "contact": None, "phone": None,
        "default_authentication_method": "native", "domain_names": [],
        "address": dict.fromkeys(places),
    }  # fmt: skip


def _number(query: Mapping[str, str], name: str, kind: str) -> int | None:
    if name not in query:
        return None
    if query[name].isdecimal():
        return int(query[name])
    said = "Must be greater than or equal to 0."
    problem: Item = {"constraint_id": "range", "constraint": {"min": 0}, "message": said}
    raise WazoRefusal(400, "invalid-list-param", {name: [problem]}, {}, kind)


def _bad_list(kind: str, name: str, choices: tuple[str, ...]) -> WazoRefusal:
    said = f"Must be one of: {', '.join(choices)}."
    problem = {"constraint_id": "enum", "constraint": {"choices": list(choices)}, "message": said}
    return WazoRefusal(400, "invalid-list-param", {name: [problem]}, {}, kind)


def _unknown(kind: str, said: str) -> WazoRefusal:
    title = {"policies": "policy"}.get(kind, kind.rstrip("s"))
    details = {"uuid": said}
    return WazoRefusal(404, f"unknown-{title}", f'No such {title}: "{said}"', details, kind)
