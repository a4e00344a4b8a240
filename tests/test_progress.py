"""How far long work is."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest

from toolkit import progress as module
from toolkit.progress import Progress, bar_of, progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Time that passes when it is told to."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture(autouse=True)
def _no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOOLKIT_PROGRESS", raising=False)
    monkeypatch.setattr(module, "in_notebook", lambda: False)


def slow(clock: Clock, seconds: float, count: int) -> Iterator[int]:
    for number in range(count):
        clock.now += seconds
        yield number


def test_long_work_leaves_one_line(clock: Clock) -> None:
    """A bar while it works; at the end one line that tells what was done and how long it took."""
    with redirect_stderr(Terminal()) as written:
        assert list(progress(slow(clock, 1.0, 4), 4, "cassettes")) == [0, 1, 2, 3]
    lines = written.getvalue().splitlines()
    assert "Read 4 cassettes in 4.0 s" in lines[-1]
    assert sum("Read 4 cassettes" in line for line in lines) == 1


def test_short_work_shows_nothing(clock: Clock) -> None:
    """Less than a second, however many steps: not one character."""
    with redirect_stderr(Terminal()) as written:
        assert len(list(progress(slow(clock, 0.001, 900), 900))) == 900
    assert written.getvalue() == ""


def test_one_bar_at_a_time(clock: Clock) -> None:
    """Of many that work at once one is shown; the next one when that has ended."""
    with redirect_stderr(Terminal()) as written:
        with Progress("users") as first, Progress("lines") as second:
            clock.now += 2.0
            first(1, 2)
            second(1, 2)
            clock.now += 2.0
            second(2, 2)
            first(2, 2)
        with Progress("groups") as third:
            clock.now += 2.0
            third(1, 1)
    ended = [line for line in written.getvalue().splitlines() if "Read " in line]
    assert "2 users" in ended[0]
    assert "1 groups" in ended[-1]
    assert "lines" not in written.getvalue()


def test_whoever_counts_tells_how_many(clock: Clock) -> None:
    """Called with what is done and how much there is, as a ``progress=`` argument is."""
    with redirect_stderr(Terminal()) as written, Progress("users") as tell:
        for done in (500, 1000, 1200):
            clock.now += 1.0
            tell(done, 1200)
    assert "Read 1,200 users in 3.0 s" in written.getvalue().splitlines()[-1]


@pytest.mark.parametrize("word", ["off", "OFF", "no", "0"])
def test_switched_off(clock: Clock, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The environment says so: nothing, even where it is asked for."""
    monkeypatch.setenv("TOOLKIT_PROGRESS", word)
    with redirect_stderr(Terminal()) as written:
        list(progress(slow(clock, 1.0, 4), show=True))
    assert written.getvalue() == ""


def test_nobody_looks(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """At the end of a pipe nothing is shown, however long it takes."""
    list(progress(slow(clock, 5.0, 4)))
    assert capsys.readouterr() == ("", "")


def test_no_console_at_all(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program without a console (pythonw) has no stderr."""
    monkeypatch.setattr(sys, "stderr", None)
    assert list(progress(slow(clock, 5.0, 2))) == [0, 1]


def test_a_failure_says_how_far_it_was(clock: Clock) -> None:
    """The line that stays does not claim that all was read, and the error goes on."""

    def broken() -> None:
        with Progress("cassettes", 9) as shown:
            clock.now += 2
            shown.step(rows=1000)
            raise OSError("gone")

    with redirect_stderr(Terminal()) as written, pytest.raises(OSError, match="gone"):
        broken()
    assert "Reading ended early after 1 of 9 cassettes, 1,000 rows" in written.getvalue()


def test_in_a_notebook_one_output_is_replaced(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand steps are one output and a few replacements of it, at most two a second."""
    from IPython.core import display_functions

    sent: list[tuple[str, str]] = []

    def publish(data: dict[str, str], metadata: object = None, **more: object) -> None:
        sent.append(("update" if more.get("update") else "show", data["text/plain"]))

    monkeypatch.setattr(display_functions, "publish_display_data", publish)
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.core.interactiveshell.InteractiveShell.initialized", lambda: True)
    list(progress(slow(clock, 0.01, 1000), 1000, "calls"))
    assert [kind for kind, _ in sent].count("show") == 1
    assert len(sent) <= 22
    assert sent[-1] == ("update", "Read 1,000 calls in 10.0 s")
    assert "━" in sent[1][1]


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.333, 1.0, 7.0])
def test_bar_has_one_width(share: float) -> None:
    """It never grows out of its line."""
    assert len(bar_of(share)) == module.WIDTH + 6
