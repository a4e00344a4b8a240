"""``toolkit sandbox``: a service's sandbox on loopback until Ctrl-C."""

from __future__ import annotations

import argparse

from toolkit.outcomes import InvalidArgument
from toolkit.sandbox.serving import serve_until_told, start_with


def run(options: argparse.Namespace) -> int:
    """Print the address, serve in real time, and end cleanly on Ctrl-C or a terminate signal."""
    try:
        box = start_with(
            options.service,
            port=options.port,
            path=options.path,
            clock="real",
            workload=options.days,
            era=options.era,
            users=options.users,
            jobs=options.jobs,
        )
    except ValueError as error:
        raise InvalidArgument(str(error)) from None
    serve_until_told(box, f"{options.service} sandbox at {box.place} (Ctrl-C ends it)")
    return 0
