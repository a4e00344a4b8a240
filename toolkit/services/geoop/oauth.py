"""OAuth 2.0 without a socket: what to send, and what came back, by the library oauthlib.

Addresses, the scope ``default`` and the token endpoint are those of the vendor's pages
"Authentication" and "Authentication endpoints"; the form of a failed request for a token is that
of RFC 6749, since no page has it. The challenge is RFC 7636's.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import pybase64
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error, WebApplicationClient

from toolkit.outcomes import (
    BadReply,
    CallError,
    Category,
    InvalidArgument,
    LoginAborted,
    LoginError,
    Outcome,
    error_for,
)
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop import statuses
from toolkit.services.geoop.functions import TOKEN
from toolkit.services.geoop.state import State, Token

FORM = "application/x-www-form-urlencoded"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_VERIFIER = 64


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorization that a person is asked for in the browser.

    Attributes
    ----------
    url : str
        What the browser opens.
    redirect_uri : str
        Where it is sent back to.
    """

    url: str
    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(default="", repr=False)


def check_address(url: str, what: str) -> str:
    """An address whose secrets nobody on the way can read: https, or this machine itself."""
    parts = urlsplit(url)
    local = parts.hostname in _LOOPBACK
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument(f"{what} is an address such as https://login.geoop.com, not {url!r}")
    if parts.scheme == "http" and not local:
        raise InvalidArgument(f"{what} must be https: tokens would be sent in clear to {url!r}")
    return url.rstrip("/")


def authorization(state: State, redirect_uri: str) -> Authorization:
    """Begin an authorization: its address has a new state and, by option, a new challenge."""
    if not state.client_id:
        raise InvalidArgument("a login needs the client's id: connect(client_id=...)")
    options = state.options
    client = WebApplicationClient(state.client_id)
    word = client.state_generator()
    more: dict[str, str] = {}
    verifier = ""
    if options.pkce:
        verifier = client.create_code_verifier(_VERIFIER)
        challenge = client.create_code_challenge(verifier, "S256")
        more = {"code_challenge": challenge, "code_challenge_method": "S256"}
    if options.access_type:
        more["access_type"] = options.access_type
    url = client.prepare_request_uri(
        _secure(f"{state.login_url}/oauth2/code"),
        redirect_uri=redirect_uri,
        scope=options.scope,
        state=word,
        **more,
    )
    scheme = urlsplit(state.login_url).scheme
    return Authorization(urlunsplit(urlsplit(url)._replace(scheme=scheme)), redirect_uri, word,
                         verifier)  # fmt: skip


def read_redirect(wanted: Authorization, uri: str) -> str:
    """The code in the address that the browser was sent back to.

    Raises
    ------
    LoginError
        The state is not the one that was sent, or there is no code.
    LoginAborted
        The person said no.
    """
    try:
        found = WebApplicationClient("").parse_request_uri_response(_secure(uri), wanted.state)
    except OAuth2Error as error:
        name = str(error.error)
        if name == "mismatching_state":
            raise LoginError(
                "the browser came back with another state than was sent, so its code is not used; "
                "log in again"
            ) from None
        if name == "access_denied":
            raise LoginAborted(_said("access was denied in the browser", error)) from None
        hint = "; pkce=False sends no challenge" if name == "invalid_request" else ""
        raise LoginError(_said(f"the login ended with {name}", error) + hint) from None
    code: str = found["code"]
    return code


def code_plan(state: State, wanted: Authorization, code: str) -> Plan:
    """The request for a token in exchange for a code."""
    client = WebApplicationClient(state.client_id)
    body = client.prepare_request_body(
        code=code,
        redirect_uri=wanted.redirect_uri,
        code_verifier=wanted.verifier or None,
        **_identity(state),
    )
    return _plan(body, "authorization_code")


def refresh_plan(state: State, token: Token) -> Plan:
    """The request for a token in exchange for a refresh token."""
    client = WebApplicationClient(state.client_id)
    identity = _identity(state)
    named = {"client_id": state.client_id} if identity.pop("include_client_id") else {}
    body = client.prepare_refresh_body(refresh_token=token.refresh, **named, **identity)
    return _plan(body, "refresh_token")


def credentials_plan(state: State) -> Plan:
    """The request for a token on the client's own credentials."""
    client = BackendApplicationClient(state.client_id)
    body = client.prepare_request_body(scope=state.options.scope, **_identity(state))
    return _plan(body, "client_credentials")


def client_headers(state: State) -> tuple[tuple[str, str], ...]:
    """The client's own login, where it goes into a header."""
    if state.options.client_login == "form":
        return ()
    pair = f"{state.client_id}:{state.client_secret}".encode()
    return (("Authorization", f"Basic {pybase64.b64encode(pair).decode()}"),)


def read_token(state: State, status: int, body: bytes, grant: str, began: float) -> Token:
    """The token in an answer of the token endpoint.

    Raises
    ------
    AccessDenied, CallError
        The server refused; the label is the error's name in RFC 6749.
    BadReply
        The answer is none of such an endpoint.
    """
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = None
    if not isinstance(told, dict):
        row = statuses.status(status)
        if row.category is Category.SUCCESS:
            raise BadReply(f"the token endpoint's answer is no JSON (HTTP {status})", code=status)
        said = f"{row.meaning or 'no token'}; the answer is no JSON"
        raise error_for(Outcome(status, row.label, said, row.category))
    client = WebApplicationClient(state.client_id)
    try:
        found = client.parse_request_body_response(body.decode())
    except OAuth2Error as error:
        raise refusal(status, error, told) from None
    life = found.get("expires_in")
    number = float(life) if isinstance(life, int | float) and math.isfinite(life) else None
    owner = told.get("owner_id")
    now = dt.datetime.now(dt.UTC)
    return Token(
        str(found["access_token"]),
        str(found.get("refresh_token") or ""),
        grant,
        owner if isinstance(owner, int) else None,
        began,
        None if number is None else began + number,
        None if number is None else now + dt.timedelta(seconds=number),
    )


def refusal(status: int, error: OAuth2Error, told: dict[str, Any]) -> CallError:
    """The exception of a refused token: who is refused, or what the request lacks."""
    name = str(told.get("error") or error.error)
    if "error" not in told:
        return BadReply(f"the token endpoint's answer holds no token (HTTP {status})", code=status)
    denied = ("invalid_client", "invalid_grant", "unauthorized_client", "access_denied")
    category = Category.DENIED if name in denied else statuses.status(status).category
    if category is Category.SUCCESS:
        category = Category.DENIED
    said = str(told.get("error_description") or name)[:400]
    return error_for(Outcome(status, name, said, category), status=status)


def _identity(state: State) -> dict[str, Any]:
    if state.options.client_login == "basic":
        return {"include_client_id": False}
    return {"include_client_id": True, "client_secret": state.client_secret}


def _plan(body: str, grant: str) -> Plan:
    return Plan(TOKEN, TOKEN.path, body=body.encode(), content_type=FORM, target=grant)


def _secure(url: str) -> str:
    """As the library wants it, which knows no exception for this machine's own addresses."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return urlunsplit(parts._replace(scheme="https"))
    return url


def _said(text: str, error: OAuth2Error) -> str:
    more = " ".join(str(error.description or "").split())[:200]
    return f"{text}: {more}" if more else text
