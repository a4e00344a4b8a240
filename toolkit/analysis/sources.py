"""Which files a source of recordings means, and how each comes to be a file here."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

from toolkit.outcomes import CassetteError, InvalidArgument

CassetteSource: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"
"""A cassette, a folder of cassettes, a glob, an fsspec URL of one of these, or any number."""

CassetteFile: TypeAlias = "Path | str"
"""A file here, or the URL of one elsewhere."""

SUFFIXES = frozenset({".yaml", ".yml", ".json", ".har"})

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::[A-Za-z0-9+.:/-]+)?://")


def cassette_files(source: CassetteSource) -> list[CassetteFile]:
    """The cassettes that a source means: each once, folders and globs in the order of names.

    In a folder these are all files named ``*.yaml``, ``*.yml``, ``*.json`` or ``*.har``, at any
    depth; what is hidden (a leading dot) is left out. A URL (``s3://``, ``memory://`` ...) is
    looked up by fsspec; ``file://`` needs none.

    Raises
    ------
    CassetteError
        There is no such file, or nothing matches.
    InvalidArgument
        The source is of another type, or needs a library that is not installed.

    Examples
    --------
    >>> [Path(str(file)).name for file in cassette_files("cassettes/")]
    ['monday.yaml', 'tuesday.yaml']
    """
    found: Iterable[CassetteFile]
    if is_url(source):
        found = _elsewhere(str(source))
    elif isinstance(source, str | os.PathLike):
        found = _named(source)
    elif isinstance(source, Iterable):
        found = [path for one in source for path in cassette_files(one)]
    else:
        raise InvalidArgument(
            f"recordings are a path, a folder, a glob or a list of these, "
            f"not {type(source).__name__}"
        )
    return list(dict.fromkeys(found))


def is_url(source: object) -> bool:
    """Whether it is text that names a file by a protocol.

    Examples
    --------
    >>> is_url("memory://calls/a.yaml"), is_url("C:/calls/a.yaml"), is_url("a.yaml")
    (True, False, False)
    """
    return isinstance(source, str) and _URL.match(source) is not None


@contextlib.contextmanager
def here(file: CassetteFile) -> Iterator[Path]:
    """The file; one from elsewhere as a copy that is removed afterwards.

    Raises
    ------
    OSError
        It cannot be fetched.
    """
    if not is_url(file):
        yield Path(file)
        return
    system, name = _system(str(file))
    number, copy = tempfile.mkstemp(suffix=PurePosixPath(name).suffix)
    try:
        with os.fdopen(number, "wb") as into, system.open(name, "rb") as stream:
            shutil.copyfileobj(stream, into, 1 << 20)
        yield Path(copy)
    finally:
        Path(copy).unlink(missing_ok=True)


def is_there(file: CassetteFile) -> bool:
    """Whether there still is such a file."""
    if not is_url(file):
        return Path(file).exists()
    system, name = _system(str(file))
    return bool(system.exists(name))


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
        if _is_meant(path.relative_to(folder)) and path.is_file():
            yield path


def _is_meant(path: Path | PurePosixPath) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and path.suffix.lower() in SUFFIXES


def _elsewhere(url: str) -> list[CassetteFile]:
    if url.startswith("file://"):
        return list(_named(url2pathname(urlsplit(url).path)))
    system, name = _system(url)
    try:
        if glob.has_magic(name):
            found = sorted(system.glob(name))
        elif system.isdir(name):
            root = PurePosixPath(name)
            below = (PurePosixPath(path) for path in system.find(name))
            found = sorted(str(path) for path in below if _is_meant(path.relative_to(root)))
        else:
            found = [name] if system.exists(name) else []
    except OSError as error:
        raise CassetteError(f"{url} cannot be looked up: {error}.") from None
    if not found and not (not glob.has_magic(name) and system.isdir(name)):
        raise CassetteError(f"There is no cassette {url}.")
    return [str(system.unstrip_protocol(path)) for path in found]


def _system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the name in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise InvalidArgument(
            f"{url} is read by fsspec, which is not installed; "
            "pip install 'session-toolkit[remote]' would do it"
        ) from None
    try:
        system, name = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise InvalidArgument(f"{url} cannot be read: {error}") from None
    return system, str(name)
