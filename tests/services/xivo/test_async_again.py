"""Tokens, denials, bulk and CSV of an async client: every test of the blocking one, awaited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import toolkit
from tests.services.inloop import InLoop, again, connecting
from tests.services.xivo import (
    confd as confd_server,
    test_bulk,
    test_csv,
    test_digest,
    test_eras,
    test_tokens,
    test_with_sandbox,
    wire,
)
from tests.services.xivo.test_bulk import confd as confd, xivo as xivo
from tests.services.xivo.test_with_sandbox import box as box, running as running

MODULES = (test_bulk, test_csv, test_digest, test_eras, test_tokens, test_with_sandbox)
LEFT_OUT = ("test_leaving_with_an_error",)  # which is about ``with``; test_async.py has its own
for module in MODULES:
    globals().update(again(module, *LEFT_OUT))


@pytest.fixture(autouse=True)
def _awaited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made: list[InLoop] = []

    def connect(*given: Any, **named: Any) -> InLoop:
        made.append(connecting(toolkit.xivo)(*given, **named))
        return made[-1]

    for place in (toolkit.xivo, *MODULES, wire, confd_server):
        if hasattr(place, "connect"):
            monkeypatch.setattr(place, "connect", connect)
    yield
    for one in made:
        one.runner.close()
