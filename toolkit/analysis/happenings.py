"""Calls, log events and task runs in one shape: when, where, what, and whether it went wrong."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import NO_FAILURE, CallSource, as_calls
from toolkit.analysis.levels import level_column
from toolkit.analysis.logs import read_log
from toolkit.analysis.patterns import mask, masked
from toolkit.outcomes import InvalidArgument

Source: TypeAlias = "pd.DataFrame | CallSource"

FAILURES = ("error", "failure", "critical", "fatal", "alert", "emergency", "severe")
"""Levels of a log (in small letters) that say that something went wrong."""

_PLACES = ("target", "task", "log", "source", "logger", "component", "module")


def kind_of(table: Any) -> str:
    """Whether a frame is of ``calls``, ``runs`` (of tasks), ``readings``, or a ``log``."""
    names = set(counting.schema(table).names())
    for kind, needed in (
        ("calls", {"function", "category", "at"}),
        ("runs", {"started", "outcome", "task"}),
        ("readings", {"executions", "errors", "task"}),
    ):
        if needed <= names:
            return kind
    return "log"


def happenings(source: Source, *also: str) -> nw.LazyFrame[Any]:
    """What happened: ``time``, ``place``, ``what``, ``text``, ``failed`` (boolean), ``kind``.

    ``what`` tells alike happenings from others: an outcome with its message's pattern, a log's
    pattern, a run's error. ``source`` is a frame of calls, a log or task runs; recordings; or a
    log's name. ``also`` names columns of it to keep.
    """
    table = read_log(cast("Any", source)) if is_log(source) else as_calls(source)
    kind = kind_of(table)
    if kind == "calls":
        frame = _calls(table)
    elif kind == "runs":
        frame = _runs(table)
    elif kind == "log":
        frame = _log(table)
    else:
        raise InvalidArgument("readings of task statuses tell no events; calls, logs or runs do")
    names = ["time", "place", "what", "text", "failed", *also]
    return frame.select(*names, kind=nw.lit({"log": "event"}.get(kind, kind.removesuffix("s"))))


def _calls(table: Any) -> nw.LazyFrame[Any]:
    frame = counting.lazily(table, CALL_COLUMNS).with_columns(
        nw.col("function", "label", "category", "message", "target").cast(nw.String)
    )
    # Step by step: an expression that is used twice is computed twice.
    frame = frame.with_columns(pattern=mask(nw.col("message")))
    # A call without a message has nothing more to say than its code's name.
    said = nw.concat_str([nw.col("label"), nw.col("pattern")], separator=": ")
    without = nw.col("message").fill_null("") == ""
    frame = frame.with_columns(what=nw.when(without).then(nw.col("label")).otherwise(said))
    text = nw.concat_str([nw.col("function"), nw.col("target"), nw.col("what")], separator=" ")
    return frame.with_columns(
        time=nw.col("at"),
        place=nw.col("function"),
        text=nw.when(nw.col("target").is_null()).then(nw.col("what")).otherwise(text),
        failed=~nw.col("category").is_in(NO_FAILURE),
    )


def _runs(table: Any) -> nw.LazyFrame[Any]:
    frame = counting.lazily(table).with_columns(
        nw.col("config", "task", "outcome", "error").cast(nw.String)
    )
    where = nw.concat_str([nw.col("config"), nw.col("task")], separator="/", ignore_nulls=True)
    error = mask(nw.col("error"))
    return frame.with_columns(
        time=nw.coalesce("ended", "started"),
        place=where,
        what=nw.when(nw.col("error").is_null()).then(nw.col("outcome")).otherwise(error),
        text=nw.coalesce("error", nw.concat_str([where, nw.col("outcome")], separator=" ")),
        failed=nw.col("outcome") == "failed",
    )


def _log(table: Any) -> nw.LazyFrame[Any]:
    names = counting.schema(table).names()
    frame = masked(table)
    # The service's own log has an empty target: who logged it is said by its source.
    places = [nw.col(name).cast(nw.String) for name in _PLACES if name in names]
    said = [nw.when(place != "").then(place) for place in places]
    where = nw.coalesce(*said) if said else nw.lit(None, nw.String)
    level = nw.col("level").str.to_lowercase()
    failed = level.is_in(FAILURES).fill_null(value=False)
    if level_column(table) is None:
        failed = nw.lit(value=False)
    return frame.with_columns(place=where, what=nw.col("pattern"), failed=failed)


def is_log(source: Any) -> bool:
    """Whether it is a log itself, or the name of one: XML, plain or compressed."""
    if counting.is_table(source):
        return False
    if isinstance(source, bytes | bytearray | memoryview) or hasattr(source, "read"):
        return True
    text = str(source)
    plain = text.casefold().removesuffix(".gz").removesuffix(".bz2").removesuffix(".xz")
    return text.lstrip().startswith("<") or plain.endswith((".xml", ".log"))
