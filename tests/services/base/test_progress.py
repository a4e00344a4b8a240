"""A bar that comes late, is seen by people only, and leaves nothing behind."""

from __future__ import annotations

import io

from rich.console import Console

from toolkit.services.base.progress import LateBar


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(seconds: float, *, terminal: bool, raises: bool = False) -> str:
    text, clock = io.StringIO(), Clock()
    console = Console(file=text, force_terminal=terminal, width=60, _environ={"TERM": "xterm"})
    try:
        with LateBar("reading users", console=console, clock=clock) as tell:
            tell(1, 3)
            clock.now = seconds
            tell(2, 3)
            if raises:
                raise ValueError
            tell(3, 3)
    except ValueError:
        pass
    return text.getvalue()


def test_quick_work_shows_nothing() -> None:
    """What is done at once needs no bar."""
    assert shown(1.0, terminal=True) == ""


def test_long_work_is_shown() -> None:
    """After a while it says what is done, and how far it is; also when it fails."""
    assert "reading users" in shown(3.0, terminal=True)
    assert "2/3" in shown(3.0, terminal=True, raises=True)


def test_nobody_to_see_it() -> None:
    """A log file or a pipe gets nothing."""
    assert shown(3.0, terminal=False) == ""
