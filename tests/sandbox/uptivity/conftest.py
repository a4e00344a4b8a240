"""A fresh API server for each test, and those who speak to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.uptivity.wire import Line, Says, post
from toolkit import sandbox
from toolkit.sandbox.uptivity import UptivityBox


@pytest.fixture
def box() -> Iterator[UptivityBox]:
    with sandbox.start("uptivity", agents=4) as started:
        yield started


@pytest.fixture
def line(box: UptivityBox) -> Iterator[Line]:
    """A connection to the command socket."""
    with Line(box.tcp) as opened:
        yield opened


@pytest.fixture(params=["tcp", "http"])
def ask(request: pytest.FixtureRequest, box: UptivityBox) -> Iterator[Says]:
    """Asks through either door: a test that uses it runs at both."""
    if request.param == "http":
        yield lambda command="", number=1, **values: post(box, command, number, **values)
        return
    with Line(box.tcp) as opened:
        yield opened.ask
