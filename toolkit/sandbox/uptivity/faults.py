"""Faults that the server commits when told to: what a client must survive, on either door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from toolkit.sandbox.faults import HTML_PAGE, check_strikes

Kind = Literal[
    "big",
    "cut",
    "delay",
    "drop",
    "garbage",
    "half_close",
    "html",
    "other_id",
    "raw",
    "silence",
    "slow",
    "split",
    "twice",
]


@dataclass(slots=True)
class Fault:
    """One fault, and when it strikes.

    Attributes
    ----------
    kind
        ``"delay"``: waits ``seconds`` before it does anything. ``"silence"``: never answers, the
        connection stays open; with ``after`` the command was performed. ``"drop"``: the connection
        breaks without a reply; with ``after`` the command was performed. ``"half_close"``: the
        server ends its side after ``size`` bytes of the reply (0 = none of it) and still reads.
        ``"cut"``: the reply ends after ``size`` bytes (half of it if 0) and the connection breaks.
        ``"slow"``: the reply comes in pieces of ``size`` bytes (16 if 0), ``seconds`` apart.
        ``"split"``: each of its first 4,096 bytes comes alone. ``"garbage"``: ``text`` comes before
        the XML. ``"html"``: a proxy's page instead of a reply; on the Web API with ``status`` (502
        if not given). ``"raw"``: ``text`` instead of a reply. ``"big"``: the reply is ``size``
        bytes longer. ``"other_id"``: the reply names another REQUESTID. ``"twice"``: the reply
        comes twice.
    function
        Strikes this command only, such as ``"CALLLIST"``; None strikes every request.
    door
        Strikes at ``"http"`` or ``"tcp"`` only; None at both.
    times
        How often it strikes; None = until the faults are cleared.
    skip
        Lets so many matching requests pass first.
    text, seconds, size, status, after
        See ``kind``.
    """

    kind: Kind
    function: str | None = None
    door: Literal["http", "tcp"] | None = None
    times: int | None = 1
    skip: int = 0
    text: str = "Ready.\r\n"
    seconds: float = 1.0
    size: int = 0
    status: int | None = None
    after: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault kind must be one of {get_args(Kind)}, not {self.kind!r}")
        if self.door not in ("http", "tcp", None):
            raise ValueError(f'door must be "http", "tcp" or None, not {self.door!r}')
        check_strikes(self.times, self.skip, self.size, self.seconds)

    def matches(self, function: str) -> bool:
        """Whether a command that came through a door, such as ``"tcp TEST"``, is struck."""
        door, _, name = function.partition(" ")
        return self.door in (None, door) and self.function in (None, name)


def bent(fault: Fault | None, body: bytes) -> bytes:
    """The body of a reply as a fault leaves it."""
    if fault is None:
        return body
    if fault.kind == "html":
        return HTML_PAGE
    if fault.kind == "raw":
        return fault.text.encode()
    if fault.kind == "garbage":
        return fault.text.encode() + body
    if fault.kind == "twice":
        return body + body
    if fault.kind == "big":
        start, end, rest = body.rpartition(b"</RESULT>")
        return start + b"<FILLER>" + b"x" * fault.size + b"</FILLER>" + end + rest
    return body


def part_of(fault: Fault, body: bytes) -> bytes:
    """What of a reply is sent before a fault ends it."""
    if fault.kind == "half_close":
        return body[: fault.size]
    return body[: min(fault.size or len(body) // 2, max(len(body) - 1, 0))]


def pieces_of(fault: Fault, body: bytes) -> list[bytes]:
    """A reply in the pieces that a fault has it sent in."""
    if fault.kind == "split":
        return [body[at : at + 1] for at in range(min(len(body), 4096))] + [body[4096:]]
    size = fault.size or 16
    return [body[at : at + size] for at in range(0, len(body), size)]
