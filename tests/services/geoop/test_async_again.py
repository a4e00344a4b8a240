"""Lists and writes of an async client: every test of the blocking one, awaited."""

from __future__ import annotations

import pytest

import toolkit
from tests.services.geoop import test_lists, test_writes
from tests.services.inloop import again, awaited

globals().update(again(test_lists))
globals().update(again(test_writes))


@pytest.fixture(autouse=True)
def _awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    awaited(monkeypatch, toolkit.geoop)
