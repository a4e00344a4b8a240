"""A cassette file as a whole: written anew in one step, and its unfinished end set aside."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from pathlib import Path

from toolkit.cassettes import flowline
from toolkit.cassettes.durability import folder_to_disk, to_disk
from toolkit.cassettes.entries import PENDING, CassetteWarning, FileEntries, is_whole, last_line

_LOOKED_AT = 4096  # bytes at the end of a line in which a loss of power may have left zeros


def replace(path: Path, lines: Iterable[bytes]) -> None:
    """Write a whole cassette anew under its name, in one step for every reader.

    Without lines the file is removed: vcrpy cannot load a cassette without interactions.
    The caller holds the writer's lock.
    """
    write_beside(path, lines, durable=True)


def write_beside(path: Path, lines: Iterable[bytes], *, durable: bool) -> None:
    """Write a cassette under another name, and rename it: readers see the old or the new one."""
    beside = path.with_name(path.name + ".new")
    empty = True
    try:
        with beside.open("wb") as file:
            file.write(flowline.HEADER)
            for line in lines:
                file.write(line)
                empty = False
            file.flush()
            if durable:
                to_disk(file.fileno())
        if empty:
            path.unlink(missing_ok=True)
            return
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    if durable:
        folder_to_disk(path.parent)


def set_torn_aside(path: Path) -> int:
    """Move unfinished lines at the end into a file beside; give the size that remains."""
    entries = FileEntries(path)
    try:
        end = entries.size
        while end > entries.start:
            begin, line = last_line(entries, end)
            if not _is_torn(line):
                break
            end = begin
        torn = entries.read(end, entries.size - end) if end < entries.size else b""
        unended = not torn and not line.endswith(b"\n")
        start = entries.start
    finally:
        entries.close()
    if torn:
        aside = path.with_name(path.name + ".torn")
        with aside.open("ab") as file:
            file.write(torn)
        if end > start:
            os.truncate(path, end)
        else:
            path.unlink()
            end = 0
        warnings.warn(
            f"{path}: its last {len(torn):,} bytes were of an interaction that was not finished "
            f"(the power failed, or its writer was killed); they are in {aside.name} now.",
            CassetteWarning,
            stacklevel=2,
        )
    elif unended:
        with path.open("ab") as file:
            file.write(b"\n")
        end += 1
    return end


def _is_torn(line: bytes) -> bool:
    if line.startswith((PENDING, b"\0")) or b"\0" in line[-_LOOKED_AT:]:
        return True
    if line.startswith(flowline.OPENING[: len(line)]):
        return not is_whole(line.rstrip(b"\r\n"))
    return False
