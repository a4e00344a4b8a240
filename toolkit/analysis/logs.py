"""XML logs from wherever they are, as one table."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, cast

import pandas as pd

from toolkit.documents import LIMITS, Limits, batches
from toolkit.documents.table import Gathered
from toolkit.frames import Column
from toolkit.outcomes import DocumentError, InvalidArgument

LogSource: TypeAlias = (
    "bytes | bytearray | memoryview | str | os.PathLike[str] | IO[bytes] | IO[str]"
)
LogSources: TypeAlias = "LogSource | Iterable[LogSource]"

Truncated: TypeAlias = Literal["raise", "keep"]

# The log of the agent and of a task (guide 4.2, 4.30); an empty one tells its record by this.
PREFER = ("Log/Entry",)

_CHUNK = 64 * 1024
_COMPRESSED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open))


def read_log(
    source: LogSources,
    *,
    path: str | None = None,
    columns: Sequence[Column] = (),
    truncated: Truncated = "raise",
    epoch: Iterable[str] = (),
    limits: Limits = LIMITS,
) -> pd.DataFrame:
    """An XML log of any shape as a DataFrame: one row an event.

    The repeating record is found (see :mod:`toolkit.documents.shape`), its attributes and
    elements become columns, its text the column ``text``. Types are decided by the whole log.

    Parameters
    ----------
    source : bytes, str, path, open file, or a list of these
        A ``str`` that begins with ``<`` is the log itself, any other is a file's path. Bytes and
        files may be compressed (gzip, bzip2, xz) and in any declared encoding. Of a list (or a
        column of a DataFrame) all logs come into one table, ordered by time, with the column
        ``log``: the file's name, or its number in the list.
    path : str, optional
        Of the record: ``Log/Entry``, or ``Entry`` wherever it is.
    columns : sequence of Column
        Columns that are always there, with these types.
    truncated : {"raise", "keep"}
        What to do with a log that is still being written. When it is kept, its whole events are,
        and ``log.attrs["truncated"]`` is True.
    epoch : iterable of str
        Columns whose integers are milliseconds since 1970.
    limits : Limits
        How much is read before the log is refused.

    Returns
    -------
    DataFrame
        Columns as the log has them: ``datetime64[us, UTC]``, ``Int64``, ``float64``, ``boolean``,
        ``category``, ``str``.

    Raises
    ------
    UnsafeDocument
        A DTD, an entity, or nesting beyond reason.
    DocumentError
        No such file, malformed, truncated, too large, or no XML.

    Examples
    --------
    >>> read_log('<Log><Entry time="2019-04-01T08:00:00" level="Info">up</Entry></Log>').shape
    (1, 3)
    >>> read_log(["agent.xml", "old/agent.xml.gz"], truncated="keep")    # doctest: +SKIP
    """
    single = _is_single(source)
    several = [cast("LogSource", source)] if single else list(cast("Iterable[LogSource]", source))
    gathered = Gathered()
    for number, one in enumerate(several):
        name = _name(one, number)
        chunks = _chunks(one, truncated)
        try:
            for batch in batches(
                chunks, path=path, prefer=PREFER, truncated=truncated, limits=limits
            ):
                gathered.add(batch, None if single else name)
        except DocumentError as error:
            if not single:
                error.add_note(f"The log was {name}, number {number} of the list.")
            raise
    log = gathered.frame(columns, epoch)
    if not single and (time := time_column(log)) is not None:
        log = log.sort_values(time, kind="stable", ignore_index=True)
    return log


def time_column(log: pd.DataFrame) -> str | None:
    """The name of a log's first column of times."""
    for name, dtype in log.dtypes.items():
        if isinstance(dtype, pd.DatetimeTZDtype):
            return str(name)
    return None


def _is_single(source: object) -> bool:
    if isinstance(source, pd.DataFrame):
        raise InvalidArgument(
            "a table is no log to be read; give one of its cells, or a column of logs"
        )
    if isinstance(source, bytes | bytearray | memoryview | str | os.PathLike):
        return True
    return hasattr(source, "read") or not isinstance(source, Iterable)


def _name(source: object, number: int) -> str:
    if isinstance(source, str) and not _is_xml(source):
        return source
    if isinstance(source, os.PathLike):
        return str(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else str(number)


def _is_xml(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def _chunks(source: LogSource, truncated: Truncated) -> Any:
    """What :func:`toolkit.documents.batches` reads: text as it is, bytes decompressed."""
    if isinstance(source, str):
        if _is_xml(source):
            return source.removeprefix("\ufeff")
        return _from_path(Path(source), truncated)
    if isinstance(source, os.PathLike):
        return _from_path(Path(source), truncated)
    if isinstance(source, bytes | bytearray | memoryview):
        return _plain(io.BytesIO(source), truncated)
    if isinstance(source, io.TextIOBase):
        return source
    if hasattr(source, "read"):
        return _plain(cast("IO[bytes]", source), truncated)
    raise DocumentError(
        f"A log is bytes, XML text, a path or an open file, not {type(source).__name__}."
    )


def _from_path(path: Path, truncated: Truncated) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from _plain(file, truncated)
    except FileNotFoundError:
        raise DocumentError(
            f"There is no file {str(path)!r}; a log given as text begins with '<'."
        ) from None
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror or error}.") from None


def _plain(file: IO[bytes], truncated: Truncated) -> Iterator[bytes]:
    head = file.read(16)
    stream = cast("IO[bytes]", _Joined(head, file))
    for mark, opened in _COMPRESSED:
        if head.startswith(mark):
            stream = cast("IO[bytes]", opened(stream, "rb"))
            break
    while chunk := _next(stream, truncated):
        yield chunk


def _next(stream: IO[bytes], truncated: Truncated) -> bytes:
    try:
        return stream.read(_CHUNK)
    except EOFError:
        if truncated == "keep":
            return b""  # a file that is still being compressed
        raise DocumentError(
            'The compressed log is cut off; truncated="keep" keeps the whole events in it.'
        ) from None
    except (zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise DocumentError(f"The compressed log is damaged: {error}.") from None


class _Joined(io.RawIOBase):
    """A file whose first bytes were read already: pipes and responses cannot be rewound."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._head or self._rest.read(len(buffer))
        self._head = piece[len(buffer) :]
        piece = piece[: len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)
