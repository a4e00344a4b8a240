"""Recordings to a table: one row a call."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any, Literal, cast, overload

import pandas as pd
import pyarrow as pa

from toolkit.analysis import parquet
from toolkit.analysis.callrows import COLUMNS, SCHEMA, Rows, frame_of
from toolkit.analysis.decoding import interactions_of
from toolkit.analysis.parallel import read_all
from toolkit.analysis.parquet import UNREADABLE_COLUMNS, Stored
from toolkit.analysis.sources import CassetteFile, CassetteSource, cassette_files
from toolkit.cassettes import CassetteWarning
from toolkit.frames import frame
from toolkit.outcomes import CassetteError, InvalidArgument
from toolkit.progress import Progress

__all__ = ["COLUMNS", "UNREADABLE_COLUMNS", "Rows", "interactions_of", "read_calls", "unreadable"]


@overload
def read_calls(
    source: CassetteSource,
    *,
    to: None = None,
    folder: str | os.PathLike[str] | None = None,
    engine: Any = None,
    workers: int | None = None,
    progress: bool | None = None,
) -> pd.DataFrame: ...
@overload
def read_calls(
    source: CassetteSource,
    *,
    to: Literal["parquet"],
    folder: str | os.PathLike[str] | None = None,
    engine: Any = None,
    workers: int | None = None,
    progress: bool | None = None,
) -> Stored: ...
def read_calls(
    source: CassetteSource,
    *,
    to: Literal["parquet"] | None = None,
    folder: str | os.PathLike[str] | None = None,
    engine: Any = None,
    workers: int | None = None,
    progress: bool | None = None,
) -> pd.DataFrame | Stored:
    """Recorded calls, one row each.

    Each call is decoded by the service that recognises its request. What none recognises is told
    as plain HTTP: service ``http``, function ``GET /users/{id}``, the HTTP status as code.

    Parameters
    ----------
    source : path, str, or iterable of these
        A cassette of any writer (ours, vcrpy's YAML or JSON, HAR), a folder of cassettes, a glob,
        or any number of these. With fsspec installed (extra ``remote``) also URLs: ``s3://...``.
    to : {"parquet"}, optional
        Write the calls to a folder as they are read, and never hold them all; what comes back
        then is a :class:`Stored`, which every analysis takes.
    folder : path, optional
        That folder; ``calls.parquet`` by default. It must be new, empty, or written so before.
    engine : dask.distributed.Client, optional
        Read on that cluster, whose workers must see the files by the same names.
    workers : int, optional
        How many processes read; by default one does, and more for a large folder.
    progress : bool, optional
        Show how far it is; by default when it takes long and somebody looks.

    Returns
    -------
    DataFrame or Stored
        In the order of the recordings:

        ``at`` datetime64[us, UTC] · ``elapsed`` float64, seconds · ``service``, ``function``
        category · ``target`` str · ``code`` Int64 · ``label``, ``category`` category ·
        ``message`` str · ``http_status``, ``request_bytes``, ``response_bytes`` Int64 ·
        ``cassette`` category · ``position`` Int64, its place in the cassette from 0.

    Warns
    -----
    CassetteWarning
        A file could not be read, or not to its end. :func:`unreadable` lists them all.

    Raises
    ------
    CassetteError
        There is no such file, or not one of them could be read.

    Examples
    --------
    >>> calls = read_calls("cassettes/")
    >>> calls.groupby("function", observed=True).size()["agentGetStatus"]
    np.int64(2)
    """
    if to not in (None, "parquet"):
        raise InvalidArgument(f'calls are written to "parquet", not to {to!r}')
    if folder is not None and to is None:
        raise InvalidArgument('a folder is for calls that are written: add to="parquet"')
    if to is None and parquet.is_stored(source):
        return Stored(cast("str", source)).frame()
    files = cassette_files(source)
    target = None if to is None else parquet.new_folder(folder or "calls.parquet")

    def into(number: int) -> Path | None:
        return None if target is None else target / f"part-{number:06}.parquet"

    faults: list[tuple[str, int, str]] = []
    tables = [SCHEMA.empty_table()]
    rows = 0
    with Progress("cassettes", len(files), progress) as shown:
        for part in read_all(files, into, engine=engine, workers=workers):
            shown.step(part.rows)
            rows += part.rows
            if part.table is not None:
                tables.append(part.table)
            if part.fault:
                faults.append((part.cassette, part.rows, part.fault))
            for text in part.warned:
                warnings.warn(text, CassetteWarning, stacklevel=2)
    _raise_if_nothing(files, faults, rows)
    for cassette, number, reason in faults:
        text = f"{cassette} could not be read after {number} calls: {reason}"
        warnings.warn(text, CassetteWarning, stacklevel=2)
    if target is not None:
        return _stored(target, rows, faults)
    calls = frame_of(pa.concat_tables(tables))
    if faults:
        # Text, because attributes survive a filter or Parquet only as JSON scalars.
        calls.attrs["unreadable"] = json.dumps(faults)
    return calls


def unreadable(calls: pd.DataFrame | Stored) -> pd.DataFrame:
    """What :func:`read_calls` could not read: a row a file.

    Returns
    -------
    DataFrame
        ``cassette`` str, ``read`` Int64 (calls before the fault; they are in the table),
        ``reason`` str.

    Examples
    --------
    >>> unreadable(Rows().frame()).columns.tolist()
    ['cassette', 'read', 'reason']
    """
    if isinstance(calls, Stored):
        return calls.unreadable
    return frame(UNREADABLE_COLUMNS, json.loads(calls.attrs.get("unreadable", "[]")))


def _raise_if_nothing(
    files: list[CassetteFile], faults: list[tuple[str, int, str]], rows: int
) -> None:
    if files and len(faults) == len(files) and not rows:
        others = f" (nor could the {len(files) - 1} others)" if len(files) > 1 else ""
        raise CassetteError(f"{faults[0][0]} could not be read{others}: {faults[0][2]}")


def _stored(folder: Path, rows: int, faults: list[tuple[str, int, str]]) -> Stored:
    if not rows:
        parquet.write_tables([SCHEMA.empty_table()], folder / "part-000000.parquet")
    parquet.finish(folder, {"kind": "calls", "rows": rows, "unreadable": faults})
    return Stored(folder)
