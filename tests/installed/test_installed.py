"""The built wheel in an environment with nothing else, used from an empty folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

from .conftest import Clean


def test_installed_package_is_the_one_in_use(clean: Clean) -> None:
    """Nothing of the checkout is seen, and no extra is there."""
    place = clean.run("python", "-c", "import toolkit; print(toolkit.__file__)").strip()
    assert Path(place).resolve().is_relative_to(clean.folder.resolve())
    code = "import importlib.util as u; print([n for n in ('pytest', 'dask') if u.find_spec(n)])"
    assert clean.run("python", "-c", code).strip() == "[]"


def test_help(clean: Clean) -> None:
    """The command is there."""
    assert "the whole path on a sandbox" in clean.run("toolkit", "--help")


def test_demo(clean: Clean) -> None:
    """The whole path runs from the wheel alone, with the recordings that came along."""
    said = clean.run("toolkit", "demo")
    assert "the replay is equal" in said
    assert "Recordings that come along" in said
    assert (clean.empty / "demo-output" / "demo.html").is_file()


def test_lab_lays_out_the_samples(clean: Clean) -> None:
    """Without JupyterLab one sentence says what to install; the samples are there to copy."""
    said = clean.run("toolkit", "lab", status=2)
    assert 'pip install "session-toolkit[lab]"' in said
    code = "from toolkit.cli.samples import *; print(copy_samples(Path('mine')).written)"
    assert "notebooks/incident.ipynb" in clean.run("python", "-c", code)
    said = clean.run("toolkit", "codes", "mine/cassettes", "--by", "service", "--format", "csv")
    assert {line.split(",")[0] for line in said.splitlines()[1:]} == {
        *("geoop", "sertainty", "uptivity", "xivo")
    }


def test_every_public_name_needs_no_extra(clean: Clean) -> None:
    """All names of the face load without a warning; the functions of each service are found."""
    code = (
        "import toolkit\n"
        "for name in toolkit.__all__: getattr(toolkit, name)\n"
        "for name in toolkit.sandbox.SERVICES: print(len(toolkit.functions(name)))\n"
    )
    said = clean.run("python", "-W", "error", "-c", code)
    assert said.split()[1:3] == ["37", "6"]


def test_sdist_gives_the_same(clean: Clean, sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Installed from source, each file of the package is that of the wheel."""
    clean.install("--no-deps", "--target", str(tmp_path), str(sdist))
    with zipfile.ZipFile(wheel) as archive:
        files = {
            name: archive.read(name) for name in archive.namelist() if name.startswith("toolkit/")
        }
    there = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in (tmp_path / "toolkit").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert there == files
