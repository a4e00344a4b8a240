"""``toolkit lab``: JupyterLab on the notebooks, with a sandbox running beside it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

from toolkit.outcomes import InvalidArgument

SANDBOX_URL = "TOOLKIT_SANDBOX_SERTAINTY"
"""The environment variable in which notebooks find the running sandbox's address."""


def run(options: argparse.Namespace) -> int:
    """Start the sandbox, then JupyterLab; end both together."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise InvalidArgument(
            'JupyterLab is not installed; install it with: pip install "session-toolkit[lab]"'
        )
    folder = Path(options.notebooks)
    if not folder.is_dir():
        raise InvalidArgument(f"there is no folder {folder}; name one with --notebooks")
    from toolkit import sandbox

    with sandbox.start("sertainty", clock="real", workload=2.0) as box:
        print(f"sertainty sandbox at {box.url} (in notebooks: ${SANDBOX_URL})", flush=True)
        command = [sys.executable, "-m", "jupyterlab", str(folder)]
        if options.no_browser:
            command.append("--no-browser")
        command += [word for word in options.arguments if word != "--"]
        environment = {**os.environ, SANDBOX_URL: box.url}
        lab = subprocess.Popen(command, env=environment)  # noqa: S603 (our own interpreter)
        signal.signal(signal.SIGTERM, lambda *_: lab.terminate())
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:  # Lab has had the same signal, and asks its own question
                continue
