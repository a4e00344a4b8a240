"""Rows: a gateway's answer to a folder of Parquet, as one stream or step by step."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
from lxml import etree

import toolkit
from benchmarks.measure import peak

_REQUEST = "<Request><Session>session-1</Session><Function>agentGetLog</Function></Request>"


def _ours(url: str, folder: str, reader: Any) -> int:
    gateway = toolkit.sertainty.connect(url)
    gateway.login_with("ada")
    stored = toolkit.read_log(
        gateway.stream("agentGetLog"), reader=reader, to="parquet", folder=folder
    )
    return stored.rows


def _naive(url: str, folder: str) -> int:
    Path(folder).mkdir(exist_ok=True)
    answer = httpx.post(url, content=_REQUEST, timeout=600).content
    parser = etree.XMLParser(huge_tree=True)
    text = etree.fromstring(answer, parser).findtext("ResultList/Result")
    log = pd.read_xml(io.BytesIO(base64.b64decode(text)))
    log.to_parquet(Path(folder) / "log.parquet")
    return len(log)


def use(way: str, url: str, folder: str) -> dict[str, float]:
    """CPU seconds of this side, what the peak of memory rose by, and the peak."""

    def read(url: str, folder: str) -> int:
        return _naive(url, folder) if way == "naive" else _ours(url, folder, way)

    read(f"{url}small", f"{folder}-small")
    before = peak()
    start = time.process_time()
    rows = read(url, folder)
    seconds = time.process_time() - start
    return {"seconds": seconds, "memory": peak() - before, "peak": peak(), "rows": rows}
