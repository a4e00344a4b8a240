"""One writer for a cassette: a lock that dies with its process."""

from __future__ import annotations

import contextlib
import os
import sys
import weakref
from pathlib import Path

from toolkit.outcomes import CassetteError

_FAR = 1 << 30  # Windows forbids reading locked bytes; nobody reads there
_held: weakref.WeakSet[WriterLock] = weakref.WeakSet()


class WriterLock:
    """The right to write one cassette, for this process alone, until released or dead.

    The lock is on a file beside the cassette (``monday.yaml.lock``), not on the cassette itself,
    so that it holds before the cassette exists and while it is replaced. The file says who has
    the lock. It is removed on release; one that a killed process left behind locks nobody out.

    Raises
    ------
    CassetteError
        At once, when somebody else (or another recording of this process) writes the cassette.
    """

    def __init__(self, cassette: Path) -> None:
        self.path = cassette.with_name(cassette.name + ".lock")
        self._file = -1
        while self._file < 0:
            self._file = self._try(cassette)
        _held.add(self)

    def _try(self, cassette: Path) -> int:
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise CassetteError(f"{cassette} cannot be recorded: {error}.") from None
        try:
            locked = _lock(file)
            holder = "" if locked else os.read(file, 100).decode(errors="replace").strip()
            if locked and _is_named(file, self.path):
                told = f"process {os.getpid()}\n".encode()
                os.write(file, told)
                # Never to nothing: ext4 brings a file that was emptied to the disk when it is
                # closed, which takes a hundred times as long as all the rest here.
                if os.fstat(file).st_size > len(told):
                    os.ftruncate(file, len(told))
                return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        if locked:
            return -1  # its last holder removed it between our open and our lock: once more
        if holder == f"process {os.getpid()}":
            raise CassetteError(
                f"{cassette} is being recorded in this process already; one cassette has one "
                "writer: stop that recording (or close its client), or record to another file."
            )
        raise CassetteError(
            f"{cassette} is being recorded by {holder or 'another process'}; "
            "one cassette has one writer: wait for it, or record to another file."
        )

    def release(self) -> None:
        """Give the right back. Releasing twice does nothing."""
        file, self._file = self._file, -1
        if file < 0:
            return
        _held.discard(self)
        if sys.platform != "win32":  # an open file cannot be removed on Windows
            with contextlib.suppress(OSError):
                self.path.unlink()
        os.close(file)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                self.path.unlink()

    def forget(self) -> None:
        """Drop the handle without removing the file: what a forked child does."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    @property
    def held(self) -> bool:
        """Whether this process still has the lock."""
        return self._file >= 0


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

    def _is_named(_file: int, _path: Path) -> bool:
        return True  # an open file keeps its name there

else:
    import fcntl

    def _lock(file: int) -> bool:
        # flock and not fcntl's record locks: those are lost as soon as any handle is closed.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise CassetteError(f"This file system cannot lock a file: {error}.") from None
        return True

    def _is_named(file: int, path: Path) -> bool:
        try:
            there = path.stat()
        except OSError:
            return False
        here = os.fstat(file)
        return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)

    def _forget_all() -> None:
        # A child inherits the handle, and with it would hold the lock after its parent's death.
        for lock in list(_held):
            lock.forget()

    os.register_at_fork(after_in_child=_forget_all)
