"""The seven status codes, and the refusal that carries one (guide 5)."""

from __future__ import annotations

SUCCESS = 1
CHALLENGED = 2
DENIED = 3
NOT_FOUND = 213
EXISTS = 232
INVALID = 408
GENERAL = 502

# The guide shows only "Denied" and "Challenged"; the others are the sheet's defaults.
MESSAGES = {
    SUCCESS: "Success",
    CHALLENGED: "Challenged",
    DENIED: "Denied",
    NOT_FOUND: "File not found",
    EXISTS: "File already exists",
    INVALID: "Invalid request",
    GENERAL: "General error",
}


class Refusal(Exception):
    """A call that ends with a code other than success.

    Parameters
    ----------
    code
        One of this module's codes.
    reason
        What was wrong. It goes into the reply for 502 only, whose text is free; the other codes
        have a static message (guide, Table 2).
    """

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason

    @property
    def message(self) -> str:
        """The StatusMessage of the reply."""
        return (self.reason if self.code == GENERAL else "") or MESSAGES[self.code]


def invalid(reason: str) -> Refusal:
    """408: the request itself is wrong."""
    return Refusal(INVALID, reason)


def denied(reason: str) -> Refusal:
    """3: no session, a dead one, or a wrong answer."""
    return Refusal(DENIED, reason)


def not_found(reason: str) -> Refusal:
    """213: no configuration, task, ID, script, preset or template of that name."""
    return Refusal(NOT_FOUND, reason)


def exists(reason: str) -> Refusal:
    """232: there is one of that name already."""
    return Refusal(EXISTS, reason)


def fault(reason: str) -> Refusal:
    """502: anything else; the text says what."""
    return Refusal(GENERAL, reason)
