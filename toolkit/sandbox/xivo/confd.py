"""xivo-confd 1.1: who may do what, which headers are needed, and what goes wrong in which shape."""

from __future__ import annotations

import functools
import ipaddress
import logging
from collections.abc import Callable, Iterator

from toolkit.sandbox.xivo import (
    acl,
    associations,
    crud,
    csvfiles,
    oldassociations,
    oldlines,
    phones,
    replaced,
    reports,
    system,
    wazoextra,
)
from toolkit.sandbox.xivo.accounts import digest_password
from toolkit.sandbox.xivo.call import Call, World
from toolkit.sandbox.xivo.digest import Digest
from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import Refusal
from toolkit.sandbox.xivo.spec import write_spec
from toolkit.sandbox.xivo.tokens import Tokens
from toolkit.sandbox.xivo.web import (
    HTML_UTF8,
    JSON,
    Reply,
    Request,
    Route,
    Routes,
    json_reply,
    page,
)

PARTS: tuple[Callable[[Era], Iterator[Route]], ...] = (
    crud.routes,
    associations.routes,
    replaced.routes,
    oldassociations.routes,
    oldlines.routes,
    reports.routes,
    phones.routes,
    csvfiles.routes,
    system.routes,
    wazoextra.routes,
)

_log = logging.getLogger("toolkit.sandbox")

_PUBLIC = "-"
_METHOD = "The method is not allowed for the requested URL."
_VERBS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"


class Confd:
    """The configuration service."""

    name = "confd"
    silent = False

    def __init__(self, world: World, tokens: Tokens) -> None:
        self.world = world
        self.prefix = world.era.confd
        self.tokens = tokens
        self.routes = Routes([route for part in PARTS for route in part(world.era)])
        self._digest = Digest(digest_password)

    def route(self, request: Request) -> Route | None:
        """The operation that a request is for, if there is one."""
        found, _ = self.routes.find(request.path)
        return found.get("GET" if request.method == "HEAD" else request.method)

    def answer(self, request: Request, *, trusted: bool) -> Reply:
        """Answer a request."""
        era = self.world.era
        if request.path == "/api/api.yml" and era.live_spec:
            return Reply(200, self._spec, "application/x-yaml")
        found, holes = self.routes.find(request.path)
        if found and found[next(iter(found))].path.startswith("/wizard"):
            found = found if self.world.switches.wizard else {}
        if not found:
            return page(404, modern=era.tenants)
        if request.method == "OPTIONS":
            return _options(found)
        route = found.get("GET" if request.method == "HEAD" else request.method)
        if route is None:
            return _wrong_method(found, era)
        with self.world.store.lock:
            self.world.views.refresh()
            return self._allowed(route, Call(self.world, request, holes), trusted)

    @functools.cached_property
    def _spec(self) -> bytes:
        """Written when it is first asked for, because that is slow."""
        return write_spec(self.routes.routes, self.world.era, "confd", "XiVO confd", "1.1", 9486)

    def _allowed(self, route: Route, call: Call, trusted: bool) -> Reply:
        headers: list[tuple[str, str]] = []
        if route.acl != _PUBLIC:
            refused = self._authenticate(route, call, trusted, headers)
            if refused is not None:
                return refused
        refused = _negotiated(call)
        if refused is None:
            refused = self._perform(route, call)
        refused.headers += headers
        return refused

    def _perform(self, route: Route, call: Call) -> Reply:
        try:
            with call.store.transaction():
                return route.handler(call)
        except Refusal as refusal:
            if refusal.body is not None:
                return json_reply(refusal.body, refusal.status)
            return self._refused(refusal)
        except Exception as error:  # noqa: BLE001 - whatever it is
            # A real one says so too; the log is for whoever repairs the sandbox.
            _log.exception("%s broke", route.name)
            return self._refused(Refusal(500, f"Unexpected error: {error}"))

    def _refused(self, refusal: Refusal) -> Reply:
        newline = self.world.era.newline_after_errors
        return json_reply(list(refusal.messages), refusal.status, newline=newline)

    def _authenticate(
        self, route: Route, call: Call, trusted: bool, headers: list[tuple[str, str]]
    ) -> Reply | None:
        """None if the request may be made, else the 401; adds the headers of a session."""
        era, request, switches = self.world.era, call.request, self.world.switches
        needed = acl.required(acl_of(route, era), call.holes)
        said = request.headers.get("x-auth-token", "")
        token = None if switches.auth_down else self.tokens.get(said)
        allowed = token is not None and self.tokens.may(token, needed)
        if era.tenants:
            return self._tenant(call, said, needed) if allowed else _odd(said, needed)
        if allowed or request.peer in switches.trusted_hosts:
            return None
        if trusted and ipaddress.ip_address(request.peer).is_loopback:
            return None
        answered = self._digest.check(request)
        if answered is None:
            return self._digest.challenge()
        headers += answered
        return None

    def _tenant(self, call: Call, said: str, needed: str) -> Reply | None:
        """Find the tenant of a request of Wazo."""
        master = self.world.store.get("tenant")
        call.tenant = call.request.headers.get("wazo-tenant", "") or master
        known = {one["uuid"] for one in self.world.store.items["tenants"].values()}
        if call.tenant not in known:
            return _odd(said, needed, call.tenant or "")
        return None


def acl_of(route: Route, era: Era) -> str:
    """What a token must have for a route, with its holes."""
    return era.one_acl or route.acl or acl.of_path(route.path, route.verb)


def _odd(*said: str) -> Reply:
    """Wazo's 401: a JSON list that holds the repr of a tuple."""
    return json_reply([repr(said)], 401)


def _negotiated(call: Call) -> Reply | None:
    """406 and 415, where the old framework's negotiation is still in place."""
    request, era = call.request, call.era
    root = request.path.strip("/").partition("/")[0]
    if root not in era.strict or request.path in ("/users/import", "/users/export"):
        return None
    accepted = [
        one.partition(";")[0].strip() for one in request.headers.get("accept", "").split(",")
    ]
    if JSON not in accepted:
        return page(406)
    if request.method in ("POST", "PUT") and request.content_type != JSON:
        return page(415)
    return None


def _options(found: dict[str, Route]) -> Reply:
    headers = [
        ("Allow", _allow(found)),
        ("Access-Control-Allow-Headers", "Content-Type, X-Auth-Token"),
        ("Access-Control-Allow-Methods", _VERBS),
    ]
    return Reply(200, b"", HTML_UTF8, headers)


def _allow(found: dict[str, Route]) -> str:
    heads = ["HEAD"] if "GET" in found else []
    return ", ".join([*heads, *sorted(found), "OPTIONS"])


def _wrong_method(found: dict[str, Route], era: Era) -> Reply:
    if era.method_page == "list":
        return json_reply([_METHOD], 405, newline=False)
    reply = page(405) if era.method_page == "page" else json_reply({"message": _METHOD}, 405)
    reply.headers.append(("Allow", _allow(found)))
    return reply
