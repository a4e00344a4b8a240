"""Whether two sets of durations differ by more than chance: the rank test of Mann and Whitney.

It asks of counts in buckets only how they are ordered, so it needs no assumption about how
durations are spread, and works on counts that were made apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_EXACT = 24  # calls of both sides together, up to which every order is counted


@dataclass(frozen=True, slots=True)
class RankTest:
    """What the ranks say.

    Attributes
    ----------
    p_value : float
        How likely two sets that differ no less are, if both came from the same durations.
    greater : float
        Of all pairs of one before and one after, the share in which the one after is longer (an
        equal pair counts one half): 0.5 is no difference.
    """

    p_value: float
    greater: float


def rank_test(before: Sequence[int], after: Sequence[int]) -> RankTest:
    """Compare two sets, counted in the same buckets in the order of length; two-sided.

    Of up to 24 calls every possible order is counted; of more, the normal approximation with
    corrections for ties and continuity is near enough.

    Parameters
    ----------
    before, after : sequence of int
        Counts of each bucket.

    Examples
    --------
    >>> rank_test([4, 0], [0, 4]).greater
    1.0
    >>> round(rank_test([4, 0], [0, 4]).p_value, 4)
    0.0286
    """
    first, second = sum(before), sum(after)
    if not first or not second:
        return RankTest(1.0, 0.5)
    twice = _twice_pairs(before, after)
    greater = twice / (2 * first * second)
    ties = [a + b for a, b in zip(before, after, strict=True) if a + b]
    if first + second <= _EXACT:
        return RankTest(_exact(ties, second, abs(twice - first * second)), greater)
    return RankTest(_normal(ties, first, second, twice / 2), greater)


def _twice_pairs(before: Sequence[int], after: Sequence[int]) -> int:
    """Twice the number of pairs in which the second is longer; an equal pair counts one."""
    below = twice = 0
    for one, other in zip(before, after, strict=True):
        twice += other * (2 * below + one)
        below += one
    return twice


def _exact(ties: Sequence[int], second: int, least: int) -> float:
    """The share of all orders in which the sides differ by no less."""
    total = sum(ties)
    first = total - second
    # (calls of the second side so far, twice its pairs) -> number of orders
    ways = {(0, 0): 1}
    seen = 0
    for tie in ties:
        grown: dict[tuple[int, int], int] = {}
        for (taken, twice), number in ways.items():
            for more in range(max(0, tie - (first - (seen - taken))), min(tie, second - taken) + 1):
                pairs = twice + more * (2 * (seen - taken) + tie - more)
                key = (taken + more, pairs)
                grown[key] = grown.get(key, 0) + number * math.comb(tie, more)
        ways = grown
        seen += tie
    extreme = sum(
        number for (_, twice), number in ways.items() if abs(twice - first * second) >= least
    )
    return extreme / math.comb(total, second)


def _normal(ties: Sequence[int], first: int, second: int, pairs: float) -> float:
    total = first + second
    tied = sum(tie**3 - tie for tie in ties) / (total * (total - 1))
    variance = first * second / 12 * (total + 1 - tied)
    if variance <= 0:
        return 1.0
    away = max(0.0, abs(pairs - first * second / 2) - 0.5)
    return math.erfc(away / math.sqrt(2 * variance))


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Holm's correction: with many functions compared, one differs by chance sooner or later.

    Examples
    --------
    >>> adjusted([0.01, 0.04])
    [0.02, 0.04]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    result = [0.0] * len(p_values)
    worst = 0.0
    for place, index in enumerate(order):
        worst = max(worst, min(1.0, p_values[index] * (len(p_values) - place)))
        result[index] = worst
    return result
