"""What a call sends: path, query and body, from what people give."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from toolkit.outcomes import InvalidArgument
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.planning import csv_bytes, json_bytes, make_plan, plain


def test_plan_of_a_read() -> None:
    """Holes are encoded, None is left out, numbers and flags are texts."""
    plan = make_plan(TABLE.get("users.get"), ("a/b c",))
    assert (plan.path, plan.target, plan.body) == ("/users/a%2Fb%20c", "a/b c", None)
    query = {"search": "x&y", "limit": np.int64(3), "enabled": True, "order": None, "ids": [1, 2]}
    plan = make_plan(TABLE.get("users.list"), (), query)
    assert plan.query == (("search", "x&y"), ("limit", "3"), ("enabled", "true"), ("ids", "1,2"))
    assert plan.accept == plan.content_type == "application/json"


def test_kinds_of_bodies() -> None:
    """CSV has its own content type; a CSV answer is asked for with its charset, exactly."""
    plan = make_plan(TABLE.get("users.import_csv"), body="firstname\nAda\n")
    assert (plan.content_type, plan.accept) == ("text/csv; charset=utf-8", "application/json")
    plan = make_plan(TABLE.get("users.export_csv"))
    assert (plan.accept, plan.body) == ("text/csv; charset=utf-8", None)
    assert make_plan(TABLE.get("users.create")).body == b"{}"


def test_a_token_is_no_target() -> None:
    """A token in a path is not shown in tables and errors."""
    plan = make_plan(TABLE.get("auth.tokens.get"), ("invented-token",))
    assert plan.target == "…"
    assert "invented-token" not in repr(plan)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.float64("nan"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timestamp("2026-01-02T03:04:05"), "2026-01-02T03:04:05"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (decimal.Decimal("1.5"), 1.5),
        (np.array([1, 2]), [1, 2]),
        ((1, {"a": pd.NA}), [1, {"a": None}]),
        ({7: "x"}, {"7": "x"}),
    ],
)
def test_values_of_pandas_and_numpy(value: Any, wanted: object) -> None:
    """Everything that a DataFrame holds becomes what JSON has."""
    assert plain(value) == wanted
    assert json.loads(json_bytes({"x": value})) == {"x": wanted}


@settings(max_examples=40)
@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6,
))  # fmt: skip
def test_json_comes_back(value: Any) -> None:
    """What JSON can say is sent as it is."""
    assume = json.dumps(value)
    if "\\ud8" not in assume and "\\ud9" not in assume and "\\udc" not in assume:
        assert json.loads(json_bytes([value])) == [value]


def test_csv_of_a_frame() -> None:
    """Flags are 0 and 1, what is missing is empty, texts are quoted where they must be."""
    frame = pd.DataFrame(
        {"a": ['x,"y"', None], "b": pd.array([True, None], dtype="boolean"), "c": [False, True],
         "d": pd.array([1, None], dtype="Int64")}
    )  # fmt: skip
    assert csv_bytes(frame) == b'a,b,c,d\n"x,""y""",1,0,1\n,,1,\n'
    assert frame["b"].dtype == "boolean"
    assert csv_bytes(b"raw") == b"raw"


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: make_plan(TABLE.get("users.get"), (1,), body={}), "users.get takes no body"),
        (lambda: make_plan(TABLE.get("users.create"), body="x"), "by name or a dict, not str"),
        (lambda: make_plan(TABLE.get("users.get"), (1,), {"limit": 1}), "no parameter 'limit'"),
        (lambda: make_plan(TABLE.get("users.list"), (), {"offset": "x"}), "whole number from 0 on"),
        (lambda: make_plan(TABLE.get("users.lines.add"), (1,)), "takes user_id, line_id"),
        (lambda: json_bytes({"a": object()}), "cannot be written as JSON"),
        (lambda: csv_bytes({"a": 1}), "a CSV is a DataFrame"),
    ],
)  # fmt: skip
def test_refused(call: Any, match: str) -> None:
    """One sentence, before anything is sent."""
    with pytest.raises(InvalidArgument, match=match):
        call()
