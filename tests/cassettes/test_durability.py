"""When written bytes reach the disk, and who hears when they do not."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tests.cassettes.samples import interaction, line
from toolkit.cassettes import durability
from toolkit.cassettes.writer import Writer
from toolkit.outcomes import CassetteError


def test_sync_says_when_bytes_reach_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time, soon, or never; closing synchronises unless told never to."""
    asked: list[int] = []
    for module in ("writer", "wholefile"):
        monkeypatch.setattr(f"toolkit.cassettes.{module}.to_disk", asked.append)
    counts = {}
    for sync in ("always", "background", "never"):
        asked.clear()
        monkeypatch.setattr(durability.background, "soon", lambda writer: writer.synchronise())
        writer = Writer(tmp_path / f"{sync}.yaml", sync)  # type: ignore[arg-type]
        for _ in range(3):
            writer.append(line(interaction()))
        before_closing = len(asked)
        writer.close()
        counts[sync] = (before_closing, len(asked) - before_closing)
    assert counts == {"always": (3, 1), "background": (3, 1), "never": (0, 0)}


def test_the_background_synchronises_within_its_time(tmp_path: Path) -> None:
    """One thread does it for all cassettes, and a burst of writes is one synchronisation."""
    reached = threading.Event()
    calls: list[float] = []

    class Target:
        def synchronise(self) -> None:
            calls.append(time.monotonic())
            reached.set()

    background = durability.Background()
    target = Target()
    start = time.monotonic()
    for _ in range(50):
        background.soon(target)
    assert reached.wait(5)
    assert calls[0] - start >= durability.BEHIND * 0.9
    assert len(calls) == 1


def test_an_error_of_the_disk_in_the_background_is_told_to_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is there to hear the thread; the next append raises what it met."""

    def broken(_: int) -> None:
        raise OSError(5, "Input/output error")

    writer = Writer(tmp_path / "a.yaml", "never")
    writer.append(line(interaction()))
    monkeypatch.setattr("toolkit.cassettes.writer.to_disk", broken)
    writer.synchronise()
    with pytest.raises(CassetteError, match="Input/output error"):
        writer.append(line(interaction()))
    writer.close()
