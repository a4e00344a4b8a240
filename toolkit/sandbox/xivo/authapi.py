"""xivo-auth 0.1: tokens for a login, checked and taken back by anyone who has them."""

from __future__ import annotations

import base64
import binascii
import functools
from typing import Any

import msgspec

from toolkit.sandbox.xivo.accounts import log_in
from toolkit.sandbox.xivo.call import World
from toolkit.sandbox.xivo.spec import write_spec
from toolkit.sandbox.xivo.store import Item
from toolkit.sandbox.xivo.tokens import DEFAULT_EXPIRATION, Tokens
from toolkit.sandbox.xivo.web import JSON, Reply, Request, Route, Routes, json_reply, page

BACKENDS = ("xivo_user", "xivo_service", "xivo_admin")
_BROWSER = "The browser (or proxy) sent a request that this server could not understand."
_METHOD = "The method is not allowed for the requested URL."


class AuthRefusal(Exception):
    """A refusal in the shape of /token: lists of one element, and the status again."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Auth:
    """The authentication service of XiVO."""

    name = "auth"

    def __init__(self, world: World, tokens: Tokens) -> None:
        self.world = world
        self.prefix = world.era.auth
        self.tokens = tokens
        self.routes = Routes(self.operations())

    @functools.cached_property
    def _spec(self) -> bytes:
        """Written when it is first asked for, because that is slow."""
        return write_spec(self.routes.routes, self.world.era, "auth", "XiVO auth", "0.1", 9497)

    def operations(self) -> list[Route]:
        """The operations there are."""
        route = functools.partial(Route, acl="-")
        return [
            route("POST", "/token", self.create_token),
            route("GET", "/token/{token}", self.read_token),
            route("HEAD", "/token/{token}", self.check_token),
            route("DELETE", "/token/{token}", self.delete_token),
            route("GET", "/backends", self.list_backends),
        ]

    @property
    def silent(self) -> bool:
        """Whether the service is down."""
        return self.world.switches.auth_down

    def route(self, request: Request) -> Route | None:
        """The operation that a request is for, if there is one."""
        found, _ = self.routes.find(request.path)
        return found.get(request.method)

    def answer(self, request: Request, *, trusted: bool) -> Reply:  # noqa: ARG002 - no such rule
        """Answer a request."""
        if request.path == "/api/api.yml":
            return Reply(200, self._spec, "application/x-yaml")
        found, holes = self.routes.find(request.path)
        if not found:
            return page(404, modern=self.world.era.tenants)
        allow = ", ".join([*sorted(found), "OPTIONS"])
        if request.method == "OPTIONS":
            return Reply(200, b"", headers=[("Allow", allow)])
        route = found.get(request.method)
        if route is None and request.method == "HEAD":
            route = found.get("GET")
        if route is None:
            return Reply(405, json_reply({"message": _METHOD}).body, headers=[("Allow", allow)])
        with self.world.store.lock:
            self.world.views.refresh()
            return self.perform(route, request, holes)

    def perform(self, route: Route, request: Request, holes: dict[str, Any]) -> Reply:
        """Do what a route is for."""
        try:
            with self.world.store.transaction():
                return route.handler(request, **holes)
        except AuthRefusal as refusal:
            reason, now = {"reason": [refusal.reason]}, {"timestamp": [self.world.clock.now]}
            start = reason | now if self.world.era.tenants else now | reason
            return json_reply({**start, "status_code": refusal.status}, refusal.status)

    def create_token(self, request: Request) -> Reply:
        """Log in: 200 and the token."""
        if request.content_type != JSON:
            return json_reply({"message": "Internal Server Error"}, 500)
        try:
            body = msgspec.json.decode(request.body)
        except ValueError:
            return json_reply({"message": _BROWSER}, 400)
        if not isinstance(body, dict) or "backend" not in body:
            return json_reply({"message": "Internal Server Error"}, 500)
        name, password = basic(request)
        login = log_in(str(body["backend"]), name, password, self.world.store, self.world.era)
        if login is None:
            raise AuthRefusal(401, "Authentication Failed")
        expiration = body.get("expiration", DEFAULT_EXPIRATION)
        if isinstance(expiration, bool) or not isinstance(expiration, int) or expiration < 1:
            raise AuthRefusal(400, "Invalid expiration")
        token = self.tokens.new(
            login.auth_id, login.acls, expiration, xivo_user_uuid=login.user_uuid
        )
        return json_reply({"data": self.shown(token)})

    def shown(self, token: Item) -> Item:
        """A token as JSON shows it: local times without a zone."""
        clock = self.world.clock
        return {
            "xivo_user_uuid": token["xivo_user_uuid"],
            "expires_at": clock.local(token["expires_at"]),
            "token": token["token"],
            "acls": token["acls"],
            "issued_at": clock.local(token["issued_at"]),
            "auth_id": token["auth_id"],
        }

    def found(self, request: Request, text: str) -> Item:
        """A token that is alive and may do what is asked with ``scope``."""
        token = self.tokens.get(text)
        if token is None:
            raise AuthRefusal(404, "No such token")
        scope = request.query.get("scope", "")
        if scope and not self.tokens.may(token, scope):
            raise AuthRefusal(403, f"Unauthorized for {scope}")
        return token

    def read_token(self, request: Request, token: str) -> Reply:
        """What a token is and may do."""
        return json_reply({"data": self.shown(self.found(request, token))})

    def check_token(self, request: Request, token: str) -> Reply:
        """204 if a token is alive."""
        self.found(request, token)
        return Reply(204)

    def delete_token(self, request: Request, token: str) -> Reply:  # noqa: ARG002 - a handler
        """Take a token back: success, also for an unknown one."""
        self.tokens.revoke(token)
        return json_reply({"data": {"message": "success"}})

    def list_backends(self, request: Request) -> Reply:  # noqa: ARG002 - a handler
        """The backends there are."""
        return json_reply({"data": list(BACKENDS)})


def basic(request: Request) -> tuple[str, str]:
    """Name and password of HTTP Basic; two empty texts without."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, password
