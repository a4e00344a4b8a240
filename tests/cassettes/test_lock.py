"""One writer for a cassette: who holds the lock, and who gets it when a process is gone."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.cassettes.samples import as_stock, interaction, line, names, python, stock
from toolkit.cassettes import lock
from toolkit.cassettes.writer import Writer
from toolkit.outcomes import CassetteError


def test_a_second_writer_is_refused_at_once_also_before_the_file_exists(tmp_path: Path) -> None:
    """In one process, for a cassette that is still to come, and under another name of it."""
    path = tmp_path / "a.yaml"
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    with_lock = Writer(path)
    for other in (path, link):
        with pytest.raises(CassetteError, match="recorded in this process already"):
            Writer(other)
    with_lock.close()
    Writer(path).close()
    assert names(tmp_path) == ["link.yaml"]


def test_a_writer_that_is_thrown_away_gives_its_lock_back(tmp_path: Path) -> None:
    """A client in a notebook that nobody closed; what it wrote is there."""
    path = tmp_path / "a.yaml"
    Writer(path).append(line(interaction()))
    gc.collect()
    writer = Writer(path)
    writer.close()
    assert stock(path) == as_stock(interaction())


def test_the_lock_of_another_process_holds_and_dies_with_it(tmp_path: Path) -> None:
    """A process that is killed leaves its lock file, which locks nobody out."""
    path = tmp_path / "a.yaml"
    code = """
        import sys, pathlib
        from toolkit.cassettes.writer import Writer
        writer = Writer(pathlib.Path(sys.argv[1]))
        print("ready", flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        with pytest.raises(CassetteError, match=f"recorded by process {other.pid}"):
            Writer(path)
        other.kill()
        other.wait()
    assert (tmp_path / "a.yaml.lock").exists()
    Writer(path).close()
    assert not (tmp_path / "a.yaml.lock").exists()


if hasattr(os, "fork"):

    def test_a_forked_child_neither_writes_nor_holds_the_lock(tmp_path: Path) -> None:
        """The child's copy of a writer says so; the lock is the parent's alone."""
        done = python(
            """
            import os, pathlib, sys
            from toolkit.cassettes.writer import Writer
            from toolkit.outcomes import CassetteError
            path = pathlib.Path(sys.argv[1])
            writer = Writer(path)
            ready, held = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    writer.append(b"- {}\\n")
                except CassetteError as error:
                    print(error, flush=True)
                writer.close()
                os.close(held)
                os.read(ready, 1)  # lives on while the parent has gone on
                os._exit(0)
            os.close(ready)
            writer.close()
            Writer(path).close()
            print("free", flush=True)
            os.close(held)
            os.waitpid(child, 0)
            """,
            tmp_path / "a.yaml",
        )
        assert done.returncode == 0, done.stderr
        assert "belongs to the parent process" in done.stdout
        assert "free" in done.stdout


def test_a_place_that_cannot_be_locked(tmp_path: Path) -> None:
    """What stands where the lock belongs is named; nothing is begun."""
    (tmp_path / "a.yaml.lock").mkdir()
    with pytest.raises(CassetteError, match=r"a\.yaml cannot be recorded: .*a\.yaml\.lock"):
        Writer(tmp_path / "a.yaml")
    assert names(tmp_path) == ["a.yaml.lock"]


def test_a_lock_that_went_while_it_was_taken_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last holder removed the file between our opening and our locking it."""
    honest = lock._is_named
    answers = [False]
    monkeypatch.setattr(lock, "_is_named", lambda *of: answers.pop() if answers else honest(*of))
    writer = Writer(tmp_path / "a.yaml")
    assert answers == []
    with pytest.raises(CassetteError, match="recorded in this process already"):
        Writer(tmp_path / "a.yaml")
    writer.close()


if sys.platform != "win32":

    def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its error is told as a sentence, and no handle stays open."""

        def refused(*_: object) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr("fcntl.flock", refused)
        with pytest.raises(CassetteError, match="This file system cannot lock a file"):
            Writer(tmp_path / "a.yaml")
