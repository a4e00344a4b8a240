"""Faults that the two servers commit when told to: what a client must survive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from toolkit.sandbox.faults import check_strikes

Kind = Literal["answer", "html", "cut", "delay", "drop", "raw"]


@dataclass(slots=True)
class Fault:
    """One fault, and when it strikes.

    Attributes
    ----------
    kind
        ``"answer"``: ``status`` with the JSON list of ``text``, nothing is performed. ``"html"``:
        a proxy's page with ``status`` (502 if not given). ``"cut"``: the operation is performed,
        then the reply ends after ``size`` bytes (half of it if 0) and the connection breaks.
        ``"delay"``: waits ``seconds``, then answers properly. ``"drop"``: the connection breaks
        without a reply; with ``after`` the operation was performed. ``"raw"``: ``text`` as the
        body, called JSON, with ``status``.
    function
        Strikes this operation only, named by verb and path template such as
        ``"GET /users/{user_id}"`` or ``"POST /token"``; None strikes every request.
    times
        How often it strikes; None = until the faults are cleared.
    skip
        Lets so many matching requests pass first.
    status, text, seconds, size, after
        See ``kind``.
    """

    kind: Kind
    function: str | None = None
    times: int | None = 1
    skip: int = 0
    status: int | None = None
    text: str = "Unexpected error: the database does not answer"
    seconds: float = 1.0
    size: int = 0
    after: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault kind must be one of {get_args(Kind)}, not {self.kind!r}")
        check_strikes(self.times, self.skip, self.size, self.seconds)

    def matches(self, function: str) -> bool:
        """Whether a request for this operation is struck."""
        return self.function is None or self.function == function
