"""The house keeps its floors, and its face shows what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import toolkit

ROOT = Path(__file__).parent.parent


def test_floors() -> None:
    """No room imports from a floor above, and the sandbox is independent (import-linter)."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", toolkit.__all__)
def test_public_names_resolve(name: str) -> None:
    """Each name of the face is there, and is documented."""
    value = getattr(toolkit, name)
    assert (value.__doc__ or "").strip()


def test_face_is_declared_twice_alike() -> None:
    """What is loaded lazily and what the type checker reads are the same names."""
    source = (ROOT / "toolkit" / "__init__.py").read_text()
    declared = set(re.findall(r"(\w+) as \1\b", source))
    assert declared == set(toolkit.__all__)


def test_unknown_name() -> None:
    """A misspelt name is an AttributeError like any module's."""
    with pytest.raises(AttributeError, match="no attribute 'recrod'"):
        _ = toolkit.recrod  # type: ignore[attr-defined]


def test_import_is_light() -> None:
    """``import toolkit`` loads neither pandas nor httpx; the command's help does not either."""
    code = (
        "import sys, toolkit; from toolkit.cli.main import parser; parser().format_help();"
        "print([m for m in ('pandas', 'httpx', 'lxml', 'vcr', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
