"""When failures came thick and fast: a scan over counts of each interval, no threshold to set.

Of every cause the stretch is sought in which its share of all that happened is least likely by
chance (Kulldorff's scan statistic for counts); then, apart from it, the next. A stretch is a burst
if chance gives such a one less than once in twenty recordings like this, though it may be anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from toolkit.analysis import counting, engines
from toolkit.analysis.codes import missing
from toolkit.analysis.happenings import Source, happenings
from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument

COLUMNS = (
    Column("start", "time", about="the first failure (UTC)"),
    Column("end", "time", about="the last failure (UTC)"),
    Column("seconds", "number", about="how long it lasted"),
    Column("what", about="what failed: the outcome, or the message's pattern"),
    Column("where", about="the functions, tasks or sources it came from"),
    Column("failures", "integer", about="how many"),
    Column("events", "integer", about="all that happened in that time, failures or not"),
    Column("share", "number", about="of the events that failed so, 0 to 1"),
    Column("share_usual", "number", about="the same share in all other time"),
    Column("before", about="the most unusual of what happened shortly before"),
    Column("before_at", "time", about="when that was (UTC)"),
)
AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {
    "events": ("count", "time"),
    "first": ("min", "time"),
    "last": ("max", "time"),
}
_KEYS = ["interval", "failed", "what", "place"]
LEAST = 5
CHANCE = 0.05
_INTERVALS = (("1ms", 60), ("1s", 6 * 3600), ("1m", math.inf))  # up to so many seconds of span
_MOST = 1500  # intervals with failures that are scanned; more are put together
_SHORTLY = 600  # seconds before a burst in which its cause is sought, or as long as it lasted


def bursts(source: Source, *, least: int = LEAST) -> pd.DataFrame:
    """Bursts of failures: when, what, where, how long, and what came before.

    Parameters
    ----------
    source : DataFrame or recordings
        Calls from :func:`read_calls`, a log from :func:`read_log`, runs from :func:`task_runs`
        (frames of any engine), recordings, whose calls are read, or a log's name. In a log the
        events of level error or worse are failures.
    least : int
        Fewer failures are no burst.

    Returns
    -------
    DataFrame
        In the order of time: ``start``, ``end`` datetime64[us, UTC] · ``seconds`` float64 ·
        ``what``, ``where`` str · ``failures``, ``events`` Int64 · ``share``, ``share_usual``
        float64 · ``before`` str and ``before_at`` datetime64[us, UTC]: what happened least often
        in all the data, of what happened in the ten minutes before (or as long before as the burst
        lasted).

    Raises
    ------
    InvalidArgument
        ``least`` is below 2.

    Examples
    --------
    >>> found = bursts("agent.xml")[["start", "seconds", "what", "failures"]]
    """
    if least < 2:
        raise InvalidArgument(f"a burst has 2 failures at least, not {least}")
    happened = happenings(source).filter(~nw.col("time").is_null())
    counted = count(happened, interval_of(happened))
    found = finish(counted, least)
    return _with_before(found, happened, counted)


def interval_of(happened: nw.LazyFrame[Any]) -> str:
    """How finely to count: by the time from the first to the last."""
    ends = counting.counted(happened.with_columns(all=nw.lit(1)), ["all"], AGGREGATES)
    first, last = ends["first"].min(), ends["last"].max()
    span = 0.0 if missing(first) else (last - first).total_seconds()
    return next(name for name, most in _INTERVALS if span <= most)


def count(happened: nw.LazyFrame[Any], interval: str) -> pd.DataFrame:
    """What happened in each interval: what parts of the data can be counted apart."""
    frame = engines.cut(happened, "time", interval, "interval")
    return counting.counted(frame, _KEYS, AGGREGATES)


@dataclass(frozen=True, slots=True)
class Scan:
    """Counts of one cause, interval by interval, and of all that happened up to each."""

    failures: np.ndarray
    events: np.ndarray
    """All events of the interval and, since the failing interval before, between."""
    begins: np.ndarray
    """All events of the interval itself: what a stretch that begins here has of them."""

    def stretches(self, total: int, least: int) -> Iterator[tuple[int, int]]:
        """The unlikely stretches (first and last place), the least likely first."""
        spans = [(0, len(self.failures))]
        failures, events = int(self.failures.sum()), total
        while spans:
            best: tuple[float, int, int, tuple[int, int]] | None = None
            for span in spans:
                one = self._best(span, failures, events, least)
                if one and (best is None or one[0] > best[0]):
                    best = (*one, span)
            if best is None:
                return
            _, begin, end, span = best
            yield begin, end
            failures -= int(self.failures[begin : end + 1].sum())
            events -= self._within(begin, end)
            spans.remove(span)
            spans += [one for one in ((span[0], begin), (end + 1, span[1])) if one[1] > one[0]]

    def _within(self, begin: int, end: int) -> int:
        return int(self.begins[begin] + self.events[begin + 1 : end + 1].sum())

    def _best(
        self, span: tuple[int, int], failures: int, events: int, least: int
    ) -> tuple[float, int, int] | None:
        low, high = span
        failed = np.concatenate([[0], np.cumsum(self.failures[low:high])])
        passed = np.cumsum(self.events[low:high])
        n = failed[None, 1:] - failed[:-1, None]
        m = passed[None, :] - (passed - self.begins[low:high])[:, None]
        fits = (n >= least) & (n * events > m * failures)
        if not fits.any():
            return None
        ratio = np.where(fits, _ratio(n, m, failures, events), -1.0)
        begin, end = divmod(int(ratio.argmax()), high - low)
        places = max(2, high - low)
        enough = math.log(places * places / 2 / CHANCE)
        if ratio[begin, end] < enough:
            return None
        return float(ratio[begin, end]), low + begin, low + end


def _ratio(n: np.ndarray, m: np.ndarray, failures: int, events: int) -> np.ndarray:
    """How much likelier it is that a stretch has a share of its own: a logarithm."""
    rest_n, rest_m = failures - n, events - m
    with np.errstate(all="ignore"):
        own = _log(n, m) + _log(m - n, m) + _log(rest_n, rest_m) + _log(rest_m - rest_n, rest_m)
    share = failures / events
    one = failures * math.log(share)
    other = (events - failures) * math.log1p(-share) if share < 1 else 0.0
    return np.asarray(own - one - other)


def _log(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.where(part > 0, part * np.log(np.maximum(part, 1) / np.maximum(whole, 1)), 0.0)


def finish(counted: pd.DataFrame, least: int = LEAST) -> pd.DataFrame:
    """The bursts in counts that may come from several parts."""
    by_time = counted.groupby("interval")["events"].sum().sort_index()
    total = int(by_time.sum())
    rows: list[dict[str, Any]] = []
    failed = counted[counted["failed"].eq(True)]
    for what, group in failed.groupby("what", dropna=False):
        if group["events"].sum() < least:
            continue
        rows += _of_one_cause(what, group, by_time, total, least)
    rows.sort(key=lambda row: (row["start"], str(row["what"])))
    return frame(COLUMNS, rows)


def _of_one_cause(
    what: Any, group: pd.DataFrame, by_time: pd.Series, total: int, least: int
) -> Iterator[dict[str, Any]]:
    failures = group.groupby("interval")["events"].sum().sort_index()
    passed = by_time.cumsum()
    upto = passed.loc[failures.index].to_numpy()
    own = by_time.loc[failures.index].to_numpy()
    # The first that is put together with its neighbours, if there are too many to scan.
    starts = np.arange(0, len(failures), -(-len(failures) // _MOST))
    ends = np.append(starts[1:], len(failures)) - 1
    before = np.concatenate([[0], upto[ends][:-1]])
    scan = Scan(
        np.add.reduceat(failures.to_numpy(), starts),
        upto[ends] - before,
        upto[ends] - upto[starts] + own[starts],
    )
    everything = int(failures.sum())
    for begin, end in scan.stretches(total, least):
        inside = group["interval"].between(failures.index[starts[begin]], failures.index[ends[end]])
        part = group[inside]
        number, events = int(part["events"].sum()), scan._within(begin, end)
        first, last = part["first"].min(), part["last"].max()
        places = part.groupby("place")["events"].sum().sort_values(ascending=False, kind="stable")
        yield {
            "start": first.to_pydatetime(),
            "end": last.to_pydatetime(),
            "seconds": (last - first).total_seconds(),
            "what": None if missing(what) else str(what),
            "where": ", ".join(map(str, places.index)) or None,
            "failures": number,
            "events": events,
            "share": number / events,
            "share_usual": (everything - number) / (total - events) if total > events else 0.0,
        }


def _with_before(
    found: pd.DataFrame, happened: nw.LazyFrame[Any], counted: pd.DataFrame
) -> pd.DataFrame:
    """Of what happened shortly before each burst, what happens least often in all the data."""
    often = counted.groupby(["place", "what"], dropna=False)["events"].sum().rename("often")
    rows: list[dict[Any, Any]] = found.to_dict("records")
    for row in rows:
        shortly = row["start"] - pd.Timedelta(seconds=max(_SHORTLY, row["seconds"]))
        near = engines.between(happened, "time", shortly, row["start"])
        events = near.select("time", "place", "what", "text").collect().to_pandas()
        events = events[events["what"] != row["what"]].dropna(subset="what")
        if len(events):
            events = events.merge(often.reset_index(), on=["place", "what"], how="left")
            one = events.sort_values(["often", "time"], ascending=[True, False]).iloc[0]
            row["before"], row["before_at"] = str(one["text"]), one["time"].to_pydatetime()
        else:
            row["before"] = row["before_at"] = None
    return frame(COLUMNS, rows)
