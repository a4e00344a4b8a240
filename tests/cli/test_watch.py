"""``toolkit watch`` as a user meets it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import toolkit
from toolkit.cli.main import main


def test_without_a_login(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A server by its address; the looks are recorded, and anything of it can be watched."""
    with toolkit.sandbox.start("uptivity") as box:
        options = ["--service", "uptivity", "--every", "0.01s", "--times", "2"]
        assert main(["watch", box.url, *options, "--record", str(tmp_path / "w.yaml")]) == 0
        out = capsys.readouterr().out.splitlines()
        assert out[0].startswith(f"Watching calls of uptivity {box.url}")
        assert out[-1] == "Ended after 2 looks: 0 changes."
        assert len(toolkit.read_calls(tmp_path / "w.yaml")) == 2
        users = [*options, "--of", "users.list", "--key", "user_id"]
        assert main(["watch", box.url, *users]) == 0
        assert "Watching list of uptivity" in capsys.readouterr().out
        assert main(["watch", box.url, *options, "--of", "users.lost"]) == 2
        assert "has no method 'users.lost'" in capsys.readouterr().err


def test_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence for a profile or a service that is none, and where nobody can be asked."""
    assert main(["watch", "no-such-server"]) == 2
    assert "no-such-server" in capsys.readouterr().err
    assert main(["watch", "http://127.0.0.1:9/", "--service", "uptivty"]) == 2
    assert "called 'uptivty'; did you mean 'uptivity'?" in capsys.readouterr().err
    assert main(["watch", "http://127.0.0.1:9/", "--service", "xivo"]) == 2
    assert "say what of xivo to watch: --of users.list --key id" in capsys.readouterr().err
    with toolkit.sandbox.start("sertainty") as box:
        assert main(["watch", box.url, "--user", "ada"]) == 2
    assert capsys.readouterr().err.startswith("toolkit watch: ")


def test_ctrl_c(tmp_path: Path) -> None:
    """Ctrl-C ends it with its summary and exit status 0."""
    with toolkit.sandbox.start("uptivity") as box:
        command = [sys.executable, "-u", "-m", "toolkit", "watch", box.url, "--service", "uptivity"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            assert "Watching calls" in running.stdout.readline()
            running.send_signal(signal.SIGINT)
            out = running.stdout.read()
    assert "Stopped after" in out
    assert running.returncode == 0
