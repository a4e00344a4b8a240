"""Folders of Parquet: tables that are written as a stream and need never fit into memory."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

UNREADABLE_COLUMNS = (
    Column("cassette", about="the file"),
    Column("read", "integer", about="calls that were read before the fault, and are in the table"),
    Column("reason", about="why it could not be read any further"),
)
_ABOUT = "_about.json"  # readers of Parquet folders pass over names that begin so


class Stored(os.PathLike[str]):
    """A table in a folder of Parquet files, as ``read_calls(..., to="parquet")`` gives it.

    The analyses take it as they take a frame; DuckDB counts then, where it is installed, and
    nothing of it is held in memory.

    Attributes
    ----------
    path : Path
        The folder.
    rows : int
    about : dict
        What was said of it when it was written.

    Examples
    --------
    >>> calls = toolkit.read_calls("cassettes/", to="parquet")
    >>> codes = toolkit.result_codes(calls)
    >>> calls.relation().filter("category = 'server fault'").fetchall()
    []
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._files = sorted(self.path.glob("*.parquet"))
        if not self._files:
            raise InvalidArgument(
                f"{self.path} is no folder of Parquet files; "
                f'read_calls(..., to="parquet", folder=...) makes one'
            )
        about = self.path / _ABOUT
        self.about: dict[str, Any] = json.loads(about.read_bytes()) if about.exists() else {}
        self.rows: int = sum(pq.read_metadata(file).num_rows for file in self._files)

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"<{self.rows:,} rows in {len(self._files)} Parquet files: {self.path}>"

    def __len__(self) -> int:
        return self.rows

    @property
    def unreadable(self) -> pd.DataFrame:
        """What could not be read: ``cassette`` str, ``read`` Int64, ``reason`` str."""
        return frame(UNREADABLE_COLUMNS, self.about.get("unreadable", []))

    def table(self) -> Any:
        """What an analysis counts: a DuckDB relation, or a pandas frame where DuckDB is not."""
        try:
            return self.relation()
        except InvalidArgument:
            return self.frame()

    def frame(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """All of it, or some columns, as a pandas frame in memory."""
        from toolkit.analysis.callrows import COLUMNS, SCHEMA, frame_of

        wanted = None if columns is None else list(columns)
        found = pq.read_table(self.path, columns=wanted)
        if self.about.get("kind") == "calls":
            declared = [column for column in COLUMNS if column.name in found.column_names]
            fields = [SCHEMA.field(column.name) for column in declared]
            found = found.select([column.name for column in declared]).cast(pa.schema(fields))
            result = frame_of(found, declared)
            result.attrs["unreadable"] = json.dumps(self.about.get("unreadable", []))
            return result
        plain: pd.DataFrame = found.to_pandas(types_mapper=_DTYPES.get)
        return plain

    def relation(self) -> Any:
        """A DuckDB relation that reads the files (extra ``duckdb``)."""
        try:
            import duckdb
        except ImportError:
            raise InvalidArgument(
                "DuckDB is not installed; pip install 'session-toolkit[duckdb]' would do it"
            ) from None
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        return connection.read_parquet([str(file) for file in self._files], union_by_name=True)

    def lazy(self) -> Any:
        """A Polars lazy frame that reads the files (extra ``polars``)."""
        try:
            import polars as pl
        except ImportError:
            raise InvalidArgument(
                "Polars is not installed; pip install 'session-toolkit[polars]' would do it"
            ) from None
        return pl.scan_parquet(self._files, missing_columns="insert")

    def dask(self) -> Any:
        """A Dask frame that reads the files (extra ``dask``)."""
        try:
            import dask.dataframe
        except ImportError:
            raise InvalidArgument(
                "Dask is not installed; pip install 'session-toolkit[dask]' would do it"
            ) from None
        return dask.dataframe.read_parquet([str(file) for file in self._files])


_DTYPES: dict[Any, Any] = {
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.large_string(): pd.StringDtype(na_value=float("nan")),
    pa.string(): pd.StringDtype(na_value=float("nan")),
}


def is_stored(source: object) -> bool:
    """Whether it names a folder that the toolkit wrote."""
    return isinstance(source, str | os.PathLike) and (Path(source) / _ABOUT).is_file()


def new_folder(folder: str | os.PathLike[str]) -> Path:
    """An empty folder to write into; one that the toolkit wrote before is emptied.

    Raises
    ------
    InvalidArgument
        It holds something else.
    """
    path = Path(folder)
    if path.exists():
        if not path.is_dir():
            raise InvalidArgument(f"{path} is a file; a folder of Parquet needs another name")
        inside = list(path.iterdir())
        ours = (path / _ABOUT).exists() and all(
            one.name == _ABOUT or one.suffix == ".parquet" for one in inside
        )
        if inside and not ours:
            raise InvalidArgument(f"{path} holds other files; give a folder that is new or empty")
        for one in inside:
            one.unlink()
    path.mkdir(parents=True, exist_ok=True)
    # A folder that is written to is ours from the beginning.
    finish(path, {})
    return path


def finish(folder: Path, about: dict[str, Any]) -> None:
    """Say what the folder holds."""
    (folder / _ABOUT).write_text(json.dumps(about, indent=1), "utf-8")


def write_tables(tables: Iterable[pa.Table], into: Path, *, few: bool | list[str] = True) -> int:
    """Write tables of one schema as the row groups of a file; none makes no file.

    ``few`` names the columns of few different values, where that is known.
    """
    rows = 0
    writer: pq.ParquetWriter | None = None
    beside = into.with_suffix(".unfinished")
    try:
        for table in tables:
            if writer is None:
                writer = pq.ParquetWriter(
                    beside, table.schema, compression="zstd", use_dictionary=few
                )
            writer.write_table(table)
            rows += len(table)
    finally:
        if writer is not None:
            writer.close()
    if writer is not None:
        beside.replace(into)
    return rows
