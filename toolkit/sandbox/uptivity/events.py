"""Events: what is told to every listener of the event port.

The vendor's page about the shape of events is not public, so the shape is ours: one line for each,
a root ``EVENT`` with a TYPE, a TIME and the metadata of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from toolkit.sandbox.uptivity.clock import write_time
from toolkit.sandbox.uptivity.envelope import LINE_ENDS, escape
from toolkit.sandbox.uptivity.switches import Switches

EVENT_TYPES = (
    "CALLSTART",
    "CALLUPDATE",
    "CALLSTOP",
    "RECORDSTART",
    "RECORDSTOP",
    "BLACKOUTSTART",
    "BLACKOUTSTOP",
    "AGENTLOGON",
    "AGENTLOGOFF",
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at ``at`` (seconds since 1970)."""

    type: str
    at: float
    values: dict[str, str] = field(default_factory=dict)


class Hub:
    """Passes events on to whoever carries them (the event port, or nobody)."""

    def __init__(self) -> None:
        self.carry: Callable[[str, bytes], None] = _nobody
        self.heard: Callable[[], bool] = lambda: False
        self.want: Callable[[int, frozenset[str]], bool] = _unknown
        self.counts: dict[str, int] = {}

    def tell(self, event: Event, switches: Switches) -> None:
        """Tell every listener of an event."""
        self.counts[event.type] = self.counts.get(event.type, 0) + 1
        if self.heard():
            self.carry(event.type, write_event(event, switches))


def _nobody(kind: str, line: bytes) -> None:
    """Take an event that no door is there for."""


def _unknown(number: int, kinds: frozenset[str]) -> bool:  # noqa: ARG001
    """Know no listener, where there is no door for one."""
    return False


def write_event(event: Event, switches: Switches) -> bytes:
    """An event as one line, with its line end."""
    pairs = [("TYPE", event.type), ("TIME", write_time(event.at, switches))]
    pairs += [(name, value) for name, value in event.values.items() if value]
    text = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in pairs)
    line = f"<EVENT>{text}</EVENT>".encode(switches.encoding, "xmlcharrefreplace")
    return line + LINE_ENDS[switches.line_end].encode()
