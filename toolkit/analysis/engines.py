"""Frames of any engine on their way into a count, and counts on their way out as pandas.

The counts themselves are written once, in narwhals. What engines see differently is settled here:
the zone in which a time is cut to its hour, what a category is, and the dtypes of a result.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from toolkit.analysis.parquet import Stored
from toolkit.analysis.partitioned import Partitioned
from toolkit.frames import Column

_INTEGERS: dict[Any, Any] = dict.fromkeys(
    (pa.int64(), pa.int32(), pa.int16(), pa.int8(), pa.uint64(), pa.uint32(), pa.uint16()),
    pd.Int64Dtype(),
)

_SPARK_CLOCK = {
    "1h": ("0", "0"),
    "1m": ("minute({})", "0"),
    "1s": ("minute({})", "second({})"),
    "1ms": ("minute({})", "floor(extract(SECOND FROM {}) * 1000) / 1000"),
}
"""Minute and second of a time that is cut, in Spark's SQL."""


def is_table(value: object) -> bool:
    """Whether it is a frame of an engine, and not the name of something to read."""
    if isinstance(value, Stored):
        return True
    found = _narwhals(value, pass_through=True)
    return isinstance(found, nw.DataFrame | nw.LazyFrame | Partitioned)


def schema(table: Any) -> nw.Schema:
    """The names and dtypes of a frame's columns."""
    found: nw.Schema = _narwhals(table).lazy().collect_schema()
    return found


def between(
    frame: nw.LazyFrame[Any], time: str, start: pd.Timestamp, end: pd.Timestamp
) -> nw.LazyFrame[Any]:
    """The rows of a prepared frame from ``start`` on and before ``end``."""
    moments = [at.tz_convert("UTC") for at in (start, end)]
    dtype = frame.collect_schema()[time]
    if not (isinstance(dtype, nw.Datetime) and dtype.time_zone is not None):
        moments = [at.tz_localize(None) for at in moments]
    if frame.implementation.is_pyspark():
        # A literal of Python's would be one of the session's zone.
        since, until = (f"TIMESTAMP_NTZ '{at.isoformat(sep=' ')}'" for at in moments)
        column = _spark_name(time)
        return _spark(frame.to_native().filter(f"{column} >= {since} AND {column} < {until}"))
    low, high = (nw.lit(at.to_pydatetime()) for at in moments)
    return frame.filter(nw.col(time) >= low, nw.col(time) < high)


def prepared(table: Any, columns: Iterable[Column] = ()) -> nw.LazyFrame[Any]:
    """A frame of any engine, for counting.

    Times are cut to hours and minutes in UTC, whatever zone the engine's session is in. Of the
    ``columns`` those that are categories become text where the engine is another than pandas:
    engines differ in what they make of categories.
    """
    frame: nw.LazyFrame[Any] = _narwhals(table).lazy()
    dtypes = frame.collect_schema()
    aware = {
        name: dtype.time_zone
        for name, dtype in dtypes.items()
        if isinstance(dtype, nw.Datetime) and dtype.time_zone is not None
    }
    if aware and frame.implementation.is_duckdb():
        frame = nw.from_native(_relation_in_utc(frame.to_native(), list(aware))).lazy()
    elif aware and frame.implementation.is_pyspark():
        frame = nw.from_native(_spark_in_utc(frame.to_native(), list(aware))).lazy()
    elif odd := [name for name, zone in aware.items() if zone != "UTC"]:
        frame = frame.with_columns(nw.col(*odd).dt.convert_time_zone("UTC"))
    if isinstance(table, pd.DataFrame):
        return frame
    named = {column.name for column in columns if column.kind == "category"}
    texts = [
        name
        for name, dtype in dtypes.items()
        if name in named or isinstance(dtype, nw.Categorical | nw.Enum)
    ]
    return frame.with_columns(nw.col(*texts).cast(nw.String)) if texts else frame


def cut(frame: nw.LazyFrame[Any], time: str, to: str, name: str) -> nw.LazyFrame[Any]:
    """A prepared frame with one more column: its time, cut.

    Parameters
    ----------
    to : {"1h", "1m", "1s", "1ms"}
    name : str
        Of the column; it may be that of the time.
    """
    if not frame.implementation.is_pyspark():
        return frame.with_columns(nw.col(time).dt.truncate(to).alias(name))
    # Spark's own cutting gives moments of its session's zone, whatever it was given.
    from pyspark.sql import functions

    name_of, (minute, second) = _spark_name(time), _SPARK_CLOCK[to]
    made = functions.expr(
        f"make_timestamp_ntz(year({name_of}), month({name_of}), day({name_of}), hour({name_of}), "
        f"{minute.format(name_of)}, {second.format(name_of)})"
    )
    return _spark(frame.to_native().withColumn(name, made))


def collected(frame: nw.LazyFrame[Any] | nw.DataFrame[Any]) -> pd.DataFrame:
    """What was counted, as a pandas frame: times in UTC, integers without a detour over floats."""
    found = frame if isinstance(frame, nw.DataFrame) else frame.collect()
    if found.implementation.is_pandas():
        result: pd.DataFrame = found.to_native()
    else:
        result = found.to_arrow().to_pandas(types_mapper=_INTEGERS.get)
    for name, dtype in result.dtypes.items():
        if isinstance(dtype, pd.CategoricalDtype):
            # Their order is that of the frame they came from, which other engines do not know.
            result = result.assign(**{str(name): result[name].astype("str")})
        elif isinstance(dtype, pd.Int64Dtype) and not result[name].hasnans:
            result[name] = result[name].astype("int64")
        elif isinstance(dtype, pd.DatetimeTZDtype):
            result[name] = result[name].dt.tz_convert("UTC").astype("datetime64[us, UTC]")
        elif dtype.kind == "M":
            result[name] = result[name].dt.tz_localize("UTC").astype("datetime64[us, UTC]")
    return result


def grouped(
    frame: nw.LazyFrame[Any] | Partitioned, keys: Sequence[str], expressions: Sequence[nw.Expr]
) -> list[pd.DataFrame]:
    """The groups of a frame with their aggregates, some of them perhaps in several parts."""
    if isinstance(frame, Partitioned):
        return [collected(nw.from_native(frame.grouped(tuple(keys), tuple(expressions))))]
    return [collected(frame.group_by(*keys).agg(*expressions))]


def _narwhals(table: Any, *, pass_through: bool = False) -> Any:
    if isinstance(table, Stored):
        table = table.table()
    with warnings.catch_warnings():
        # Dask goes on in a package of its own; until then this one knows it.
        warnings.filterwarnings("ignore", message="Dask support is moving", category=FutureWarning)
        found = nw.from_native(table, pass_through=pass_through)
    if isinstance(found, nw.LazyFrame) and found.implementation.is_dask():
        return Partitioned(table)
    return found


def _relation_in_utc(relation: Any, times: list[str]) -> Any:
    changed = ", ".join(f"{_quoted(name)} AT TIME ZONE 'UTC' AS {_quoted(name)}" for name in times)
    return relation.select(f"* REPLACE ({changed})")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _spark_in_utc(frame: Any, times: list[str]) -> Any:
    from pyspark.sql import functions

    changed = {}
    for name in times:
        local = f"CAST({_spark_name(name)} AS TIMESTAMP_NTZ)"
        changed[name] = functions.expr(f"convert_timezone('UTC', {local})")
    return frame.withColumns(changed)


def _spark(frame: Any) -> nw.LazyFrame[Any]:
    found: nw.LazyFrame[Any] = nw.from_native(frame).lazy()
    return found


def _spark_name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
