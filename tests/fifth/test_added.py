"""A fifth service is added by its entry point alone: no other file knows of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

from toolkit import services

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment in which the distribution is installed, as an installer would note it."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    folder = tmp_path / f"{name}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{key} = {value}" for key, value in entries.items())]
    (folder / "entry_points.txt").write_text("\n".join(lines) + "\n")
    path = os.pathsep.join(map(str, (tmp_path, HERE, ROOT)))
    return {**os.environ, "PYTHONPATH": path}


def run(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    """Run Python there; what it said."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_keeps_the_contract(installed: dict[str, str], tmp_path: Path) -> None:
    """The whole contract, run as the author of a plugin runs it."""
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "--noconftest"]
    config = ["-c", str(HERE / "pyproject.toml"), "--rootdir", str(HERE)]
    test = str(HERE / "test_contract.py")
    said = run(installed, tmp_path, "-m", "pytest", *options, *config, test)
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) > 60
    assert "skipped" not in said


def test_everything_knows_it(installed: dict[str, str], tmp_path: Path) -> None:
    """Tables, forms, recordings, analyses, profiles and calls over a table, by its name alone."""
    code = """
        import pandas as pd
        import toolkit
        from server import PASSWORD, USER, serve

        assert len(toolkit.functions("lending")) == 7
        assert toolkit.codes("lending").set_index("code").loc[44, "label"] == "NO_SUCH_BOOK"
        with serve() as url, toolkit.connect({"service": "lending", "url": url}) as library:
            with toolkit.record("monday.yaml"):
                library.login_with(USER, PASSWORD)
                library.books.list()
                try:
                    library.books.get(9)
                except toolkit.NotFound as error:
                    print(error)
                over = pd.DataFrame({"id": [1, 2]})
                print(toolkit.run(library.books.get, over=over)["title"].tolist())
            print(toolkit.form(library))
        calls = toolkit.read_calls("monday.yaml")
        print(calls["service"].unique().tolist(), calls["label"].tolist())
        print(toolkit.result_codes(calls)["label"].tolist())
    """
    said = run(installed, tmp_path, "-W", "error", "-c", textwrap.dedent(code)).splitlines()
    assert said[0] == "GET /books/{id}(9): NO_SUCH_BOOK 44: no book 9"
    assert said[1] == "['Tides of Salt', 'A & B <or> C']"
    assert said[2].startswith("<form for 6 functions of lending http://127.0.0.1:")
    assert said[3] == "['lending'] ['DONE', 'DONE', 'NO_SUCH_BOOK', 'DONE', 'DONE']"
    assert "NO_SUCH_BOOK" in said[4]
    command = ["-m", "toolkit", "calls", "monday.yaml"]
    assert "lending" in run(installed, tmp_path, *command)


def test_it_is_not_installed_here() -> None:
    """The other tests compare the services that come along."""
    assert "lending" not in services.load()


def test_no_other_file_names_it() -> None:
    """Nothing of the toolkit, of its tests or of its packaging was touched for it."""
    folders = ("toolkit", "tests", "benchmarks", "notebooks")
    files = [ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / "conftest.py"]
    files += [one for folder in folders for one in (ROOT / folder).rglob("*.py")]
    named = [
        str(one.relative_to(ROOT))
        for one in files
        if HERE not in one.parents and re.search(r"\blending\b", one.read_text("utf-8"))
    ]
    assert named == []


def test_the_walk_through_shows_its_files() -> None:
    """Each block of code in CONTRIBUTING's "Add a service" is a piece of one of these files."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition("## Add a service")[2].partition("\n## ")[0]
    blocks = re.findall(r"```(?:python|toml)\n(.*?)```", section, re.DOTALL)
    sources = [one.read_text("utf-8") for one in HERE.rglob("*") if one.suffix in (".py", ".toml")]
    assert len(blocks) > 4
    for block in blocks:
        pieces = [piece.strip("\n") for piece in block.split("...\n") if piece.strip()]
        for piece in pieces:
            assert any(piece in source for source in sources), piece


def test_the_contract_sees_faults(installed: dict[str, str], tmp_path: Path) -> None:
    """Of services that are wrong in one way each, every one fails the test that is about it."""
    options = ["-q", "-p", "no:cacheprovider", "--noconftest", "--tb=no"]
    config = ["-c", str(HERE / "pyproject.toml"), "--rootdir", str(HERE)]
    arguments = [*options, *config, str(HERE / "test_contract.py")]
    said = run(installed, tmp_path, str(HERE / "faulty.py"), *arguments)
    faults = dict(re.findall(r"^FAULT (\w+): (.*)$", said, re.MULTILINE))
    assert len(faults) == 10
    assert [name for name, seen in faults.items() if name not in seen] == []
