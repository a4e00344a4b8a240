"""Items to DataFrames: the declared dtypes whatever comes, and nothing that came is lost."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tests.services.xivo.confd import people
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.decoding import Nested, typed, unpack
from toolkit.services.xivo.models import MODELS, model

NESTED: list[Nested] = ["json", "flat", "drop"]
_scalar = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=5),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
_anything = st.recursive(
    _scalar,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("nested", NESTED)
def test_empty_has_the_same_columns(name: str, nested: Nested) -> None:
    """No items, and one with nothing in it, give the declared columns and dtypes."""
    empty = typed([], model(name), nested=nested, secrets=True)
    blank = typed([{}], model(name), nested=nested, secrets=True)
    assert dtypes(empty) == dtypes(blank)
    assert len(blank) == 1
    wanted = [field for field in model(name).fields if not field.nested]
    assert [empty[field.column.name].dtype.name for field in wanted] == [
        {"time": "datetime64[us, UTC]"}.get(field.column.kind, field.column.dtype)
        for field in wanted
    ]


@pytest.mark.parametrize("nested", NESTED)
def test_a_user(nested: Nested) -> None:
    """The values of a user, and the dtypes that an empty list has too."""
    frame = typed(people(3), model("users"), nested=nested)
    assert dtypes(frame) == dtypes(typed([], model("users"), nested=nested))
    row = frame.iloc[2]
    assert (row["id"], row["firstname"], row["enabled"]) == (3, "First3", False)
    assert pd.isna(row["email"])
    assert "password" not in frame
    assert "invented-word" not in repr(frame.to_dict())
    if nested == "json":
        assert json.loads(row["lines"]) == [{"id": 103}]
        assert unpack(frame["lines"]).tolist() == [[], [], [{"id": 103}]]
    elif nested == "flat":
        assert row["lines.id"] == "103"
        assert bool(row["forwards.busy.enabled"]) is True
        assert row["forwards.busy.destination"] == "123"
        assert pd.isna(row["voicemail.id"])
    else:
        assert not {"lines", "links", "forwards"} & set(frame)


def test_secrets_when_asked() -> None:
    """Passwords in clear are there for who asks."""
    frame = typed(people(1), model("users"), secrets=True)
    assert frame["password"].item() == "invented-word"


def test_secrets_that_nobody_declared() -> None:
    """A newer server's passwords are left out too; flags and ids that sound like one are kept."""
    item = {"id": 1, "auth_section_options": [["password", "invented-word"]], "api_token": "t",
            "sip_secret": "invented-word", "password_reset_enabled": True,
            "ask_password": True}  # fmt: skip
    assert list(typed([item], model("entities")))[4:] == ["password_reset_enabled", "ask_password"]
    assert "auth_section_options" in typed([item], model("entities"), secrets=True)


def test_further_fields() -> None:
    """What a newer server adds comes after the declared columns, each of its own kind."""
    items = [
        {"id": 1, "tenant_uuid": "a", "subscription_type": 0, "new": True, "share": 1,
         "fallbacks": {"x": 1}, "created_at": "2026-11-22T04:49:44", "odd": "1"},
        {"id": 2, "share": 0.5, "odd": 2},
    ]  # fmt: skip
    frame = typed(items, model("entities"))
    assert dtypes(frame.iloc[:, 4:]) == {
        "tenant_uuid": "str", "subscription_type": "Int64", "new": "boolean",
        "share": "float64", "fallbacks": "str", "created_at": "str", "odd": "str",
    }  # fmt: skip
    assert frame["odd"].tolist() == ["1", "2"]
    assert frame["fallbacks"][0] == '{"x":1}'
    assert "fallbacks" not in typed(items, model("entities"), nested="drop")


@pytest.mark.parametrize(
    ("field", "values", "kept", "kind"),
    [
        ("id", ["3f0e", None], ["3f0e", None], "str"),
        ("id", [1, "x"], ["1", "x"], "str"),
        ("id", [2**80], [str(2**80)], "str"),
        ("id", [1.5], [1.5], "float64"),
        ("enabled", [1, 0], [1, 0], "Int64"),
        ("mode", ["odd"], ["odd"], "category"),
        ("mode", [7], [7], "Int64"),
        ("name", [7, True, None], ["7", "true", None], "str"),
        ("name", [{"a": [1]}], ['{"a":[1]}'], "str"),
    ],
)
def test_another_kind_than_declared(
    field: str, values: list[Any], kept: list[Any], kind: str
) -> None:
    """A value of another kind passes through; it never becomes a wrong one."""
    frame = typed([{field: value} for value in values], model("callpermissions"))
    assert frame[field].dtype.name == kind
    assert [None if pd.isna(value) else value for value in frame[field]] == kept


def test_flat_objects() -> None:
    """Further fields of an object are columns too; what is no object stays as JSON."""
    items = [
        {"endpoint_sip": {"id": 1, "username": "u", "label": "new", "links": []}},
        {"endpoint_sip": None},
        {"endpoint_sip": ["odd"]},
    ]
    frame = typed(items, model("trunks"), nested="flat")
    assert frame["endpoint_sip.id"].tolist() == [1, pd.NA, pd.NA]
    assert frame["endpoint_sip.label"][0] == "new"
    assert "endpoint_sip.links" not in frame
    assert frame["endpoint_sip"].iloc[2] == '["odd"]'


def test_flat_lists() -> None:
    """A list shows the keys of its objects; one without them stays JSON."""
    frame = typed([{"users": [{"uuid": "a"}, {"uuid": "b"}]}], model("voicemails"), nested="flat")
    assert frame["users.uuid"].tolist() == ["a,b"]
    frame = typed([{"users": [{"id": 1}]}], model("voicemails"), nested="flat")
    assert frame["users"].tolist() == ['[{"id":1}]']
    assert typed([{"options": [["a", "b"]]}], model("endpoints_sip"), nested="flat")[
        "options"
    ].tolist() == ['[["a","b"]]']


def test_times() -> None:
    """Times are aware; those without a zone are taken in the zone that is given."""
    items = [{"call_date": "2026-01-15T10:44:30"}, {"call_date": "2026-01-15T10:44:30+01:00"},
             {"call_date": None}]  # fmt: skip
    zone = dt.timezone(dt.timedelta(hours=2))
    frame = typed(items, model("call_logs"), zone=zone)
    assert frame["call_date"].dtype.name == "datetime64[us, UTC]"
    assert [value.hour for value in frame["call_date"][:2]] == [8, 9]
    assert pd.isna(frame["call_date"][2])
    odd = typed([{"call_date": "yesterday"}], model("call_logs"))
    assert odd["call_date"].tolist() == ["yesterday"]


def test_nested_option() -> None:
    """A misspelt option is refused."""
    with pytest.raises(InvalidArgument, match="nested must be json, flat or drop, not 'all'"):
        typed([], model("users"), nested="all")  # type: ignore[arg-type]


@settings(max_examples=50)
@given(
    items=st.lists(
        st.dictionaries(
            st.sampled_from(["id", "name", "mode", "enabled", "extensions", "links", "x", "y.z"]),
            _anything,
        ),
        max_size=4,
    ),
    nested=st.sampled_from(NESTED),
)
def test_anything(items: list[dict[str, Any]], nested: Nested) -> None:
    """Whatever a server sends becomes a frame with one row an item and no value lost."""
    frame = typed(items, model("callpermissions"), nested=nested, secrets=True)
    assert len(frame) == len(items)
    declared = [field for field in model("callpermissions").fields if not field.nested]
    assert [str(name) for name in frame][: len(declared) - 3] == [
        field.column.name for field in declared
    ][: len(declared) - 3]
    for field in declared:
        values = [item.get(field.name) for item in items]
        column = frame[field.column.name]
        for value, cell in zip(values, column, strict=True):
            if value is None:
                assert pd.isna(cell)
            elif isinstance(value, str):
                assert cell == value
            elif isinstance(value, dict | list):
                assert json.loads(cell) == json.loads(json.dumps(value))
            elif isinstance(cell, str):
                assert json.loads(cell) == value
            else:
                assert cell == value
        plain = {"integer": int, "boolean": bool, "text": str, "category": str}[field.column.kind]
        if all(type(value) in (plain, type(None)) for value in values) and plain is not int:
            assert column.dtype.name == field.column.dtype
