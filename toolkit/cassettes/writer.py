"""Appending interactions to a cassette that every reader can load at every instant.

The order of bytes is chosen so that no moment is a bad one to be killed at:

- A new cassette appears under its name with its first interaction in it (written beside, then
  renamed): vcrpy cannot load one without any.
- A line within one page of the file is written by one call, which the system does not interrupt.
  A longer line is written as a YAML comment (``# {...``) and becomes an entry (``- {...``) by
  writing one byte: until then a reader sees a comment, however much of it arrived.
- A character is not split by a page's end, so that the comment is UTF-8 wherever it stops.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from toolkit.cassettes import flowline
from toolkit.cassettes.durability import Sync, background, folder_to_disk, to_disk
from toolkit.cassettes.entries import (
    LONGEST_LINE,
    FileEntries,
    last_line,
)
from toolkit.cassettes.foreign import lines_of
from toolkit.cassettes.lock import WriterLock
from toolkit.cassettes.wholefile import replace, set_torn_aside, write_beside
from toolkit.outcomes import CassetteError

PAGE = 4096  # the smallest that systems use; larger ones are multiples of it
_FLAGS = os.O_RDWR | getattr(os, "O_BINARY", 0)


class Writer:
    """The one writer of a cassette.

    Parameters
    ----------
    path : Path
        The cassette; its folder is made. One in another layout of vcrpy's is converted first.
    beside : Path, optional
        A file to write instead, under the cassette's lock; closing puts it in place.
    sync : {"background", "always", "never"}
        When bytes reach the disk: at most 50 ms later, before ``append`` returns, or when the
        system likes. It matters when the power fails; a killed process loses nothing with any.

    Raises
    ------
    CassetteError
        When somebody else writes the cassette, or it cannot be written or understood.
    """

    def __init__(self, path: Path, sync: Sync = "background", beside: Path | None = None) -> None:
        if sync not in ("always", "background", "never"):
            raise CassetteError(f'sync is "always", "background" or "never", not {sync!r}.')
        self.path = path = path.resolve()  # a link keeps pointing to the cassette
        self.sync = sync
        self._guard = threading.Lock()
        self._file = -1
        self._size = 0
        self._dirty = False
        self._named = True
        self._failed: OSError | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CassetteError(f"{path} cannot be recorded: {error}.") from None
        self._lock = WriterLock(path)
        self._cassette = path
        try:
            if beside is not None:
                beside.unlink(missing_ok=True)
                self.path = beside
            self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> None:
        try:
            blank = not self.path.stat().st_size
        except FileNotFoundError:
            return
        if blank:
            return
        if not self._is_ours():
            replace(self.path, lines_of(self.path))
            if not self.path.exists():
                return
        size = set_torn_aside(self.path)
        if size:
            self._file = self._open_file(self.path)
            self._size = size

    def _is_ours(self) -> bool:
        entries = FileEntries(self.path)
        try:
            if not entries.is_ours:
                return False
            line = last_line(entries)[1]
            # What stands after the list (another tool's key) would stand before our next line.
            return line.startswith((b"-", b"#", b"\0", b" "))
        finally:
            entries.close()

    def _open_file(self, path: Path) -> int:
        try:
            return os.open(path, _FLAGS)
        except OSError as error:
            raise CassetteError(f"{path} cannot be recorded: {error.strerror}.") from None

    def append(self, line: bytes) -> int:
        """Append one line of :func:`flowline.encode`; give its position in the file.

        Raises
        ------
        CassetteError
            When it cannot be written (the disk is full, the writer is closed or belongs to the
            process this one was forked from). The cassette is then as it was.
        """
        if len(line) > LONGEST_LINE:
            raise CassetteError(
                f"An interaction of {len(line):,} bytes is more than a cassette takes "
                f"({LONGEST_LINE:,})."
            )
        with self._guard:
            if not self._lock.held:
                raise CassetteError(f"{self.path} is closed, or belongs to the parent process.")
            try:
                if self._failed is not None:
                    raise self._failed
                position = self._append(line)
            except OSError as error:
                raise CassetteError(f"{self.path} cannot be written: {error.strerror}.") from None
        if self.sync == "background" and not self._dirty:
            self._dirty = True
            background.soon(self)
        return position

    def _append(self, line: bytes) -> int:
        if self._file < 0:
            return self._begin(line)
        position = self._size
        offset = position % PAGE
        if offset + len(line) > PAGE:
            line = _no_split_characters(line, offset)
        try:
            if offset + len(line) <= PAGE:
                self._write(line, position)
            else:
                self._write(b"#" + line[1:], position)
                self._write(b"-", position)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, position)
            raise
        self._size = position + len(line)
        if self.sync == "always":
            to_disk(self._file)
        return position

    def _begin(self, line: bytes) -> int:
        write_beside(self.path, [line], durable=self.sync == "always")
        self._named = self.sync == "always"
        self._file = self._open_file(self.path)
        self._size = len(flowline.HEADER) + len(line)
        return len(flowline.HEADER)

    if hasattr(os, "pwrite"):

        def _write(self, data: bytes, position: int) -> None:
            while data:
                written = os.pwrite(self._file, data, position)
                data = data[written:]
                position += written

    else:

        def _write(self, data: bytes, position: int) -> None:
            os.lseek(self._file, position, os.SEEK_SET)
            while data:
                data = data[os.write(self._file, data) :]

    @property
    def size(self) -> int:
        """Bytes of the cassette so far."""
        return self._size

    def synchronise(self) -> None:
        """Bring what was written to the disk; a closed writer has done so already."""
        self._dirty = False
        with self._guard:
            file = os.dup(self._file) if self._file >= 0 and self._lock.held else -1
        if file < 0:
            return
        try:  # not under the lock: writing goes on meanwhile
            self._to_disk(file)
        except OSError as error:
            self._failed = error  # the thread that writes shall hear of it
        finally:
            os.close(file)

    def _to_disk(self, file: int) -> None:
        to_disk(file)
        if not self._named:
            self._named = True
            folder_to_disk(self.path.parent)

    def close(self, finish: Callable[[], None] | None = None) -> None:
        """Synchronise (unless told never to), close the file and give the lock back.

        ``finish`` is called in between: with the file closed, and the lock still held.
        """
        background.forget(self)
        with self._guard:
            file, self._file = self._file, -1
            if file >= 0:
                try:
                    if self.sync != "never" and self._lock.held:
                        self._to_disk(file)
                finally:
                    os.close(file)
            try:
                if self._lock.held:
                    self._take_over()
                    if finish is not None:
                        finish()
            finally:
                self._lock.release()

    def __del__(self) -> None:
        # A client that was never closed must not lock its cassette for the rest of a notebook.
        # No lock of threads is taken here: the collector may run while this thread holds it.
        file, self._file = getattr(self, "_file", -1), -1
        with contextlib.suppress(Exception):
            if file >= 0:
                if self.sync != "never" and self._lock.held:
                    to_disk(file)
                os.close(file)
            self._lock.release()

    def _take_over(self) -> None:
        if self.path != self._cassette and self.path.exists():
            self.path.replace(self._cassette)
            folder_to_disk(self._cassette.parent)


def _no_split_characters(line: bytes, offset: int) -> bytes:
    """Escape every character that stands across a page's end, in a line put at ``offset``."""
    if line.isascii():
        return line
    text = bytearray(line)
    at = PAGE - offset
    while at < len(text):
        if text[at] & 0xC0 == 0x80:
            start = at
            while text[start] & 0xC0 == 0x80:
                start -= 1
            end = at
            while text[end] & 0xC0 == 0x80:
                end += 1
            text[start:end] = flowline.escaped(text[start:end].decode())
        at += PAGE
    return bytes(text)
