"""Events: what is told to every listener of the event port.

The vendor's page about the shape of events is not public, so the shape is ours: one line for each,
a root ``EVENT`` with a TYPE, a TIME and the metadata of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from toolkit.sandbox.uptivity.clock import write_time
from toolkit.sandbox.uptivity.envelope import LINE_ENDS, Node, write_xml
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
        self.counts: dict[str, int] = {}

    def tell(self, event: Event, switches: Switches) -> None:
        """Tell every listener of an event."""
        self.counts[event.type] = self.counts.get(event.type, 0) + 1
        self.carry(event.type, write_event(event, switches))


def _nobody(kind: str, line: bytes) -> None:
    """Take an event that no door is there for."""


def write_event(event: Event, switches: Switches) -> bytes:
    """An event as one line, with its line end."""
    nodes: list[Node] = [("TYPE", event.type), ("TIME", write_time(event.at, switches))]
    nodes += [(name, value) for name, value in event.values.items() if value]
    line = write_xml(("EVENT", nodes), switches.changed(indent=False, drop_close_tag=False))
    return line + LINE_ENDS[switches.line_end].encode()
