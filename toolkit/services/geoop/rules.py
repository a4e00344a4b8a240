"""What is secret in GeoOp's traffic, beside what every service's traffic has.

Hidden already by their names: ``Authorization``, ``access_token``, ``refresh_token``,
``client_secret``, ``password``. Here everything secret of the token endpoint is hidden whatever it
looks like, the code too. A recorded token request answers any other of the same grant: its code,
challenge and the port of its redirect are new every time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from toolkit.cassettes.interaction import Request, Response
from toolkit.cassettes.rules import Hide
from toolkit.services.geoop.wire import is_token, recognised

_FORM = {
    "client_secret": "secret",
    "code": "secret",
    "code_verifier": "secret",
    "password": "password",
    "refresh_token": "token",
    "access_token": "token",
    "assertion": "token",
}
_REPLY = {"access_token": "token", "refresh_token": "token", "id_token": "token"}
_STEADY = ("grant_type", "scope", "username")


class Rules:
    """GeoOp's :class:`toolkit.cassettes.rules.ServiceRules`."""

    name = "geoop"

    def recognises(self, request: Request) -> bool:
        """Whether the request is for GeoOp's API or its authorization server."""
        return recognised(request)

    def redact_request(self, request: Request, hide: Hide) -> Request:
        """The request with each secret replaced by its placeholder."""
        if not is_token(request) or not request.body:
            return request
        pairs = _pairs(request.body)
        if not pairs:  # no form: nobody knows what it holds
            return replace(request, body=hide("secret", request.body.decode("latin-1")).encode())
        new = [(name, _hidden(_FORM.get(name), value, hide)) for name, value in pairs]
        return request if new == pairs else replace(request, body=urlencode(new).encode())

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        """The response with each token replaced."""
        if not is_token(request):
            return response
        try:
            told = msgspec.json.decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return response
        if not isinstance(told, dict):
            return response
        new = {name: _hidden(_REPLY.get(name), value, hide) for name, value in told.items()}
        return response if new == told else replace(response, body=msgspec.json.encode(new))

    def match_body(self, request: Request) -> bytes | None:
        """Of a request for a token, only what does not change; the rest is left to the engine."""
        if not is_token(request):
            return None
        kept = [(name, value) for name, value in _pairs(request.body) if name in _STEADY]
        return urlencode(sorted(kept)).encode()


def _pairs(body: bytes) -> list[tuple[str, str]]:
    text = body.decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True) if "=" in text else []


def _hidden(kind: str | None, value: Any, hide: Hide) -> Any:
    return hide(kind, value) if kind and isinstance(value, str) and value else value
