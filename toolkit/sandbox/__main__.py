"""``python -m toolkit.sandbox sertainty``: serve a sandbox until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from toolkit import sandbox
from toolkit.sandbox.serving import serve_until_told, start_with


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
    parser.add_argument("--era", default="16.15", help="xivo: 15.18, 16.15 or wazo (16.15)")
    parser.add_argument("--users", type=int, default=20, help="xivo, geoop: invented people (20)")
    parser.add_argument("--jobs", type=int, default=20, help="geoop: invented jobs (20)")
    options = parser.parse_args(arguments)
    try:
        box = start_with(
            options.service,
            path=options.path,
            port=options.port,
            seed=options.seed,
            clock="real" if options.real_time else "manual",
            workload=options.days,
            log_size=options.log_size,
            era=options.era,
            users=options.users,
            jobs=options.jobs,
        )
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot start the {options.service} sandbox: {error}\n")
        return 1
    serve_until_told(box, box.place)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
