"""A fresh gateway for each test, and someone who speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.sertainty.wire import Wire
from toolkit import sandbox
from toolkit.sandbox.sertainty import SertaintyBox


@pytest.fixture
def box() -> Iterator[SertaintyBox]:
    with sandbox.start("sertainty") as started:
        yield started


@pytest.fixture
def wire(box: SertaintyBox) -> Iterator[Wire]:
    """A client of the box, logged in."""
    spoken = Wire(box.url).open()
    yield spoken
    spoken.close()
