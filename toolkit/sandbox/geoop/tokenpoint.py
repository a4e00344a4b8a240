"""POST /oauth2/token: codes, refresh tokens and a client's own credentials for access tokens.

Errors have the shape of RFC 6749; the vendor's own is not public.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import parse_qsl, unquote_plus

from toolkit.sandbox.faults import HTML_PAGE
from toolkit.sandbox.geoop.people import CLIENTS, Client, find_person
from toolkit.sandbox.geoop.store import Item
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.web import Reply, Request, json_reply
from toolkit.sandbox.geoop.world import World


class _Refused(Exception):
    def __init__(self, name: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.body = {"error": name, "error_description": description}
        self.status = status


class _Broken(Exception):
    """A proxy's page comes in place of an answer."""


class TokenPoint:
    """The token endpoint."""

    def __init__(self, world: World, tokens: Tokens) -> None:
        self._world = world
        self._tokens = tokens
        self._grants = {
            "authorization_code": self._with_code,
            "refresh_token": self._with_refresh,
            "client_credentials": self._with_credentials,
            "password": self._with_password,
        }

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        try:
            return json_reply(self._grant(request, _form(request)))
        except _Broken:
            return Reply(502, HTML_PAGE, "text/html")
        except _Refused as refused:
            reply = json_reply(refused.body, refused.status)
            if refused.status == 401:
                reply.headers["WWW-Authenticate"] = 'Basic realm="geoop"'
            return reply

    def _grant(self, request: Request, form: dict[str, str]) -> Item:
        kind, fails = form.get("grant_type", ""), self._world.switches.refresh_error
        if kind == "refresh_token" and fails == "html":
            raise _Broken
        if kind == "refresh_token" and fails:
            raise _Refused(fails, "The refresh failed.", 500 if fails == "server_error" else 400)
        client = self._client(request, form)
        if not kind:
            raise _Refused("invalid_request", "The grant_type is missing.")
        if kind not in self._grants:
            raise _Refused("unsupported_grant_type", f"There is no grant {kind}.")
        return self._grants[kind](client, form)

    def _client(self, request: Request, form: dict[str, str]) -> Client:
        """Who asks; 401 if the secret is wrong."""
        allowed = self._world.switches.client_login
        name, secret = form.get("client_id", ""), form.get("client_secret", "")
        basic = _basic(request.headers.get("authorization", ""))
        if basic is not None and allowed == "form":
            raise _Refused("invalid_client", "client_id and client_secret belong in the form.", 401)
        if basic is not None:
            name, secret = basic
        elif allowed == "basic" and secret:
            raise _Refused("invalid_client", "The secret belongs in HTTP Basic.", 401)
        client = CLIENTS.get(name)
        if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
            raise _Refused("invalid_client", "The client_id or client_secret is wrong.", 401)
        return client

    def _with_code(self, client: Client, form: dict[str, str]) -> Item:
        text = form.get("code", "")
        found = self._tokens.use_code(text)
        if found is None or found["client"] != client.id:
            raise _Refused("invalid_grant", "The code is unknown, used or expired.")
        said = form.get("redirect_uri")
        needed = found["redirect_given"] and client.confidential
        if (said is None and needed) or said not in (None, found["redirect"]):
            raise _Refused("invalid_grant", "The redirect_uri is not that of the request.")
        _check_verifier(found["challenge"], form.get("code_verifier"))
        refresh = client.confidential and found["offline"]
        return self._tokens.grant(client.id, found["user"], refresh=refresh, chain=text)

    def _with_refresh(self, client: Client, form: dict[str, str]) -> Item:
        text = form.get("refresh_token", "")
        found = self._tokens.refresh(text)
        user = None if found is None else self._world.store.items["users"].get(found["user"])
        if found is None or found["client"] != client.id or user is None or user["deleted"]:
            raise _Refused("invalid_grant", "The refresh token is not valid.")
        rotates = self._world.switches.rotates_refresh
        if rotates:
            self._tokens.forget_refresh(text)
        chain = found["chain"]
        return self._tokens.grant(client.id, found["user"], refresh=rotates, chain=chain)

    def _with_credentials(self, client: Client, form: dict[str, str]) -> Item:
        if not client.confidential:
            raise _Refused("unauthorized_client", "A public client has no credentials.")
        _check_scope(form)
        owner = next(
            user
            for user in self._world.store.items["users"].values()
            if user["login"] == client.owner
        )
        return self._tokens.grant(client.id, owner["id"], refresh=False)

    def _with_password(self, client: Client, form: dict[str, str]) -> Item:
        if not self._world.switches.password_grant:
            raise _Refused("unauthorized_client", "The grant password is restricted.")
        _check_scope(form)
        user = find_person(self._world.store, form.get("username", ""), form.get("password", ""))
        if user is None:
            raise _Refused("invalid_grant", "Wrong login or password.")
        refresh = client.confidential and form.get("access_type") == "offline"
        return self._tokens.grant(client.id, user["id"], refresh=refresh)


def _form(request: Request) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise _Refused("invalid_request", "The body must be a form.")
    pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _Refused("invalid_request", "A parameter comes twice.")
    return form


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _check_scope(form: dict[str, str]) -> None:
    if form.get("scope", "default") != "default":
        raise _Refused("invalid_scope", "The scope must be default.")


def _check_verifier(challenge: list[str] | None, verifier: str | None) -> None:
    if challenge is None:
        return
    method, wanted = challenge
    said = verifier or ""
    if method == "S256":
        digest = hashlib.sha256(said.encode()).digest()
        said = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(said.encode(), wanted.encode()):
        raise _Refused("invalid_grant", "The code_verifier is missing or wrong.")
