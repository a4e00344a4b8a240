"""A watch in a terminal: a line a change, and one at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.watching.watch import Watch

if TYPE_CHECKING:
    from rich.console import Console

_STYLES = {
    "came": "green",
    "went": "yellow",
    "changed": "",
    "logged": "dim",
    "log began anew": "yellow",
    "not reached": "bold red",
    "reached again": "green",
}
_BAD = ("error", "fail", "critical", "fatal")


def show(watch: Watch, console: Console | None = None) -> None:
    """Print each change until the watch ends; Ctrl-C ends it. Plain where it is no terminal.

    Raises
    ------
    Exception
        What ended the watch, if it was an error.
    """
    if console is None:
        from rich.console import Console

        console = Console(highlight=False, markup=False, soft_wrap=True)
    of = " and ".join(one.name for one in watch.watched)
    try:
        console.print(f"Watching {of} of {watch.where} every {watch.every:g} s; Ctrl-C ends it.")
        for change in watch:
            bad = any(word in change.after.casefold() for word in _BAD)
            style = "red" if bad else _STYLES.get(change.what, "")
            console.print(str(change), style=style or None)
    except KeyboardInterrupt:
        watch.stop()
    console.print(summary(watch), style="bold")
    if watch.error is not None:
        raise watch.error


def summary(watch: Watch) -> str:
    """How it ended, in one line.

    Examples
    --------
    >>> watched = Watch(gateway, every=1, times=1)
    >>> watched.wait()
    >>> summary(watched)
    'Ended after 1 look: 0 changes.'
    """
    changes = watch.changes
    counts = changes["what"].value_counts()
    parts = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    looks = "" if "look" in watch.ended else f" after {watch.looks:,} looks"
    number = len(changes)
    told = f"{number:,} change{'' if number == 1 else 's'}"
    return f"{watch.ended.rstrip('.')}{looks}: {told}{f' ({parts})' if parts else ''}."
