"""A log's events by level and hour."""

from __future__ import annotations

import re
from typing import Any, cast

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting, engines
from toolkit.analysis.codes import typed
from toolkit.analysis.logs import LogSources, read_log
from toolkit.frames import Column
from toolkit.outcomes import InvalidArgument

# From the least severe on; what is not among them comes after, in the order it appears.
LEVELS = (
    "Trace", "Debug", "Verbose", "Info", "Information", "Notice", "Success", "Normal",
    "Warn", "Warning", "Error", "Failure", "Critical", "Fatal", "Alert", "Emergency",
)  # fmt: skip
_RANK = {level.casefold(): rank for rank, level in enumerate(LEVELS)}
AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {"events": ("count", "level")}
_SECOND, _MINUTE = 10**9, 60 * 10**9
_NAMES = ("level", "severity", "priority", "status", "type", "category")

COLUMNS = (
    Column("time", "time", about="begin of the interval (UTC); missing for events without a time"),
    Column("level", "category", about="as the log says it, the least severe first"),
    Column("events", "integer", about="how many"),
    Column("share", "number", about="of the interval's events, 0 to 1"),
)


def log_levels(
    log: nw.typing.IntoFrame | LogSources,
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
    table: Any = log if counting.is_table(log) else read_log(log)  # type: ignore[arg-type]
    times = time or counting.time_column(table)
    counted = count(table, freq, level or level_column(table), times)
    return finish(counted)


def level_column(log: Any) -> str | None:
    """The name of a log's column of levels, if it has one."""
    known = counting.schema(log).names()
    names = {name.rpartition(".")[2].casefold(): name for name in reversed(known)}
    return next((names[name] for name in _NAMES if name in names), None)


def count(log: Any, freq: str, level: str | None, time: str | None) -> pd.DataFrame:
    """Events of each interval and level: what parts of a log can be counted apart."""
    frame = counting.lazily(log)
    dtypes = frame.collect_schema()
    for name in (level, time):
        if name is not None and name not in dtypes:
            known = ", ".join(dtypes) or "none"
            raise InvalidArgument(f"the log has no column {name!r}; it has: {known}")
    if time is not None and not isinstance(dtypes[time], nw.Datetime):
        raise InvalidArgument(f"the log's column {time!r} is not one of times")
    # Engines count by minute or second, which all of them know; pandas adds these up.
    step = _length(freq)
    fine = "1m" if step % _MINUTE == 0 else "1s" if step % _SECOND == 0 else None
    found = nw.lit(None, nw.Datetime("us", "UTC")) if time is None else nw.col(time)
    named = nw.lit(None, nw.String) if level is None else nw.col(level).cast(nw.String)
    keys = frame.with_columns(time=found, level=named)
    if fine and time is not None:
        keys = engines.cut(keys, "time", fine, "time")
    counted = counting.counted(keys, ["time", "level"], AGGREGATES)
    counted["time"] = pd.to_datetime(counted["time"], utc=True).astype("datetime64[us, UTC]")
    counted["time"] = counted["time"].dt.floor(freq)
    return counting.merged([counted], ["time", "level"], AGGREGATES)


def _length(freq: str) -> int:
    """Nanoseconds of an interval."""
    try:
        return int(pd.Timedelta(cast("Any", pd.tseries.frequencies.to_offset(freq))).value)
    except ValueError:
        raise InvalidArgument(f"{freq!r} is not a frequency; h, 15min or D would be") from None


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
