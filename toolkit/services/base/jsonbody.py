"""Values of pandas and numpy as a JSON body."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from collections.abc import Mapping
from typing import Any

import msgspec
import pandas as pd

from toolkit.outcomes import InvalidArgument


def json_bytes(body: Any) -> bytes:
    """A body as JSON. Missing values are null; times are ISO 8601.

    Examples
    --------
    >>> json_bytes({"a": pd.NA, "b": float("nan"), "c": pd.Timestamp("2026-01-02")})
    b'{"a":null,"b":null,"c":"2026-01-02T00:00:00"}'
    """
    try:
        return msgspec.json.encode(plain(body))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidArgument(f"the body cannot be written as JSON: {error}") from None


def plain(value: Any) -> Any:
    """A value of pandas or numpy as what JSON has."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if hasattr(value, "tolist"):  # numpy's own scalars and arrays
        return plain(value.tolist())
    return value
