"""A log of any size as a folder of Parquet, typed by all of its values and never held.

The events are first kept packed (see :mod:`toolkit.documents.packing`), and as text where they are
not alike; each batch of text says which types its values could have. What all of a column allows is
its type, and the events are then written anew with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from toolkit.analysis import parquet
from toolkit.analysis.parquet import Stored
from toolkit.documents import Batch, infer
from toolkit.documents.keys import public_names
from toolkit.documents.packing import IntegerForm, Packer, TimeForm

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
    """The events in files, packed or as text, and what types they could have."""

    def __init__(self, folder: Path, epoch: Iterable[str] = ()) -> None:
        self._folder = folder
        self._epoch = frozenset(epoch)
        self._files: list[Path] = []
        self._writer: pa.ipc.RecordBatchFileWriter | None = None
        self._schema: pa.Schema | None = None
        self._packers: dict[str, Packer] = {}
        self._possible: dict[str, list[str]] = {}
        self._hints: dict[str, str] = {}
        self._last: dict[int, Batch] = {}
        self.rows = 0

    def add(self, batch: Batch, source: str | None) -> None:
        """Keep a batch; ``source`` names its log where there are several."""
        self._last[id(batch.document)] = replace(batch, columns={})
        if not batch.rows:
            return
        columns: dict[str, pa.Array] = {}
        if source is not None:
            columns[_SOURCE] = pa.repeat(pa.scalar(source, infer.TEXT), batch.rows)
        for key, texts in batch.columns.items():
            self._hints[key] = batch.hints.get(key, "none")
            packer = self._packers.setdefault(key, Packer(key))
            columns[key] = packer.pack(texts)
            if packer.is_text:
                self._narrow(key, texts)
        schema = pa.schema([(key, values.type) for key, values in columns.items()])
        if self._writer is None or self._schema != schema:
            self._new_file(schema)
        assert self._writer is not None  # noqa: S101 - it was just made
        self._writer.write_table(pa.table(list(columns.values()), schema=schema))
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
        # A message is hardly ever said twice: looking for it takes longer than writing it.
        few = [names[key] for key in names if key]
        parquet.write_tables(_at_least(tables, schema), into, few=few)
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

    def _narrow(self, key: str, texts: pa.Array) -> None:
        """Keep the types that these values allow too."""
        column = pa.chunked_array([texts])
        if infer.is_blank(column):
            return
        if key not in self._possible:
            self._possible[key] = self._of_packed(key)
        self._possible[key] = self._fitting(key, column, self._possible[key])

    def _of_packed(self, key: str) -> list[str]:
        """The types that what was packed allows; all, if nothing was."""
        form = self._packers[key].form
        sample = None if form is None else pa.chunked_array([form.sample()])
        if sample is None or infer.is_blank(sample):
            return list(infer.CONVERSIONS)
        return self._fitting(key, sample, infer.CONVERSIONS)

    def _fitting(self, key: str, column: pa.ChunkedArray, kinds: Iterable[str]) -> list[str]:
        name = key.rpartition("/")[2].rpartition("@")[2]
        told = "epoch" if name in self._epoch else self._hints[key]
        return [kind for kind in kinds if infer.fits(column, kind, name, told) is not None]

    def _kind(self, key: str) -> str:
        if key not in self._packers:
            return "text"
        if key in self._possible:
            return next(iter(self._possible[key]), "text")
        form = self._packers[key].form
        if form is None or infer.is_blank(pa.chunked_array([form.sample()])):
            hint = self._hints[key]
            return hint if hint in infer.BY_HINT else "text"
        return next(iter(self._of_packed(key)), "text")

    def _new_file(self, schema: pa.Schema) -> None:
        self._close()
        self._schema = schema
        file = self._folder / f"_packed-{len(self._files):04}.unfinished"
        self._files.append(file)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer = pa.ipc.new_file(str(file), schema, options=options)

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
        values = batch.column(place)
        form = None if values.type == infer.TEXT else self._packers[key].form
        if isinstance(form, IntegerForm) and kind == "integer":
            return values
        if isinstance(form, TimeForm) and kind == "time":
            return pc.assume_timezone(values, "UTC")
        texts = values if form is None else form.texts(values)
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
