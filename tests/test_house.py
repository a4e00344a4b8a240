"""The house keeps its floors, and its door opens quickly."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_floors() -> None:
    """No room imports from a floor above, and the sandbox is independent (import-linter)."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_room_is_told_and_has_its_floor() -> None:
    """CONTRIBUTING names every room, and the floors that the contract has; no room is on none."""
    rooms = {
        path.stem
        for path in (ROOT / "toolkit").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tree, floors = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1:3]
    assert set(re.findall(r"^  (\w+?)(?:/|\.py) ", tree, re.MULTILINE)) == rooms - {"__main__"}
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    ruled = [set(re.findall(r"toolkit\.(\w+)", layer)) for layer in reversed(layers)]
    assert [set(line.split()) - {"__init__"} for line in floors.splitlines()] == ruled
    assert set().union(*ruled) == rooms - {"__init__", "__main__", "sandbox"}


def test_import_is_light() -> None:
    """``import toolkit`` loads neither pandas nor httpx; the command's help does not either."""
    code = (
        "import sys, toolkit; from toolkit.cli.main import parser; parser().format_help();"
        "print([m for m in ('pandas', 'httpx', 'lxml', 'vcr', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
