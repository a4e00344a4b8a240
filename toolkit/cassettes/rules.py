"""What a service hands to the engine: which parts of its traffic are secret, and which volatile.

The engine knows no service. It finds rules through the entry points of the group
``toolkit.services`` (the ``rules`` attribute of what each entry loads) or through
:func:`register`.
"""

from __future__ import annotations

import importlib.metadata
import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from toolkit.cassettes.interaction import Request, Response

Hide = Callable[[str, str], str]
"""``hide(kind, secret)`` gives the stable placeholder of a secret in this recording."""


@runtime_checkable
class ServiceRules(Protocol):
    """Redaction and matching of one service's traffic.

    Rules may also have ``readable_body(request) -> bytes | None``: the body for a person's eyes,
    without secrets (base64 decoded, for example). The error of a replay shows it.

    They may have ``steady(method, url, body) -> (url, body) | None``, too: both without what
    changes with every request, such as a counter, so that no replay ever looks at it. Very quick,
    since it is asked for every request; None where there is nothing of the sort.
    """

    name: str

    def recognises(self, request: Request) -> bool:
        """Whether the request is this service's. Cheap, and never raises."""
        ...

    def redact_request(self, request: Request, hide: Hide) -> Request:
        """The request without its secrets. What cannot be read is hidden whole."""
        ...

    def redact_response(self, request: Request, response: Response, hide: Hide) -> Response:
        """The response to ``request`` (as it was sent) without its secrets."""
        ...

    def match_body(self, request: Request) -> bytes | None:
        """The body with its volatile parts blanked; None leaves it to the engine.

        The same bytes come out for a request and for its redacted form.
        """
        ...


_lock = threading.Lock()
_registered: list[ServiceRules] = []
_loaded = False


def register(rules: ServiceRules) -> None:
    """Add the rules of a service that has no entry point (first registered, first asked)."""
    with _lock:
        if all(known is not rules for known in _registered):
            _registered.append(rules)


def known() -> tuple[ServiceRules, ...]:
    """All rules: those registered by hand first, then those of installed services."""
    global _loaded
    if not _loaded:
        found = [
            rules
            for entry in importlib.metadata.entry_points(group="toolkit.services")
            if isinstance(rules := getattr(entry.load(), "rules", None), ServiceRules)
        ]
        with _lock:
            if not _loaded:
                names = {rules.name for rules in _registered}
                _registered.extend(rules for rules in found if rules.name not in names)
                _loaded = True
    return tuple(_registered)


def rules_for(request: Request) -> ServiceRules | None:
    """The rules of the first service that recognises the request."""
    return next((rules for rules in known() if rules.recognises(request)), None)
