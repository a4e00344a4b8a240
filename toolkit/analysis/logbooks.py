"""The logs that recorded calls brought, as one table."""

from __future__ import annotations

import pandas as pd

from toolkit import services
from toolkit.analysis.codes import CallSource, as_calls
from toolkit.analysis.recordings import recorded
from toolkit.frames import Column, frame, series
from toolkit.outcomes import BadReply, CallError
from toolkit.services.base.functions import Function

KEYS = (
    Column("function", "category", about="the function that gave the log"),
    Column("target", "text", about="whose log it is; empty for the service's own"),
)
TIMES = Column("time", "time", about="when it happened (UTC)")
EVENT = (
    TIMES,
    Column("level", "category", about="as the log says it"),
    Column("source", "category", about="who logged it"),
    Column("text", "text", about="the message"),
)


def recorded_logs(calls: CallSource) -> pd.DataFrame:
    """The events of every log in the recordings, each once, in the order of time.

    A log that was read several times is put together: what a later reading repeats is not
    counted twice, and what it has lost is kept.

    Parameters
    ----------
    calls : DataFrame or recordings
        From :func:`read_calls`, or what that takes. Logs are the results of the functions whose
        table says that they give records with a time.

    Returns
    -------
    DataFrame
        ``function`` category · ``target`` str · then the logs' own columns, of which ``time``
        datetime64[us, UTC], ``level``, ``source`` category and ``text`` str are always there.

    Raises
    ------
    CassetteError
        A cassette of the calls is gone.

    Examples
    --------
    >>> recorded_logs("cassettes/monday.yaml").columns.tolist()
    ['function', 'target', 'time', 'level', 'source', 'text']
    """
    table = as_calls(calls)
    given = {
        (name, function.name)
        for name, service in services.load().items()
        for function in service.functions.all
        if gives_log(function)
    }
    names = zip(table["service"], table["function"], strict=True)
    chosen = [(service, function) in given for service, function in names]
    readings: dict[tuple[str, str], list[pd.DataFrame]] = {}
    wanted = table[pd.Series(chosen, table.index, dtype="bool") & table["category"].eq("success")]
    installed = services.load()
    for label, interaction in recorded(wanted):
        row = wanted.loc[label]
        try:
            log = installed[str(row["service"])].decode_frame(interaction)
        except (CallError, BadReply):
            continue
        readings.setdefault((str(row["function"]), str(row["target"])), []).append(log)
    logs = [
        _named(_together(parts), function, target) for (function, target), parts in readings.items()
    ]
    return _one_table(logs)


def gives_log(function: Function) -> bool:
    """Whether a function's result is a log: records with a time."""
    return any(
        result.repeated and any(column.kind == "time" for column in result.records)
        for result in function.results
    )


def _together(readings: list[pd.DataFrame]) -> pd.DataFrame:
    """The union of several readings; an event is as often in it as in the reading that has most."""
    if len(readings) == 1:
        return readings[0]
    parts = []
    for reading in readings:
        plain = reading.astype(dict.fromkeys(_categories(reading), "str"))
        alike = plain.groupby(list(plain.columns), dropna=False).cumcount()
        parts.append(plain.assign(_alike=alike))
    union = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    return union.drop(columns="_alike")


def _named(log: pd.DataFrame, function: str, target: str) -> pd.DataFrame:
    own = log.drop(columns=[key.name for key in KEYS if key.name in log])
    own.attrs = {}
    return pd.concat(
        [pd.DataFrame({"function": [function], "target": [target]}, index=[0])
         .loc[[0] * len(own)].reset_index(drop=True), own.reset_index(drop=True)],
        axis=1,
    )  # fmt: skip


def _one_table(logs: list[pd.DataFrame]) -> pd.DataFrame:
    if not logs:
        return frame([*KEYS, *EVENT])
    plain = [log.astype(dict.fromkeys(_categories(log), "str")) for log in logs]
    table = pd.concat(plain, ignore_index=True)
    for column in (*KEYS, *EVENT):
        values = table[column.name] if column.name in table else [None] * len(table)
        if column.kind == "time":
            continue
        cells = [None if pd.isna(cell) else str(cell) for cell in values]
        table[column.name] = series(column, cells)
    first = [column.name for column in (*KEYS, *EVENT)]
    table = table[[*first, *(name for name in table if name not in first)]]
    return table.sort_values("time", kind="stable", ignore_index=True)


def _categories(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)]
