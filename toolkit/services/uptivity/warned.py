"""What a client says of an answer that it understood, though the answer was not right."""

from __future__ import annotations

import warnings


class UptivityWarning(UserWarning):
    """An answer that was repaired or that contradicts itself, or a value that may not arrive."""


def warn(text: str) -> None:
    """Warn the caller."""
    warnings.warn(text, UptivityWarning, stacklevel=2)
