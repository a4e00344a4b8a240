"""``toolkit lab``: JupyterLab on the notebooks, with a sandbox running beside it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

from toolkit.cli.samples import copy_samples
from toolkit.outcomes import InvalidArgument

SANDBOX_URL = "TOOLKIT_SANDBOX_SERTAINTY"
"""The environment variable in which notebooks find the running sandbox's address."""

FOLDER = "toolkit-lab"
"""Where the samples are laid out when no folder is named."""


def run(options: argparse.Namespace) -> int:
    """Start the sandbox, then JupyterLab; end both together."""
    if options.notebooks is not None and not Path(options.notebooks).is_dir():
        raise InvalidArgument(f"there is no folder {options.notebooks}; name one with --notebooks")
    if importlib.util.find_spec("jupyterlab") is None:
        raise InvalidArgument(
            'JupyterLab is not installed; install it with: pip install "session-toolkit[lab]"'
        )
    folder = _folder(options.notebooks)
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
                status = lab.wait()
                return status if status >= 0 else 128 - status  # as a shell tells of a signal
            except KeyboardInterrupt:  # Lab has had the same signal, and asks its own question
                continue


def _folder(named: str | None) -> Path:
    """The folder to open: the one that was named, as it is, or a copy of the samples."""
    if named is None:
        folder = Path(FOLDER)
        kept = copy_samples(folder).kept
        print(f"samples in {folder.resolve()}", flush=True)
        if kept:
            print(f"as you changed them: {', '.join(kept)} (delete one to have it anew)")
        return folder
    return Path(named)
