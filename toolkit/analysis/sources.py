"""Which files a source of recordings means."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from toolkit.outcomes import CassetteError, InvalidArgument

CassetteSource: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"
"""A cassette, a folder of cassettes, a glob, or any number of these."""

SUFFIXES = frozenset({".yaml", ".yml", ".json", ".har"})


def cassette_files(source: CassetteSource) -> list[Path]:
    """The cassettes that a source means: each once, folders and globs in the order of names.

    In a folder these are all files named ``*.yaml``, ``*.yml``, ``*.json`` or ``*.har``, at any
    depth; what is hidden (a leading dot) is left out.

    Raises
    ------
    CassetteError
        There is no such file, or nothing matches.
    InvalidArgument
        The source is of another type.

    Examples
    --------
    >>> cassette_files("cassettes/")                              # doctest: +SKIP
    [PosixPath('cassettes/monday.yaml'), PosixPath('cassettes/tuesday.yaml')]
    """
    if isinstance(source, str | os.PathLike):
        found: Iterable[Path] = _named(source)
    elif isinstance(source, Iterable):
        found = [path for one in source for path in cassette_files(one)]
    else:
        raise InvalidArgument(
            f"recordings are a path, a folder, a glob or a list of these, "
            f"not {type(source).__name__}"
        )
    return list(dict.fromkeys(found))


def _named(source: str | os.PathLike[str]) -> Iterator[Path]:
    path = Path(source)
    if path.is_dir():
        yield from sorted(_inside(path))
    elif path.exists():
        yield path
    elif isinstance(source, str) and glob.has_magic(source):
        matches = sorted(glob.glob(source, recursive=True))  # noqa: PTH207 - may be absolute
        if not matches:
            raise CassetteError(f"No cassette matches {source}.")
        for match in matches:
            yield from _named(Path(match))
    else:
        raise CassetteError(f"There is no cassette {path}.")


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in SUFFIXES and path.is_file():
            yield path
