"""Servers that the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import toolkit
from toolkit.sandbox.uptivity import UptivityBox


@pytest.fixture(scope="session")
def box() -> Iterator[UptivityBox]:
    with toolkit.sandbox.start("uptivity") as one:
        yield one
