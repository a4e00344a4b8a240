"""The dashboard in a real JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import toolkit
from tests.browser.notebook import Notebook, expect
from tests.browser.test_login import ROUNDS, SAVING, SECRETS

Open = Callable[..., Notebook]
DEMO = Path(__file__).parents[2] / "cassettes" / "sertainty-demo.yaml"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_filters(open_notebook: Open, theme: str) -> None:
    """A bar filters the other views, by mouse and by keyboard; the line behind it is copied."""
    notebook = open_notebook(
        f"import toolkit\ncalls = toolkit.read_calls({str(DEMO)!r})",
        "board = toolkit.dashboard(calls)\nboard",
        "len(board.calls), board.calls['function'].nunique()",
        "paste = '''\n'''",
        theme=theme,
    )
    page = notebook.page
    page.set_viewport_size({"width": 1260, "height": 1900})
    notebook.run(0)
    board = notebook.run(1).locator(".tk-board")
    functions = board.get_by_role("group", name="Calls by service and function")
    codes = board.get_by_role("group", name="Result codes")
    expect(functions.get_by_role("button").first).to_have_attribute(
        "aria-label", "taskGetStatus: 14 calls, 1 failed"
    )
    board.scroll_into_view_if_needed()
    notebook.picture("all", board)
    functions.get_by_role("button", name="taskGetStatus").click()
    expect(board.get_by_role("status")).to_have_text("Shown: 14 of 64 calls.")
    expect(codes.get_by_role("button")).to_have_count(2)
    pressed = functions.get_by_role("button", name="taskGetStatus")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()
    notebook.picture("function", board)
    bounds, below = board.bounding_box(), board.locator('[data-view="tasks"]').bounding_box()
    assert bounds is not None
    assert below is not None
    notebook.picture("top", clip=bounds | {"height": below["y"] - bounds["y"] - 6})
    assert "(14, 1)" in notebook.run(2).inner_text()
    codes.get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(board.get_by_role("status")).to_have_text("Shown: 1 of 64 calls.")
    notebook.picture("function-and-code", board)
    board.get_by_role("button", name="Copy the lines of Python: Slowest functions").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("some = calls[")
    assert copied.endswith("toolkit.latency(some)")
    board.get_by_role("button", name="Show all").click()
    expect(board.get_by_role("status")).to_have_text("")
    saved = json.loads(notebook.save())
    # Where no widget can be shown, a table stands in its place.
    assert "SUCCESS 1" in "".join(saved["cells"][1]["outputs"][0]["data"]["text/html"])


def test_no_secret(open_notebook: Open, tmp_path: Path) -> None:
    """Of a recorded login neither the saved notebook nor iopub has an answer or the session."""
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({prompt: answer for one in ROUNDS for prompt, answer in one}))
    cassette = tmp_path / "mine.yaml"
    with toolkit.sandbox.start("sertainty", seed=7) as box:
        box.add_user("ada", ROUNDS)
        notebook = open_notebook(
            "import json, pathlib, toolkit\n"
            f"answers = json.loads(pathlib.Path({str(answers)!r}).read_text())\n"
            f"with toolkit.record({str(cassette)!r}), "
            f"toolkit.sertainty.connect({box.url!r}) as one:\n"
            "    session = one.login_with('ada', answers)\n    log = one.agent.get_log()",
            f"toolkit.dashboard({str(cassette)!r})",
            settings={SAVING: {"saveState": True}},
        )
        notebook.run(0)
        board = notebook.run(1).locator(".tk-board")
    board.get_by_role("button", name="hostOpenSession").first.click()
    expect(board.get_by_role("status")).to_have_text("Shown: 3 of 5 calls.")
    saved = notebook.save()
    heard = "\n".join(notebook.listener.heard)
    assert "hostOpenSession" in heard
    assert "hostOpenSession" in json.dumps(json.loads(saved)["metadata"]["widgets"])
    for text in SECRETS:
        for spelt in {text, json.dumps(text)[1:-1]}:
            assert spelt not in saved
            assert spelt not in heard
