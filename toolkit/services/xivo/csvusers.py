"""The import of users from a CSV: one row of outcome for each, whatever the server answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from toolkit.frames import Column, series
from toolkit.outcomes import InvalidRequest, OutcomeError
from toolkit.services.base.decoding import typed
from toolkit.services.base.driving import Flow
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.answers import items_of
from toolkit.services.xivo.flows import fetch_flow
from toolkit.services.xivo.models import model
from toolkit.services.xivo.planning import CsvBody, csv_bytes, make_plan
from toolkit.services.xivo.state import State

IMPORTED = "csv_created"
"""The resource of such a function's answer."""

_OUTCOMES = ("created", "updated", "failed", "not done")
_NOT_DONE = "not done: another row failed, and the server does all or none"


def import_users(state: State, function: RestFunction, users: CsvBody) -> Flow[pd.DataFrame]:
    """Send a CSV of users; see ``users.import_csv``.

    Raises
    ------
    CallError
        The server did not take the CSV at all. Rows that it refuses are rows of the result.
    """
    body = csv_bytes(users)
    index = users.index if isinstance(users, pd.DataFrame) else None
    failed: list[tuple[int, str]] = []
    items: list[Any] = []
    try:
        call = yield from fetch_flow(make_plan(function, body=body), state)
        items = list(items_of(call))
    except InvalidRequest as error:
        failed = _failed(error)
        if not failed:
            raise
    rows = dict(failed)
    if failed:
        items = [{"row_number": number} for number in range(1, _count(body, rows) + 1)]
    columns = import_frame(function, items, rows)
    numbers = [item.get("row_number") for item in items]
    if index is None or numbers != list(range(1, len(index) + 1)):
        return columns
    return columns.set_axis(index, axis="index")


def import_frame(
    function: RestFunction, items: list[Any], failed: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """One row of outcome for each row of the CSV; with the messages of those that failed."""
    done = "created" if function.verb == "POST" else "updated"
    columns = typed(items, model(IMPORTED))
    numbers = [item.get("row_number") for item in items]
    outcome = [("failed" if n in failed else "not done") if failed else done for n in numbers]
    said = [failed.get(n or 0, _NOT_DONE) if failed else None for n in numbers]
    columns.insert(1, "outcome", series(Column("outcome", "category", _OUTCOMES), outcome))
    columns.insert(2, "message", series(Column("message"), said))
    return columns


def _failed(error: OutcomeError) -> list[tuple[int, str]]:
    rows = getattr(error, "rows", ())
    return [(int(number), str(message)) for number, message in rows]


def _count(body: bytes, rows: dict[int, str]) -> int:
    """How many rows the CSV has."""
    lines = csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""))
    return max(sum(1 for line in lines if line) - 1, *rows)
