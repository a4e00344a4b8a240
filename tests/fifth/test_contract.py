"""The lending library keeps the contract: all that its author has to write of tests."""

from __future__ import annotations

from subject import LendingSubject

from toolkit.conformance import Contract


class TestLending(Contract):
    subject = LendingSubject()
