"""What nobody outside the vendor knows, and how servers misbehave: each behind one switch."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.switches import Held

VERSIONS = ("1.0", "1.1", "1.2", "1.3")
MODIFIERS = ("page", "fields", "filter", "sort", "recordsCount", "flags")

# What a switch may be; a switch that is not here is judged by its default's type.
_CHOICES: dict[str, tuple[Any, ...]] = {
    "index_base": (0, 1),
    "first_page": (0, 1),
    "failure_status": (422, 200),
    "result_key": ("result", "response", "none"),
    "metadata": ("version", "full", "asked", "none"),
    "past_end": ("empty", "last", "missing"),
    "pkce": ("accepted", "required", "ignored"),
    "client_login": ("form", "basic", "both"),
}
_POSITIVE = ("page_size", "page_limit", "token_lifetime", "code_lifetime", "upload_limit")


@dataclass(slots=True)
class Switches(Held):
    """How the two servers behave; to be changed while they run.

    Attributes
    ----------
    index_base
        0 or 1: what ``validItems`` and ``invalidItems`` count from.
    failure_status
        422 or 200: the status of a reply whose ``result`` is ``failure``.
    result_key
        ``"result"``, ``"response"`` (as in a sample of 1.0's beta) or ``"none"``: the key left out.
    metadata
        ``"version"``: what the version of the request says. ``"full"``: counts in every GET reply.
        ``"asked"``: counts only when asked for. ``"none"``: GET replies have no metadata.
    versions
        The versions that are served; the others of 1.0 to 1.3 are retired.
    reply_version
        What the reply's X-Version says in place of the request's; ``"none"`` leaves it out.
    first_page
        0 or 1: the number of the first page.
    page_size
        Items on a page when the request does not say.
    page_limit
        The most items on a page of version 1.0; later ones have no limit.
    ignores_page
        Every page is the first one.
    modifier_names
        Names of modifiers that differ, such as ``{"sort": "order"}``: the old ones are unknown.
    past_end
        What comes for a page past the last one: ``"empty"``, ``"last"`` (the last one again) or
        ``"missing"`` (404).
    refuses_unknown
        A modifier that is not known is an error, not passed over.
    strips_delete_body
        As behind some proxies, a body that comes with the verb DELETE is lost; X-Method helps.
    html_error
        Every request to the API gets a proxy's page with status 502.
    halt_after
        Seconds after which a GET is halted with 500; 0: never. Time is only reckoned, by
        ``record_seconds`` for each item on the page.
    record_seconds
        See ``halt_after``.
    upload_limit
        Bytes that a file may have.
    token_lifetime, code_lifetime
        Seconds that an access token and an authorization code live.
    token_requests
        Requests to the API after which an access token has expired; 0: only time counts.
    rotates_refresh
        Each refresh gives a new refresh token, and the old one is worth nothing more.
    refresh_error
        An error of OAuth 2 with which each refresh fails, such as ``"invalid_grant"``;
        ``"server_error"`` has status 500 and ``"html"`` is a proxy's page; empty: none.
    password_grant
        Whether the restricted grant ``password`` may be used.
    pkce
        ``"accepted"``: checked when a code challenge came. ``"required"``, or ``"ignored"``.
    client_login
        How a client names itself at the token endpoint: in the ``"form"``, by HTTP ``"basic"``,
        or ``"both"``.
    """

    index_base: int = 0
    failure_status: int = 422
    result_key: str = "result"
    metadata: str = "version"
    versions: Sequence[str] = VERSIONS
    reply_version: str = ""
    first_page: int = 1
    page_size: int = 50
    page_limit: int = 100
    ignores_page: bool = False
    past_end: str = "empty"
    modifier_names: dict[str, str] = dataclasses.field(default_factory=dict)
    refuses_unknown: bool = False
    strips_delete_body: bool = False
    html_error: bool = False
    halt_after: float = 0.0
    record_seconds: float = 0.01
    upload_limit: int = 10_000_000
    token_lifetime: int = 2_592_000
    code_lifetime: int = 60
    token_requests: int = 0
    rotates_refresh: bool = False
    refresh_error: str = ""
    password_grant: bool = False
    pkce: str = "accepted"
    client_login: str = "form"

    def __post_init__(self) -> None:
        if isinstance(self.versions, list):  # as JSON carries it to another process
            self.versions = tuple(self.versions)
        for field in dataclasses.fields(self):
            _check(field.name, getattr(self, field.name), field.default)


def _check(name: str, value: Any, default: Any) -> None:
    """Raise ValueError for a value that a switch cannot have."""
    if name in _CHOICES:
        right = value in _CHOICES[name] and not isinstance(value, bool)
        said = " or ".join(repr(one) for one in _CHOICES[name])
    elif name == "versions":
        right = isinstance(value, tuple) and value != () and set(value) <= set(VERSIONS)
        said = f"a list of some of {', '.join(VERSIONS)}"
    elif name == "modifier_names":
        right = isinstance(value, dict) and set(value) <= set(MODIFIERS)
        right = right and all(isinstance(one, str) and one for one in value.values())
        said = f"other names for some of {', '.join(MODIFIERS)}"
    elif isinstance(default, bool):
        right, said = isinstance(value, bool), "True or False"
    elif isinstance(default, str):
        right, said = isinstance(value, str), "a text"
    else:
        least = 1 if name in _POSITIVE else 0
        kinds = int if isinstance(default, int) else int | float
        right = isinstance(value, kinds) and not isinstance(value, bool) and value >= least
        said = f"a number not below {least}"
    if not right:
        raise ValueError(f"switch {name} must be {said}, not {value!r}")
