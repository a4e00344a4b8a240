"""The redactor of one recording: positions first, then what was learned from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from toolkit.cassettes.interaction import Failure, Headers, Interaction, Request, Response
from toolkit.cassettes.redaction.base64text import mask_placeholders
from toolkit.cassettes.redaction.bodies import Bodies
from toolkit.cassettes.redaction.closed import BODY_DIGESTS, closed_request, closed_response, whole
from toolkit.cassettes.redaction.encodings import rewritten
from toolkit.cassettes.redaction.headers import HeaderFields, described
from toolkit.cassettes.redaction.learned import Learned
from toolkit.cassettes.redaction.names import names_with
from toolkit.cassettes.redaction.paths import json_rule, xml_rule
from toolkit.cassettes.redaction.placeholders import BASE64_MARK, MASK, Placeholders, mask
from toolkit.cassettes.redaction.urls import Swap, swap_embedded, swap_url
from toolkit.cassettes.rules import ServiceRules, rules_for
from toolkit.outcomes import InvalidArgument

# Raised when requests get other masked forms than before, so that stored keys are made anew.
_EDITION = 2
_MARK = BASE64_MARK.decode()
_Value = TypeVar("_Value")


class Redactor:
    """Takes the secrets out of one recording.

    What is hidden without being asked for: credentials in Authorization and Proxy-Authorization
    (the scheme word stays), cookie values (names and attributes stay), headers and fields named
    like a token, password, secret, API key or session in query strings, forms, multipart, JSON,
    XML and CSV, userinfo in URLs, JWTs and private keys by their shape, and every session id or
    token once seen, wherever it comes again: plain, percent-encoded, escaped or inside base64.
    A service's own rules come first. What cannot be understood is hidden whole.

    Parameters
    ----------
    rules : sequence of ServiceRules, optional
        Rules of services, asked in order; the installed services' when not given.
    headers, fields : iterable of str
        Further names of secret headers, and of secret parameters, members, elements, attributes
        and columns. Fields are compared without case, punctuation and trailing digits.
    patterns : iterable of str or compiled pattern
        What matches is secret: the group named ``secret``, else the first group, else all of it.
    jsonpath, xpath : iterable of str
        Secret places of JSON (``$.a.b[*].c``, ``$..token``) and of XML documents.
    key : bytes, optional
        Key of the placeholders; random when not given, and never stored.
    limit : int
        How many learned secrets are kept in memory; the oldest is forgotten first.

    Attributes
    ----------
    fingerprint : str
        Equal for redactors that give a request the same masked form; holds no secret.

    Raises
    ------
    InvalidArgument
        When a pattern, a JSONPath or an XPath is not one.

    Examples
    --------
    >>> redactor = Redactor(fields=["badge"])
    >>> redactor.mask(Request("GET", "https://box.example/open?badge=4711&door=2")).url
    'https://box.example/open?badge=XXXXXXXX&door=2'
    """

    def __init__(
        self,
        rules: Iterable[ServiceRules] | None = None,
        *,
        headers: Iterable[str] = (),
        fields: Iterable[str] = (),
        patterns: Iterable[str | re.Pattern[str]] = (),
        jsonpath: Iterable[str] = (),
        xpath: Iterable[str] = (),
        key: bytes | None = None,
        limit: int = 256,
    ) -> None:
        self._rules = None if rules is None else tuple(rules)
        headers, jsonpath = _several("headers", headers), _several("jsonpath", jsonpath)
        xpath = _several("xpath", xpath)
        self.names = names_with(frozenset(_several("fields", fields)))
        self.headers = HeaderFields(self.names, headers)
        own = tuple(_compiled(pattern) for pattern in _several("patterns", patterns))
        self.bodies = Bodies(
            self.names,
            own,
            (
                *(json_rule(path) for path in jsonpath),
                *(xml_rule(path) for path in xpath),
            ),
        )
        self._shapes_everywhere = bool(own)
        told = [sorted(self.names.extra), sorted(headers), [p.pattern for p in own]]
        self.fingerprint = repr([_EDITION, *told, list(jsonpath), list(xpath)])
        self._placeholders = Placeholders(key)
        self._learned = Learned(limit)

    def __repr__(self) -> str:
        return f"<Redactor learned={len(self._learned)}>"

    def hide(self, kind: str, secret: str) -> str:
        """The placeholder of a secret; a long random one is looked for everywhere from now on."""
        placeholder = self._placeholders.hide(kind, secret)
        if placeholder != secret:
            self._learned.add(kind, secret)
        return placeholder

    def redact(self, interaction: Interaction) -> Interaction:
        """The interaction without its secrets.

        Bytes that are no secret stay as they were; Content-Length is set anew where it gave the
        length of a body that changed. The same object comes back when there was nothing to hide.
        """
        request, response, failure = interaction.request, interaction.response, interaction.failure
        rules = self.rules_for(request)
        clean_request = self._request(request, rules, self.hide)
        clean_response = response
        if response is not None:
            clean_response = self._response(request, response, rules, self.hide)
        if failure is not None:
            failure = self._failure(failure)
        # Only now all secrets of this interaction are known: a token of the reply's body may
        # stand in its Location, too.
        try:
            clean_request = self._relearned(clean_request, self.hide)
        except Exception:  # noqa: BLE001 - whatever failed, the secret must not get out
            clean_request = closed_request(request, self.hide)
        clean_request = whole(request, clean_request, self.hide)
        if response is not None and clean_response is not None:
            try:
                clean_response = self._relearned_response(clean_response, self.hide)
            except Exception:  # noqa: BLE001 - as above
                clean_response = closed_response(response, self.hide)
            clean_response = whole(response, clean_response, self.hide)
        if (
            clean_request is request
            and clean_response is response
            and failure is interaction.failure
        ):
            return interaction
        return replace(interaction, request=clean_request, response=clean_response, failure=failure)

    def mask(self, request: Request) -> Request:
        """The request with one constant in place of each secret, for a matching key.

        A request and its redacted form become equal. The body is the service's ``match_body``
        where its rules give one.
        """
        rules = self.rules_for(request)
        masked = self._generic(request, mask, naming=rules is None)
        if rules is not None:
            masked = self._matched(masked, rules)
        masked = self._relearned(masked, mask)
        url, body = masked.url, masked.body
        url = _masked(url)
        if body:
            body = rewritten(*described(masked.headers), body, mask_placeholders)
        headers = _masked_headers(masked.headers, body, body != request.body)
        if url == masked.url and body is masked.body and headers is masked.headers:
            return masked
        return replace(masked, url=url, headers=headers, body=body)

    def mask_body(self, body: bytes) -> bytes:
        """A body that a service's ``match_body`` gave, with what was learned masked in it."""
        return mask_placeholders(self._learned.swap(body, mask))

    def rules_for(self, request: Request) -> ServiceRules | None:
        """The rules of the service that recognises the request."""
        if self._rules is None:
            return rules_for(request)
        return next((rules for rules in self._rules if rules.recognises(request)), None)

    def _matched(self, request: Request, rules: ServiceRules) -> Request:
        try:
            body = rules.match_body(request)
        except Exception:  # noqa: BLE001 - a service's rules may fail in any way
            body = None
        if body is None:
            return self._request(request, rules, mask)
        return request if body == request.body else replace(request, body=body)

    def _request(self, request: Request, rules: ServiceRules | None, swap: Swap) -> Request:
        if rules is not None:
            try:
                request = rules.redact_request(request, swap)
            except Exception:  # noqa: BLE001 - whatever failed, the secret must not get out
                return closed_request(request, swap)
        return self._generic(request, swap, naming=rules is None)

    def _generic(self, request: Request, swap: Swap, *, naming: bool) -> Request:
        try:
            url = swap_url(request.url, self.names, swap)
            if self._shapes_everywhere:
                url = self.bodies.shapes(url, swap)
            headers, body = self._message(request.headers, request.body, swap, naming)
        except Exception:  # noqa: BLE001 - as above
            return closed_request(request, swap)
        if url == request.url and headers is request.headers and body is request.body:
            return request
        return replace(request, url=url, headers=headers, body=body)

    def _response(
        self, request: Request, response: Response, rules: ServiceRules | None, swap: Swap
    ) -> Response:
        try:
            clean = response if rules is None else rules.redact_response(request, response, swap)
            headers, body = self._message(clean.headers, clean.body, swap, rules is None)
        except Exception:  # noqa: BLE001 - as above
            return closed_response(response, swap)
        if headers is clean.headers and body is clean.body:
            return clean
        return replace(clean, headers=headers, body=body)

    def _message(
        self, headers: Headers, body: bytes, swap: Swap, naming: bool
    ) -> tuple[Headers, bytes]:
        clean = self.headers.apply(headers, swap)
        if self._shapes_everywhere:
            clean = _each(clean, lambda value: self.bodies.shapes(value, swap))
        if body:
            body = self.bodies.apply(*described(headers), body, swap, naming)
        return clean, body

    def _failure(self, failure: Failure) -> Failure:
        message = swap_embedded(failure.message, self.names, self.hide)
        message = self._learned_text(message, self.hide)
        return failure if message == failure.message else replace(failure, message=message)

    def _relearned(self, request: Request, swap: Swap) -> Request:
        if not len(self._learned):
            return request
        url = self._learned_text(request.url, swap)
        headers, body = self._learned_message(request.headers, request.body, swap)
        if url is request.url and headers is request.headers and body is request.body:
            return request
        return replace(request, url=url, headers=headers, body=body)

    def _relearned_response(self, response: Response, swap: Swap) -> Response:
        if not len(self._learned):
            return response
        headers, body = self._learned_message(response.headers, response.body, swap)
        if headers is response.headers and body is response.body:
            return response
        return replace(response, headers=headers, body=body)

    def _learned_message(self, headers: Headers, body: bytes, swap: Swap) -> tuple[Headers, bytes]:
        joined = "\n".join([value for _, value in headers])
        clean = headers
        if self._learned.present(joined.encode("utf-8", "surrogatepass")):
            clean = _each(headers, lambda value: self._learned_text(value, swap))
        if body:
            body = rewritten(
                *described(headers), body, lambda plain: self._learned.swap(plain, swap)
            )
        return clean, body

    def _learned_text(self, text: str, swap: Swap) -> str:
        data = text.encode("utf-8", "surrogatepass")
        new = self._learned.swap(data, swap)
        return text if new is data else new.decode("utf-8", "surrogatepass")


def _each(headers: Headers, change: Callable[[str], str]) -> Headers:
    changed = [(name, change(value)) for name, value in headers]
    return headers if changed == headers else changed


def _masked(text: str) -> str:
    if MASK not in text and _MARK not in text:
        return text
    return mask_placeholders(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def _masked_headers(headers: Headers, body: bytes, changed: bool) -> Headers:
    """Placeholders masked; what depends on the body follows the masked one."""
    new: Headers | None = None
    for index, (name, value) in enumerate(headers):
        masked = _masked(value)
        if changed:
            lower = name.lower()
            if lower == "content-length":
                masked = str(len(body))
            elif lower in BODY_DIGESTS:
                masked = MASK
        if masked != value:
            new = list(headers) if new is None else new
            new[index] = (name, masked)
    return headers if new is None else new


def _several(option: str, values: Iterable[_Value]) -> tuple[_Value, ...]:
    if isinstance(values, (str, bytes, re.Pattern)):
        raise InvalidArgument(f"{option} takes a list, not a single value: write [{values!r}]")
    return tuple(values)


def _compiled(pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, TypeError) as error:
        raise InvalidArgument(
            f"{pattern!r} is not a regular expression for text: {error}"
        ) from None
