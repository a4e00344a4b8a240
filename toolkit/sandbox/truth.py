"""How a planted truth goes through JSON: to the process that asked for it, and to files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any


def write_plain(value: Any) -> Any:
    """A value with lists for tuples, and times as ISO 8601."""
    if isinstance(value, dict):
        return {name: write_plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [write_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.datetime) else value


def read_plain(row: dict[str, Any], times: Collection[str]) -> dict[str, Any]:
    """Back from `write_plain`: tuples for lists, and times where they are due."""
    return {
        name: dt.datetime.fromisoformat(value)
        if name in times and value is not None
        else tuple(value)
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }
