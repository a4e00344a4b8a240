"""Written bytes reach the disk: each time, soon in the background, or when the system likes.

A killed process loses nothing of what it wrote; the kernel has it. Synchronising is against a
loss of power.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from typing import Literal, Protocol

Sync = Literal["always", "background", "never"]
BEHIND = 0.04
"""Seconds that the background waits for more before it synchronises; then 10 ms remain of 50."""


class Synchronised(Protocol):
    """What can be asked to bring its bytes to the disk."""

    def synchronise(self) -> None:
        """Bring what was written to the disk."""
        ...


def to_disk(file: int) -> None:
    """Wait until what was written to the file is on the disk."""
    if sys.platform == "darwin":
        import fcntl

        # fsync there leaves the bytes in the drive's cache.
        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    elif sys.platform == "win32":
        os.fsync(file)
    else:
        os.fdatasync(file)


def folder_to_disk(folder: str | os.PathLike[str]) -> None:
    """Make a new or renamed name in the folder durable, where the system needs it said."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some file systems cannot synchronise a folder
        pass
    finally:
        os.close(handle)


class Background:
    """One thread for all cassettes of the process; it starts with the first write."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._guard = threading.Lock()
        # Weak: a writer that is thrown away synchronises by itself, and frees its cassette.
        self._waiting: weakref.WeakSet[Synchronised] = weakref.WeakSet()
        self._work = threading.Event()
        self._thread: threading.Thread | None = None

    def soon(self, target: Synchronised) -> None:
        """Synchronise the target at most 50 ms from now."""
        with self._guard:
            self._waiting.add(target)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="cassette-to-disk", daemon=True
                )
                self._thread.start()
        self._work.set()

    def forget(self, target: Synchronised) -> None:
        """Leave the target alone from now on."""
        with self._guard:
            self._waiting.discard(target)

    def _run(self) -> None:
        while True:
            self._work.wait()
            time.sleep(BEHIND)
            self._work.clear()
            with self._guard:
                targets = list(self._waiting)
                self._waiting.clear()
            while targets:
                targets.pop().synchronise()  # no reference to it is kept


background = Background()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=background._reset)  # threads do not survive a fork
