"""Record modes: what each answers, what it sends, and what becomes of the cassette."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cassettes.samples import ALL, answers, ask, names, record, stock
from toolkit.cassettes import Cassette
from toolkit.outcomes import CassetteError, NotRecorded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A cassette with the answers 1 to a, 2 to b, 3 to a again."""
    record(tmp_path / "a.yaml", *ALL)
    return tmp_path / "a.yaml"


def test_none_plays_in_recorded_order_and_refuses_the_rest(path: Path) -> None:
    """Repeats get their answers one after the other; strictly no more than were recorded."""
    with Cassette(path) as cassette:
        assert [ask(cassette, body) for body in (b"b", b"a", b"a")] == [b"2", b"1", b"3"]
        assert cassette.calls == 3
        with pytest.raises(NotRecorded, match=r"has POST .* 2 times, and it was asked for once"):
            ask(cassette, b"a")
        with pytest.raises(NotRecorded, match="has no recording of POST"):
            ask(cassette, b"c")
    assert answers(path) == ALL


def test_the_last_answer_repeats_when_asked_to(path: Path) -> None:
    """For loops that poll oftener than they did when recorded."""
    with Cassette(path, repeats="last") as cassette:
        assert [ask(cassette, b"a") for _ in range(4)] == [b"1", b"3", b"3", b"3"]
        with pytest.raises(NotRecorded, match="no recording"):
            ask(cassette, b"c")


def test_once_records_a_new_cassette_and_replays_an_old_one(tmp_path: Path) -> None:
    """What pytest users know: the first run records, every further one replays."""
    path = tmp_path / "new.yaml"
    with Cassette(path, "once") as cassette:
        assert ask(cassette, b"a", b"1") == b"1"
        assert ask(cassette, b"a", b"2") == b"2"
    with Cassette(path, "once") as cassette:
        assert [ask(cassette, b"a", b"live") for _ in range(2)] == [b"1", b"2"]
        with pytest.raises(NotRecorded):
            ask(cassette, b"b", b"live")
    assert answers(path) == [(b"a", b"1"), (b"a", b"2")]


def test_new_episodes_sends_only_what_is_not_there(path: Path) -> None:
    """New ones are appended; they are not played in the session that records them."""
    with Cassette(path, "new_episodes") as cassette:
        asked = [(b"a", b"x"), (b"c", b"4"), (b"c", b"5"), (b"b", b"y"), (b"a", b"z"), (b"a", b"6")]
        assert [ask(cassette, *one) for one in asked] == [b"1", b"4", b"5", b"2", b"3", b"6"]
    assert answers(path) == [*ALL, (b"c", b"4"), (b"c", b"5"), (b"a", b"6")]


def test_append_sends_everything(path: Path) -> None:
    """Nothing is looked up, nothing is touched."""
    before = path.read_bytes()
    with Cassette(path, "append") as cassette:
        assert ask(cassette, b"a", b"4") == b"4"
    assert path.read_bytes().startswith(before)
    assert answers(path) == [*ALL, (b"a", b"4")]


def test_all_replaces_what_was_recorded_again_on_closing(path: Path) -> None:
    """Until then both are in the file: a kill loses nothing."""
    with Cassette(path, "all") as cassette:
        assert ask(cassette, b"a", b"4") == b"4"
        assert answers(path) == [*ALL, (b"a", b"4")]
    assert answers(path) == [(b"b", b"2"), (b"a", b"4")]
    assert len(stock(path)) == 2


def test_rewrite_starts_over_and_leaves_the_old_one_until_closing(path: Path) -> None:
    """Readers see the old cassette meanwhile; one without a new call stays."""
    with Cassette(path, "rewrite") as cassette:
        ask(cassette, b"c", b"4")
        assert answers(path) == ALL
        with pytest.raises(CassetteError, match="is being recorded"):
            Cassette(path, "append")
    assert answers(path) == [(b"c", b"4")]
    Cassette(path, "rewrite").close()
    assert answers(path) == [(b"c", b"4")]
    assert names(path.parent) == ["a.yaml"]


def test_a_rewrite_that_was_killed_does_not_mix_into_the_next(path: Path) -> None:
    """What it had recorded is in a file beside, which the next rewrite replaces."""
    (path.parent / "a.yaml.rewrite").write_bytes(path.read_bytes())
    with Cassette(path, "rewrite") as cassette:
        ask(cassette, b"d", b"5")
    assert answers(path) == [(b"d", b"5")]
