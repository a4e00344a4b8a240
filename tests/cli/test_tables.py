"""Tables and reports on the command line: formats, pipes, logs beside recordings."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.analysis import recording as made
from toolkit.cli.main import main

LOG = '<Log><E time="2019-04-01T08:00:00" level="Error">disk|full</E><E level="Info"/></Log>'


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    """A short recording of plain and gateway calls."""
    traffic = [made.get("/a"), made.get("/b", 404, minute=70), made.gateway("agentPing")]
    return made.cassette(tmp_path / "short.yaml", traffic)


@pytest.fixture
def piped(cassette: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recording comes in by a pipe."""
    stdin = SimpleNamespace(buffer=io.BytesIO(cassette.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)


def test_markdown_tables(cassette: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Codes, calls and logs as Markdown, with nothing in a cell that breaks the table."""
    assert main(["codes", str(cassette), "--by", "hour,code", "--format", "markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("| hour | code | calls | share |")
    assert lines[1].startswith("| --- | ---: |")
    assert len(lines) == 5
    log = cassette.with_name("a.xml")
    log.write_text(LOG)
    assert main(["log", str(log), "--format", "markdown"]) == 0
    assert "disk\\|full" in capsys.readouterr().out


@pytest.mark.usefixtures("piped")
def test_calls_from_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """``-`` reads standard input, and is named so."""
    assert main(["calls", "-", "--format", "csv"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 4
    assert all(",-," in line for line in out[1:])


@pytest.mark.usefixtures("piped")
def test_a_report_from_a_pipe_as_markdown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ending decides about the format; the title is the caller's."""
    target = tmp_path / "r.md"
    assert main(["report", "-", "-o", str(target), "--title", "Monday"]) == 0
    text = target.read_text(encoding="utf-8")
    assert text.startswith("# Monday\n")
    assert "## Latency" in text
    assert capsys.readouterr().out.strip() == str(target)


def test_a_report_of_recordings_and_a_log(cassette: Path, tmp_path: Path) -> None:
    """Sources that are XML logs become its log; a log alone does too."""
    log = tmp_path / "agent.xml"
    log.write_text(LOG)
    both, alone = tmp_path / "both.md", tmp_path / "alone.md"
    assert main(["report", str(cassette), str(log), "-o", str(both)]) == 0
    assert "## Log" in both.read_text(encoding="utf-8")
    assert "## Result codes" in both.read_text(encoding="utf-8")
    assert main(["report", str(log), "-o", str(alone)]) == 0
    assert "## Result codes" not in alone.read_text(encoding="utf-8")


def test_a_pipe_that_holds_no_recording(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, exit status 2."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"just: notes\n")))
    assert main(["codes", "-"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_folder_without_recordings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty table is told apart from a wrong folder; programs read the table alone."""
    assert main(["calls", str(tmp_path), "--format", "csv"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("at,elapsed,")
    assert told.err == f"{tmp_path} holds no recording with a call in it\n"
