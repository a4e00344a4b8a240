"""One cassette to Arrow tables of calls: what is done for each file, wherever it is done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from toolkit.analysis.callrows import SCHEMA, Rows
from toolkit.analysis.sources import CassetteFile, here
from toolkit.cassettes import Interaction, har, quick
from toolkit.cassettes.entries import is_blank
from toolkit.cassettes.stock import sniff
from toolkit.outcomes import CassetteError

ROWS_AT_ONCE = 50_000


@dataclass(slots=True)
class Part:
    """What came of one cassette.

    Attributes
    ----------
    rows : int
        Calls that were read.
    fault : str
        Why it could not be read any further; empty if it was read to its end.
    warned : list of str
        What its reader had to say all the same.
    table : pyarrow.Table
        The calls, unless they were written to a file.
    """

    cassette: str
    rows: int = 0
    fault: str = ""
    warned: list[str] = field(default_factory=list)
    table: pa.Table | None = None


def interactions_of(file: CassetteFile) -> Iterator[Interaction]:
    """The interactions of a cassette of any writer, HAR included; none of an empty file."""
    with here(file) as path:
        if is_blank(path):
            return
        yield from har.read(path) if sniff(path) == "har" else quick.read(path)


def tables_of(file: CassetteFile, part: Part, at_once: int = ROWS_AT_ONCE) -> Iterator[pa.Table]:
    """The calls of a cassette, so many at a time; ``part`` says in the end how it went."""
    rows = Rows()
    given = 0
    try:
        with contextlib.closing(interactions_of(file)) as found:  # type: ignore[type-var]
            for position, interaction in enumerate(found):
                rows.add(interaction, part.cassette, position)
                if len(rows) - given >= at_once:
                    given = len(rows)
                    yield rows.table()
    except (CassetteError, OSError) as error:
        part.fault = _reason(error)
    part.rows = len(rows)
    if len(rows) > given:
        yield rows.table()


def read_part(file: CassetteFile) -> Part:
    """The calls of a cassette as one table."""
    part = Part(str(file))
    part.table = pa.concat_tables([SCHEMA.empty_table(), *tables_of(file, part)])
    return part


def write_part(file: CassetteFile, into: Path) -> Part:
    """The calls of a cassette as a Parquet file, never all of them in memory."""
    from toolkit.analysis.parquet import write_tables

    part = Part(str(file))
    write_tables(tables_of(file, part), into)
    return part


def _reason(error: CassetteError | OSError) -> str:
    return str(error) if isinstance(error, CassetteError) else (error.strerror or str(error))
