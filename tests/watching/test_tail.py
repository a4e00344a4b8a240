"""New lines of a log, whatever becomes of the log."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from toolkit.watching.tail import KEPT, Tail


def log(lines: list[str]) -> str:
    entries = "".join(f"<Entry level='Info'><Text>{line}</Text></Entry>" for line in lines)
    return f"<Log>{entries}</Log>"


def new(tail: Tail, lines: list[str]) -> list[str]:
    found = tail.new(log(lines))
    return found["Text"].tolist() if len(found) else []


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from("abc"), max_size=4), min_size=1, max_size=6))
def test_a_log_that_grows(pieces: list[list[str]]) -> None:
    """What was appended is new, also where lines are alike."""
    tail, lines = Tail(), ["start"]
    assert new(tail, lines) == []
    for piece in pieces:
        lines += piece
        assert new(tail, lines) == piece
        assert not tail.began_anew


@settings(max_examples=25)
@given(st.integers(0, 30), st.integers(0, 9), st.integers(1, 20))
def test_a_log_that_loses_its_beginning(cut: int, more: int, first: int) -> None:
    """Its end is found again; where nothing of it is left, all lines are new."""
    lines = [f"line {number}" for number in range(first)]
    tail = Tail()
    tail.new(log(lines))
    grown = [*lines, *(f"more {number}" for number in range(more))]
    left = grown[min(cut, len(grown)) :]
    expected = [line for line in left if line.startswith("more")]
    assert new(tail, left) == expected
    assert tail.began_anew == (cut >= len(lines))


def test_a_new_log() -> None:
    """A log that began anew says so once, and all its lines are new."""
    tail = Tail()
    tail.new(log(["a", "b", "c"]))
    assert new(tail, ["x", "y"]) == ["x", "y"]
    assert tail.began_anew
    assert new(tail, ["x", "y", "z"]) == ["z"]
    assert not tail.began_anew


def test_empty_at_first() -> None:
    """A log without a line yet: its first one is new."""
    tail = Tail()
    assert new(tail, []) == []
    assert new(tail, ["a"]) == ["a"]
    assert not tail.began_anew


def test_shorter_with_the_same_beginning() -> None:
    """A log that was cut at its end began anew; what it has was seen."""
    tail = Tail()
    tail.new(log(["a", "b", "c"]))
    assert new(tail, ["a", "b"]) == []
    assert tail.began_anew
    assert new(tail, ["a", "b", "d"]) == ["d"]


def test_more_than_is_kept() -> None:
    """Of very many new lines the last ones are kept."""
    tail = Tail()
    tail.new(log(["start"]))
    found = new(tail, ["start", *(f"line {number}" for number in range(KEPT + 5))])
    assert len(found) == KEPT
    assert found[-1] == f"line {KEPT + 4}"
