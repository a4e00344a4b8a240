"""What is secret in XiVO's traffic, beside what every service's traffic has.

Hidden already, by their names and positions: ``X-Auth-Token``, Basic, Digest, cookies, members and
columns called password, secret or token (a user that is read shows its password in clear), and a
token wherever it comes again. Added here: the token in ``/token/{token}`` whatever it looks like,
options of SIP endpoints (``["secret", "abc"]``), the token that Wazo's 401 quotes, and an import's
CSV whatever its content type says.

Requests that differ only in secrets match: a recorded login answers any password, and the token
of the recording stands for that of the replay.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote, unquote

from toolkit.cassettes.interaction import Headers, Request, Response
from toolkit.cassettes.redaction.csvfields import swap_csv
from toolkit.cassettes.redaction.names import Names
from toolkit.cassettes.rules import Hide
from toolkit.services.xivo.wire import recognised

_TOKEN_PATH = re.compile(r"(/0\.1/token/)([^/?#]+)")
# ``["secret", "value"]`` among options: a pair of texts whose first is a secret's name.
_OPTION = re.compile(rb'(\[\s*"((?:[^"\\]|\\.){2,40})"\s*,\s*")((?:[^"\\]|\\.)+)("\s*\])')
_QUOTED = re.compile(rb"""(\(\s*u?')([^']+)(')""")
_NAMES = Names()
_CSV_PATHS = ("/users/import", "/users/export", "/personal/import", "/contacts/import")


class Rules:
    """XiVO's :class:`toolkit.cassettes.rules.ServiceRules`."""

    name = "xivo"

    def recognises(self, request: Request) -> bool:
        """Whether the request is for one of XiVO's APIs."""
        return recognised(request)

    def redact_request(self, request: Request, hide: Hide) -> Request:
        """The request with each secret replaced by its placeholder."""
        url = request.url
        if "/0.1/token/" in url:
            url = _TOKEN_PATH.sub(lambda found: found[1] + _hidden(found[2], hide), url)
        body = _body(request, request.headers, request.body, hide)
        if url == request.url and body is request.body:
            return request
        return replace(request, url=url, body=body)

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        """The response with each secret replaced."""
        body = _body(request, response.headers, response.body, hide)
        if response.status == 401 and body[:1] == b"[":
            body = _QUOTED.sub(lambda found: found[1] + _token(found[2], hide) + found[3], body, 1)
        return response if body is response.body else replace(response, body=body)

    def match_body(self, request: Request) -> bytes | None:  # noqa: ARG002
        """Left to the engine, which compares JSON by value and masks what is hidden above."""
        return None


def _hidden(raw: str, hide: Hide) -> str:
    return quote(hide("token", unquote(raw)), safe="")


def _token(raw: bytes, hide: Hide) -> bytes:
    return hide("token", raw.decode("utf-8", "replace")).encode()


def _body(request: Request, headers: Headers, body: bytes, hide: Hide) -> bytes:
    if len(body) < 2:
        return body
    if b'["' in body or b'[ "' in body or b"[\n" in body:
        body = _OPTION.sub(lambda found: _option(found, hide), body)
    if body[:1] not in (b"{", b"[") and _is_csv(request.url):
        return _table(headers, body, hide)
    return body


def _option(found: re.Match[bytes], hide: Hide) -> bytes:
    kind = _NAMES.kind(found[2].decode("utf-8", "replace"))
    if kind is None:
        return found[0]
    new = hide(kind, found[3].decode("utf-8", "replace")).encode()
    return found[1] + new + found[4]


def _is_csv(url: str) -> bool:
    return url.partition("?")[0].endswith(_CSV_PATHS)


def _table(headers: Headers, body: bytes, hide: Hide) -> bytes:
    """A CSV with its secret columns hidden, in the charset that it was sent in."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    charset = kind.lower().partition("charset=")[2].split(";")[0].strip(" \"'") or "utf-8"
    try:
        text = body.decode(charset)
        new = swap_csv(text, _NAMES, hide)
        return body if new == text else new.encode(charset)
    except (LookupError, UnicodeError):
        text = body.decode("latin-1")
        new = swap_csv(text, _NAMES, hide)
        return body if new == text else new.encode("latin-1")
