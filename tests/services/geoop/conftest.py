"""A sandbox for each file of tests, put back after each test, and clients of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import toolkit
from toolkit.sandbox.geoop import GeoopBox
from toolkit.services.geoop.client import Client

Connect = Callable[..., Client]


@pytest.fixture(scope="module")
def running() -> Iterator[GeoopBox]:
    with toolkit.sandbox.start("geoop", jobs=120) as box:
        yield box


@pytest.fixture
def box(running: GeoopBox) -> Iterator[GeoopBox]:
    before = running.switches
    yield running
    running.clear_faults()
    running.switch(**{name: getattr(before, name) for name in before.__dataclass_fields__})


@pytest.fixture
def connect(box: GeoopBox) -> Iterator[Connect]:
    """Clients of the sandbox, closed at the end."""
    with ExitStack() as stack:

        def make(**options: Any) -> Client:
            given = {"client_id": box.client_id, "client_secret": box.client_secret, **options}
            return stack.enter_context(
                toolkit.geoop.connect(box.url, login_url=box.login_url, **given)
            )

        yield make


@pytest.fixture
def geoop(connect: Connect) -> Client:
    """One that is logged in as the client itself."""
    client = connect()
    client.login_with()
    return client
