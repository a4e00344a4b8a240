"""``python -m toolkit.sandbox sertainty``: serve a sandbox until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator, Sequence

from toolkit import sandbox

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last is Windows' Ctrl-Break


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to end; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m toolkit.sandbox", description="Serve a sandbox on 127.0.0.1."
    )
    parser.add_argument("service", choices=sorted(sandbox.SERVICES))
    parser.add_argument("--port", type=int, default=0, help="port to listen on (any free one)")
    parser.add_argument("--path", help="database file that survives a restart (none)")
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is invented (0)")
    parser.add_argument("--real-time", action="store_true", help="run tasks by the real clock")
    parser.add_argument("--days", type=float, default=0.0, help="days of history to begin with (0)")
    parser.add_argument("--log-size", type=int, default=0, help="bytes of filler in the log (0)")
    options = parser.parse_args(arguments)
    try:
        box = sandbox.start(
            options.service,
            path=options.path,
            port=options.port,
            seed=options.seed,
            clock="real" if options.real_time else "manual",
            workload=options.days,
            log_size=options.log_size,
        )
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot start the {options.service} sandbox: {error}\n")
        return 1
    with box, _told_to_end() as ending, contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{box.url}\n")
        sys.stdout.flush()
        while not ending.wait(0.5):  # Windows delivers signals between waits only
            pass
    return 0


@contextlib.contextmanager
def _told_to_end() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, while the context lasts."""
    ending = threading.Event()
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = [(one, signal.signal(one, lambda *_: ending.set())) for one in numbers]
    try:
        yield ending
    finally:
        for number, handler in before:
            signal.signal(number, handler)


if __name__ == "__main__":
    raise SystemExit(main())
