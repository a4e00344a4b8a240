"""One notebook in the browser: its cells, its kernel, what was saved and what went over iopub."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import zmq
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab

ARTIFACTS = Path(__file__).parents[1] / "artifacts" / "browser"
_PANEL = "window.jupyterapp.shell.currentWidget"


class Listener:
    """A second client of the kernel, that keeps all it hears on iopub."""

    def __init__(self, connection: Path) -> None:
        where = json.loads(connection.read_text())
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.SUB)
        self._socket.connect(f"{where['transport']}://{where['ip']}:{where['iopub_port']}")
        self._socket.subscribe(b"")
        self.heard: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        until(lambda: bool(self.heard))  # the kernel welcomes who listens

    def _listen(self) -> None:
        while not self._stop.is_set():
            if self._socket.poll(100):
                parts = self._socket.recv_multipart()
                self.heard.extend(part.decode("utf-8", "replace") for part in parts)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._context.destroy(linger=0)


class Notebook:
    """A notebook that is open on a page, with its kernel idle."""

    def __init__(self, lab: Lab, page: Page, name: str, *cells: str, theme: str = "light") -> None:
        self.page, self.name, self.theme = page, name, theme
        self.path = lab.folder / f"{name}.ipynb"
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells]
        )
        notebook.metadata["kernelspec"] = {
            "name": "python3", "display_name": "Python 3", "language": "python"
        }  # fmt: skip
        nbformat.write(notebook, self.path)
        self._steps = 0
        page.goto(f"{lab.url}/doc/tree/{name}.ipynb?token={lab.token}")
        page.wait_for_function(
            f"() => window.jupyterapp && {_PANEL}?.sessionContext?.kernelDisplayStatus === 'idle'",
            timeout=60_000,
        )
        light = "false" if theme == "dark" else "true"
        page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        kernel = page.evaluate(f"() => {_PANEL}.sessionContext.session.kernel.id")
        self.listener = Listener(lab.runtime / f"kernel-{kernel}.json")

    def command(self, name: str, **arguments: Any) -> None:
        """Run a command of Lab and wait for it."""
        self.page.evaluate(
            "([name, given]) => window.jupyterapp.commands.execute(name, given).then(() => null)",
            [name, arguments],
        )

    def start(self, number: int) -> Locator:
        """Start a cell, without waiting for its end; gives its output area."""
        self.page.evaluate(
            f"""(number) => {{
                const content = {_PANEL}.content;
                content.deselectAll();
                content.activeCellIndex = number;
                content.mode = 'command';
                window.jupyterapp.commands.execute('notebook:run-cell');
            }}""",
            number,
        )
        return self.output(number)

    def run(self, number: int) -> Locator:
        """Run a cell to its end."""
        output = self.start(number)
        self.ended(number)
        return output

    def ended(self, number: int) -> None:
        """Wait for a cell's end: its prompt has a number, and the kernel is idle."""
        self.page.wait_for_function(
            f"""(number) => {{
                const cell = {_PANEL}.content.widgets[number].model;
                return cell.executionState === 'idle' && cell.executionCount !== null;
            }}""",
            arg=number,
            timeout=30_000,
        )

    def output(self, number: int) -> Locator:
        """A cell's output area."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        return cells.nth(number).locator(".jp-OutputArea-output").first

    def text(self, number: int) -> str:
        """All that a cell has put out, as text."""
        cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        return cells.nth(number).locator(".jp-Cell-outputArea").inner_text()

    def save(self) -> str:
        """Save it; gives the file."""
        self.command("docmanager:save")
        return self.path.read_text(encoding="utf-8")

    def picture(self, step: str, what: Locator | None = None, **options: Any) -> Path:
        """Keep what is seen now, as an artefact of the tests."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self._steps += 1
        file = ARTIFACTS / f"{self.name}-{self._steps}-{step}.png"
        (what or self.page).screenshot(path=file, animations="disabled", **options)
        return file

    def close(self) -> None:
        self.listener.close()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something outside of the page is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


__all__ = ["ARTIFACTS", "Notebook", "expect", "until"]
