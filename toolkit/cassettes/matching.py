"""Which recorded request answers a new one.

A matcher is a key function: it gives the part of a request that has to be the same. The parts
of all matchers make the request's key, and looking up a key is a hash look-up however many
interactions there are. vcrpy's names of matchers work, and so do plain vcrpy functions of two
requests; those are asked one by one, only among the interactions that agree in all the rest.

Secrets and what a service calls volatile are the same constant in every key, so that a request
and its redacted recording have one key.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Sequence
from hashlib import blake2b
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qsl, urlsplit

from toolkit.cassettes.canonical import canonical_body
from toolkit.cassettes.interaction import Request
from toolkit.cassettes.rules import ServiceRules, known
from toolkit.outcomes import CassetteError

KEY_BYTES = 12
EXACT_BYTES = 8
DEFAULT = ("method", "uri", "body")
KeyFunction = Callable[[Request], Hashable]
Predicate = Callable[[Any, Any], "bool | None"]
MatchOn = Sequence["str | KeyFunction | Predicate"]

_PORTS = {"http": 80, "https": 443}
_WHOLE = (("method",), ("uri", "url"), ("body", "raw_body"))
_BEGUN = 64  # digests of method and URL that are kept: many calls go to few addresses


class Masking(Protocol):
    """The part of a redactor that matching needs."""

    def mask(self, request: Request) -> Request:
        """The request with every secret replaced by a constant, a placeholder too."""
        ...


def _uri(request: Request) -> str:
    url = request.url
    start = url.find("://") + 3
    # A bare host and the root path are one address (RFC 3986, 6.2.3).
    if start > 2 and url.find("/", start) < 0:
        end = min((at for at in (url.find("?", start), url.find("#", start)) if at >= 0), default=0)
        return f"{url[:end]}/{url[end:]}" if end else url + "/"
    return url


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None


def _headers(request: Request) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in request.headers)


KEYS: dict[str, KeyFunction] = {
    "method": lambda request: request.method,
    "uri": _uri,
    "url": _uri,
    "scheme": lambda request: urlsplit(request.url).scheme,
    "host": lambda request: urlsplit(request.url).hostname,
    "port": lambda request: _port(urlsplit(request.url)),
    "path": lambda request: urlsplit(request.url).path or "/",
    "query": lambda request: tuple(sorted(parse_qsl(urlsplit(request.url).query))),
    "headers": lambda request: tuple(_headers(request)),
    "raw_body": lambda request: request.body,
}
"""The matchers by name. ``body`` is one too: by value, and as the services' rules say."""


class Matching:
    """How requests are compared in one replay.

    Parameters
    ----------
    match_on : sequence of str or callable
        Names (``method uri scheme host port path query headers body raw_body``), key functions
        of one :class:`~toolkit.cassettes.Request`, or vcrpy's functions of two requests.
    redactor : Masking, optional
        What makes a request and its redacted form alike.
    rules : sequence of ServiceRules, optional
        Whose volatile parts are left out; all known services' unless given.

    Raises
    ------
    CassetteError
        When a matcher is none of these.
    """

    def __init__(
        self,
        match_on: MatchOn | None = None,
        redactor: Masking | None = None,
        rules: Sequence[ServiceRules] | None = None,
    ) -> None:
        self.match_on = tuple(DEFAULT if match_on is None else match_on)
        self._redactor = redactor
        self._rules = rules
        self._keys: list[tuple[str, KeyFunction]] = []
        self.predicates: list[Predicate] = []
        self._by_body = False
        for matcher in self.match_on:
            self._add(matcher)
        named = [matcher for matcher in self.match_on if isinstance(matcher, str)]
        self.is_named = len(named) == len(self.match_on)
        # Equal bytes mean equal keys only where nothing else is looked at.
        self.is_exact = self.is_named and "headers" not in named
        # And where all of them are looked at, other bytes are never meant.
        self.is_whole = self.is_exact and all(
            any(name in named for name in names) for names in _WHOLE
        )
        self._begun: dict[tuple[str, str], Any] = {}
        self._steadying: list[Callable[[str, str, bytes], Any]] | None = None

    def _add(self, matcher: str | KeyFunction | Predicate) -> None:
        if matcher == "body":
            self._by_body = True
        elif isinstance(matcher, str):
            if matcher not in KEYS:
                names = ", ".join(sorted([*KEYS, "body"]))
                raise CassetteError(f"There is no matcher {matcher!r}; there are {names}.")
            self._keys.append((matcher, KEYS[matcher]))
        elif callable(matcher):
            if _takes_two(matcher):
                self.predicates.append(matcher)  # type: ignore[arg-type]
            else:
                name = getattr(matcher, "__name__", f"matcher {len(self._keys)}")
                self._keys.append((name, matcher))  # type: ignore[arg-type]
        else:
            raise CassetteError(f"A matcher is a name or a function, not {matcher!r}.")

    def exact(self, method: str, url: str, body: bytes) -> bytes:
        """Give the digest of a request's very bytes: a short cut to its key."""
        url, body = self._steady(method, url, body)
        begun = self._begun.get((method, url))
        if begun is None:
            begun = blake2b(
                f"{method} {url}\n".encode("utf-8", "surrogatepass"), digest_size=EXACT_BYTES
            )
            if len(self._begun) >= _BEGUN:
                self._begun.clear()
            self._begun[method, url] = begun
        digest = begun.copy()
        digest.update(body)
        return digest.digest()

    def key(self, request: Request) -> bytes:
        """Give the digest of everything that has to be the same."""
        digest = blake2b(digest_size=KEY_BYTES)
        for part in self.parts(request).values():
            digest.update(part)
            digest.update(b"\0\n")
        return digest.digest()

    def parts(self, request: Request) -> dict[str, bytes]:
        """Give what each matcher compares, secrets masked and volatile parts left out."""
        steady = self._steady(request.method, request.url, request.body)
        if steady != (request.url, request.body):
            request = Request(request.method, steady[0], request.headers, steady[1])
        body = self._volatile_out(request) if self._by_body else None
        if self._redactor is not None:
            if body is not None:  # its rules have seen to the body
                if mask_body := getattr(self._redactor, "mask_body", None):
                    body = mask_body(body)  # but not to a session id in any argument
                request = Request(request.method, request.url, request.headers)
            request = self._redactor.mask(request)
        parts = {}
        for name, key in self._keys:
            part = key(request)
            text = part if isinstance(part, str) else repr(part)
            parts[name] = text.encode("utf-8", "surrogatepass")
        if self._by_body:
            parts["body"] = canonical_body(request) if body is None else body
        return parts

    def _steady(self, method: str, url: str, body: bytes) -> tuple[str, bytes]:
        """URL and body without what a service says changes with every request, such as a count."""
        if self._steadying is None:
            rules = known() if self._rules is None else self._rules
            self._steadying = [one.steady for one in rules if hasattr(one, "steady")]
        for steady in self._steadying:
            found: tuple[str, bytes] | None = steady(method, url, body)
            if found is not None:
                return found
        return url, body

    def masked_url(self, request: Request) -> str:
        """Give the request's URL with its secrets masked, to be shown."""
        if self._redactor is None:
            return request.url
        return self._redactor.mask(Request(request.method, request.url, request.headers)).url

    def _volatile_out(self, request: Request) -> bytes | None:
        for rules in known() if self._rules is None else self._rules:
            if rules.recognises(request):
                try:
                    return rules.match_body(request)
                except Exception:  # noqa: BLE001 - a service's rules may fail in any way
                    return None
        return None

    def agree(self, asked: Request, recorded: Request) -> bool:
        """Whether the functions of two requests all accept the pair."""
        if not self.predicates:
            return True
        first, second = VcrRequest(asked), VcrRequest(recorded)
        return all(accepts(predicate, first, second) for predicate in self.predicates)

    def fingerprint(self) -> bytes | None:
        """What an index of keys is good for; None when functions are among the matchers."""
        if not self.is_named:
            return None
        rules = known() if self._rules is None else self._rules
        told = [
            *map(str, self.match_on),
            *(f"{type(one).__module__}.{type(one).__qualname__}:{one.name}" for one in rules),
            type(self._redactor).__qualname__,
            str(getattr(self._redactor, "fingerprint", "")),
        ]
        return blake2b("\n".join(told).encode(), digest_size=16).digest()


class VcrRequest:
    """A request as vcrpy's matcher functions know it."""

    def __init__(self, request: Request) -> None:
        self.method = request.method
        self.uri = self.url = request.url
        self.body = request.body
        self.headers = CaseBlindHeaders(request.headers)
        self.parsed_uri = urlsplit(request.url)
        self.scheme = self.protocol = self.parsed_uri.scheme
        self.host = self.parsed_uri.hostname
        self.port = _port(self.parsed_uri)
        self.path = self.parsed_uri.path
        self.query = sorted(parse_qsl(self.parsed_uri.query))


class CaseBlindHeaders(dict[str, str]):
    """The first value of each header, found under any spelling of its name."""

    def __init__(self, headers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in headers:
            self.setdefault(name.lower(), value)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header, or the default."""
        return super().get(name.lower(), default)


def accepts(predicate: Predicate, first: Any, second: Any) -> bool:
    """Ask a vcrpy matcher: False or an AssertionError is a no, None and the rest a yes."""
    try:
        answer = predicate(first, second)
    except AssertionError:
        return False
    return answer is None or bool(answer)


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return False
    return True
