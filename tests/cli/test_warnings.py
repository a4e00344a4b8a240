"""Nothing that the commands do warns, and nothing they open is left open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from toolkit.cli.samples import samples

COMMANDS = """
import gc, sys
import toolkit
from toolkit.cli import main

source, log = sys.argv[1:]
for name in toolkit.__all__:
    getattr(toolkit, name)
for words in (
    ["calls", source, "--rows", "3"],
    ["codes", source, "--by", "service,code", "--format", "json"],
    ["log", log],
    ["check", source],
    ["convert", source, "copy.har"],
    ["report", source, log, "--output", "report.html"],
):
    assert main(words) == 0, words
with toolkit.sandbox.start("sertainty") as box:
    with toolkit.record("mine.yaml"), toolkit.sertainty.connect(box.url) as gateway:
        gateway.agent.ping()
with toolkit.replay("mine.yaml"), toolkit.sertainty.connect(box.url) as gateway:
    gateway.agent.ping()
gc.collect()
"""
LOG = "<Log><Entry time='2019-04-01T08:00:00' level='Info'>up</Entry></Log>"


def test_no_warning_and_nothing_left_open(tmp_path: Path) -> None:
    """With every warning an error, that of an open file or socket too, standard error is empty."""
    (tmp_path / "log.xml").write_text(LOG, encoding="utf-8")
    source = samples() / "cassettes" / "sertainty-demo.yaml"
    command = [sys.executable, "-W", "error"]
    done = subprocess.run(
        [*command, "-c", COMMANDS, str(source), "log.xml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
