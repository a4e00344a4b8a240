"""A log of any size as a folder of Parquet, typed by all of its values and never held.

The events are first kept as text, while each batch says which types its values could have. What
every batch allows is the column's type, and the text is then written anew with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from toolkit.analysis import parquet
from toolkit.analysis.parquet import Stored
from toolkit.documents import Batch, infer
from toolkit.documents.keys import public_names

_ROWS_AT_ONCE = 50_000
_SOURCE = "\0log"
_ARROW = {
    "time": pa.timestamp("us", "UTC"),
    "epoch": pa.timestamp("us", "UTC"),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "float": pa.float64(),
}


class Spool:
    """The events as text in files, and what types they could have."""

    def __init__(self, folder: Path, epoch: Iterable[str] = ()) -> None:
        self._folder = folder
        self._epoch = frozenset(epoch)
        self._files: list[Path] = []
        self._writer: pa.ipc.RecordBatchFileWriter | None = None
        self._keys: dict[str, None] = {}
        self._possible: dict[str, list[str]] = {}
        self._hints: dict[str, str] = {}
        self._last: dict[int, Batch] = {}
        self.rows = 0

    def add(self, batch: Batch, source: str | None) -> None:
        """Keep a batch; ``source`` names its log where there are several."""
        self._last[id(batch.document)] = batch
        if not batch.rows:
            return
        columns = dict(batch.columns)
        if source is not None:
            columns = {_SOURCE: pa.repeat(pa.scalar(source, infer.TEXT), batch.rows), **columns}
        for key, texts in batch.columns.items():
            self._narrow(key, texts, batch.hints.get(key, "none"))
        if self._writer is None or self._keys.keys() != columns.keys():
            self._new_file(columns)
        assert self._writer is not None  # noqa: S101 - it was just made
        table = pa.table([columns[key] for key in self._keys], schema=self._schema)
        self._writer.write_table(table)
        self.rows += batch.rows

    def finish(self) -> Stored:
        """Write what was kept with its types."""
        self._close()
        keys = {key: None for file in self._files for key in _read(file).schema.names}
        texts = [key for key in keys if key not in ("", _SOURCE)] + [""] * ("" in keys)
        names = public_names(texts)
        if _SOURCE in keys:
            names = {_SOURCE: "log" if "log" not in names.values() else "./log", **names}
        kinds = {key: self._kind(key) for key in names}
        schema = pa.schema([(names[key], _ARROW.get(kinds[key], infer.TEXT)) for key in names])
        into = self._folder / "part-000000.parquet"
        tables = self._typed(names, kinds, schema)
        parquet.write_tables(_at_least(tables, schema), into)
        if not into.exists():
            parquet.write_tables([schema.empty_table()], into)
        about = {"kind": "log", "rows": self.rows, **self._attributes()}
        parquet.finish(self._folder, about)
        self.drop()
        return Stored(self._folder)

    def drop(self) -> None:
        """Remove what was kept as text."""
        self._close()
        for file in self._files:
            file.unlink(missing_ok=True)

    def _narrow(self, key: str, texts: pa.Array, hint: str) -> None:
        possible = self._possible.get(key)
        self._hints[key] = hint
        name = key.rpartition("/")[2].rpartition("@")[2]
        column = pa.chunked_array([texts])
        if infer.is_blank(column):
            return
        told = "epoch" if name in self._epoch else hint
        kinds = infer.CONVERSIONS if possible is None else possible
        self._possible[key] = [
            kind for kind in kinds if infer.fits(column, kind, name, told) is not None
        ]

    def _kind(self, key: str) -> str:
        if key not in self._possible:
            hint = self._hints.get(key, "none")
            return hint if hint in infer.BY_HINT else "text"
        return next(iter(self._possible[key]), "text")

    def _new_file(self, columns: dict[str, pa.Array]) -> None:
        self._close()
        self._keys = dict.fromkeys(columns)
        self._schema = pa.schema([(key, infer.TEXT) for key in columns])
        file = self._folder / f"_text-{len(self._files):04}.unfinished"
        self._files.append(file)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer = pa.ipc.new_file(str(file), self._schema, options=options)

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _typed(
        self, names: dict[str, str], kinds: dict[str, str], schema: pa.Schema
    ) -> Iterator[pa.Table]:
        for file in self._files:
            reader = _read(file)
            for number in range(reader.num_record_batches):
                batch = reader.get_batch(number)
                arrays = [self._column(batch, key, kinds[key]) for key in names]
                yield pa.table(arrays, schema=schema)

    def _column(self, batch: pa.RecordBatch, key: str, kind: str) -> pa.Array:
        place = batch.schema.get_field_index(key)
        wanted = _ARROW.get(kind, infer.TEXT)
        if place < 0:
            return pa.nulls(batch.num_rows, wanted)
        texts = batch.column(place)
        if kind == "text":
            return texts
        hint = {"epoch": "epoch", "float": "float"}.get(kind, "none")
        typed = infer.fits(pa.chunked_array([texts]), kind, "", hint)
        return pa.array(typed, wanted, from_pandas=True)

    def _attributes(self) -> dict[str, str | bool]:
        lasts = list(self._last.values())
        paths = dict.fromkeys(str(last.path) for last in lasts)
        header = lasts[0].header if len(lasts) == 1 else {}
        truncated = any(last.truncated for last in lasts)
        return {"record": " ".join(paths), "truncated": truncated, **header}


def _read(file: Path) -> pa.ipc.RecordBatchFileReader:
    # Read and not mapped: a map counts as memory that is held.
    return pa.ipc.open_file(pa.OSFile(str(file)))


def _at_least(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    rows = 0
    for table in tables:
        held.append(table)
        rows += len(table)
        if rows >= _ROWS_AT_ONCE:
            yield pa.concat_tables(held)
            held, rows = [], 0
    if held:
        yield pa.concat_tables([schema.empty_table(), *held])
