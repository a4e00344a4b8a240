"""``toolkit record`` and ``toolkit replay``: a Python script under a cassette."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

from toolkit import cassettes
from toolkit.outcomes import InvalidArgument


def run(options: argparse.Namespace) -> int:
    """Run the script as ``python script.py arguments`` would, with the deck set."""
    script = Path(options.script)
    if not script.is_file():
        raise InvalidArgument(f"there is no script {options.script}")
    deck = cassettes.record if options.command == "record" else cassettes.replay
    before = sys.argv, sys.path[:]
    sys.argv = [str(script), *options.arguments]
    sys.path.insert(0, str(script.parent.resolve()))
    try:
        with deck(options.cassette):
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as leave:
        return _status(leave.code)
    finally:
        sys.argv, sys.path[:] = before
    return 0


def _status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1
