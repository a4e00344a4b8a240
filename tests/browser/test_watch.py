"""The live view of a watch in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import toolkit
from tests.browser.notebook import Notebook, expect, until

Open = Callable[..., Notebook]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_while_cells_run(open_notebook: Open, theme: str) -> None:
    """It goes on while a cell keeps the kernel busy; Stop ends it, and the notebook keeps it."""
    with toolkit.sandbox.start("sertainty", seed=7, workload=0.5) as box:
        notebook = open_notebook(
            f"import toolkit\ngateway = toolkit.sertainty.connect({box.url!r})\n"
            'session = gateway.login_with("charles")\n'
            'watched = toolkit.watch(gateway, every="0.2s")',
            'input("busy")',
            "watched.changes['after'].tolist(), watched.running",
            theme=theme,
        )
        view = notebook.run(0).locator(".tk-watch")
        expect(view.get_by_role("status").first).to_have_text("▶Watching")
        expect(view.get_by_text("Nothing has changed yet.")).to_be_visible()
        notebook.start(1)
        expect(notebook.page.locator(".jp-Stdin-input")).to_be_visible()
        box.run_task("Nightly", "ingest", error="disk is full")
        expect(view.get_by_role("cell", name="tasks Nightly/ingest status")).to_be_visible()
        expect(view.get_by_role("cell", name="disk is full").first).to_be_visible()
        view.get_by_text("tasks at the last look: 12").click()
        view.scroll_into_view_if_needed()
        notebook.picture("watching", view)
        notebook.page.locator(".jp-Stdin-input").fill("done")
        notebook.page.locator(".jp-Stdin-input").press("Enter")
        notebook.ended(1)
        view.get_by_role("button", name="Stop").click()
        expect(view.get_by_role("status").first).to_have_text("■Ended")
        assert "disk is full" in notebook.run(2).inner_text()
        assert notebook.output(2).inner_text().rstrip().endswith("False)")
        notebook.picture("ended", notebook.output(0))
        until(lambda: "disk is full" in notebook.save().partition('"busy"')[0])
