"""How long the slots are in which a dashboard counts."""

from __future__ import annotations

import pandas as pd
import pytest

from toolkit.widgets.timeslots import MOST, Step


@pytest.mark.parametrize(
    ("span", "step"),
    [("0s", "1 ms"), ("900ms", "20 ms"), ("50min", "1 min"), ("70h", "2 h"), ("364D", "7 days"),
     ("40000D", "678 days")],
)  # fmt: skip
def test_steps(span: str, step: str) -> None:
    """A slot is a round length, and there are never more than fit."""
    found = Step.of(pd.Timedelta(span))
    assert found.text == step
    first = pd.Timestamp("2026-03-02 08:00:00Z")
    slots = pd.date_range(
        first.floor(found.freq), (first + pd.Timedelta(span)).floor(found.freq), freq=found.freq
    )
    assert 1 <= len(slots) <= MOST
