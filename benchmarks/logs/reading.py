"""Rows: a log in a file to a frame or to Parquet, its speed and its memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pandas as pd
from lxml import etree

import toolkit
from benchmarks.logs.document import SMALL
from benchmarks.measure import peak


def _expat(path: Path) -> None:
    parser = expat.ParserCreate()
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


def _lxml(path: Path) -> pd.DataFrame:
    rows = []
    for _, element in etree.iterparse(str(path), tag="Entry"):
        rows.append({**element.attrib, "text": element.text})
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return pd.DataFrame(rows)


def _parquet(reader: Any) -> Callable[[Path], object]:
    def read(path: Path) -> object:
        return toolkit.read_log(
            path, reader=reader, to="parquet", folder=path.with_suffix(f".{reader}")
        )

    return read


WAYS: dict[str, Callable[[Path], object]] = {
    "strict": lambda path: toolkit.read_log(path, reader="strict"),
    "fast": lambda path: toolkit.read_log(path, reader="fast"),
    "parquet": _parquet("strict"),
    "parquet_fast": _parquet("fast"),
    "pandas.read_xml": pd.read_xml,
    "pandas.read_xml, etree": lambda path: pd.read_xml(path, parser="etree"),
    "lxml.iterparse": _lxml,
    "expat, no handlers": _expat,
}


def use(way: str, path: str, small: str) -> dict[str, float]:
    """CPU seconds, what the peak of memory rose by, and what the frame holds."""
    Path(small).write_text(SMALL, "ascii")
    WAYS[way](Path(small))
    before = peak()
    start = time.process_time()
    table = WAYS[way](Path(path))
    seconds = time.process_time() - start
    rose = peak() - before
    held = table.memory_usage(deep=True).sum() if isinstance(table, pd.DataFrame) else 0
    return {"seconds": seconds, "memory": rose, "held": float(held)}
