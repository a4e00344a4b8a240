"""What the tests and the examples in docstrings share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("default", deadline=None, max_examples=100)
hypothesis.settings.load_profile("default")


@pytest.fixture(scope="session")
def example_names() -> Iterator[dict[str, Any]]:
    """The names that examples may use: a logged-in gateway of a running sandbox."""
    import httpx

    import toolkit

    with toolkit.sandbox.start("sertainty", seed=7) as box:
        with toolkit.sertainty.connect(box.url) as gateway:
            gateway.login_with(box.user, box.answers)
            yield {
                "toolkit": toolkit,
                "httpx": httpx,
                "box": box,
                "gateway": gateway,
                "answers": box.answers,
            }


@pytest.fixture(autouse=True)
def _examples(request: pytest.FixtureRequest) -> None:
    """Give an example its names, and a folder of its own to write into."""
    if isinstance(request.node, pytest.DoctestItem):
        names = request.getfixturevalue("example_names")
        request.node.dtest.globs.update(names)  # type: ignore[union-attr]
        folder: Path = request.getfixturevalue("tmp_path")
        request.getfixturevalue("monkeypatch").chdir(folder)
        (folder / "cassettes").mkdir()
