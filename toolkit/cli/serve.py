"""``toolkit sandbox``: a service's sandbox on loopback until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
from types import FrameType


def run(options: argparse.Namespace) -> int:
    """Print the address, serve in real time, and end cleanly on Ctrl-C or a terminate signal."""
    from toolkit import sandbox

    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), end)
    with sandbox.start(options.service, port=options.port, path=options.path, clock="real") as box:
        print(f"{options.service} sandbox at {box.url} (Ctrl-C ends it)", flush=True)
        while not ended.wait(0.5):  # a wait without a limit is not interrupted on Windows
            pass
    return 0
