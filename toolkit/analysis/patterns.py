"""Messages grouped into patterns: what differs from one to the next is named by its kind."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, TypeAlias

import narwhals as nw
import pandas as pd

from toolkit.analysis import counting
from toolkit.analysis.codes import missing, typed
from toolkit.analysis.levels import level_column, rank
from toolkit.analysis.logs import LogSources, read_log
from toolkit.frames import Column
from toolkit.outcomes import InvalidArgument

_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"

# In this order. No look-around, no group in what comes instead, and no class that is wider in one
# dialect than in another: engines read these alike, but for a number that touches a letter beyond
# ASCII, which pandas takes for a part of a word and others do not.
MASKS = (
    (r"[A-Za-z][A-Za-z0-9+.-]*://[^ \t\r\n\f\"'<>]+", "<url>"),
    (r"\b[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+\b", "<email>"),
    (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "<uuid>"),
    (rf"\b[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_CLOCK})?{_ZONE}\b", "<time>"),
    (rf"\b{_CLOCK}\b", "<time>"),
    (r"\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?::[0-9]+)?\b", "<address>"),
    (r"[ \t](?:[A-Za-z]:)?[/\\][^ \t\r\n\f,;:\"'()<>]+", " <path>"),
    (r"^(?:[A-Za-z]:)?[/\\][^ \t\r\n\f,;:\"'()<>]+", "<path>"),
    (r"\b[A-Za-z0-9_-]+\.[A-Za-z][A-Za-z0-9]{0,4}\b", "<file>"),
    (r"\"[^\"]*\"", "<text>"),
    (r"\b(?:0x[0-9a-fA-F]+|[0-9a-fA-F]{12,})\b", "<hex>"),
    (r"\b[0-9]+(?:[.,][0-9]+)*(?:ms|us|ns|s|min|h|kB|KB|MB|GB|B)?\b", "<number>"),
)
ANY = "<any>"
VARIANTS = 10
"""Patterns that differ in one word are one pattern from so many different words on."""

_TEXTS = ("text", "message", "msg", "event", "description")
AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {
    "events": ("count", "pattern"),
    "first": ("min", "time"),
    "last": ("max", "time"),
    "example": ("min", "text"),
}
COLUMNS = (
    Column("level", "category", about="as the log says it; missing where it has none"),
    Column("pattern", about="the message, what varies in it named by its kind"),
    Column("events", "integer", about="how many"),
    Column("share", "number", about="of all events, 0 to 1"),
    Column("first", "time", about="when it was first logged (UTC)"),
    Column("last", "time", about="when it was last logged (UTC)"),
    Column("example", about="one of the messages"),
    Column("new", "boolean", about="whether it was not logged before; missing without a since"),
)

Since: TypeAlias = "dt.datetime | dt.timedelta | str | pd.DataFrame | LogSources | None"


def log_patterns(
    log: pd.DataFrame | LogSources,
    *,
    since: Since = None,
    level: str | None = None,
    time: str | None = None,
    text: str | None = None,
) -> pd.DataFrame:
    """A log's messages as patterns: how often each, since when, and which are new.

    Numbers, times, paths, addresses and the like are put as ``<number>``, ``<time>``, ``<path>``;
    messages that differ in one more word are one pattern if there are ten such words at least.

    Parameters
    ----------
    log : DataFrame or log
        From :func:`read_log` (a frame of any engine with its columns), or what that takes.
    since : datetime, timedelta, str, or an earlier log, optional
        What is new: what is first logged at that time or later (``"2019-04-01"``), in that last
        part of the log (``timedelta(days=1)``, ``"1D"``), or what the earlier log does not have.
    level, time, text : str, optional
        The columns; by default the first called level, severity ..., the first of times, and the
        first called text, message ... or else the first of texts.

    Returns
    -------
    DataFrame
        The most frequent first: ``level`` category · ``pattern`` str · ``events`` Int64 ·
        ``share`` float64, of all events · ``first``, ``last`` datetime64[us, UTC] · ``example``
        str · ``new`` boolean, missing without ``since``.

    Raises
    ------
    InvalidArgument
        The log has no such column, or ``since`` is neither a time nor a duration.

    Examples
    --------
    >>> log = '<Log><E text="Run 1 done in 2.5 s"/><E text="Run 2 done in 3 s"/></Log>'
    >>> log_patterns(log)[["pattern", "events"]].values.tolist()
    [['Run <number> done in <number> s', 2]]
    """
    table = log if counting.is_table(log) else read_log(log)
    counted = count(table, level=level, time=time, text=text)
    return finish(counted, _since(since, counted))


def count(
    log: Any, *, level: str | None = None, time: str | None = None, text: str | None = None
) -> pd.DataFrame:
    """Events of each level and pattern: what parts of a log can be counted apart."""
    return counting.counted(masked(log, level, time, text), ["level", "pattern"], AGGREGATES)


def masked(
    log: Any, level: str | None = None, time: str | None = None, text: str | None = None
) -> nw.LazyFrame[Any]:
    """A log with the columns level, time, text and pattern, whatever their names were."""
    frame = counting.lazily(log)
    schema = frame.collect_schema()
    text = text or text_column(log)
    if text is None:
        raise InvalidArgument(
            f"the log has no column of texts; it has: {', '.join(schema.names()) or 'none'}"
        )
    chosen = {
        "level": level or level_column(log),
        "time": time or counting.time_column(log),
        "text": text,
    }
    for name in chosen.values():
        if name is not None and name not in schema:
            known = ", ".join(schema.names()) or "none"
            raise InvalidArgument(f"the log has no column {name!r}; it has: {known}")
    missing_as: dict[str, Any] = {
        "level": nw.String,
        "time": nw.Datetime("us", "UTC"),
        "text": nw.String,
    }
    columns = [
        (nw.lit(None, kind) if chosen[name] is None else nw.col(str(chosen[name]))).alias(name)
        for name, kind in missing_as.items()
    ]
    frame = frame.with_columns(*columns).with_columns(nw.col("level", "text").cast(nw.String))
    return frame.with_columns(pattern=mask(nw.col("text")))


def mask(text: nw.Expr) -> nw.Expr:
    """The pattern of a text."""
    for pattern, instead in MASKS:
        text = text.str.replace_all(pattern, instead)
    return text


def pattern_of(text: str) -> str:
    """The pattern of one text.

    Examples
    --------
    >>> pattern_of("Run 17 failed: /in/scan-7.pdf is locked by 10.0.0.7:80")
    'Run <number> failed: <path> is locked by <address>'
    """
    for pattern, instead in MASKS:
        text = re.sub(pattern, instead, text)
    return text


def text_column(log: Any) -> str | None:
    """The name of a log's column of messages, if it has one."""
    schema = counting.schema(log)
    short = {name.rpartition(".")[2].casefold(): name for name in reversed(schema.names())}
    named = next((short[name] for name in _TEXTS if name in short), None)
    return named or next((name for name, kind in schema.items() if kind == nw.String), None)


def finish(counted: pd.DataFrame, since: pd.Timestamp | set[str] | None = None) -> pd.DataFrame:
    """Patterns that differ in one word put together; shares, order, dtypes."""
    table = counted.dropna(subset="pattern")
    table = table.assign(pattern=_wider(table))
    table = counting.merged([table], ["level", "pattern"], AGGREGATES)
    table["share"] = (table["events"] / max(int(table["events"].sum()), 1)).astype("float64")
    if since is None:
        table["new"] = pd.array([pd.NA] * len(table), dtype="boolean")
    elif isinstance(since, set):
        table["new"] = ~table["pattern"].isin(since)
    else:
        table["new"] = table["first"] >= since
    table = table.sort_values(["pattern", "level"], kind="stable")
    table = table.sort_values("events", ascending=False, kind="stable")
    levels = sorted({str(one) for one in table["level"] if not missing(one)}, key=rank)
    known = Column("level", "category", tuple(levels))
    return typed(table, [known, *COLUMNS[1:]])


def _wider(table: pd.DataFrame) -> list[str]:
    """Each pattern, or the wider one that it and ten others are cases of."""
    words = {pattern: pattern.split(" ") for pattern in table["pattern"].unique()}
    found: dict[str, str] = {}
    cases: dict[tuple[str, ...], set[str]] = {}
    for pattern, parts in words.items():
        for place in range(len(parts)):
            if len(parts) > 1:
                key = (*parts[:place], ANY, *parts[place + 1 :])
                cases.setdefault(key, set()).add(pattern)
    # The widest first: a message may be a case of two.
    for key, patterns in sorted(cases.items(), key=lambda one: (-len(one[1]), one[0])):
        left = patterns - found.keys()
        if len(left) >= VARIANTS:
            found.update(dict.fromkeys(left, " ".join(key)))
    return [found.get(pattern, pattern) for pattern in table["pattern"]]


def _since(since: Any, counted: pd.DataFrame) -> pd.Timestamp | set[str] | None:
    if since is None:
        return None
    if isinstance(since, str) and not since.lstrip().startswith("<"):
        for kind in (pd.Timedelta, pd.Timestamp):
            try:
                since = kind(since)
                break
            except ValueError:
                continue
        else:
            raise InvalidArgument(f"{since!r} is no time and no duration; '2019-04-01' or '1D' is")
    if isinstance(since, dt.timedelta):
        last = counted["last"].max()
        return pd.Timestamp.min.tz_localize("UTC") if missing(last) else last - since
    if isinstance(since, dt.datetime):
        moment = pd.Timestamp(since)
        return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    earlier = since if counting.is_table(since) else read_log(since)
    return set(finish(count(earlier))["pattern"])
