"""Distributions of result codes, and what changed between two."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tests.analysis import recording as made
from toolkit.analysis import compare, read_calls, result_codes
from toolkit.analysis.calls import Rows
from toolkit.analysis.codes import wilson
from toolkit.analysis.comparison import STATES
from toolkit.cassettes import Interaction
from toolkit.outcomes import InvalidArgument

TRAFFIC = st.lists(
    st.one_of(
        st.builds(
            made.gateway,
            st.sampled_from(["agentPing", "taskGetLog", "noSuch"]),
            code=st.sampled_from([1, 3, 213, 999]),
            minute=st.integers(0, 300),
        ),
        st.builds(made.get, st.sampled_from(["/a", "/b/1"]), st.sampled_from([200, 404])),
        st.builds(made.failed, st.just("/a")),
    ),
    max_size=25,
)
GROUPINGS = st.lists(
    st.sampled_from(["hour", "service", "function", "code", "label", "category", "http_status"]),
    min_size=1,
    unique=True,
)


def table(traffic: list[Interaction]) -> pd.DataFrame:
    rows = Rows()
    for position, interaction in enumerate(traffic):
        rows.add(interaction, "x.yaml", position)
    return rows.frame()


@settings(max_examples=15)
@given(TRAFFIC, GROUPINGS)
def test_counts_add_up(traffic: list[Interaction], by: list[str]) -> None:
    """However calls are grouped, counts add up to them and shares to one, row by row right."""
    calls = table(traffic)
    codes = result_codes(calls, by=by)
    assert list(codes) == [*by, "calls", "share", "share_low", "share_high", "first", "last"]
    assert codes["calls"].sum() == len(calls)
    assert codes["share"].sum() == pytest.approx(1.0 if traffic else 0.0)
    assert not codes[by].duplicated().any()
    keys = calls.assign(hour=calls["at"].dt.floor("h"))[by].astype("object")
    for row in codes.to_dict("records"):
        same = pd.Series(data=True, index=keys.index)
        for name in by:
            same &= keys[name].isna() if pd.isna(row[name]) else keys[name].eq(row[name]).eq(True)
        assert same.sum() == row["calls"]
        assert calls["at"][same].min() == row["first"]
        assert calls["at"][same].max() == row["last"]


def test_empty_has_the_same_dtypes() -> None:
    """The columns and dtypes do not depend on the calls."""
    empty = result_codes(table([]))
    full = result_codes(table([made.get("/a"), made.failed("/b")]))
    assert empty.dtypes.astype(str).to_dict() == full.dtypes.astype(str).to_dict()
    assert str(full["code"].dtype) == "Int64"
    assert str(full["first"].dtype) == "datetime64[us, UTC]"


def test_the_most_frequent_first_and_hours_in_order() -> None:
    """By hour the hours come in their order, else what is most frequent comes first."""
    traffic = [made.get("/a", 404, minute=130), *[made.get("/a", minute=m) for m in (125, 5, 6)]]
    assert result_codes(table(traffic))["calls"].tolist() == [3, 1]
    hours = result_codes(table(traffic), by=["hour", "category"])
    assert hours["hour"].dt.hour.tolist() == [8, 10, 10]
    assert hours["calls"].tolist() == [2, 1, 1]


def test_recordings_are_read_and_one_name_is_enough(tmp_path: Path) -> None:
    """A path does for a table, a name for a list of one."""
    path = made.cassette(tmp_path / "a.yaml", [made.get("/a"), made.get("/b")])
    assert result_codes(path, by="code")["calls"].tolist() == [2]
    assert len(result_codes(path)) == 2


@pytest.mark.parametrize("by", [["colour"], "day", []])
def test_unknown_groupings(by: object) -> None:
    """What cannot be grouped by is refused with an example of what can."""
    with pytest.raises(InvalidArgument, match="code"):
        result_codes(table([]), by=by)  # type: ignore[arg-type]


def test_compare_finds_what_is_new_gone_and_changed(tmp_path: Path) -> None:
    """New codes first, then those gone, then changed shares; the rest is the same."""
    monday = [made.get("/a")] * 98 + [made.get("/a", 404)] * 2
    monday += [made.gateway("agentPing")] * 4 + [made.gateway("taskGetLog")]
    tuesday = [made.get("/a")] * 80 + [made.get("/a", 404)] * 20
    tuesday += [made.gateway("agentPing")] * 3 + [made.gateway("agentPing", code=502)]
    changes = compare(
        made.cassette(tmp_path / "mon.yaml", monday), made.cassette(tmp_path / "tue.yaml", tuesday)
    )
    found = changes[["state", "function", "code", "before", "after"]].values.tolist()
    assert found[:2] == [["new", "agentPing", 502, 0, 1], ["gone", "taskGetLog", 1, 1, 0]]
    assert sorted(found[2:], key=str) == [
        ["changed", "GET /a", 200, 98, 80],
        ["changed", "GET /a", 404, 2, 20],
        ["changed", "agentPing", 1, 4, 3],
    ]
    assert found[2][1] == "agentPing"
    shares = changes.set_index(["function", "code"])
    assert shares.loc[("agentPing", 502), "share_before"] == 0.0
    assert shares.loc[("agentPing", 502), "change"] == 0.25
    assert pd.isna(shares.loc[("taskGetLog", 1), "share_after"])
    same = compare(table(monday), table(monday))
    assert set(same["state"]) == {"same"}
    assert set(compare(table(monday), table(tuesday), tolerance=0.5)["state"]) == set(STATES) - {
        "changed"
    }


@settings(max_examples=6)
@given(TRAFFIC, TRAFFIC)
def test_compare_counts_both_sides(before: list[Interaction], after: list[Interaction]) -> None:
    """Both sides add up to their calls; turned around, new is gone; dtypes are always the same."""
    changes = compare(table(before), table(after))
    assert changes["before"].sum() == len(before)
    assert changes["after"].sum() == len(after)
    turned = compare(table(after), table(before))
    assert (changes["state"] == "new").sum() == (turned["state"] == "gone").sum()
    assert changes.dtypes.astype(str).to_dict() == turned.dtypes.astype(str).to_dict()
    for side in ("before", "after"):
        functions = changes[changes[f"share_{side}"].notna()].groupby(
            ["service", "function"], observed=True
        )
        assert all(total == pytest.approx(1.0) for total in functions[f"share_{side}"].sum())


def test_calls_without_times_are_counted(tmp_path: Path) -> None:
    """Stock cassettes have no times: first and last are missing, the hour too."""
    one = made.get("/a")
    one.recorded_at = None
    calls = read_calls(made.cassette(tmp_path / "a.yaml", [one]))
    assert result_codes(calls)["first"].isna().all()
    assert result_codes(calls, by=["hour"])["calls"].tolist() == [1]


def test_shares_within_a_function(tmp_path: Path) -> None:
    """Within a function its codes' shares add up to one; what is not grouped by is refused."""
    traffic = [made.get("/a")] * 3 + [made.get("/a", 404), made.get("/b")]
    codes = result_codes(table(traffic), by=["function", "code"], within=["function"])
    assert codes["share"].tolist() == [0.75, 0.25, 1.0]
    assert result_codes(table([]), by=["function"], within=["function"]).empty
    with pytest.raises(InvalidArgument, match="needs 'function' in by"):
        result_codes(table(traffic), by=["code"], within=["function"])


@given(st.integers(0, 500), st.integers(0, 500))
def test_intervals_hold_their_share(one: int, other: int) -> None:
    """Wilson's interval is within 0 and 1, holds the share, and shrinks with more calls."""
    count, total = min(one, other), max(one, other)
    low, high = wilson(count, total)
    assert 0.0 <= low <= (count / total if total else 0.5) <= high <= 1.0
    more = wilson(count * 10, total * 10)
    assert more[1] - more[0] <= high - low


def test_known_intervals() -> None:
    """Wilson's interval of 81 of 263 is the one of Newcombe's paper of 1998, table I."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def test_another_engine_gives_the_same_codes() -> None:
    """DuckDB counts, pandas finishes: equal to pandas alone, the order too."""
    traffic = [made.get(f"/{n % 3}x", 200 + n % 2, minute=n * 20) for n in range(30)]
    calls = table([*traffic, made.failed("/a"), made.gateway("agentPing")])
    relation = duckdb.from_df(calls.astype(dict.fromkeys(calls.select_dtypes("category"), "str")))
    duckdb.execute("SET TimeZone = 'UTC'")
    for by in (["hour", "category"], ["service", "function", "code", "label", "category"]):
        pd.testing.assert_frame_equal(
            result_codes(relation, by=by), result_codes(calls, by=by), check_categorical=False
        )
