"""The declared columns: those of real answers, with kinds that fit."""

from __future__ import annotations

import pytest

from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.models import EMPTY, MODELS, Model, model

USER = (
    "id uuid firstname lastname email timezone language description caller_id outgoing_caller_id "
    "mobile_phone_number username password music_on_hold preprocess_subroutine userfield "
    "call_transfer_enabled dtmf_hangup_enabled call_record_enabled online_call_record_enabled "
    "supervision_enabled ring_seconds simultaneous_calls call_permission_password enabled links "
    "groups incalls lines forwards services voicemail"
).split()


def test_user() -> None:
    """The fields of a user of a 16.15, in its order."""
    users = MODELS["users"]
    assert [field.name for field in users.fields] == USER
    kinds = {field.name: field.column.kind for field in users.fields}
    assert kinds["id"] == kinds["ring_seconds"] == "integer"
    assert kinds["enabled"] == "boolean"
    assert kinds["mobile_phone_number"] == "text"
    assert users.secrets == {"password", "call_permission_password"}
    assert [field.name for field in users.fields if field.nested] == USER[-7:]


def test_nested_parts() -> None:
    """An object has parts with dotted names; a list has the key of its objects."""
    fields = {field.name: field for field in MODELS["users"].fields}
    parts = fields["forwards"].parts
    assert [part.column.name for part in parts][:2] == [
        "forwards.busy.enabled", "forwards.busy.destination",
    ]  # fmt: skip
    assert parts[0].column.kind == "boolean"
    assert (fields["lines"].listed, fields["links"].listed) == ("id", "href")


@pytest.mark.parametrize("one", MODELS.values(), ids=lambda one: one.name)
def test_every_model(one: Model) -> None:
    """No column twice, and closed sets have their values."""
    names = [field.column.name for field in one.fields]
    assert len(names) == len(set(names))
    assert names
    assert one.secrets <= set(names)
    for field in one.fields:
        assert (field.column.kind == "category") == bool(field.column.choices)
        for part in field.parts:
            assert part.column.name == f"{field.name}.{part.name}"
    assert not one.key or one.key in names


def test_models_are_used() -> None:
    """Each is the resource of an operation, or a view of one."""
    used = {function.resource for function in TABLE.all}
    assert set(MODELS) - used == {"users_summary", "users_directory"}


def test_unknown() -> None:
    """What nobody declared has no columns of its own."""
    assert model("meetings") is EMPTY
    assert model("users") is MODELS["users"]
