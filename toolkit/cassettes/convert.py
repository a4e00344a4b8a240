"""From any format of recorded traffic to any other: ``toolkit convert SOURCE TARGET``.

====== ========================================================================================
flow   our own: one interaction a line, appended to while recording
block  one key a line, for review in git (see :mod:`toolkit.cassettes.blockyaml`)
json   vcrpy's JSON
har    HAR 1.2, for browsers' developer tools, mitmproxy and Playwright
====== ========================================================================================

All but HAR are cassettes that vcrpy loads and that can be replayed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from toolkit.cassettes import blockyaml, bodyfiles, flowline, har, stock
from toolkit.cassettes.entries import FileEntries, ForeignLine
from toolkit.cassettes.interaction import Interaction
from toolkit.cassettes.lock import WriterLock
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.vcrdict import from_dict, to_dict
from toolkit.outcomes import CassetteError, InvalidArgument
from toolkit.progress import progress

Format = Literal["flow", "block", "json", "har"]
Dictionary = dict[str, Any]
Pieces = Callable[[Iterable[Dictionary]], Iterator[bytes]]

_BY_ENDING: dict[str, Format] = {
    ".yaml": "flow",
    ".yml": "flow",
    ".json": "json",
    ".har": "har",
}


def convert(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    to: Format | None = None,
    redact: bool | Redactor = False,
    aside: int | None = None,
) -> int:
    """Write the interactions of one file to another, in another format or without secrets.

    The target appears under its name when it is whole, and may be the source itself. The
    source is read, and the target written, one interaction after the other.

    Parameters
    ----------
    source : path
        A cassette in any layout, or a HAR file.
    target : path
    to : {"flow", "block", "json", "har"}, optional
        By the target's ending unless given (``.yaml`` is flow).
    redact : bool or Redactor
        Whether secrets become placeholders on the way.
    aside : int, optional
        Bodies of responses of more than this many bytes go into files beside the target (not
        for HAR). Without it, bodies that stand in files come back into the target; do so
        before replaying, since a replay knows only what stands in the cassette itself.

    Returns
    -------
    int
        How many interactions were written.

    Raises
    ------
    CassetteError
        When the source cannot be read, or the target cannot hold what is in it.
    InvalidArgument
        When the format is none of the four.

    Examples
    --------
    >>> count = convert("cassettes/monday.yaml", "monday.har", redact=True)
    >>> len(list(read_any("monday.har"))) == count
    True
    """
    path = Path(target)
    form = _form(path, to)
    if aside is not None and form == "har":
        raise InvalidArgument("aside is for cassettes: a HAR file holds its bodies itself.")
    redactor = redact if isinstance(redact, Redactor) else Redactor() if redact else None
    interactions = progress(
        read_any(source), what="interactions", doing="Converting", did="Converted"
    )
    if redactor is not None:
        interactions = map(redactor.redact, interactions)
    if form == "har":
        return har.write(interactions, path)
    entries: Iterator[Dictionary] = map(to_dict, interactions)
    if aside is not None:
        limit = aside
        entries = (bodyfiles.put_aside(entry, path, limit) for entry in entries)
    lock = WriterLock(path)
    try:
        return _write(path, _WRITERS[form], entries)
    finally:
        lock.release()


def read_any(path: str | os.PathLike[str]) -> Iterator[Interaction]:
    """Read recorded traffic of any format, one interaction at a time.

    As :func:`toolkit.cassettes.read`, and HAR too; bodies that stand in files beside the
    cassette are read from there.

    Raises
    ------
    CassetteError
        When it is none of them, or a part cannot be read.
    """
    source = Path(path)
    try:
        form = stock.sniff(source)
    except OSError as error:
        raise CassetteError(f"{source} cannot be read: {error.strerror}.") from None
    if form == "har":
        yield from har.read(source)
        return
    for entry in _entries(source):
        yield from_dict(bodyfiles.put_back(entry, source))


def _entries(source: Path) -> Iterator[Dictionary]:
    done = 0
    lines = FileEntries(source)
    try:
        if lines.is_ours:
            for _, line in lines.lines(lines.start):
                yield flowline.decode(line)
                done += 1
            return
    except ForeignLine:
        pass  # a person's edit: YAML reads it
    finally:
        lines.close()
    for number, entry in enumerate(stock.read(source)):
        if number >= done:
            yield entry


def _form(path: Path, to: str | None) -> Format:
    form = (
        _BY_ENDING.get(path.suffix.lower())
        if to is None
        else next((known for known in get_args(Format) if known == to), None)
    )
    if form is None:
        formats = ", ".join(get_args(Format))
        what = f"{to!r} is no format" if to else f"{path.name} does not end in a known format"
        raise InvalidArgument(f"{what}: name one of {formats} by to= (--to in a shell).")
    return form


def _write(
    path: Path,
    pieces: Callable[[Iterable[Dictionary]], Iterator[bytes]],
    entries: Iterator[Dictionary],
) -> int:
    count = 0

    def counted() -> Iterator[Dictionary]:
        nonlocal count
        for entry in entries:
            count += 1
            yield entry

    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            for piece in pieces(counted()):
                file.write(piece)
        beside.replace(path)
    except OSError as error:
        raise CassetteError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)
    return count


def _flow(entries: Iterable[Dictionary]) -> Iterator[bytes]:
    begun = False
    for entry in entries:
        yield flowline.encode(entry) if begun else flowline.HEADER + flowline.encode(entry)
        begun = True
    if not begun:
        yield blockyaml.EMPTY + blockyaml.FOOTER


def _json(entries: Iterable[Dictionary]) -> Iterator[bytes]:
    yield b'{\n    "version": 1,\n    "interactions": ['
    mark = "\n        "
    for number, entry in enumerate(entries):
        try:
            text = json.dumps(entry, indent=4)
        except TypeError:
            raise CassetteError(
                f"Interaction {number} holds a body that is not text, and vcrpy's JSON holds only "
                "text: convert to block or flow YAML, or to HAR."
            ) from None
        yield (mark + text.replace("\n", "\n        ")).encode()
        mark = ",\n        "
    yield b"\n    ]\n}\n"


_WRITERS: dict[str, Pieces] = {
    "flow": _flow,
    "block": blockyaml.document,
    "json": _json,
}
