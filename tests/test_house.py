"""The house keeps its floors, and its door opens quickly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_floors() -> None:
    """No room imports from a floor above, and the sandbox is independent (import-linter)."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_is_light() -> None:
    """``import toolkit`` loads neither pandas nor httpx; the command's help does not either."""
    code = (
        "import sys, toolkit; from toolkit.cli.main import parser; parser().format_help();"
        "print([m for m in ('pandas', 'httpx', 'lxml', 'vcr', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
