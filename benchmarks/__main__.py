"""All measurements: ``make bench``, or ``python -m benchmarks`` with a part's name.

Prints a JSON line for each comparison; a run of all parts writes benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import at_once, calls, report, xivo
from benchmarks.cassettes import run as cassettes
from benchmarks.cassettes.rows import LARGE
from benchmarks.logs import run as logs
from benchmarks.measure import ROOT
from benchmarks.report import Section


def main() -> None:
    """Run what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parts = "cassettes logs calls xivo at_once, or cassettes:open ..."
    asked.add_argument("parts", nargs="*", help=parts)
    asked.add_argument("--sizes", type=int, nargs="+", default=[1000, LARGE], help="of cassettes")
    asked.add_argument("--flat", type=int, nargs="*", default=[100_000], help="1000000 needs 5 GB")
    asked.add_argument("--log", type=float, default=logs.MEGABYTES, help="MB; 1000 needs 3 GB")
    asked.add_argument("--output", type=Path, help="where the tables go")
    given = asked.parse_args()
    inner = [part.partition(":")[2] for part in given.parts if ":" in part]
    rooms: dict[str, Callable[[], tuple[Section, list[str]]]] = {
        "cassettes": lambda: cassettes.measure(
            given.sizes, inner or cassettes.PARTS, () if inner else given.flat
        ),
        "logs": lambda: logs.measure(given.log, inner or logs.PARTS),
        "calls": calls.measure,
        "xivo": xivo.measure,
        "at_once": at_once.measure,
    }
    wanted = list(dict.fromkeys(part.partition(":")[0] for part in given.parts)) or list(rooms)
    if unknown := [name for name in wanted if name not in rooms]:
        asked.error(f"there is no part {unknown[0]!r}; there are {', '.join(rooms)}")
    start = time.monotonic()
    sections, failed = [], []
    for name in wanted:
        section, missed = rooms[name]()
        sections.append(section)
        failed += missed
    load = f", load average {os.getloadavg()[2]:.1f}" if hasattr(os, "getloadavg") else ""
    took = f"The run took {time.monotonic() - start:.0f} s{load} (1 is one busy core)"
    output = given.output or (None if given.parts else ROOT / "benchmarks" / "RESULTS.md")
    if output is not None:
        report.write(output, sections, [*failed, took])
    print(took, file=sys.stderr)
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
