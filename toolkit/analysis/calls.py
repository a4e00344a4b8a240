"""Recordings to a table: one row a call."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit import services
from toolkit.analysis.plain import decode_plain
from toolkit.analysis.sources import CassetteSource, cassette_files
from toolkit.cassettes import CassetteWarning, Interaction, read
from toolkit.cassettes.entries import is_blank
from toolkit.frames import Column, frame, series
from toolkit.outcomes import CassetteError, Category

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
UNREADABLE_COLUMNS = (
    Column("cassette", about="the file"),
    Column("read", "integer", about="calls that were read before the fault, and are in the table"),
    Column("reason", about="why it could not be read any further"),
)


def read_calls(source: CassetteSource) -> pd.DataFrame:
    """Recorded calls, one row each.

    Each call is decoded by the service that recognises its request. What none recognises is told
    as plain HTTP: service ``http``, function ``GET /users/{id}``, the HTTP status as code.

    Parameters
    ----------
    source : path, str, or iterable of these
        A cassette, a folder of cassettes, a glob, or any number of these.

    Returns
    -------
    DataFrame
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
    >>> calls = read_calls("cassettes/")                          # doctest: +SKIP
    >>> calls.groupby("function", observed=True).size()           # doctest: +SKIP
    """
    files = cassette_files(source)
    rows = Rows()
    faults: list[tuple[str, int, str]] = []
    for path in files:
        before = len(rows)
        try:
            for position, interaction in enumerate(interactions_of(path)):
                rows.add(interaction, str(path), position)
        except (CassetteError, OSError) as error:
            faults.append((str(path), len(rows) - before, _reason(error)))
    if files and len(faults) == len(files) and not len(rows):
        others = f" (nor could the {len(files) - 1} others)" if len(files) > 1 else ""
        raise CassetteError(f"{faults[0][0]} could not be read{others}: {faults[0][2]}")
    for cassette, number, reason in faults:
        text = f"{cassette} could not be read after {number} calls: {reason}"
        warnings.warn(text, CassetteWarning, stacklevel=2)
    calls = rows.frame()
    if faults:
        # Text, because attributes survive a filter or Parquet only as JSON scalars.
        calls.attrs["unreadable"] = json.dumps(faults)
    return calls


def unreadable(calls: pd.DataFrame) -> pd.DataFrame:
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
    return frame(UNREADABLE_COLUMNS, json.loads(calls.attrs.get("unreadable", "[]")))


def interactions_of(path: Path) -> Iterator[Interaction]:
    """The interactions of a cassette; none of an empty file."""
    if not is_blank(path):
        yield from read(path)


class Rows:
    """Decoded calls as plain tuples; pandas comes only at the end, column by column."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []
        self._services = list(services.load().values())

    def __len__(self) -> int:
        return len(self._rows)

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

    def frame(self) -> pd.DataFrame:
        """All calls so far, as :func:`read_calls` gives them."""
        values: Iterable[Sequence[Any]] = (
            zip(*self._rows, strict=True) if self._rows else [()] * len(COLUMNS)
        )
        return pd.DataFrame(
            {
                column.name: series(column, cells)
                for column, cells in zip(COLUMNS, values, strict=True)
            }
        )


def _reason(error: CassetteError | OSError) -> str:
    return str(error) if isinstance(error, CassetteError) else (error.strerror or str(error))
