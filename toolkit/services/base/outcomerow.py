"""The one row of a function that answers with nothing but how the call ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import Category, Outcome
from toolkit.services.base.service import CallRecord


def outcome_columns(
    *,
    function: str,
    code: str,
    label: str,
    category: str = "the code's category",
    message: str,
) -> tuple[Column, ...]:
    """The columns of such a row, with what a service has to say about them."""
    return (
        Column("function", about=function),
        Column("target", about="what it was aimed at"),
        Column("code", "integer", about=code),
        Column("label", about=label),
        Column("category", "category", tuple(Category), category),
        Column("message", about=message),
        Column("elapsed", "number", about="seconds until the answer was whole"),
        Column("at", "time", about="when it was sent (UTC)"),
    )


def call_attrs(
    service: str, function: str, target: str, outcome: Outcome, elapsed: float, at: dt.datetime
) -> dict[str, Any]:
    """What ``DataFrame.attrs`` says of the call that a frame came from; informative only."""
    return {
        "service": service,
        "function": function,
        "target": target,
        "code": outcome.code,
        "label": outcome.label,
        "at": at.isoformat(),
        "elapsed": elapsed,
    }


def outcome_row(
    columns: Sequence[Column],
    function: str,
    target: str,
    outcome: Outcome,
    elapsed: float,
    at: dt.datetime,
) -> pd.DataFrame:
    """That row.

    Examples
    --------
    >>> columns = outcome_columns(function="its name", code="", label="", message="")
    >>> began = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    >>> outcome = Outcome(200, "OK", "", Category.SUCCESS)
    >>> outcome_row(columns, "TEST", "", outcome, 0.1, began)["category"].item()
    'success'
    """
    return frame(columns, [(*CallRecord.of(function, target, outcome), elapsed, at)])
