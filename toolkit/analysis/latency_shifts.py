"""Which functions became slower or faster between two recordings."""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit.analysis import latencies
from toolkit.analysis.buckets import Durations
from toolkit.analysis.calls import COLUMNS as CALL_COLUMNS
from toolkit.analysis.codes import CallSource, as_calls
from toolkit.analysis.significance import adjusted, rank_test
from toolkit.frames import Column, frame

STATES = ("slower", "faster", "unclear", "same", "new", "gone")
CHANCE = 0.01
RATIO = 1.5
SECONDS = 0.01

_CALLS = {column.name: column for column in CALL_COLUMNS}
COLUMNS = (
    Column("state", "category", STATES, "what became of the function"),
    *(_CALLS[name] for name in latencies.BY),
    Column("before", "integer", about="calls with a duration in the first recording"),
    Column("after", "integer", about="calls with a duration in the second"),
    Column("p50_before", "number", about="seconds: half of the calls took no longer"),
    Column("p50_after", "number", about="the same in the second recording"),
    Column("p95_before", "number", about="seconds: 95 of 100 took no longer"),
    Column("p95_after", "number", about="the same in the second recording"),
    Column("ratio", "number", about="p50_after by p50_before"),
    Column("greater", "number", about="pairs in which the later call took longer, 0 to 1"),
    Column("p_value", "number", about="of a rank test, corrected for the number of functions"),
)


def compare_latency(
    before: CallSource,
    after: CallSource,
    *,
    chance: float = CHANCE,
    ratio: float = RATIO,
    seconds: float = SECONDS,
) -> pd.DataFrame:
    """How long each function took in two recordings, and whether the difference is chance.

    A function is slower or faster if a rank test (Mann and Whitney's, with Holm's correction for
    the number of functions) says that it is no chance, and the difference is one that matters. One
    that matters but may be chance, as of few calls, is unclear.

    Parameters
    ----------
    before, after : DataFrame or recordings
        From :func:`read_calls` (frames of any engine with its columns), or what that takes.
    chance : float
        The p-value from which on a difference is held to be chance.
    ratio, seconds : float
        Smaller differences of the medians than these do not matter.

    Returns
    -------
    DataFrame
        ``state`` category (slower, faster, unclear, same, new, gone) · ``service``, ``function``
        category · ``before``, ``after`` Int64 · ``p50_before``, ``p50_after``, ``p95_before``,
        ``p95_after`` float64, seconds · ``ratio`` float64, of the medians · ``greater`` float64 ·
        ``p_value`` float64. In the order of states, the largest ratio first.

    Examples
    --------
    >>> shifts = compare_latency("cassettes/monday.yaml", "cassettes/tuesday.yaml")
    >>> set(shifts["state"])
    {'same'}
    """
    counted = [latencies.count(as_calls(one), latencies.BY) for one in (before, after)]
    return finish(*counted, chance=chance, ratio=ratio, seconds=seconds)


def finish(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    chance: float = CHANCE,
    ratio: float = RATIO,
    seconds: float = SECONDS,
) -> pd.DataFrame:
    """Compare counts in buckets by service and function."""
    groups = [
        {
            tuple(map(str, key)): group
            for key, group in one.groupby(list(latencies.BY), observed=True)
        }
        for one in (before, after)
    ]
    keys = sorted(groups[0].keys() | groups[1].keys())
    rows = [_of_one_function(key, groups[0].get(key), groups[1].get(key)) for key in keys]
    both = [row for row in rows if row["p_value"] is not None]
    for row, p_value in zip(both, adjusted([row["p_value"] for row in both]), strict=True):
        row["p_value"] = p_value
        away = abs(row["p50_after"] - row["p50_before"])
        times = max(row["ratio"], 1 / row["ratio"])
        if away >= seconds and times >= ratio:
            if p_value >= chance:
                row["state"] = "unclear"
            else:
                row["state"] = "slower" if row["ratio"] > 1 else "faster"
    rows.sort(key=lambda row: (STATES.index(row["state"]), -(row["ratio"] or 0.0)))
    return frame(COLUMNS, rows)


def _of_one_function(
    key: tuple[str, ...], before: pd.DataFrame | None, after: pd.DataFrame | None
) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(latencies.BY, key, strict=True))
    row |= {"state": "same", "before": 0, "after": 0, "ratio": None, "p_value": None}
    for side, group in (("before", before), ("after", after)):
        if group is not None:
            one = Durations(group)
            row[side] = one.calls
            row[f"p50_{side}"] = one.percentile(0.5)
            row[f"p95_{side}"] = one.percentile(0.95)
    if before is None or after is None:
        return row | {"state": "new" if before is None else "gone"}
    # Nothing is shorter than what is counted with nothing at all: no ratio is infinite.
    row["ratio"] = max(row["p50_after"], 1e-9) / max(row["p50_before"], 1e-9)
    sides = [group.groupby("bucket")["calls"].sum() for group in (before, after)]
    buckets = sorted(set(sides[0].index) | set(sides[1].index))
    counts = [[int(side.get(bucket, 0)) for bucket in buckets] for side in sides]
    test = rank_test(*counts)
    return row | {"greater": test.greater, "p_value": test.p_value}
