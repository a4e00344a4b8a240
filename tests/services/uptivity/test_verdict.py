"""Codes and labels: every row of the table, and every way in which an answer contradicts itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import toolkit
from tests.services.uptivity.wire import error, result
from toolkit.outcomes import Category, UnknownStatus, error_for
from toolkit.services.uptivity.codes import CODES, LABELS, Repeats
from toolkit.services.uptivity.reply import decode_reply
from toolkit.services.uptivity.verdict import Verdict, verdict_of

SUCCESSES = {0, 13, 20, 37, 43}
UNCLEAR = {58}


def verdict(body: bytes) -> Verdict:
    return verdict_of(decode_reply(body))


def test_table() -> None:
    """59 codes, 19 left out, 16 and 17 told apart; the sandbox's own table has the same labels."""
    from toolkit.sandbox.uptivity import LABELS as THEIRS

    table = toolkit.codes("uptivity")
    assert table["code"].tolist() == [*range(19), *range(20, 60)]
    assert table["name"].is_unique
    assert LABELS["API_INVALID_MESSAGE_FORMAT"] == (16, 17)
    by = table.set_index("code")
    assert set(by.index[by["category"] == "success"]) == SUCCESSES
    assert by.index[by["category"] == "partial"].tolist() == [46]
    assert set(by.index[by["outcome"] == "unclear"]) == UNCLEAR
    assert by["label"].to_dict() == {code: THEIRS[code] for code in by.index}
    assert table.columns[:4].tolist() == toolkit.codes("sertainty").columns.tolist()


@pytest.mark.parametrize("code", CODES)
def test_every_code(code: int) -> None:
    """As the vendor's pages show it: an error as ERROR and its label, a success as its label."""
    row = CODES[code]
    succeeds = code in SUCCESSES | {46}
    said = verdict(result("1", code, row.label) if succeeds else error("1", code, row.label))
    assert (said.outcome.code, said.outcome.label) == (code, row.label)
    assert said.failed == (not succeeds)
    assert said.outcome.category == row.category
    assert said.outcome.message == row.meaning
    assert (said.kind, said.repeats) == (row.kind, row.repeats)
    if said.failed:
        raised = said.error(function="TEST")
        assert type(raised) is type(error_for(said.outcome))
        assert raised.__dict__["wire_code"] == code
        assert raised.__dict__["repeats"] == row.repeats.value


def test_shared_categories() -> None:
    """The tree's classes, one of each."""
    expected = {
        24: toolkit.NotFound, 54: toolkit.Conflict, 7: toolkit.Conflict, 9: toolkit.Conflict,
        26: toolkit.InvalidRequest, 49: toolkit.InvalidRequest, 47: toolkit.Busy, 6: toolkit.Busy,
        18: toolkit.ServerFault, 2: toolkit.ServerFault, 44: toolkit.AccessDenied,
        39: toolkit.AccessDenied, 58: toolkit.UnknownStatus,
    }  # fmt: skip
    for code, kind in expected.items():
        assert type(verdict(error("1", code, CODES[code].label)).error()) is kind


def test_label_wins_over_code() -> None:
    """The vendor's own example: 17 with the label of 18, and a blank before it."""
    said = verdict(error("1", 17, " API_ERROR_NO_DEFAULT_RECORDING_PATH"))
    assert (said.outcome.code, said.wire_code) == (18, 17)
    assert said.outcome.category is Category.SERVER_FAULT
    assert said.repeats is Repeats.FIX
    assert said.notes == ("the code 17 and the label API_ERROR_NO_DEFAULT_RECORDING_PATH disagree",)
    reply = decode_reply(error("1", 17, "API_ERROR_NO_DEFAULT_RECORDING_PATH"))
    assert verdict_of(reply, label_wins=False).outcome.code == 17


@pytest.mark.parametrize(
    ("body", "code", "category", "failed"),
    [
        # ERROR is a failure whatever the code; a success's code says nothing of it then
        (error("1", 20, "something"), 20, Category.UNKNOWN, True),
        (error("1", 24, "API_OK"), 20, Category.UNKNOWN, True),
        (result("1", 24, "error", "x"), 24, Category.NOT_FOUND, True),
        # the label is followed, in RESULTTYPE first and with white space anywhere
        (result("1", 24, "API_OK"), 20, Category.SUCCESS, False),
        (result("1", 20, "API_AGENT_NOT_FOUND"), 24, Category.NOT_FOUND, True),
        (result("1", 24, "API_ AGENT_NOT_\r\nFOUND"), 24, Category.NOT_FOUND, True),
        (error("1", 99, "API_AGENT_NOT_FOUND: 12"), 24, Category.NOT_FOUND, True),
        (result("1", "", "API_OK"), 20, Category.SUCCESS, False),
        (result("1", 20, "", "API_OK"), 20, Category.SUCCESS, False),
        (result("1", 20, ""), 20, Category.SUCCESS, False),
        # 16 and 17 share a label: neither disagrees with it
        (error("1", 16, "API_INVALID_MESSAGE_FORMAT"), 16, Category.INVALID_REQUEST, True),
        (error("1", 17, "API_INVALID_MESSAGE_FORMAT"), 17, Category.INVALID_REQUEST, True),
        # 46 never raises
        (error("1", 46, "API_PARTIAL_CORE_RESPONSE"), 46, Category.PARTIAL, False),
        # what is in no table is neither a success nor a failure but by RESULTTYPE
        (error("1", 19, "x"), 19, Category.UNKNOWN, True),
        (error("1", 77, "x"), 77, Category.UNKNOWN, True),
        (error("1", 58, "API_STATUS_DEFAULT"), 58, Category.UNKNOWN, True),
        (result("1", 19, "API_NEW"), 19, Category.UNKNOWN, False),
        (result("1", 77, "API_NEW"), 77, Category.UNKNOWN, False),
        (result("1", 58, "API_STATUS_DEFAULT"), 58, Category.UNKNOWN, False),
        (result("1", 77, "API_ERROR_NEW"), 77, Category.UNKNOWN, True),
        (result("1", 77, ""), 77, Category.UNKNOWN, True),
        (result("1", "", "ERROR", "broken"), None, Category.UNKNOWN, True),
    ],
)
def test_contradictions(body: bytes, code: int | None, category: Category, failed: bool) -> None:
    """Each row of what an answer may contradict itself in."""
    said = verdict(body)
    assert (said.outcome.code, said.outcome.category, said.failed) == (code, category, failed)
    if said.failed and category is Category.UNKNOWN:
        assert isinstance(said.error(), UnknownStatus)


@given(
    code=st.one_of(st.none(), st.integers(0, 200)),
    kind=st.sampled_from(["ERROR", "error", "", "API_OK", "API_NEW", "API_USER_NOT_FOUND"]),
    message=st.one_of(st.text(max_size=10), st.sampled_from(sorted(LABELS))),
)
def test_never_a_wrong_success(code: int | None, kind: str, message: str) -> None:
    """ERROR always raises (but for 46); a success is always one that the server said."""
    from toolkit.services.uptivity.reply import Reply

    said = verdict_of(Reply("1", "", kind, code, message.strip()))
    if kind.upper() == "ERROR":
        assert said.failed or said.outcome.code == 46
    if said.outcome.category is Category.SUCCESS:
        named = {n for label in (kind, message) if label in LABELS for n in LABELS[label]}
        assert code in SUCCESSES or named & SUCCESSES
    assert (said.wire_code, said.wire_type) == (code, kind)


def test_own_words_are_kept() -> None:
    """A detail text stays the message; a bare label is explained."""
    assert verdict(error("1", 8, "Device 77 is unknown")).outcome.message == "Device 77 is unknown"
    assert verdict(error("1", 8, "API_DEVICE_INVALID")).outcome.message == CODES[8].meaning


def test_documented_table() -> None:
    """Each code is in the docstring's own words once, and none is mapped to two categories."""
    source = Path(toolkit.uptivity.__file__).with_name("codes.py").read_text(encoding="utf-8")
    assert len(re.findall(r'^    \(\d+, "API_', source, re.MULTILINE)) == 59
