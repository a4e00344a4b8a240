"""What is volatile in this service's traffic, and what is secret.

Volatile is the REQUESTID, a counter: it is no part of what is compared, behind either door, so a
recording answers whatever number a replay's client has come to.

The protocol has no credentials. E-mail addresses and names of users are what ``users.list()`` is
for, and stay; ``Redactor(xpath=["//EMAIL", ...])`` takes them out of a recording. A parameter or an
element that is called a password, a token or the like (a user's import may have one) is hidden.
"""

from __future__ import annotations

from dataclasses import replace

from toolkit.cassettes.interaction import Request, Response
from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.redaction.xmlfields import XmlFields
from toolkit.cassettes.rules import Hide
from toolkit.services.uptivity import wire

_FIELDS = XmlFields(Names())


class Rules:
    """The API server's :class:`toolkit.cassettes.rules.ServiceRules`."""

    name = "uptivity"

    def recognises(self, request: Request) -> bool:
        """Whether the request is for an API server, behind one of its doors."""
        return wire.recognised(request)

    def redact_request(self, request: Request, hide: Hide) -> Request:
        """The request without what is named like a secret (the engine does so in the query)."""
        body = _hidden(request.body, hide)
        return request if body is request.body else replace(request, body=body)

    def redact_response(
        self,
        request: Request,  # noqa: ARG002
        response: Response,
        hide: Hide,
    ) -> Response:
        """The response without what is named like a secret."""
        body = _hidden(response.body, hide)
        return response if body is response.body else replace(response, body=body)

    def match_body(self, request: Request) -> bytes | None:  # noqa: ARG002
        """Left to the engine, which compares XML by content and masks what is hidden above."""
        return None

    def steady(self, method: str, url: str, body: bytes) -> tuple[str, bytes] | None:  # noqa: ARG002
        """URL and body without the REQUESTID."""
        return wire.steady(url, body)


def _hidden(body: bytes, hide: Hide) -> bytes:
    if b"<" not in body:
        return body
    text = body.decode("latin-1")  # every byte is a character, so that the others stay
    new = _FIELDS.swap(text, hide)
    return body if new == text else new.encode("latin-1", "xmlcharrefreplace")
