"""The login form in a real JupyterLab."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

import toolkit
from tests.browser.notebook import Notebook, expect

Open = Callable[..., Notebook]
SAVING = "@jupyter-widgets/jupyterlab-manager/plugin"

ROUNDS = [
    [("First ship?", "s3cret-Nautilus"), ('Say "A & B" <b>twice</b>', 's3cret-<A & "B">')],
    [("City of the lighthouse?", "s3cret-Alexandria")],
]
SECRETS = [answer for one in ROUNDS for _, answer in one] + ["s3cret"]


@pytest.fixture(scope="module")
def box() -> Iterator[toolkit.sandbox.sertainty.SertaintyBox]:
    with toolkit.sandbox.start("sertainty", seed=7) as started:
        started.add_user("ada", ROUNDS)
        yield started


def cells(url: str, user: str = '"ada"') -> tuple[str, ...]:
    return (
        f"import toolkit\ngateway = toolkit.sertainty.connect({url!r})",
        f"session = await gateway.login({user})\nsession",
        "gateway.agent.get_status()",
    )


def assert_no_secret(notebook: Notebook) -> None:
    """Neither in the file nor in a message that the kernel published."""
    saved = notebook.save()
    heard = "\n".join(notebook.listener.heard)
    assert "First ship?" in heard  # the listener did listen
    for text in SECRETS:
        for spelt in {text, json.dumps(text)[1:-1]}:
            assert spelt not in saved
            assert spelt not in heard


@pytest.mark.parametrize(("theme", "saving"), [("light", True), ("dark", False)])
def test_wrong_then_right(
    open_notebook: Open, box: toolkit.sandbox.sertainty.SertaintyBox, theme: str, saving: bool
) -> None:
    """A wrong answer is denied; two rounds by keyboard open it; nothing typed is kept."""
    notebook = open_notebook(*cells(box.url), theme=theme, settings={SAVING: {"saveState": saving}})
    page = notebook.page
    notebook.run(0)
    output = notebook.start(1)
    form = output.locator(".tk-login")
    expect(form.get_by_label("First ship?")).to_be_focused()
    expect(form.get_by_text("Round 1")).to_be_visible()
    page.keyboard.type("s3cret-wrong")
    notebook.picture("typing", form)
    page.keyboard.press("Enter")
    expect(form.get_by_label('Say "A & B" <b>twice</b>')).to_be_focused()
    page.keyboard.type("s3cret-wrong")
    page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Access was denied.")
    notebook.ended(1)
    assert "AccessDenied" in notebook.text(1)
    notebook.picture("denied", form)

    output = notebook.start(1)
    form = output.locator(".tk-login")
    for number, one in enumerate(ROUNDS, 1):
        expect(form.get_by_text(f"Round {number}")).to_be_visible()
        expect(form.get_by_label(one[0][0])).to_be_focused()
        for _, answer in one:
            page.keyboard.type(answer)
            notebook.picture(f"round-{number}", form)
            page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("Logged in after 2 rounds.")
    notebook.ended(1)
    assert "session of ada state open" in notebook.text(1)
    assert "Active" in notebook.run(2).inner_text()
    notebook.picture("logged-in")
    assert_no_secret(notebook)
    assert ("widgets" in json.loads(notebook.path.read_text())["metadata"]) is saving


def test_abort(open_notebook: Open, box: toolkit.sandbox.sertainty.SertaintyBox) -> None:
    """Abort, by keyboard alone: the cell ends in an error, so that Run All stops there."""
    notebook = open_notebook(*cells(box.url, ""))
    page = notebook.page
    notebook.run(0)
    output = notebook.start(1)
    form = output.locator(".tk-login")
    expect(form.get_by_label("User")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    expect(form.get_by_label("First ship?")).to_be_focused()
    page.keyboard.type("s3cret-half")
    form.get_by_role("button", name="Abort").focus()
    page.keyboard.press("Enter")
    expect(form.get_by_role("status")).to_contain_text("given up; nothing more was sent")
    notebook.ended(1)
    assert "LoginAborted" in notebook.text(1)
    notebook.picture("aborted", output)
    assert_no_secret(notebook)


def test_interrupt(open_notebook: Open, box: toolkit.sandbox.sertainty.SertaintyBox) -> None:
    """Interrupting the kernel ends the wait; the kernel works on, and asks again."""
    notebook = open_notebook(*cells(box.url), theme="dark")
    notebook.run(0)
    output = notebook.start(1)
    form = output.locator(".tk-login")
    form.get_by_label("First ship?").fill("s3cret-half")
    notebook.command("notebook:interrupt-kernel")
    expect(form.get_by_role("status")).to_contain_text("Interrupted")
    notebook.ended(1)
    shown = notebook.text(1)
    assert "LoginAborted: interrupted: the login was given up; nothing more was sent" in shown
    assert "Traceback" not in shown  # one line, not the way through the toolkit
    notebook.picture("interrupted")
    output = notebook.start(1)
    expect(output.locator(".tk-login").get_by_label("First ship?")).to_be_focused()
    notebook.command("notebook:interrupt-kernel")
    notebook.ended(1)
    assert_no_secret(notebook)


def test_comms_on_the_main_thread(
    open_notebook: Open, box: toolkit.sandbox.sertainty.SertaintyBox
) -> None:
    """The form also works where Lab has the kernel take its messages on the main thread."""
    setting = {"commsOverSubshells": "disabled"}
    notebook = open_notebook(
        *cells(box.url), settings={"@jupyterlab/apputils-extension/kernels-settings": setting}
    )
    notebook.run(0)
    form = notebook.start(1).locator(".tk-login")
    for one in ROUNDS:
        for prompt, answer in one:
            form.get_by_label(prompt).fill(answer)
        form.get_by_role("button", name="Submit").click()
    expect(form.get_by_role("status")).to_contain_text("Logged in")
    notebook.ended(1)
