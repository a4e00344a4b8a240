"""Logs from wherever they are, as one table, as batches, or as a folder of Parquet."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, cast, overload

import pandas as pd

from toolkit.analysis import logtext, parquet
from toolkit.analysis.logsources import (
    Ending,
    LogSource,
    LogSources,
    Truncated,
    chunks_of,
    is_single,
    name_of,
)
from toolkit.analysis.parquet import Stored
from toolkit.cassettes.stock import sniff
from toolkit.documents import LIMITS, Batch, Limits, batches
from toolkit.documents.rows import Reader
from toolkit.documents.table import Gathered
from toolkit.frames import Column
from toolkit.outcomes import DocumentError, InvalidArgument
from toolkit.progress import Progress

__all__ = ["LogSource", "LogSources", "Truncated", "iter_log", "read_log", "time_column"]

# The log of the agent and of a task (guide 4.2, 4.30); an empty one tells its record by this.
PREFER = ("Log/Entry",)


@overload
def read_log(
    source: LogSources | pd.DataFrame,
    *,
    path: str | None = None,
    columns: Sequence[Column] = (),
    truncated: Truncated = "raise",
    epoch: Iterable[str] = (),
    limits: Limits = LIMITS,
    reader: Reader = "strict",
    encoding: str | None = None,
    to: None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> pd.DataFrame: ...
@overload
def read_log(
    source: LogSources | pd.DataFrame,
    *,
    path: str | None = None,
    columns: Sequence[Column] = (),
    truncated: Truncated = "raise",
    epoch: Iterable[str] = (),
    limits: Limits = LIMITS,
    reader: Reader = "strict",
    encoding: str | None = None,
    to: Literal["parquet"],
    folder: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> Stored: ...
def read_log(
    source: LogSources | pd.DataFrame,
    *,
    path: str | None = None,
    columns: Sequence[Column] = (),
    truncated: Truncated = "raise",
    epoch: Iterable[str] = (),
    limits: Limits = LIMITS,
    reader: Reader = "strict",
    encoding: str | None = None,
    to: Literal["parquet"] | None = None,
    folder: str | os.PathLike[str] | None = None,
    progress: bool | None = None,
) -> pd.DataFrame | Stored:
    r"""A log of any shape as a DataFrame: one row an event.

    XML: the repeating record is found (see :mod:`toolkit.documents.shape`), its attributes and
    elements become columns, its text the column ``text``. Lines of JSON: an object's fields become
    columns (``request.path``). Lines of text: ``time``, ``level`` and ``text``, where they are
    recognised. Types are decided by the whole log.

    Parameters
    ----------
    source : bytes, str, path, open file, response, calls, or a list of these
        A ``str`` that begins with ``<`` or has several lines is the log itself, any other is a
        file's path or URL. Bytes and files may be compressed (gzip, bzip2, xz) and in any declared
        encoding; an ``httpx.Response`` that is not read yet, or what ``gateway.stream`` gives, is
        read as it comes. Of a list (or a column of a DataFrame)
        all logs come into one table, ordered by time, with the column ``log``: the file's name,
        or its number in the list. Calls of :func:`read_calls`, or a cassette, give the logs that
        they brought, as :func:`recorded_logs`.
    path : str, optional
        Of the record: ``Log/Entry``, or ``Entry`` wherever it is.
    columns : sequence of Column
        Columns that are always there, with these types.
    truncated : {"raise", "keep"}
        What to do with a log that is still being written, or whose connection broke off. When it
        is kept, its whole events are, and ``log.attrs["truncated"]`` is True.
    epoch : iterable of str
        Columns whose integers are milliseconds since 1970.
    limits : Limits
        How much is read before the log is refused.
    reader : {"strict", "fast"}
        Whether the XML parser reads every byte, or leaves out stretches of records that are
        proven well-formed by their likeness to records it has read. The table is the same.
    encoding : str, optional
        Of lines of text or JSON that are not UTF-8.
    to : {"parquet"}, optional
        Write the events to a folder as they are read, and never hold them all. Several logs are
        then not ordered by time.
    folder : path, optional
        That folder; ``log.parquet`` by default. It must be new, empty, or written so before.
    progress : bool, optional
        Show how far it is; by default when it takes long and somebody looks.

    Returns
    -------
    DataFrame or Stored
        Columns as the log has them: ``datetime64[us, UTC]``, ``Int64``, ``float64``, ``boolean``,
        ``category``, ``str``.

    Raises
    ------
    UnsafeDocument
        A DTD, an entity, or nesting beyond reason.
    DocumentError
        No such file, malformed, truncated, or too large.
    CallError
        A stream that broke off, or is wrong.

    Examples
    --------
    >>> read_log('<Log><Entry time="2019-04-01T08:00:00" level="Info">up</Entry></Log>').shape
    (1, 3)
    >>> read_log("2019-04-01 08:00:00,5 ERROR disk full\n")["level"].tolist()
    ['ERROR']
    >>> both = read_log(["agent.xml", "old/agent.xml.gz"])
    >>> both["log"].cat.categories.tolist()
    ['agent.xml', 'old/agent.xml.gz']

    A log of any size, from the gateway to a folder of Parquet, in memory that does not grow:

    >>> stored = read_log(gateway.stream("agentGetLog"), to="parquet", folder="agent-log")
    >>> stored.frame().columns.tolist()[:3]
    ['time', 'level', 'source']
    >>> cut = read_log("<Log><E n='1'/><E n='2'/><E n=", truncated="keep")
    >>> len(cut), cut.attrs["truncated"]
    (2, True)
    """
    if truncated not in ("raise", "keep"):
        raise InvalidArgument(f'truncated is "raise" or "keep", not {truncated!r}.')
    if to not in (None, "parquet"):
        raise InvalidArgument(f'a log is written to "parquet", not to {to!r}')
    if folder is not None and to is None:
        raise InvalidArgument('a folder is for a log that is written: add to="parquet"')
    if (recorded := _recorded(source)) is not None:
        return recorded
    found = _batches(
        cast("LogSources", source),
        {"path": path, "limits": limits, "reader": reader},
        truncated,
        encoding,
    )
    with Progress("batches", None, progress) as shown:
        if to is not None:
            return _to_parquet(found, folder or "log.parquet", epoch, shown)
        gathered = Gathered()
        for batch, name in found:
            gathered.add(batch, name)
            shown.step(batch.rows)
    log = gathered.frame(columns, epoch)
    if not is_single(source) and (time := time_column(log)) is not None:
        log = log.sort_values(time, kind="stable", ignore_index=True)
    return log


def iter_log(
    source: LogSources,
    *,
    rows: int = 50_000,
    path: str | None = None,
    columns: Sequence[Column] = (),
    truncated: Truncated = "raise",
    epoch: Iterable[str] = (),
    limits: Limits = LIMITS,
    reader: Reader = "strict",
    encoding: str | None = None,
) -> Iterator[pd.DataFrame]:
    """A log as a stream of DataFrames, in memory that does not grow with it.

    Parameters are those of :func:`read_log`; each frame has ``rows`` events or somewhat more, the
    last one what is left. Types are decided frame by frame: ``columns`` fixes those that must not
    differ. Leaving early lets go of the file or the connection.

    Examples
    --------
    >>> for part in iter_log(gateway.stream("agentGetLog"), rows=1000):
    ...     errors = part[part["level"] == "Error"]
    >>> sum(len(part) for part in iter_log("<Log><E n='1'/><E n='2'/></Log>"))
    2
    """
    gathered = Gathered()
    names = {"path": path, "limits": limits, "reader": reader}
    for batch, name in _batches(source, names, truncated, encoding):
        for part in batch.split(rows):
            gathered.add(part, name)
            if gathered.rows >= rows:
                yield gathered.frame(columns, epoch)
                gathered = Gathered()
    if gathered.rows or gathered.lasts:
        yield gathered.frame(columns, epoch)


def time_column(log: pd.DataFrame) -> str | None:
    """The name of a log's first column of times."""
    for name, dtype in log.dtypes.items():
        if isinstance(dtype, pd.DatetimeTZDtype):
            return str(name)
    return None


def _batches(
    source: LogSources, options: dict[str, Any], truncated: Truncated, encoding: str | None
) -> Iterator[tuple[Batch, str | None]]:
    """The batches of one log or several, with their log's name where there are several."""
    single = is_single(source)
    several = [cast("LogSource", source)] if single else list(cast("Iterable[LogSource]", source))
    for number, one in enumerate(several):
        name = name_of(one, number)
        try:
            for batch in _of_one(one, options, truncated, encoding):
                yield batch, None if single else name
        except DocumentError as error:
            if not single:
                error.add_note(f"The log was {name}, number {number} of the list.")
            raise


def _of_one(
    source: LogSource, options: dict[str, Any], truncated: Truncated, encoding: str | None
) -> Iterator[Batch]:
    ending = Ending(truncated)
    with contextlib.ExitStack() as stack:
        chunks: Any = chunks_of(source, ending)
        if isinstance(chunks, Generator):
            stack.callback(chunks.close)
        for batch in _of_chunks(chunks, options, truncated, encoding):
            # A stream that broke off may have ended just where the log does.
            batch.truncated = batch.truncated or ending.is_early
            yield batch


def _of_chunks(
    chunks: Any, options: dict[str, Any], truncated: Truncated, encoding: str | None
) -> Iterator[Batch]:
    if not isinstance(chunks, str) and not hasattr(chunks, "read"):
        head = next(chunks, b"")
        chunks = chain([head], chunks)
    else:
        text = chunks if isinstance(chunks, str) else chunks.read()
        head = text[:4096].encode("utf-8", "replace")
        chunks = text
    kind = logtext.kind_of(head)
    if kind == "xml" or options["path"] is not None:
        return batches(chunks, prefer=PREFER, truncated=truncated, **options)
    if isinstance(chunks, str):
        chunks, encoding = iter([chunks.encode("utf-8", "replace")]), None
    return logtext.batches(
        chunks, kind, encoding=encoding, truncated=truncated, limits=options["limits"]
    )


def _recorded(source: object) -> pd.DataFrame | None:
    """The logs of calls or of a cassette; None if it is neither."""
    if isinstance(source, pd.DataFrame):
        if not {"cassette", "position"} <= set(source):
            raise InvalidArgument(
                "a table is no log to be read; give one of its cells, a column of logs, "
                "or calls of read_calls"
            )
    elif not _is_cassette(source):
        return None
    from toolkit.analysis.logbooks import recorded_logs

    return recorded_logs(cast("Any", source))


def _is_cassette(source: object) -> bool:
    if not isinstance(source, str | os.PathLike) or str(source).lstrip().startswith("<"):
        return False
    try:
        return Path(source).is_file() and sniff(source) is not None
    except (OSError, ValueError):
        return False


def _to_parquet(
    found: Iterator[tuple[Batch, str | None]],
    folder: str | os.PathLike[str],
    epoch: Iterable[str],
    shown: Progress,
) -> Stored:
    from toolkit.analysis.logfiles import Spool

    spool = Spool(parquet.new_folder(folder), epoch)
    try:
        for batch, name in found:
            spool.add(batch, name)
            shown.step(batch.rows)
        return spool.finish()
    finally:
        spool.drop()
