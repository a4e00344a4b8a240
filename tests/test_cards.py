"""What objects show of themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import toolkit
from toolkit import services
from toolkit.cards import LONG, card
from toolkit.cassettes import Cassette

NASTY = "<script>alert('&')</script>"


@pytest.fixture
def objects(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """One of each kind, with names that would be HTML if they were not escaped."""
    path = tmp_path / "monday.yaml"
    with toolkit.sandbox.start("sertainty") as box:
        box.add_user(NASTY)
        recording = toolkit.record(path)
        with recording, toolkit.sertainty.connect(box.url) as gateway:
            session = gateway.login_with(NASTY)
            table = services.get("sertainty").functions
            yield {
                "gateway": gateway,
                "session": session,
                "namespace": gateway.task,
                "function": table.get("taskGetStatus"),
                "table": table,
                "recording": recording,
                "replay": toolkit.replay(path),
                "cassette": recording.cassette,
                "sandbox": box,
            }


class Reader(HTMLParser):
    """Counts what is open, and collects tags, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_each_object_has_a_short_text_and_a_card(objects: dict[str, Any]) -> None:
    """Well-formed, without a script, a style or a colour; with what one looks for."""
    for name, one in objects.items():
        shown = Reader()
        shown.feed(one._repr_html_())
        assert shown.open == [], name
        assert "script" not in shown.tags, name
        assert shown.attributes == [], name
        assert shown.text.strip(), name
        assert len(one._repr_html_()) < 6000, name
        if name != "function":  # a dataclass shows its fields
            assert len(repr(one)) < 400, name
    assert NASTY in _text(objects["session"])
    assert "get_status(config_name, task_name)" in _text(objects["namespace"])
    assert "executions" in _text(objects["function"])
    assert "37 functions" in _text(objects["table"])


def test_no_session_id(objects: dict[str, Any]) -> None:
    """A session's id is in none of them."""
    secret = objects["gateway"]._state.session_id
    for one in objects.values():
        assert secret not in one._repr_html_() + repr(one)


def test_states(objects: dict[str, Any], tmp_path: Path) -> None:
    """What is over says so."""
    assert "running" in _text(objects["recording"])
    assert "stopped" in _text(objects["replay"])
    other = Cassette(tmp_path / "other.yaml", "append")
    other.close()
    assert "closed" in _text(other)


def test_long_facts_are_cut() -> None:
    """A very long text does not fill the page; empty facts are left out."""
    assert len(card("t", [("x", "y" * 9000), ("none", None), ("empty", "")])) < LONG + 100


def _text(one: Any) -> str:
    reader = Reader()
    reader.feed(one._repr_html_())
    return reader.text
