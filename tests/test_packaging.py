"""What is in the wheel and in the source distribution, and what is in neither."""

from __future__ import annotations

import email
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import toolkit

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "toolkit"
STEM = f"session_toolkit-{toolkit.__version__}"
SAMPLES = {"cassettes": "*.yaml", "notebooks": "*.ipynb"}

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, built once by the backend itself."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Files:
    """The wheel's files."""
    with zipfile.ZipFile(folder / f"{STEM}-py3-none-any.whl") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def sdist(folder: Path) -> Files:
    """The files of the source distribution, below its one folder."""
    with tarfile.open(folder / f"{STEM}.tar.gz") as archive:
        files = {one.name: archive.extractfile(one) for one in archive if one.isfile()}
        return {name.removeprefix(f"{STEM}/"): file.read() for name, file in files.items() if file}


def test_wheel_has_the_whole_package(wheel: Files) -> None:
    """Each module, ``py.typed``, and the page's side of each widget, byte for byte."""
    wanted = [*PACKAGE.rglob("*.py"), PACKAGE / "py.typed"]
    wanted += [path for path in (PACKAGE / "widgets" / "front").iterdir() if path.is_file()]
    assert {path.suffix for path in wanted} == {".py", ".js", ".css", ".typed"}
    for path in wanted:
        assert wheel[path.relative_to(ROOT).as_posix()] == path.read_bytes()


def test_wheel_has_the_samples(wheel: Files) -> None:
    """The notebooks and cassettes of the checkout, in the layout that they have there."""
    wanted = {
        f"toolkit/samples/{name}/{path.name}"
        for name, pattern in SAMPLES.items()
        for path in (ROOT / name).glob(pattern)
    }
    assert {name for name in wheel if name.startswith("toolkit/samples/")} == wanted


def test_wheel_has_nothing_else(wheel: Files) -> None:
    """No test, no benchmark, no document: the package and its metadata."""
    places = ("toolkit/", f"{STEM}.dist-info/")
    assert [name for name in wheel if not name.startswith(places)] == []
    endings = {Path(name).suffix for name in wheel if name.startswith("toolkit/")}
    assert endings == {".py", ".js", ".css", ".yaml", ".ipynb", ".typed"}
    names = {Path(name).name for name in wheel}
    assert [one for one in names if one.startswith(("test_", "conftest"))] == []


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_no_machine_path(kind: str, request: pytest.FixtureRequest) -> None:
    """No file tells where it was built."""
    files: Files = request.getfixturevalue(kind)
    places = re.compile(b"|".join(re.escape(str(one).encode()) for one in (ROOT, ROOT.resolve())))
    assert [name for name, content in files.items() if places.search(content)] == []


def test_metadata(wheel: Files) -> None:
    """The command, the services, the forms and the plugin for pytest are announced."""
    about = email.message_from_bytes(wheel[f"{STEM}.dist-info/METADATA"])
    assert about["Name"] == "session-toolkit"
    assert about["Version"] == toolkit.__version__
    assert about["License-Expression"] == "MIT"
    assert about["Description-Content-Type"] == "text/markdown"
    assert {"lab", "duckdb", "polars", "dask", "spark", "remote", "keyring"} <= set(
        about.get_all("Provides-Extra", [])
    )
    points = wheel[f"{STEM}.dist-info/entry_points.txt"].decode()
    assert "toolkit = toolkit.cli:main" in points
    assert "toolkit = toolkit.pytest_plugin" in points
    for service in toolkit.sandbox.SERVICES:
        assert f"{service} = toolkit.services.{service}:service" in points


def test_sdist_can_be_tested(sdist: Files) -> None:
    """It holds what a build and the tests need, and nothing that a checkout would not track."""
    wanted = {
        *("pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
        *("Makefile", "constraints.txt", "conftest.py", "tests/test_packaging.py"),
        *("notebooks/01-first-session.ipynb", "cassettes/sertainty-demo.yaml"),
    }
    assert wanted <= set(sdist)
    left = re.compile(r"__pycache__|\.pyc$|\.ipynb_checkpoints|\.venv|artifacts|\.coverage")
    assert [name for name in sdist if left.search(name)] == []
