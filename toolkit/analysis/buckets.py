"""Durations counted in log buckets: percentiles and histograms from counts that add up.

A bucket holds durations that differ by at most 2 %. Beside its count it keeps its least and
greatest duration, so that a percentile is within 1 % of the exact one, and exact where a bucket
holds one or two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from toolkit.analysis import counting

RATIO = 1.02
SHORTEST = 1e-9
"""Seconds; what is shorter, or nothing at all, is counted with it."""

AGGREGATES: dict[str, tuple[counting.Aggregate, str]] = {
    "calls": ("count", "elapsed"),
    "total": ("sum", "elapsed"),
    "low": ("min", "elapsed"),
    "high": ("max", "elapsed"),
}


def count(frame: nw.LazyFrame[Any], keys: Sequence[str], seconds: str = "elapsed") -> pd.DataFrame:
    """Durations of each group and bucket: ``bucket``, ``calls``, ``total``, ``low``, ``high``."""
    known = frame.filter(~nw.col(seconds).is_null()).with_columns(elapsed=nw.col(seconds))
    place = nw.col("elapsed").clip(lower_bound=SHORTEST).log() / math.log(RATIO)
    return counting.counted(known.with_columns(bucket=place.floor()), [*keys, "bucket"], AGGREGATES)


class Durations:
    """The durations of one group, from its buckets.

    Examples
    --------
    >>> one = Durations(pd.DataFrame(
    ...     {"bucket": [0, 35], "calls": [1, 1], "total": [1.0, 2.0], "low": [1.0, 2.0],
    ...      "high": [1.0, 2.0]}))
    >>> one.percentile(0.5), one.mean
    (1.5, 1.5)
    """

    def __init__(self, buckets: pd.DataFrame) -> None:
        ordered = buckets.sort_values("bucket")
        self.counts = ordered["calls"].to_numpy(dtype="int64")
        self.low = ordered["low"].to_numpy(dtype="float64")
        self.high = ordered["high"].to_numpy(dtype="float64")
        self.before = np.cumsum(self.counts) - self.counts
        self.calls = int(self.counts.sum())
        self.total = float(ordered["total"].sum())

    @property
    def mean(self) -> float:
        """The mean, in seconds."""
        return self.total / self.calls

    def percentile(self, share: float) -> float:
        """The duration below which this share of all lie, as numpy and pandas define it."""
        place = (self.calls - 1) * share
        lower = math.floor(place)
        first = self._at(lower)
        part = place - lower
        return first if not part else first + part * (self._at(lower + 1) - first)

    def _at(self, rank: int) -> float:
        bucket = int(np.searchsorted(self.before, rank, side="right")) - 1
        place = rank - int(self.before[bucket])
        low, high = float(self.low[bucket]), float(self.high[bucket])
        if place == 0:
            return low
        if place == int(self.counts[bucket]) - 1:
            return high
        return (low + high) / 2
