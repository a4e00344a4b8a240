"""The status records of all tasks, read live or decoded from a recording."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd

from toolkit.frames import Column, frame, series
from toolkit.services.base.driving import Flow
from toolkit.services.sertainty.call import Call
from toolkit.services.sertainty.functions import TABLE
from toolkit.services.sertainty.results import column_of

STATUS_COLUMNS = (
    Column("config"),
    Column("task"),
    *(column_of(result) for result in TABLE.get("taskGetStatus").results),
    Column("at", "time", about="when the record was read (UTC)"),
)


def read_all(fetched: Callable[..., Flow[Call]]) -> Flow[pd.DataFrame]:
    """The status record of every task of every configuration, as read now.

    Parameters
    ----------
    fetched : callable
        ``fetched(name, *arguments)`` is the flow of one call.
    """
    readings = []
    for config in (yield from fetched("configGetList")).frame["config"]:
        tasks = (yield from fetched("configGetTasks", config)).frame
        names = tasks["name"].astype(str).tolist() if "name" in tasks.columns else []
        for task in names:
            call = yield from fetched("taskGetStatus", config, task)
            readings.append(with_time(call.frame, call.at))
    return together(readings)


def with_time(reading: pd.DataFrame, at: dt.datetime | None) -> pd.DataFrame:
    """A status record with the time at which it was read."""
    return reading.assign(at=series(STATUS_COLUMNS[-1], [at] * len(reading)))


def together(readings: list[pd.DataFrame]) -> pd.DataFrame:
    """Many status records as one table, ``status`` a category whatever was read."""
    if not readings:
        return frame(STATUS_COLUMNS)
    table = pd.concat(readings, ignore_index=True)
    status = next(column for column in STATUS_COLUMNS if column.name == "status")
    values = [None if pd.isna(value) else str(value) for value in table["status"]]
    table["status"] = series(status, values)
    table.attrs.clear()
    return table
