"""The deck's panel in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import toolkit
from tests.browser.notebook import Notebook, expect

Open = Callable[..., Notebook]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_record_stop_replay(open_notebook: Open, theme: str) -> None:
    """Record by the panel, shut the server down, replay; what is missing is named."""
    with toolkit.sandbox.start("sertainty", seed=7, workload=1.0) as box:
        notebook = open_notebook(
            f"import toolkit\ngateway = toolkit.sertainty.connect({box.url!r})\n"
            "panel = toolkit.deck()\npanel",
            'gateway.login_with("charles")\n'
            'for task in ("ingest", "index"):\n    gateway.task.get_status("Nightly", task)\n'
            'log = gateway.agent.get_log()\nlen(log)',
            'gateway.login_with("charles")\ngateway.task.get_status("Nightly", "index")',
            'gateway.task.get_status("Nightly", "never-asked")',
            f'with toolkit.replay("cassettes/{theme}.yaml"):\n    input("wait")',
            theme=theme,
        )  # fmt: skip
        panel = notebook.run(0).locator(".tk-deck")
        expect(panel.get_by_role("status").first).to_have_text("○Empty")
        panel.get_by_label("Cassette").fill(theme)
        panel.get_by_role("button", name="Record").click()
        expect(panel.get_by_text("Recording", exact=True)).to_be_visible()
        notebook.run(1)
        expect(panel.get_by_role("cell", name="agentGetLog")).to_be_visible()
        expect(panel.get_by_role("cell", name="Nightly/index")).to_be_visible()
        notebook.picture("recording", panel)
        panel.get_by_role("button", name="Stop").click()
        expect(panel.get_by_text("Stopped after 4 calls.")).to_be_visible()
    panel.get_by_role("button", name="Replay").click()
    expect(panel.get_by_text("Replaying", exact=True)).to_be_visible()
    assert "index" in notebook.run(2).inner_text()
    notebook.run(3)
    expect(panel.get_by_text("Not in the recording: 1")).to_be_visible()
    expect(panel.get_by_text("nearest")).to_be_visible()
    notebook.picture("replaying", panel)
    panel.get_by_role("button", name="Eject").click()
    expect(panel.get_by_text("Empty", exact=True)).to_be_visible()
    # What code puts in shows as well, while its cell runs.
    notebook.start(4)
    expect(panel.get_by_text("Replaying", exact=True)).to_be_visible()
    notebook.command("notebook:interrupt-kernel")
    expect(panel.get_by_text("Stopped", exact=True)).to_be_visible()
    notebook.picture("stopped")
