"""The deck's panel, with a page that is not there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import toolkit
from tests.widgets.page import page, press, until
from toolkit.cassettes.deck import playing
from toolkit.cassettes.observing import Passing, observe
from toolkit.outcomes import CassetteError
from toolkit.widgets.folder import CassetteFolder
from toolkit.widgets.panel import LAST, DeckPanel, deck


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Everything that the kernel publishes, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with page() as sent:
        yield sent
    for one in playing():
        one.stop()


@pytest.fixture
def panel(published: list[str]) -> Iterator[DeckPanel]:
    one = deck()
    yield one
    one.close()


@pytest.fixture
def box() -> Iterator[toolkit.sandbox.sertainty.SertaintyBox]:
    with toolkit.sandbox.start("sertainty") as started:
        yield started


def state(panel: DeckPanel, wanted: str, calls: int | None = None) -> dict[str, Any]:
    """Wait for a state; gives what is shown."""
    until(lambda: panel.shown["state"] == wanted and calls in (None, panel.shown["calls"]))
    return dict(panel.shown)


def test_record_stop_replay_eject(panel: DeckPanel, box: Any, published: list[str]) -> None:
    """By the buttons: what passes is shown, decoded, and no secret with it."""
    gateway = toolkit.sertainty.connect(box.url)
    press(panel, "record", name="monday")
    assert panel.shown["state"] == "recording"
    gateway.login_with("ada", box.answers)
    gateway.agent.ping()
    shown = state(panel, "recording", 4)
    until(lambda: len(panel.shown["last"]) == 4)
    shown = panel.shown
    assert shown["last"][0][1] == "agentPing"
    assert shown["last"][0][3] == {"text": "SUCCESS", "tone": "good"}
    assert shown["last"][3][1:3] == ["hostOpenSession", "ada"]
    assert {row[5] for row in shown["last"]} == {"recorded"}
    assert shown["path"] == "cassettes/monday.yaml"
    press(panel, "stop")
    assert panel.shown["says"] == "Stopped after 4 calls."
    assert panel.shown["calls"] == 4
    assert panel.shown["size"] == Path("cassettes/monday.yaml").stat().st_size
    secrets = [*box.answers.values(), gateway._state.session_id]
    gateway.close()
    box.close()

    press(panel, "replay", name="monday")
    gateway = toolkit.sertainty.connect(box.url)
    gateway.login_with("ada", ["x", "x", "x", "x"])
    gateway.agent.ping()
    with pytest.raises(toolkit.NotRecorded):
        gateway.agent.get_log()
    gateway._client.close()  # its session cannot be closed in a replay that has no such call
    until(lambda: panel.shown["lost"] == 1)
    shown = panel.shown
    assert shown["state"] == "replaying"
    assert shown["last"][0][1:4] == ["agentGetLog", "", {"text": "not found", "tone": "bad"}]
    assert "no recording" in shown["missing"][0]
    press(panel, "eject")
    assert panel.shown["state"] == "empty"
    assert panel.shown["last"] == panel.shown["missing"] == []
    assert playing() == ()
    kept = "\n".join([*published, json.dumps(panel.get_state(), default=repr)])
    for secret in secrets:
        assert secret not in kept
        assert json.dumps(secret)[1:-1] not in kept


def test_what_code_starts_is_shown(panel: DeckPanel, box: Any) -> None:
    """A recording of a cell shows by itself, and can be stopped here."""
    with toolkit.record("elsewhere/tuesday.yaml") as recording:
        shown = state(panel, "recording")
        assert shown["name"] == "elsewhere/tuesday.yaml"
        press(panel, "record", name="other")
        assert "is in use; stop it first" in panel.shown["says"]
        press(panel, "stop")
        assert playing() == ()
    state(panel, "stopped")
    assert recording.calls == 0


def test_two_at_once_are_named(panel: DeckPanel, box: Any) -> None:
    """The inner one counts; the outer is mentioned."""
    with toolkit.record("a.yaml"), toolkit.record("b.yaml"):
        until(lambda: "a.yaml" in panel.shown["says"])
        assert panel.shown["name"] == "./b.yaml" or "b" in panel.shown["name"]


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("record", "  ", "Give the cassette a name"),
        ("replay", "nowhere", "There is no cassette"),
        ("record", "folder/as/file.yaml", "file"),
    ],
)
def test_sentences(panel: DeckPanel, kind: str, name: str, says: str) -> None:
    """What cannot be done is one sentence in the panel."""
    Path("folder").touch()
    press(panel, kind, name=name)
    assert says in panel.shown["says"]
    assert panel.shown["tone"] == "bad"
    assert playing() == ()


def test_many_calls_are_few_messages(panel: DeckPanel, box: Any, published: list[str]) -> None:
    """A thousand calls a second do not become as many messages; the last ones are shown."""
    with toolkit.record("many.yaml"), toolkit.sertainty.connect(box.url) as gateway:
        threads = [
            threading.Thread(target=lambda: [gateway.agent.ping() for _ in range(25)])
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        state(panel, "recording", 100)
    assert len(panel.shown["last"]) == LAST
    assert len(published) < 60


def test_names_in_the_folder(panel: DeckPanel) -> None:
    """Cassettes are offered by the names that are typed; other files are not."""
    folder = CassetteFolder()
    assert folder.names() == []
    for name in ("monday", "tuesday.yml", "a.b", "sub/x"):
        folder.path(name).parent.mkdir(parents=True, exist_ok=True)
        folder.path(name).touch()
    Path("cassettes/monday.yaml.lock").touch()
    press(panel, "names")
    assert panel.names == ["a.b", "monday", "tuesday.yml"]
    assert folder.path('"quoted name"') == Path("cassettes/quoted name.yaml")
    with pytest.raises(CassetteError):
        folder.path("")


def test_inserting_counts(panel: DeckPanel, box: Any) -> None:
    """A cassette that is put in shows how many interactions it has, and when it was made."""
    with toolkit.record("cassettes/old.yaml"), toolkit.sertainty.connect(box.url) as gateway:
        gateway.agent.ping()
    press(panel, "insert", name="old")
    shown = state(panel, "stopped", 1)
    assert shown["changed"] == Path("cassettes/old.yaml").stat().st_mtime
    Path("cassettes/old.yaml").write_text("no cassette at all: [")
    press(panel, "insert", name="")
    press(panel, "insert", name="old")
    assert panel.shown["calls"] is None


def test_observers(box: Any, published: list[str]) -> None:
    """What an observer raises is dropped; after its end it hears nothing."""
    heard: list[Passing | None] = []

    def broken(passing: Passing | None) -> None:
        heard.append(passing)
        raise RuntimeError("broken observer")

    end = observe(broken)
    with toolkit.record("x.yaml"), toolkit.sertainty.connect(box.url) as gateway:
        gateway.agent.ping()
        assert [one.kind for one in heard if one] == ["recorded"]
        end()
        end()
        gateway.agent.ping()
    assert heard[0] is None
    assert len(heard) == 2
    assert "agentPing" not in repr(heard[1])


def test_a_closed_panel_hears_nothing(published: list[str]) -> None:
    """Closing it ends its watch."""
    panel = deck()
    panel.close()
    count = len(published)
    with toolkit.record("x.yaml"):
        assert len(published) == count
