"""What a client says of an answer that it understood, though the answer was not right."""

from __future__ import annotations

import sys
import warnings

_PASSED = ("toolkit.", "asyncio.")


class UptivityWarning(UserWarning):
    """An answer that was repaired or that contradicts itself, or a value that may not arrive."""


def warn(text: str) -> None:
    """Warn whoever called the toolkit, at their own line (of a task: where its loop runs)."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(_PASSED):
        level, frame = level + 1, frame.f_back
    warnings.warn(text, UptivityWarning, stacklevel=level)
