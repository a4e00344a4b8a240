"""The live view of a watch, with a page that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import toolkit
from tests.widgets.page import page, press, until
from toolkit.watching import Watch
from toolkit.widgets import watching
from toolkit.widgets.watching import LAST, WatchPanel


class Shelf:
    """Something with rows that change as the test says."""

    service_name, url = "shelf", "http://127.0.0.1/"

    def __init__(self) -> None:
        self.rows = {"a": "x"}
        self.error: Exception | None = None

    def read(self) -> pd.DataFrame:
        if self.error is not None:
            raise self.error
        return pd.DataFrame({"id": list(self.rows), "state": list(self.rows.values())})


@pytest.fixture
def published() -> Iterator[list[str]]:
    with page() as sent:
        yield sent


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def panel(published: list[str], shelf: Shelf) -> Iterator[WatchPanel]:
    watch = Watch(shelf, "1h", of={"things": shelf.read}, key="id")
    one = WatchPanel(watch)
    yield one
    watch.stop()
    one.close()


def test_shows_each_look(panel: WatchPanel, shelf: Shelf) -> None:
    """What is there now, what changed, newest first, with a word and a tone for each."""
    watch = panel._watch
    assert panel.shown["says"] == "0 looks, every 3600 s."
    assert panel.shown["rows"] == []
    watch.look()
    assert panel.shown["rows"] == [["a", "x"]]
    assert panel.shown["changes"] == []
    shelf.rows = {"a": "Error: broken", "b": "new"}
    watch.look()
    shelf.error = toolkit.TimedOut("too long")
    watch.look()
    shown = panel.shown
    assert [(row[1]["text"], row[1]["tone"]) for row in shown["changes"]] == [
        ("not reached", "bad"), ("came", "good"), ("changed", "bad"),
    ]  # fmt: skip
    assert shown["changes"][2][2:] == ["things a state", "Error: broken", "x"]
    assert (shown["name"], shown["count"], shown["says"]) == ("things", 2, "3 looks, every 3600 s.")
    json.dumps(shown)


def test_stop_button(panel: WatchPanel) -> None:
    """It ends the watch, and the view says how it ended."""
    panel._watch.start()
    until(lambda: panel.shown["rows"] != [])
    press(panel, "stop")
    until(lambda: panel.shown["ended"] != "")
    assert panel.shown["ended"] == "Stopped"
    assert panel.shown["says"].startswith("Stopped after")
    assert not panel._watch.running


def test_what_ended_it(panel: WatchPanel, shelf: Shelf) -> None:
    """An error is said in the view, in one sentence."""
    shelf.error = toolkit.NoSession("log in first")
    panel._watch.wait()
    assert panel.shown["tone"] == "bad"
    assert "log in first" in panel.shown["says"]


def test_only_the_last_changes(panel: WatchPanel, shelf: Shelf) -> None:
    """The view holds so many changes, however many came."""
    panel._watch.look()
    shelf.rows = {str(number): "new" for number in range(LAST * 2)}
    panel._watch.look()
    assert len(panel.shown["changes"]) == LAST
    assert len(panel._watch.changes) == LAST * 2 + 1


def test_static_where_no_widget_is(panel: WatchPanel, shelf: Shelf) -> None:
    """The saved notebook keeps the last changes as a table, escaped."""
    panel._watch.look()
    shelf.rows = {"a": "<b>y</b>"}
    panel._watch.look()
    data, _ = panel._repr_mimebundle_()
    assert data["text/plain"] == repr(panel._watch)
    assert "&lt;b&gt;y" in data["text/html"]
    assert "<b>y" not in data["text/html"]


def test_in_a_notebook(published: list[str], shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The face shows the view, starts the watch, and gives it back at once; the end is shown."""
    displayed: list[Any] = []

    class Handle:
        def update(self, view: Any) -> None:
            displayed.append(view.shown["ended"])

    def display(view: Any, *, display_id: bool) -> Handle:
        displayed.append(view)
        return Handle()

    monkeypatch.setattr(watching, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    watch = toolkit.watch(shelf, "1h", of=shelf.read)
    assert isinstance(displayed[0], WatchPanel)
    assert watch.running
    watch.stop()
    assert displayed[1:] == ["Stopped"]
