"""Serving in the foreground until Ctrl-C or a signal to end."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from toolkit.sandbox.box import Box

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last is Windows' Ctrl-Break


def start_with(service: str, **offered: Any) -> Box:
    """Start a sandbox with those of the offered options that its service knows."""
    from toolkit import sandbox

    if service not in sandbox.SERVICES:
        return sandbox.start(service)  # which says what there is
    known = inspect.signature(importlib.import_module(sandbox.SERVICES[service]).start).parameters
    return sandbox.start(
        service, **{name: value for name, value in offered.items() if name in known}
    )


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
