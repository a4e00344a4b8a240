"""The records of a document as one DataFrame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
import pyarrow as pa

from toolkit.documents import infer
from toolkit.documents.keys import public_names
from toolkit.documents.limits import LIMITS, Limits
from toolkit.documents.packing import PackedColumn
from toolkit.documents.rows import Batch, batches
from toolkit.documents.shape import RecordPath
from toolkit.documents.source import Source
from toolkit.frames import Column, series


def records(
    source: Source,
    *,
    path: str | None = None,
    prefer: Iterable[str] = (),
    columns: Sequence[Column] = (),
    truncated: Literal["raise", "keep"] = "raise",
    types: bool = True,
    properties: bool = True,
    epoch: Iterable[str] = (),
    limits: Limits = LIMITS,
) -> pd.DataFrame:
    """The repeating record of an XML document as a DataFrame: one row a record.

    Attributes and elements without elements in them become columns (``time``, ``Device.Name``,
    ``Device.id``), the record's own text the column ``text``. An element that comes again in a
    record is numbered (``Tag``, ``Tag.2``). A named value is a column by its name
    (``<Folder name="Source">/in</Folder>`` in ``Folders``: ``Folders.Source``). Two values that
    would have one name keep it for the element's; the other has its XPath (``./@name``,
    ``text()``).

    Types are decided by all values of a column (see :mod:`toolkit.documents.infer`): times
    (``datetime64[us, UTC]``; with ``T`` or a blank, with a zone or in UTC), ``Int64``,
    ``float64``, ``boolean``, ``category`` for few different texts, ``str``. One odd value keeps
    the column text.

    Parameters
    ----------
    source : bytes, str, path, file or iterable of bytes
        The document. A ``str`` is XML text; a path is a :class:`pathlib.Path`.
    path : str, optional
        Of the record: ``Log/Entry`` from the root, or ``Entry`` (the same as ``.//Entry``)
        wherever it is. By default it is found, by the rule in :mod:`toolkit.documents.shape`.
    prefer : iterable of str
        Paths that win over the rule when the document has such elements. The first that begins
        with the root's name tells the record of an empty document, which then has no rows.
    columns : sequence of Column
        Columns that are always there, first and in this order, with these types; also when the
        document is empty. One with an odd value is text.
    truncated : {"raise", "keep"}
        What to do with a document that is still being written: refuse it, or keep its whole
        records and set ``frame.attrs["truncated"]`` to True.
    types : bool
        Let ``type="int"`` and the like tell the type of an element, and not be columns.
    properties : bool
        Let named values be columns of their name.
    epoch : iterable of str
        Columns whose integers are milliseconds since 1970 (as are those of ``type="date"``).
    limits : Limits
        How much is read before the document is refused.

    Returns
    -------
    DataFrame
        ``attrs`` has ``record`` (its path), ``truncated``, and what stands outside the records
        (``Log.name``).

    Raises
    ------
    UnsafeDocument
        A DTD, an entity, or nesting beyond the limit.
    DocumentError
        Malformed, truncated, too large, or no XML at all.

    Examples
    --------
    >>> entry = '<Entry time="2019-04-01T08:00:00" level="Info">up</Entry>'
    >>> log = records(f'<Log name="agent">{entry}</Log>')
    >>> log.dtypes.astype(str).to_dict()
    {'time': 'datetime64[us, UTC]', 'level': 'category', 'text': 'str'}
    >>> log.attrs
    {'record': 'Log/Entry', 'truncated': False, 'Log.name': 'agent'}
    """
    gathered = Gathered()
    for batch in batches(
        source,
        path=path,
        prefer=prefer,
        truncated=truncated,
        types=types,
        properties=properties,
        limits=limits,
    ):
        gathered.add(batch)
    return gathered.frame(columns, epoch)


class Gathered:
    """Batches of one document or of several, packed: less than they take as XML."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[str, PackedColumn] = {}
        self.lasts: list[Batch] = []
        self.sources: list[tuple[str, int]] = []

    def add(self, batch: Batch, source: str | None = None) -> None:
        """Add a batch; ``source`` names its document where there are several."""
        if batch.rows:
            for key, values in batch.columns.items():
                if key not in self.columns:
                    self.columns[key] = PackedColumn(key, self.rows)
                self.columns[key].add(values)
            for key in self.columns.keys() - batch.columns.keys():
                self.columns[key].add_missing(batch.rows)
            self.rows += batch.rows
        if source is not None:
            self.sources.append((source, batch.rows))
        if self.lasts and self.lasts[-1].document == batch.document:
            self.lasts.pop()
        self.lasts.append(replace(batch, columns={}))

    def frame(self, columns: Sequence[Column], epoch: Iterable[str] = ()) -> pd.DataFrame:
        """The table; what was gathered is then used up."""
        hints = _merged([last.hints for last in self.lasts])
        keys = [key for key in self.columns if key] + [""] * ("" in self.columns)
        names = public_names(keys)
        epoch = frozenset(epoch)
        if not keys and all(_is_root(last.path) for last in self.lasts):
            self.rows = 0  # <Log/>: a root without anything in it is an empty document
            self.sources = []
        found: dict[str, pd.Series] = {}
        declared = {column.name: column for column in columns}
        for key in keys:
            name = names[key]
            # Taken out one by one, so that the texts and the typed columns are not both held.
            packed = self.columns.pop(key)
            if name in declared:
                found[name] = _declared(declared[name], packed.texts())
            else:
                hint = "epoch" if name in epoch else hints.get(key, "none")
                found[name] = packed.series(name, hint)
        data = {
            column.name: found.pop(column.name)
            if column.name in found
            else series(column, [None] * self.rows)
            for column in columns
        }
        table = {**self._source(found), **data, **found}
        result = pd.DataFrame(table, pd.RangeIndex(self.rows), copy=False)
        result.attrs.update(self._attributes())
        return result

    def _source(self, found: Mapping[str, object]) -> dict[str, pd.Series]:
        if not self.sources:
            return {}
        name = "log" if "log" not in found else "./log"
        values = [source for source, rows in self.sources for _ in range(rows)]
        known = tuple(dict.fromkeys(source for source, _ in self.sources))
        return {name: series(Column(name, "category", known), values)}

    def _attributes(self) -> dict[str, str | bool]:
        truncated = any(last.truncated for last in self.lasts)
        paths = dict.fromkeys(str(last.path) for last in self.lasts)
        header = self.lasts[0].header if len(self.lasts) == 1 else {}
        return {"record": " ".join(paths), "truncated": truncated, **header}


def _is_root(path: RecordPath) -> bool:
    return len(path.names) == 1 and not path.anywhere


def _merged(several: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The hints of several documents, "mixed" where they disagree."""
    merged: dict[str, str] = {}
    for hints in several:
        for key, kind in hints.items():
            if merged.setdefault(key, kind) != kind:
                merged[key] = "mixed"
    return merged


_CONVERT = {
    "integer": infer.integers,
    "number": infer.numbers,
    "boolean": infer.booleans,
}


def _declared(column: Column, texts: pa.ChunkedArray) -> pd.Series:
    """The texts with the declared type, or as text when one of them does not have it."""
    if column.kind == "category":
        return series(column, texts.to_pylist())
    typed: pd.Series | None = None
    if column.kind == "time":
        typed = infer.times(texts)
        typed = infer.epoch(texts) if typed is None else typed
    elif column.kind in _CONVERT:
        typed = _CONVERT[column.kind](texts)
    return infer.text(texts) if typed is None else typed
