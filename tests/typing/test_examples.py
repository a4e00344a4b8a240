"""Code as users write it: it passes a strict type checker, what is wrong does not, and it runs."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import toolkit

HERE = Path(__file__).parent
EXAMPLES = sorted(path for path in (HERE / "examples").glob("*.py") if path.stem != "wrong")
WRONG = HERE / "examples" / "wrong.py"

Errors = dict[Path, Counter[tuple[int, str]]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Errors:
    """What mypy says, run once, with no settings of ours and from where there is no source."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")  # and nothing is known from an earlier run
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-pretty"]
    command += ["--no-error-summary", "--hide-error-context", "--cache-dir", str(elsewhere)]
    done = subprocess.run(
        [*command, *map(str, EXAMPLES), str(WRONG)],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    errors: Errors = {path: Counter() for path in (*EXAMPLES, WRONG)}
    for line in done.stdout.splitlines():
        if ": note: " in line:
            continue
        said = re.fullmatch(r"(.+?):(\d+): error: .*\[([\w-]+)\]", line)
        assert said is not None, line
        errors[Path(said[1]).resolve()][int(said[2]), said[3]] += 1
    return errors


@pytest.mark.xdist_group("mypy")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_typed(path: Path, found: Errors) -> None:
    """An installed package with ``py.typed`` gives its users their types."""
    assert not found[path.resolve()]


@pytest.mark.xdist_group("mypy")
def test_wrong_use_is_found(found: Errors) -> None:
    """Each line that is marked gets the error that it is marked with, and no other line one."""
    marked: Counter[tuple[int, str]] = Counter()
    for number, line in enumerate(WRONG.read_text(encoding="utf-8").splitlines(), 1):
        if mark := re.search(r"# error: ([\w-]+)$", line):
            marked[number, mark[1]] += 1
    assert found[WRONG.resolve()] == marked
    assert marked.total() > 15


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path: Path, tmp_path: Path) -> None:
    """What is typed as said also does what it says."""
    spec = importlib.util.spec_from_file_location(f"example_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    with toolkit.sandbox.start("sertainty", workload=0.2) as box:
        example.main(box.url, box.answers, tmp_path)
