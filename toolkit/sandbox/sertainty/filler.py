"""Invented log entries by the gigabyte: made as they are read, never held."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from toolkit.sandbox.sertainty.clock import MANUAL_START, write_time

_BATCH = 5000  # entries in a piece: about 0.6 MB
_STEPS = (0, 1, 1, 2, 3)  # seconds from one entry to the next
_SHORTEST = 85  # no entry has fewer bytes
_SOURCES = ("Agent", "Scheduler", "Nightly/ingest", "Nightly/index", "Nightly/backup")
# Level, share of entries in percent, texts around a number.
_KINDS = (
    ("Debug", 20, ("Scanning folder /in/{}", "Queue holds {} files", "Rule checked {} times")),
    (
        "Info",
        70,
        (
            "Run {} finished: all files protected",
            "File /in/scan-{}.pdf protected with machine.iic",
            "Session opened for user{}",
        ),
    ),
    ("Warning", 7, ("File /in/scan-{}.pdf is locked by another process", "Run {} is slow")),
    (
        "Error",
        3,
        (
            "Run {} failed: folder /out is full",
            "ID machine.iic: access denied by rule Network after {} s",
        ),
    ),
)


def _shapes() -> tuple[list[tuple[str, str]], list[float]]:
    """What stands between time and number and what after the number, with its share."""
    shapes, shares = [], []
    for level, share, texts in _KINDS:
        for source in _SOURCES:
            for text in texts:
                before, after = text.split("{}")
                shapes.append(
                    (f'" level="{level}" source="{source}">{before}', f"{after}</Entry>\n")
                )
                shares.append(share / len(texts))
    return shapes, shares


_SHAPES, _SHARES = _shapes()
_TWO_DIGITS = [f"{number:02}" for number in range(60)]


def filler(size: int, *, seed: int = 0, until: float | None = None) -> Iterator[bytes]:
    """``Entry`` elements, ``size`` bytes of them to within one entry, in pieces of about 0.6 MB.

    The same seed and size give the same bytes. Times rise by 0 to 3 s an entry and end before
    ``until`` (seconds since 1970; where the manual clock starts if None).
    """
    until = MANUAL_START.timestamp() if until is None else until
    minute = (until - max(_STEPS) * (size // _SHORTEST + 1)) // 60 * 60
    head, second = _minute(minute), 0
    made = batch = 0
    while made < size:
        # A fresh generator for each batch: batches do not depend on each other.
        draw = random.Random(f"{seed}/{batch}")  # noqa: S311
        batch += 1
        lines = []
        shapes = draw.choices(_SHAPES, _SHARES, k=_BATCH)
        numbers = draw.choices(range(1, 100_000), k=_BATCH)
        for (before, after), number, step in zip(
            shapes, numbers, draw.choices(_STEPS, k=_BATCH), strict=True
        ):
            second += step
            if second >= 60:
                second -= 60
                minute += 60
                head = _minute(minute)
            line = f"{head}{_TWO_DIGITS[second]}{before}{number}{after}"
            made += len(line)
            lines.append(line)
            if made >= size:
                break
        yield "".join(lines).encode()


def _minute(at: float) -> str:
    return f'  <Entry time="{write_time(at)[:-2]}'


def write_big_log(path: str | Path, size: int, *, seed: int = 0) -> int:
    """Write a log of about ``size`` bytes to a file without holding it, and give its entries.

    Parameters
    ----------
    path
        File to write; one that exists is replaced.
    size
        Bytes of entries, reached to within one entry.
    seed
        The same seed and size give the same file.

    Returns
    -------
    int
        Number of ``Entry`` elements.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> write_big_log(pathlib.Path(tempfile.mkdtemp(), "log.xml"), 10_000)
    86
    """
    entries = 0
    with Path(path).open("wb") as file:
        file.write(b'<Log name="agent_20260302_080000">\n')
        for piece in filler(size, seed=seed):
            entries += piece.count(b"<Entry ")
            file.write(piece)
        file.write(b"</Log>\n")
    return entries
