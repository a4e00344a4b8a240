"""The authorization server's pages: /oauth2/code, sign in at /, consent at /grant.

Paths, the scope ``default`` and the optional state are the vendor's (page "Authentication
endpoints"); PKCE (RFC 7636) is a switch. What goes wrong is told as RFC 6749 has it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from toolkit.sandbox.geoop import pages
from toolkit.sandbox.geoop.faults import Fault
from toolkit.sandbox.geoop.people import CLIENTS, find_person
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.tokenpoint import TokenPoint
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.web import HTML, Reply, Request, json_reply
from toolkit.sandbox.geoop.world import World

_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_WAITING = 1000  # people who may be signing in at once


class Login:
    """What answers at https://login.geoop.com."""

    name = "login"

    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world = world
        self._tokens = tokens
        self._token_point = TokenPoint(world, tokens)
        self._waiting: dict[str, Item] = {}
        self._paths: dict[str, dict[str, Any]] = {
            "/oauth2/code": {"GET": self._authorize},
            "/oauth2/token": {"POST": self._token_point.answer},
            "/": {"GET": self._show_sign_in, "POST": self._sign_in},
            "/grant": {"GET": self._show_grant, "POST": self._grant},
        }

    def function(self, request: Request) -> str:
        """Verb and path, if there is such an endpoint."""
        known = request.method in self._paths.get(request.path, {})
        return f"{request.method} {request.path}" if known else ""

    def noted(self, request: Request) -> dict[str, str]:
        """Only the kind of grant: the rest has secrets."""
        form = read_form(request)
        return {"grant_type": form["grant_type"]} if "grant_type" in form else {}

    def refusal(self, fault: Fault) -> Reply:
        """An error of OAuth 2."""
        return json_reply({"error": fault.text}, 400 if fault.status is None else fault.status)

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        verbs = self._paths.get(request.path)
        if verbs is None:
            return _wrong("There is no such page.", 404)
        if request.method not in verbs:
            reply = _wrong("This page does not take that.", 405)
            reply.headers["Allow"] = ", ".join(verbs)
            return reply
        with self._world.store.transaction():
            reply = verbs[request.method](request)
        return reply if isinstance(reply, Reply) else _wrong("Nothing came back.", 500)

    def _authorize(self, request: Request) -> Reply:
        """GET /oauth2/code: an application sends a person here."""
        asked = request.query
        client = CLIENTS.get(asked.get("client_id", ""))
        if client is None:
            return _wrong("No application is registered with this client_id.", 400)
        redirect = asked.get("redirect_uri") or self._world.redirect_uri
        if not _may_redirect(redirect):
            return _wrong("The redirect_uri must have https, or lead to this computer.", 400)
        problem = self._problem(asked)
        about: Item = {
            "client": client.id,
            "redirect": redirect,
            "redirect_given": "redirect_uri" in asked,
            "state": asked.get("state"),
            "offline": asked.get("access_type") == "offline",
            "challenge": None,
        }
        if problem:
            return _back(about, error=problem[0], error_description=problem[1])
        if self._world.switches.pkce != "ignored" and "code_challenge" in asked:
            method = asked.get("code_challenge_method", "plain")
            about["challenge"] = [method, asked["code_challenge"]]
        name = secrets.token_urlsafe(16)
        while len(self._waiting) >= _WAITING:
            del self._waiting[next(iter(self._waiting))]
        self._waiting[name] = about
        return _redirect(f"/?{urlencode({'request': name})}", 302)

    def _problem(self, asked: Mapping[str, str]) -> tuple[str, str] | None:
        if asked.get("response_type") != "code":
            return "unsupported_response_type", "The response_type must be code."
        if asked.get("scope") != "default":
            return "invalid_scope", "The scope must be default."
        if self._world.switches.pkce == "ignored":
            return None
        if "code_challenge" not in asked:
            if self._world.switches.pkce == "required":
                return "invalid_request", "A code_challenge is required."
            return None
        if asked.get("code_challenge_method", "plain") not in ("plain", "S256"):
            return "invalid_request", "The code_challenge_method must be S256 or plain."
        if not _CHALLENGE.fullmatch(asked["code_challenge"]):
            return "invalid_request", "The code_challenge must have 43 to 128 characters."
        return None

    def _found(self, name: str) -> tuple[Item | None, str]:
        about = self._waiting.get(name)
        return about, "" if about is None else CLIENTS[about["client"]].name

    def _show_sign_in(self, request: Request) -> Reply:
        name = request.query.get("request", "")
        about, client = self._found(name)
        if about is None:
            return _wrong("Start in the application that asks you to sign in.", 400)
        return Reply(200, pages.sign_in(name, client), HTML)

    def _sign_in(self, request: Request) -> Reply:
        form = read_form(request)
        name, login = form.get("request", ""), form.get("login", "")
        about, client = self._found(name)
        if about is None:
            return _wrong("This took too long. Start in the application again.", 400)
        user = find_person(self._world.store, login, form.get("password", ""))
        if user is None:
            return Reply(200, pages.sign_in(name, client, login=login, wrong=True), HTML)
        about["user"] = user["id"]
        return _redirect(f"/grant?{urlencode({'request': name})}")

    def _show_grant(self, request: Request) -> Reply:
        name = request.query.get("request", "")
        about, client = self._found(name)
        user = None if about is None else self._world.store.items["users"].get(about.get("user", 0))
        if user is None:
            return _wrong("Sign in first.", 400)
        return Reply(200, pages.grant(name, client, user["firstName"]), HTML)

    def _grant(self, request: Request) -> Reply:
        form = read_form(request)
        about, _ = self._found(form.get("request", ""))
        if about is None or "user" not in about:
            return _wrong("Sign in first.", 400)
        del self._waiting[form["request"]]
        if form.get("choice") != "allow":
            return _back(about, error="access_denied", error_description="The person said no.")
        kept = {name: value for name, value in about.items() if name != "state"}
        return _back(about, code=self._tokens.code(**kept))


def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; of a name that comes twice the first counts."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    text = request.body.decode("utf-8", "replace")
    return dict(reversed(parse_qsl(text, keep_blank_values=True)))


def _may_redirect(uri: str) -> bool:
    if not (uri.isascii() and uri.isprintable()):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _back(about: Item, **values: str) -> Reply:
    """Send the browser back to the application."""
    if about["state"] is not None:
        values["state"] = about["state"]
    join = "&" if "?" in about["redirect"] else "?"
    return _redirect(f"{about['redirect']}{join}{urlencode(values)}", 302)


def _redirect(location: str, status: int = 303) -> Reply:
    headers = {"Location": location, "Cache-Control": "no-store"}
    return Reply(status, b"", HTML, headers)


def _wrong(message: str, status: int) -> Reply:
    return Reply(status, pages.wrong(message), HTML, {"Cache-Control": "no-store"})
