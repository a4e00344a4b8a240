"""A bad day on purpose: makes a box misbehave in ways that an analysis must find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.sandbox.sertainty.box import SertaintyBox


@dataclass(frozen=True, slots=True)
class Incident:
    """What is wrong from now on.

    Attributes
    ----------
    slow_function, slow_seconds
        Every call of it takes so much longer.
    failing_function, failing_code, failing_text, failures
        The next so many calls of it answer this code: a burst.
    new_function, new_code, new_text
        Every call of it answers a code that no table lists.
    """

    slow_function: str = "configGetTasks"
    slow_seconds: float = 0.15
    failing_function: str = "taskGetLog"
    failing_code: int = 502
    failing_text: str = "Storage server s3 unreachable"
    failures: int = 5
    new_function: str = "sharedGetPreset"
    new_code: int = 507
    new_text: str = "Quota exceeded"


def begin(box: SertaintyBox, incident: Incident | None = None) -> Incident:
    """Let an incident begin; record one session before and one after, and compare them.

    Examples
    --------
    >>> from toolkit import sandbox
    >>> from toolkit.sandbox.sertainty import incident
    >>> with sandbox.start("sertainty") as box:
    ...     incident.begin(box).new_code
    507
    """
    bad = incident or Incident()
    box.fault("delay", bad.slow_function, seconds=bad.slow_seconds, times=None)
    box.fault(
        "answer",
        bad.failing_function,
        code=bad.failing_code,
        text=bad.failing_text,
        times=bad.failures,
    )
    box.fault("answer", bad.new_function, code=bad.new_code, text=bad.new_text, times=None)
    return bad
