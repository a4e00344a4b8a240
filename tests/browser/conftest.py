"""A browser and a JupyterLab for the tests of this folder, which run in a process of their own.

Playwright's blocking interface leaves an event loop in its thread, so tests of other folders
cannot follow it. Run these by naming the folder: ``make test-browser``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave this folder out unless it was named."""
    named = [Path(config.invocation_params.dir, one.partition("::")[0]) for one in config.args]
    if any(HERE in (one.resolve(), *one.resolve().parents) for one in named):
        return None
    return True


def _browser() -> str:
    given = os.environ.get("TOOLKIT_BROWSER")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        reason = "no Chromium is installed; name one in TOOLKIT_BROWSER or install chromium"
        if os.environ.get("CI") == "true":
            raise RuntimeError(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A browser without a window."""
    path = _browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A JupyterLab on a free port of loopback."""
    from tests.browser.lab import Lab
    from tests.browser.notebook import ARTIFACTS

    shutil.rmtree(ARTIFACTS, ignore_errors=True)  # pictures of an earlier run would mislead
    server = Lab(tmp_path_factory.mktemp("lab"))
    try:
        server.wait()
        yield server
    finally:
        server.close()


@pytest.fixture
def open_notebook(
    chromium: Any, lab: Any, request: pytest.FixtureRequest
) -> Iterator[Callable[..., object]]:
    """``open_notebook(*cells, theme=..., settings=...)`` on a page of its own."""
    from tests.browser.notebook import Notebook

    opened: list[Notebook] = []
    asked_elsewhere: list[str] = []
    context = chromium.new_context(viewport={"width": 1060, "height": 1250})
    context.set_default_timeout(20_000)
    context.grant_permissions(["clipboard-read", "clipboard-write"])

    def guard(route: Any) -> None:
        url = route.request.url
        if urlsplit(url).hostname == "127.0.0.1":
            route.continue_()
        else:
            asked_elsewhere.append(url)
            route.abort()

    context.route("http://**", guard)
    context.route("https://**", guard)

    def opens(*cells: str, theme: str = "light", settings: Any = None) -> Notebook:
        named = {"theme": {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme]}
        lab.configure(**{"@jupyterlab/apputils-extension/themes": named, **(settings or {})})
        name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")
        notebook = Notebook(lab, context.new_page(), name, *cells, theme=theme)
        opened.append(notebook)
        return notebook

    try:
        yield opens
    finally:
        for notebook in opened:
            notebook.picture("last")
            notebook.close()
        context.close()
        for session in lab.ask("api/sessions"):
            lab.ask(f"api/sessions/{session['id']}", "DELETE")
    assert asked_elsewhere == [], "a page asked for something that is not on this machine"
