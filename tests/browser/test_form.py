"""The function form in a real JupyterLab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator

import toolkit
from tests.browser.notebook import Notebook, expect

Open = Callable[..., Notebook]


@pytest.fixture
def box() -> Iterator[toolkit.sandbox.sertainty.SertaintyBox]:
    with toolkit.sandbox.start("sertainty", seed=7, workload=1.0) as started:
        yield started


def opened(open_notebook: Open, url: str, theme: str = "light") -> tuple[Notebook, Locator]:
    """A notebook with a session and the form."""
    notebook = open_notebook(
        f"import toolkit\ngateway = toolkit.sertainty.connect({url!r})\n"
        'session = gateway.login_with("charles")',
        "form = toolkit.form(gateway)\nform",
        "form.result",
        theme=theme,
    )
    notebook.run(0)
    output = notebook.run(1)
    return notebook, output.locator(".tk-call")


def choose(form: Locator, words: str, method: str) -> None:
    """Find a function by words."""
    box = form.get_by_role("combobox", name="Function")
    box.click()
    box.fill(words)
    form.get_by_role("option", name=method).first.click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_read(open_notebook: Open, box: toolkit.sandbox.sertainty.SertaintyBox, theme: str) -> None:
    """By keyboard: search, names are offered, run; the table, and the line of Python that runs."""
    notebook, form = opened(open_notebook, box.url, theme)
    page = notebook.page
    form.get_by_role("combobox", name="Function").focus()
    page.keyboard.type("task stat")
    expect(form.get_by_role("option").first).to_contain_text("task.get_status")
    page.keyboard.press("ArrowDown")
    notebook.picture("search", form)
    page.keyboard.press("Enter")
    expect(form.get_by_label("config_name")).to_be_focused()
    expect(form.locator("datalist option[value=Nightly]")).to_have_count(1)
    page.keyboard.type("Nightly")
    page.keyboard.press("Tab")
    expect(form.get_by_label("task_name")).to_be_focused()
    expect(form.get_by_text("to choose from")).to_have_count(2)
    page.keyboard.type("ingest")
    page.keyboard.press("Enter")
    expect(form.locator(".tk-says")).to_contain_text("task.get_status: SUCCESS")
    expect(form.get_by_role("cell", name="executions")).to_be_visible()
    line = 'gateway.task.get_status("Nightly", "ingest")'
    expect(form.locator("code")).to_have_text(line)
    form.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == line
    notebook.picture("result", form)
    assert "ingest" in notebook.run(2).inner_text()
    form.get_by_label("task_name").fill("no-such")
    form.get_by_role("button", name="Run", exact=True).click()
    expect(form.get_by_text("FILE_NOT_FOUND 213")).to_be_visible()
    notebook.picture("not-found", form)


def test_change_and_destroy(
    open_notebook: Open, box: toolkit.sandbox.sertainty.SertaintyBox, tmp_path: Path
) -> None:
    """A change asks; a file is uploaded; XML is checked; what destroys wants the name."""
    notebook, form = opened(open_notebook, box.url, "dark")
    before = len(box.calls)
    choose(form, "config create", "config.create")
    form.get_by_label("config_name").fill("Weekly")
    form.get_by_role("button", name="Run", exact=True).click()
    asks = form.get_by_role("alertdialog")
    expect(asks).to_contain_text("config.create changes state on the server")
    notebook.picture("asks", form)
    asks.get_by_role("button", name="Cancel").click()
    expect(asks).to_be_hidden()
    assert len(box.calls) == before
    form.get_by_role("button", name="Run", exact=True).click()
    asks.get_by_role("button", name="Run it").click()
    expect(form.locator(".tk-says")).to_contain_text("config.create: SUCCESS")

    script = tmp_path / "clean <up>.uxl"
    script.write_bytes(b"\x00\xffscript\r\n")
    choose(form, "config save_script", "config.save_script")
    form.get_by_label("config_name").fill("Weekly")
    form.get_by_label("script_name").fill("clean.uxl")
    form.get_by_label("script_contents").set_input_files(script)
    form.get_by_role("button", name="Run", exact=True).click()
    asks.get_by_role("button", name="Run it").click()
    expect(form.locator(".tk-says")).to_contain_text("config.save_script: SUCCESS")
    with toolkit.sertainty.connect(box.url) as other:
        other.login_with("charles")
        contents = other.config.get_script("Weekly", "clean.uxl")["contents"].item()
        assert contents == script.read_bytes()

    choose(form, "save tasks", "config.save_tasks")
    tasks = form.get_by_label("tasks_contents")
    tasks.fill("<Tasks><Task></Tasks>")
    expect(form.get_by_text("not well-formed XML")).to_be_visible()
    notebook.picture("xml", form)
    tasks.fill("<Tasks/>")
    expect(form.get_by_text("Well-formed XML.")).to_be_visible()

    choose(form, "config delete", "config.delete")
    form.get_by_label("config_name").fill("Weekly")
    form.get_by_role("button", name="Run", exact=True).click()
    destroy = asks.get_by_role("button", name="Destroy")
    expect(destroy).to_be_disabled()
    asks.get_by_label("Type Weekly to confirm").fill("Weekly")
    notebook.picture("destroy", form)
    destroy.click()
    expect(form.locator(".tk-says")).to_contain_text("config.delete: SUCCESS")
