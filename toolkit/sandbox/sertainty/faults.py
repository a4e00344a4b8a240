"""Faults that the gateway commits when told to: what a client must survive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from toolkit.sandbox.faults import HTML_PAGE, Faults, check_strikes

__all__ = ["DTD_REPLY", "HTML_PAGE", "Fault", "Faults", "Kind", "big_reply"]

Kind = Literal["answer", "html", "cut", "delay", "drop", "big", "dtd", "raw"]

DTD_REPLY = (
    b'<?xml version="1.0"?>\n<!DOCTYPE Response [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    b"<Response><Status>1</Status><StatusMessage>&b;</StatusMessage></Response>"
)


@dataclass(slots=True)
class Fault:
    """One fault, and when it strikes.

    Attributes
    ----------
    kind
        ``"answer"``: a Response with ``code`` and ``text``, the function is not performed.
        ``"html"``: a proxy's page with ``status`` (502 if not given).
        ``"cut"``: the function is performed, then the reply ends after ``size`` bytes (half of it
        if 0) and the connection breaks. ``"delay"``: waits ``seconds``, then answers properly.
        ``"drop"``: the connection breaks without a reply; with ``after`` the function was
        performed. ``"big"``: a proper Response with one Result of about ``size`` bytes of base64.
        ``"dtd"``: a Response with a document type and entities. ``"raw"``: ``text`` as the body,
        with ``status``.
    function
        Strikes calls of this function only (without case); None strikes every call, also requests
        that are no request documents.
    times
        How often it strikes; None = until the faults are cleared.
    skip
        Lets so many matching calls pass first.
    code, text, seconds, size, status, after
        See ``kind``.
    """

    kind: Kind
    function: str | None = None
    times: int | None = 1
    skip: int = 0
    code: int = 502
    text: str = "The agent does not answer"
    seconds: float = 1.0
    size: int = 0
    status: int | None = None
    after: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault kind must be one of {get_args(Kind)}, not {self.kind!r}")
        check_strikes(self.times, self.skip, self.size, self.seconds)

    def matches(self, function: str) -> bool:
        """Whether a call of this function is struck."""
        return self.function is None or self.function.lower() == function.lower()


def big_reply(size: int) -> Iterator[bytes]:
    """A Response whose only Result holds about ``size`` bytes of base64."""
    yield b"<Response><Status>1</Status><StatusMessage>Success</StatusMessage><ResultList><Result>"
    piece = b"QUJD" * 65536
    for _ in range(size // len(piece)):
        yield piece
    yield piece[: size % len(piece) // 4 * 4]
    yield b"</Result></ResultList></Response>"
