"""The file of a run: a line when a call that changes state is sent, and one when a call ended.

Lines of JSON, each written whole as it happens. The first says which run it is. What a killed
process left of its last line is cut away. No argument is in it, only a digest of each row.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from toolkit.cassettes.lock import WriterLock
from toolkit.outcomes import DocumentError, InvalidArgument
from toolkit.running.cells import Result
from toolkit.running.digests import digest_of_all
from toolkit.running.ended import Ended, Fate, interrupted

VERSION = 1
_FIRST, _ROW = {"run", "function", "rows", "digest"}, {"row", "digest"}


class Journal:
    """The open journal of one run; nobody else can open it until it is closed.

    Parameters
    ----------
    path : str or path
    function : str
        The function's name.
    digests : sequence of str
        One a row.

    Raises
    ------
    InvalidArgument
        It is of another function or another table.
    DocumentError
        The file is no journal.
    CassetteError
        Somebody else writes it.
    """

    def __init__(self, path: str | os.PathLike[str], function: str, digests: Sequence[str]) -> None:
        self.path = Path(path)
        self._digests = digests
        self._guard = threading.Lock()
        with contextlib.suppress(OSError):  # the lock says what is wrong
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = WriterLock(self.path)
        try:
            self.before = self._read(function)
            self._file = self.path.open("ab", buffering=0)
        except BaseException:
            self._writer.release()
            raise
        if not self.path.stat().st_size:
            self._write(
                {
                    "run": VERSION,
                    "function": function,
                    "rows": len(digests),
                    "digest": digest_of_all(digests),
                }
            )

    before: dict[int, Ended]
    """What earlier runs left: how the call of each row ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.closing(self._file):
            self._writer.release()

    def sent(self, row: int, at: dt.datetime) -> None:
        """Note that a call that changes state is about to be sent."""
        self._write({"row": row, "digest": self._digests[row], "sent": at.isoformat()})

    def ended(self, row: int, end: Ended) -> None:
        """Note how a call ended, and what it gave."""
        self._write(
            {
                "row": row,
                "digest": self._digests[row],
                "outcome": [end.at.isoformat() if cell is end.at and cell else cell
                            for cell in end.cells],
                "result": None if end.result is None else end.result.to_plain(),
            }
        )  # fmt: skip

    def _write(self, line: dict[str, Any]) -> None:
        data = msgspec.json.encode(line) + b"\n"
        with self._guard:
            self._file.write(data)

    # --- what is there -------------------------------------------------------------------------

    def _read(self, function: str) -> dict[int, Ended]:
        if not self.path.exists():
            return {}
        whole = 0
        found: dict[int, Ended] = {}
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                self._take(number, self._decoded(number, line), function, found)
                whole += len(line)
        if whole < self.path.stat().st_size:
            os.truncate(self.path, whole)
        return found

    def _decoded(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            content = msgspec.json.decode(line)
        except msgspec.DecodeError:
            content = None
        wanted = _FIRST if number == 1 else _ROW
        if not isinstance(content, dict) or not wanted <= content.keys():
            raise DocumentError(
                f"{self.path} is no journal of toolkit.run: line {number} is none of its lines; "
                "name another file"
            )
        return content

    def _take(
        self, number: int, line: dict[str, Any], function: str, found: dict[int, Ended]
    ) -> None:
        if number == 1:
            self._check(line, function)
            return
        row = line["row"]
        if row >= len(self._digests) or line["digest"] != self._digests[row]:
            raise self._other_table(row)
        if "sent" in line:
            found[row] = interrupted(dt.datetime.fromisoformat(line["sent"]))
            return
        fate, code, label, category, message, at, elapsed = line["outcome"]
        found[row] = Ended(
            Fate(fate),
            code,
            label,
            category,
            message,
            None if at is None else dt.datetime.fromisoformat(at),
            elapsed,
            None if line["result"] is None else Result.from_plain(line["result"]),
        )

    def _check(self, line: dict[str, Any], function: str) -> None:
        if line["run"] != VERSION:
            raise DocumentError(f"{self.path} is of a later version of the toolkit")
        if line["function"] != function:
            raise InvalidArgument(
                f"{self.path} is the journal of {line['function']}, not of {function}; "
                "name another file"
            )
        if line["rows"] != len(self._digests):
            raise InvalidArgument(
                f"{self.path} is of a table of {line['rows']} rows, and this one has "
                f"{len(self._digests)}; give the same table, or name another file"
            )
        if line["digest"] != digest_of_all(self._digests):
            raise self._other_table(None)

    def _other_table(self, row: int | None) -> InvalidArgument:
        where = "" if row is None else f": row {row} differs"
        return InvalidArgument(
            f"{self.path} is of another table{where}; give the same table, or name another file"
        )
