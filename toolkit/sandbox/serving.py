"""Serving in the foreground until Ctrl-C or a signal to end."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator

from toolkit.sandbox.box import Box

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last is Windows' Ctrl-Break


def serve_until_told(box: Box, line: str) -> None:
    """Print a line, wait for Ctrl-C or SIGTERM, and close the box."""
    with box, told_to_end() as ending, contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        while not ending.wait(0.5):  # Windows delivers signals between waits only
            pass


@contextlib.contextmanager
def told_to_end() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, while the context lasts."""
    ending = threading.Event()
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = [(one, signal.signal(one, lambda *_: ending.set())) for one in numbers]
    try:
        yield ending
    finally:
        for number, handler in before:
            signal.signal(number, handler)
