"""Faults that the two servers commit when told to: what a client must survive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from toolkit.sandbox.faults import check_strikes
from toolkit.sandbox.geoop.errors import STATUSES

Kind = Literal["error", "html", "cut", "delay", "drop", "raw"]


@dataclass(slots=True)
class Fault:
    """One fault, and when it strikes.

    Attributes
    ----------
    kind
        ``"error"``: an error of the service of this ``type`` with ``code``, ``text`` and
        ``status``, nothing is performed (at the authorization server ``text`` is the error of
        OAuth 2). ``"html"``: a proxy's page with ``status`` (502 if not given). ``"cut"``: the
        request is performed, then the reply ends after ``size`` bytes (half of it if 0) and the
        connection breaks. ``"delay"``: waits ``seconds``, then answers properly. ``"drop"``: the
        connection breaks without a reply; with ``after`` the request was performed. ``"raw"``:
        ``text`` as the body, called JSON, with ``status`` (200 if not given).
    function
        Strikes this operation only, such as ``"GET /jobs"``, ``"PATCH /jobs/{id}"``,
        ``"POST /files/upload"`` or ``"POST /oauth2/token"``; the verb is that of X-Method if there
        is one. None strikes every request.
    times
        How often it strikes; None = until the faults are cleared.
    skip
        Lets so many matching requests pass first.
    type
        Type of the error.
    retry_after
        Seconds that the reply's header Retry-After asks for; None: no such header.
    status, code, text, seconds, size, after
        See ``kind``.
    """

    kind: Kind
    function: str | None = None
    times: int | None = 1
    skip: int = 0
    type: str = "system"
    status: int | None = None
    code: int | None = None
    text: str = "An unexpected error occurred."
    retry_after: int | None = None
    seconds: float = 1.0
    size: int = 0
    after: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault kind must be one of {get_args(Kind)}, not {self.kind!r}")
        if self.type not in STATUSES:
            raise ValueError(f"fault type must be one of {tuple(STATUSES)}, not {self.type!r}")
        check_strikes(self.times, self.skip, self.size, self.seconds, self.retry_after or 0)

    def matches(self, function: str) -> bool:
        """Whether a request for this operation is struck."""
        return self.function is None or self.function == function
