"""What the faults of every sandbox share: the queue they wait in, and a proxy's page."""

from __future__ import annotations

import threading
from typing import Generic, Protocol, TypeVar

HTML_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
    b"<body><h1>Bad Gateway</h1><p>The proxy got no answer.<br></body></html>\n"
)


class Striking(Protocol):
    """A fault: whom it strikes, how often, and how many calls it lets pass first."""

    skip: int
    times: int | None

    def matches(self, function: str) -> bool:
        """Whether a call of this function is struck."""


F = TypeVar("F", bound=Striking)


class Faults(Generic[F]):
    """The faults that wait, in the order they were set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[F] = []

    def add(self, fault: F) -> None:
        """Set a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Take all faults back."""
        with self._lock:
            self._waiting.clear()

    def strike(self, function: str) -> F | None:
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


def check_strikes(times: int | None, *amounts: float) -> None:
    """Refuse a fault that strikes less than once, or has an amount below 0."""
    if times is not None and times < 1:
        raise ValueError(f"times must be 1 or more, or None for always, not {times}")
    if any(amount < 0 for amount in amounts):
        raise ValueError("skip, size and seconds must not be below 0")
