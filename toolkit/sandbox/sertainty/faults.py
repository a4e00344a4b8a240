"""Faults that the gateway commits when told to: what a client must survive."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["answer", "html", "cut", "delay", "drop", "big", "dtd", "raw"]

HTML_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>Bad Gateway</h1><p>The proxy got no answer.<br></body></html>\n"
)
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
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be 1 or more, or None for always, not {self.times}")
        if self.skip < 0 or self.size < 0 or self.seconds < 0:
            raise ValueError("skip, size and seconds must not be below 0")

    def matches(self, function: str) -> bool:
        """Whether a call of this function is struck."""
        return self.function is None or self.function.lower() == function.lower()


class Faults:
    """The faults that wait, in the order they were set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Take all faults back."""
        with self._lock:
            self._waiting.clear()

    def strike(self, function: str) -> Fault | None:
        """The fault for a call of this function, used up by one; None if none is due."""
        with self._lock:
            for fault in self._waiting:
                if not fault.matches(function):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                return fault
        return None


def big_reply(size: int) -> Iterator[bytes]:
    """A Response whose only Result holds about ``size`` bytes of base64."""
    yield b"<Response><Status>1</Status><StatusMessage>Success</StatusMessage><ResultList><Result>"
    piece = b"QUJD" * 65536
    for _ in range(size // len(piece)):
        yield piece
    yield piece[: size % len(piece) // 4 * 4]
    yield b"</Result></ResultList></Response>"
