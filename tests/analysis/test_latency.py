"""Percentiles and histograms from buckets, and shifts between two recordings."""

from __future__ import annotations

import itertools
import math

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tests.analysis import table
from toolkit.analysis import compare_latency, histogram, latency
from toolkit.analysis.buckets import AGGREGATES
from toolkit.analysis.counting import merged
from toolkit.analysis.latencies import BY, PERCENTILES, count, finish
from toolkit.analysis.significance import adjusted, rank_test
from toolkit.outcomes import InvalidArgument

SECONDS = st.lists(
    st.one_of(
        st.floats(1e-6, 1000.0, allow_nan=False), st.sampled_from([0.0, 0.001, 0.5]), st.none()
    ),
    max_size=60,
)


def calls(*seconds: float | None, function: str = "agentPing") -> pd.DataFrame:
    return table.calls({"elapsed": one, "function": function} for one in seconds)


@settings(max_examples=30)
@given(SECONDS)
def test_percentiles_are_within_one_in_a_hundred(seconds: list[float | None]) -> None:
    """Of any durations; calls without one are not counted."""
    known = [one for one in seconds if one is not None]
    found = latency(calls(*seconds))
    assert found["calls"].sum() == len(known)
    if known:
        row = found.iloc[0]
        exact = np.quantile(known, PERCENTILES)
        got = row[["p50", "p90", "p95", "p99"]].astype("float64")
        assert got.tolist() == pytest.approx(exact.tolist(), rel=0.0101, abs=1e-9)
        assert row["least"] == min(known)
        assert row["greatest"] == max(known)
        assert row["total"] == pytest.approx(sum(known))
        assert row["mean"] == pytest.approx(sum(known) / len(known))


@settings(max_examples=15)
@given(SECONDS)
def test_the_histogram_holds_every_call(seconds: list[float | None]) -> None:
    """Counts add up to the calls with a duration, shares to one, and intervals do not overlap."""
    known = [one for one in seconds if one is not None]
    bins = histogram(calls(*seconds))
    assert bins["calls"].sum() == len(known)
    assert bins["share"].sum() == pytest.approx(1.0 if known else 0.0)
    ends = bins["end"].tolist()
    assert all(
        end <= start * 1.000001
        for end, start in zip(ends, bins["start"].tolist()[1:], strict=False)
    )


def test_counts_of_parts_add_up_to_those_of_the_whole() -> None:
    """What is counted apart and put together gives the same percentiles."""
    draw = np.random.default_rng(3)
    whole = calls(*draw.lognormal(-3, 1, 400))
    keys = [*BY, "bucket"]
    parts = [count(whole.iloc[at::3], BY) for at in range(3)]
    together = finish(merged(parts, keys, AGGREGATES), BY)
    pd.testing.assert_frame_equal(together, latency(whole), rtol=1e-9)


def test_another_engine_gives_the_same() -> None:
    """DuckDB counts, pandas finishes: equal to pandas alone."""
    draw = np.random.default_rng(4)
    whole = pd.concat(
        [calls(*draw.lognormal(-3, 1, 50)), calls(*draw.lognormal(-1, 1, 50), function="other")]
    )
    plain = whole.astype(dict.fromkeys(whole.select_dtypes("category"), "str"))
    relation = duckdb.from_df(plain)
    assert relation is not None
    pd.testing.assert_frame_equal(latency(relation), latency(whole), check_categorical=False)


def test_the_same_columns_when_empty_and_unknown_groups_refused() -> None:
    """Columns and dtypes do not depend on the data; a wrong name is one sentence."""
    empty = calls()
    for analysis in (latency, histogram):
        full, none = analysis(calls(0.1)), analysis(empty)
        assert none.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
        with pytest.raises(InvalidArgument, match="'function' would be right"):
            analysis(empty, by=["colour"])
    assert latency(calls(0.1, 0.2), by=[])["calls"].tolist() == [2]
    assert latency(calls(0.1), by="function").columns[0] == "function"


def by_hand(before: list[int], after: list[int]) -> float:
    """The exact p-value of the rank test by trying every way to deal the calls out."""
    pool = [
        place
        for place, (one, other) in enumerate(zip(before, after, strict=True))
        for _ in range(one + other)
    ]
    n = sum(after)

    def pairs(chosen: tuple[int, ...]) -> int:
        other = [pool[i] for i in range(len(pool)) if i not in chosen]
        return sum(2 * (pool[i] > one) + (pool[i] == one) for i in chosen for one in other)

    middle = n * (len(pool) - n)
    real = sum(
        other * (2 * sum(before[:place]) + before[place]) for place, other in enumerate(after)
    )
    ways = list(itertools.combinations(range(len(pool)), n))
    extreme = sum(abs(pairs(way) - middle) >= abs(real - middle) for way in ways)
    return extreme / len(ways)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3))
def test_the_rank_test_counts_every_order(counts: list[tuple[int, int]]) -> None:
    """Of few calls the p-value is the share of orders, as trying all of them gives."""
    before, after = [one for one, _ in counts], [other for _, other in counts]
    test = rank_test(before, after)
    if not sum(before) or not sum(after):
        assert test.p_value == 1.0
    else:
        assert test.p_value == pytest.approx(by_hand(before, after))
        assert rank_test(after, before).greater == pytest.approx(1 - test.greater)
        assert rank_test(after, before).p_value == pytest.approx(test.p_value)


def test_the_approximation_of_the_rank_test() -> None:
    """Known values of R: wilcox.test(1:20, 16:35, exact = FALSE) and one with ties."""
    ones = [int(1 <= value <= 20) for value in range(1, 36)]
    others = [int(16 <= value <= 35) for value in range(1, 36)]
    expected = math.erfc((387.5 - 200 - 0.5) / math.sqrt(2 * 400 / 12 * (41 - 5 * 6 / 1560)))
    assert rank_test(ones, others).p_value == pytest.approx(expected)
    assert rank_test([30], [30]).p_value == 1.0


def test_chance_finds_no_shift() -> None:
    """Of many pairs from the same durations about one in twenty is below 0.05, not more."""
    draw = np.random.default_rng(5)
    low = 0
    for _ in range(300):
        values = draw.integers(0, 12, 60)
        before = np.bincount(values[:30], minlength=12).tolist()
        after = np.bincount(values[30:], minlength=12).tolist()
        low += rank_test(before, after).p_value < 0.05
    assert 3 <= low <= 30


def test_correction_for_many() -> None:
    """Holm's p-values grow with the number of comparisons, keep their order and stay below one."""
    assert adjusted([]) == []
    assert adjusted([0.01, 0.02, 0.9]) == [0.03, 0.04, 0.9]
    assert adjusted([0.5, 0.6]) == [1.0, 1.0]


def test_shifts_between_two_recordings() -> None:
    """A slow function is found, an unchanged one is the same, few calls are unclear."""
    draw = np.random.default_rng(6)

    def side(slow: float) -> pd.DataFrame:
        return pd.concat(
            [
                calls(*(draw.normal(0.02, 0.002, 15) + slow), function="taskGetLog"),
                calls(*draw.normal(0.02, 0.002, 15), function="agentPing"),
                calls(0.01 + slow, function="agentGetLog"),
            ]
        )

    before, after = side(0.0), side(0.15)
    after = pd.concat([after, calls(0.1, function="new")])
    found = compare_latency(before, after).set_index("function")["state"].to_dict()
    assert found == {
        "taskGetLog": "slower", "agentGetLog": "unclear", "agentPing": "same", "new": "new",
    }  # fmt: skip
    turned = compare_latency(after, before).set_index("function")["state"].to_dict()
    assert (turned["taskGetLog"], turned["new"]) == ("faster", "gone")
    none = compare_latency(calls(), calls())
    full = compare_latency(before, after)
    assert none.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
    assert len(none) == 0
