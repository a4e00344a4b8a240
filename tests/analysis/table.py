"""Tables of calls for the tests, made without a cassette."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from tests.analysis.recording import START
from toolkit.analysis.calls import COLUMNS
from toolkit.frames import frame


def calls(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Calls of these rows; what a row does not say is as of an ordinary success."""
    usual = {
        "elapsed": 0.01, "service": "sertainty", "function": "agentPing", "target": "", "code": 1,
        "label": "SUCCESS", "category": "success", "message": "Success", "http_status": 200,
        "request_bytes": 10, "response_bytes": 20, "cassette": "x.yaml",
    }  # fmt: skip
    made = []
    for position, row in enumerate(rows):
        at = START + dt.timedelta(seconds=row.get("second", position))
        known = {name: value for name, value in row.items() if name != "second"}
        made.append(usual | {"at": at, "position": position} | known)
    return frame(COLUMNS, made)


def failed(code: int = 502, **row: Any) -> dict[str, Any]:
    """A row of a call that failed."""
    return {
        "code": code, "label": f"FAULT_{code}", "category": "server fault", "message": "disk full",
        **row,
    }  # fmt: skip
