"""Record, kill, replay: equal DataFrames."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from toolkit.cassettes import read
from toolkit.conformance.checks import Checks, call, difference, digest, none_of
from toolkit.conformance.subject import Known
from toolkit.outcomes import NotRecorded


class Recording(Checks):
    """What was recorded is replayed without a network, to the last bit of each DataFrame."""

    def test_recorded_by_method_and_replayed_by_name(self, tmp_path: Path) -> None:
        """A whole story: each frame is equal, times and durations too, and the server is gone."""
        path, frames = tmp_path / "story.yaml", []
        with self.subject.serve() as known:
            with toolkit.record(path), self.connected(known) as client:
                for one in self.subject.samples:
                    frames.append(self.subject.method(client, one)())
        with toolkit.replay(path), self.connected(known) as client:
            found = [
                f"{one.function}: {differs}"
                for one, frame in zip(self.subject.samples, frames, strict=True)
                if (differs := difference(call(client, one), frame))
            ]
        none_of(found)

    def test_what_was_not_recorded(self, tmp_path: Path) -> None:
        """It is an error that names the function; nothing goes out."""
        path = tmp_path / "read.yaml"
        with self.subject.serve() as known:
            with toolkit.record(path), self.connected(known) as client:
                call(client, self.subject.read)
        with toolkit.replay(path), self.connected(known) as client:
            call(client, self.subject.read)
            with pytest.raises(NotRecorded) as caught:
                call(client, self.subject.change)
            assert self.row(self.subject.change).name in str(caught.value)

    def test_killed_in_the_middle(self, tmp_path: Path) -> None:
        """The recording process is killed: what it had finished is there, and replays equal."""
        path = tmp_path / "killed.yaml"
        with self.subject.serve() as known:
            digests = self._killed(path, known, len(self.subject.samples) // 2)
        assert len(list(read(path))) >= len(digests) > 0
        with toolkit.replay(path), self.connected(known) as client:
            found = [
                f"{one.function} differs"
                for one, wanted in zip(self.subject.samples, digests, strict=False)
                if digest(call(client, one)) != wanted
            ]
        none_of(found)

    def _killed(self, path: Path, known: Known, after: int) -> list[str]:
        """Record in a process of its own, kill it after so many calls; digests of the frames."""
        kind = type(self.subject)
        command = [sys.executable, "-m", "toolkit.conformance.recorder"]
        command += [kind.__module__, kind.__qualname__, str(path)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with subprocess.Popen(  # noqa: S603 (this very interpreter)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdin.write(json.dumps(dict(known)) + "\n")
            process.stdin.flush()
            lines = [process.stdout.readline() for _ in range(after)]
            process.kill()
            lines += process.stdout.readlines()
            said = process.stderr.read()
        assert all(lines[:after]), said
        return [line.strip() for line in lines if line.endswith("\n")]

    def test_two_recordings_do_not_mix(self, tmp_path: Path) -> None:
        """A recording that ends takes nothing of the next one."""
        one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
        with self.subject.serve() as known, self.connected(known) as client:
            for path in (one, other):
                with toolkit.record(path):
                    call(client, self.subject.read)
        assert [len(list(read(path))) for path in (one, other)] == [1, 1]

    def test_the_calls_of_a_recording(self, tmp_path: Path) -> None:
        """Each recorded call is a row: service, function, and a success."""
        path = tmp_path / "story.yaml"
        with self.subject.serve() as known:
            with toolkit.record(path), self.connected(known) as client:
                for one in self.subject.samples:
                    call(client, one)
        calls = toolkit.read_calls(path)
        assert set(calls["service"]) == {self.subject.name}
        names = {one.name for one in self.subject.service.functions.all}
        assert set(calls["function"]) <= names
        assert {self.row(one).name for one in self.subject.samples} <= set(calls["function"])
        good = calls["category"].isin(["success", "partial", "challenged"])
        assert good.all(), calls[~good].to_string()
        assert calls["at"].notna().all()
        assert isinstance(toolkit.result_codes(calls), pd.DataFrame)
