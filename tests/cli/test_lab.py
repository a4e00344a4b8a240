"""``toolkit lab``, with a stand-in for JupyterLab that says how it was started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import toolkit
from toolkit.cli.main import main

STAND_IN = """
import json, os, pathlib, sys, time, urllib.request
url = os.environ["TOOLKIT_SANDBOX_SERTAINTY"]
ping = b"<Request><Function>agentPing</Function></Request>"
with urllib.request.urlopen(url, ping) as answer:
    status = answer.status
there = sorted(str(path) for path in pathlib.Path(sys.argv[1]).rglob("*.ipynb"))
print(json.dumps({"argv": sys.argv[1:], "status": status, "notebooks": there}), flush=True)
if "wait" in sys.argv:
    sys.stdin.read()
sys.exit(3)
"""
COMMAND = [sys.executable, "-m", "toolkit", "lab"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One in which ``python -m jupyterlab`` is the stand-in."""
    (tmp_path / "stand-in").mkdir()
    (tmp_path / "stand-in" / "jupyterlab.py").write_text(STAND_IN)
    root = str(Path(toolkit.__file__).parent.parent)
    path = os.pathsep.join([str(tmp_path / "stand-in"), root])
    return {**os.environ, "PYTHONPATH": path}


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def test_samples_are_laid_out(environment: dict[str, str], empty: Path) -> None:
    """From an empty folder: a copy to play with, a sandbox that answers, Lab's own options."""
    command = [*COMMAND, "--no-browser", "--", "--allow-root"]
    done = subprocess.run(
        command, cwd=empty, env=environment, capture_output=True, text=True, check=False
    )
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["argv"] == ["toolkit-lab", "--no-browser", "--allow-root"]
    assert said["status"] == 200
    assert str(Path("toolkit-lab", "notebooks", "incident.ipynb")) in said["notebooks"]
    assert (empty / "toolkit-lab" / "cassettes" / "sertainty-demo.yaml").is_file()
    assert str(empty.resolve() / "toolkit-lab") in done.stdout
    assert done.returncode == 3, "the exit status is Lab's"


def test_changed_notebook_is_named_and_kept(environment: dict[str, str], empty: Path) -> None:
    """The second start says which files stay as their user left them."""
    done = subprocess.run(
        COMMAND, cwd=empty, env=environment, capture_output=True, text=True, check=False
    )
    assert "as you changed them" not in done.stdout
    (empty / "toolkit-lab" / "notebooks" / "xivo.ipynb").write_text("mine")
    done = subprocess.run(
        COMMAND, cwd=empty, env=environment, capture_output=True, text=True, check=False
    )
    assert "as you changed them: notebooks/xivo.ipynb" in done.stdout


def test_named_folder_is_opened_as_it_is(environment: dict[str, str], empty: Path) -> None:
    """Nothing is copied when a folder is named."""
    command = [*COMMAND, "--notebooks", "."]
    done = subprocess.run(
        command, cwd=empty, env=environment, capture_output=True, text=True, check=False
    )
    assert json.loads(done.stdout.splitlines()[-1])["argv"] == ["."]
    assert list(empty.iterdir()) == []


def test_named_folder_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence names it and the option."""
    assert main(["lab", "--notebooks", "no-such-folder"]) == 2
    assert capsys.readouterr().err == (
        "toolkit lab: there is no folder no-such-folder; name one with --notebooks\n"
    )


def test_without_jupyterlab(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence says what to install."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["lab"]) == 2
    assert 'pip install "session-toolkit[lab]"' in capsys.readouterr().err


# Windows has no signal that a program can answer and that reaches one process only.
SIGNALS = {"SIGTERM": 143, "SIGINT": 3} if os.name == "posix" else {"SIGTERM": 1}


@pytest.mark.parametrize("name", SIGNALS)
def test_both_end_together(environment: dict[str, str], empty: Path, name: str) -> None:
    """A terminate signal ends Lab and sandbox; an interrupt is Lab's to answer."""
    with subprocess.Popen(
        [*COMMAND, "--", "wait"],
        cwd=empty,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        said = next(line for line in started.stdout if line.startswith("{"))
        assert json.loads(said)["status"] == 200
        started.send_signal(getattr(signal, name))
        if name == "SIGINT":  # sent to the command alone: Lab goes on until it is told to leave
            started.stdin.close()
        assert started.wait() == SIGNALS[name]
