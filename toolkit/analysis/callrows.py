"""Decoded calls as columns: Arrow while they are gathered, pandas at the end."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from toolkit import services
from toolkit.analysis.plainhttp import decode_plain
from toolkit.cassettes import Interaction
from toolkit.frames import Column
from toolkit.outcomes import Category

COLUMNS = (
    Column("at", "time", about="when the request was sent (UTC); missing if it was not recorded"),
    Column("elapsed", "number", about="seconds until the answer was whole, or until the failure"),
    Column("service", "category", about="the service; http where none recognises the request"),
    Column("function", "category", about="wire name, or method and path shape"),
    Column("target", "text", about="what the function was aimed at"),
    Column("code", "integer", about="the service's own code; for http the status"),
    Column("label", "category", about="the code's name; for a failure its kind"),
    Column("category", "category", tuple(Category), about="our reading of the outcome"),
    Column("message", "text", about="the text that came with the code"),
    Column("http_status", "integer", about="missing where no response came"),
    Column("request_bytes", "integer", about="length of the request's body"),
    Column("response_bytes", "integer", about="length of the response's body"),
    Column("cassette", "category", about="the file"),
    Column("position", "integer", about="the call's place in its cassette, from 0"),
)

_ARROW = {
    "time": pa.timestamp("us", "UTC"),
    "number": pa.float64(),
    "integer": pa.int64(),
    "text": pa.large_string(),
    # Not Arrow's dictionaries, which each engine reads in a way of its own.
    "category": pa.large_string(),
}
SCHEMA = pa.schema([(column.name, _ARROW[column.kind]) for column in COLUMNS])
_AT_ONCE = 5000


class Rows:
    """Decoded calls as plain tuples; every few thousand become Arrow columns."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._batches: list[pa.RecordBatch] = []
        self._services = list(services.load().values())
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, interaction: Interaction, cassette: str, position: int) -> None:
        """Decode one more call."""
        request, response = interaction.request, interaction.response
        for service in self._services:
            if service.recognises(request):
                name, record = service.name, service.decode_call(interaction)
                break
        else:
            name, record = "http", decode_plain(interaction)
        # COLUMNS has a call's function to message in the order of a CallRecord.
        self._rows.append(
            (
                interaction.recorded_at,
                interaction.elapsed,
                name,
                *record,
                None if response is None else response.status,
                len(request.body),
                None if response is None else len(response.body),
                cassette,
                position,
            )
        )
        self._count += 1
        if len(self._rows) >= _AT_ONCE:
            self._pack()

    def table(self) -> pa.Table:
        """All calls that were not taken yet, which are then taken."""
        self._pack()
        batches, self._batches = self._batches, []
        return pa.Table.from_batches(batches, SCHEMA)

    def frame(self) -> pd.DataFrame:
        """The same as :func:`toolkit.read_calls` gives them."""
        return frame_of(self.table())

    def _pack(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [
                _array(cells, kind) for cells, kind in zip(columns, SCHEMA.types, strict=True)
            ]
            self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))
            self._rows.clear()


def frame_of(table: pa.Table, columns: Sequence[Column] = COLUMNS) -> pd.DataFrame:
    """An Arrow table with the declared columns and dtypes."""
    # Arrays, not series: each series has an index of its own that is put in line with the others.
    cells = {column.name: _cells(column, table[column.name]) for column in columns}
    return pd.DataFrame(cells, pd.RangeIndex(len(table)), copy=False)


def _array(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(cells, kind)
    except UnicodeEncodeError:  # half a surrogate pair, in a text that a server made up
        return pa.array([cell and cell.encode("utf-8", "replace").decode() for cell in cells], kind)
    except OverflowError:  # a code of more digits than an integer has
        fit = [cell if cell is None or abs(cell) < 1 << 63 else None for cell in cells]
        return pa.array(fit, kind)


def _cells(column: Column, values: pa.ChunkedArray) -> Any:
    if column.kind == "category":
        return _categories(column, values)
    if column.kind == "text":
        return pd.array(values.combine_chunks(), dtype="str")
    if column.kind == "time":
        # A missing moment is the least integer, in Arrow's cast as in numpy.
        moments = pc.fill_null(values.cast(pa.int64()), _NOT_A_TIME)
        return pd.DatetimeIndex(moments.to_numpy().view("datetime64[us]")).tz_localize("UTC")
    if column.kind == "integer":
        missing = values.is_null().to_numpy()
        return pd.arrays.IntegerArray(pc.fill_null(values, 0).to_numpy().astype("int64"), missing)
    return values.to_numpy()


_NOT_A_TIME = -(1 << 63)


def _categories(column: Column, values: pa.ChunkedArray) -> pd.Categorical:
    encoded = values.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no chunk at all
        return pd.Categorical([], categories=list(column.choices))
    found = encoded.dictionary.to_pylist()
    known = tuple(dict.fromkeys([*column.choices, *found]))
    places = pa.array([known.index(text) for text in found], pa.int32())
    codes = pc.fill_null(places.take(encoded.indices), -1) if found else pa.nulls(len(encoded))
    codes = pc.fill_null(codes.cast(pa.int32()), -1).to_numpy()
    return pd.Categorical.from_codes(codes, dtype=_dtype(known), validate=False)


@functools.lru_cache(maxsize=256)
def _dtype(categories: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(categories, dtype="str"))
