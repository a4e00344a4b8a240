"""A clean environment with the built wheel in it; these tests run when their folder is named.

They build nothing: ``make dist`` does, and then runs them. What they install, pip fetches.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SECONDS = 600.0
"""A command that takes longer has failed."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out unless it was named."""
    named = [Path(config.invocation_params.dir, one.partition("::")[0]) for one in config.args]
    if any(HERE in (one.resolve(), *one.resolve().parents) for one in named):
        return None
    return True


class Clean:
    """An environment of its own, in which commands run from an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "environment"
        self.empty = folder / "empty"
        self.empty.mkdir()
        venv.create(self.folder, with_pip=True)
        self.programs = self.folder / ("Scripts" if sys.platform == "win32" else "bin")
        mine = ("PYTHON", "VIRTUAL_ENV", "TOOLKIT_", "COVERAGE")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(mine)
        }
        self.environment["NO_COLOR"] = "1"

    def run(self, program: str, *words: str, status: int = 0) -> str:
        """Run a program of the environment and give what it printed; it must end as said."""
        done = subprocess.run(
            [str(self.programs / program), *words],
            cwd=self.empty,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def install(self, *words: str) -> None:
        """Install with pip, in the versions that the tests ran with."""
        constraints = str(ROOT / "constraints.txt")
        quiet = ("--disable-pip-version-check", "--quiet")
        self.run("python", "-m", "pip", *quiet, "install", "--constraint", constraints, *words)


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The built wheel."""
    return _only("*.whl")


@pytest.fixture(scope="session")
def sdist() -> Path:
    """The built source distribution."""
    return _only("*.tar.gz")


def _only(pattern: str) -> Path:
    found = list((ROOT / "dist").glob(pattern))
    assert len(found) == 1, f"dist/{pattern}: {len(found)} files; build them with: make dist"
    return found[0]


@pytest.fixture(scope="session")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The environment with the wheel, what it requires, and nothing else."""
    made = Clean(tmp_path_factory.mktemp("clean"))
    made.install(str(wheel))
    return made
