"""A log's events by level and hour."""

from __future__ import annotations

import re

import pandas as pd

from toolkit.analysis.codes import typed
from toolkit.analysis.logs import LogSources, read_log, time_column
from toolkit.frames import Column
from toolkit.outcomes import InvalidArgument

# From the least severe on; what is not among them comes after, in the order it appears.
LEVELS = (
    "Trace", "Debug", "Verbose", "Info", "Information", "Notice", "Success", "Normal",
    "Warn", "Warning", "Error", "Failure", "Critical", "Fatal", "Alert", "Emergency",
)  # fmt: skip
_RANK = {level.casefold(): rank for rank, level in enumerate(LEVELS)}
_NAMES = ("level", "severity", "priority", "status", "type", "category")

COLUMNS = (
    Column("time", "time", about="begin of the interval (UTC); missing for events without a time"),
    Column("level", "category", about="as the log says it, the least severe first"),
    Column("events", "integer", about="how many"),
    Column("share", "number", about="of the interval's events, 0 to 1"),
)


def log_levels(
    log: pd.DataFrame | LogSources,
    freq: str = "h",
    *,
    level: str | None = None,
    time: str | None = None,
) -> pd.DataFrame:
    """How many events of each level a log has in each hour.

    Parameters
    ----------
    log : DataFrame or log
        From :func:`read_log`, or what that takes.
    freq : str
        The interval, as pandas says it: ``h``, ``15min``, ``D`` ...
    level, time : str, optional
        The columns; by default the first that is called level, severity, status ... and the
        first of times. A log without such a column has one level, or no time: that is missing.

    Returns
    -------
    DataFrame
        A row for each interval and level that has events: ``time`` datetime64[us, UTC] (begin of
        the interval), ``level`` category, ordered from the least severe, ``events`` Int64,
        ``share`` float64 (of the interval's events).

    Raises
    ------
    InvalidArgument
        The log has no such column, or ``freq`` is not a frequency.

    Examples
    --------
    >>> log = '<Log><E time="2019-04-01T08:15:00" level="Info"/></Log>'
    >>> log_levels(log)[["level", "events"]].to_dict("records")
    [{'level': 'Info', 'events': 1}]
    """
    table = log if isinstance(log, pd.DataFrame) else read_log(log)
    counted = count(table, freq, level or level_column(table), time or time_column(table))
    return finish(counted)


def level_column(log: pd.DataFrame) -> str | None:
    """The name of a log's column of levels, if it has one."""
    names = {str(name).rpartition(".")[2].casefold(): str(name) for name in reversed(log.columns)}
    return next((names[name] for name in _NAMES if name in names), None)


def count(log: pd.DataFrame, freq: str, level: str | None, time: str | None) -> pd.DataFrame:
    """Events of each interval and level: what parts of a log can be counted apart."""
    for name in (level, time):
        if name is not None and name not in log:
            known = ", ".join(map(str, log.columns)) or "none"
            raise InvalidArgument(f"the log has no column {name!r}; it has: {known}")
    if time is not None and not isinstance(log[time].dtype, pd.DatetimeTZDtype):
        raise InvalidArgument(f"the log's column {time!r} is not one of times")
    try:
        floor = (
            pd.Series(pd.NaT, log.index, "datetime64[us, UTC]")
            if time is None
            else log[time].dt.floor(freq)
        )
    except ValueError:
        raise InvalidArgument(f"{freq!r} is not a frequency; h, 15min or D would be") from None
    values = log[level].astype("object") if level is not None else pd.Series(None, log.index)
    keys = pd.DataFrame({"time": floor, "level": values})
    groups = keys.groupby(["time", "level"], dropna=False, sort=False)
    return groups.size().rename("events").reset_index()


def finish(counted: pd.DataFrame) -> pd.DataFrame:
    """Shares, order and dtypes of counts that may come from several parts of a log."""
    totals = counted.groupby("time", dropna=False)["events"].transform("sum")
    table = counted.assign(share=counted["events"] / totals)
    seen = list(dict.fromkeys(value for value in table["level"] if not pd.isna(value)))
    order = sorted(map(str, seen), key=rank)
    known = Column("level", "category", tuple(order))
    columns = [known if column.name == "level" else column for column in COLUMNS]
    table["level"] = [None if pd.isna(value) else str(value) for value in table["level"]]
    place = {value: number for number, value in enumerate(order)}
    table = (
        table.assign(place=[place.get(value, len(place)) for value in table["level"]])
        .sort_values(["time", "place"], kind="stable")
        .drop(columns="place")
    )
    result = typed(table, columns)
    result["level"] = result["level"].cat.as_ordered()
    return result


def rank(level: str) -> int:
    """How severe a level is; one that is not known comes after all that are."""
    word = re.sub(r"[^a-z]", "", level.casefold())
    return _RANK.get(word, len(_RANK))
