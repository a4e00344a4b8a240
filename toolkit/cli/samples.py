"""The notebooks and recordings that come along, and a copy of them for whoever wants to play.

An installed package holds them in ``toolkit/samples``; in a checkout they lie beside the package.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import NamedTuple

import msgspec

import toolkit
from toolkit.outcomes import InvalidArgument

SAMPLES = {"notebooks": "*.ipynb", "cassettes": "*.yaml"}
"""Each folder of samples, with the names of what belongs to it."""

LAID_OUT = ".samples.json"
"""In a copy: the SHA-256 of each file as it was laid out, which tells who changed it since."""


class Copied(NamedTuple):
    """What became of a copy's files, by their paths within it."""

    written: list[str]
    kept: list[str]


def samples() -> Path:
    """The folder in which ``notebooks`` and ``cassettes`` lie side by side.

    Raises
    ------
    InvalidArgument
        This installation has none.

    Examples
    --------
    >>> sorted(path.name for path in (samples() / "cassettes").glob("*-demo.yaml"))[0]
    'geoop-demo.yaml'
    """
    package = Path(toolkit.__file__).parent
    for place in (package / "samples", package.parent):
        if all((place / folder).is_dir() for folder in SAMPLES):
            return place
    raise InvalidArgument(
        "this installation lacks the sample notebooks and cassettes; install session-toolkit anew"
    )


def copy_samples(target: Path) -> Copied:
    """Lay the samples out in a folder of the user's, so that notebooks can be run and changed.

    A file that was changed there since it was laid out is kept as it is; one that was not follows
    the installed version; one that was deleted comes back.

    Parameters
    ----------
    target
        Folder of the copy, made when it is not there.

    Returns
    -------
    Copied
        Paths below ``target``: written now, and kept because their user changed them.

    Raises
    ------
    InvalidArgument
        This installation has no samples.
    OSError
        The folder cannot be written.
    """
    source = samples()
    before = _laid_out(target / LAID_OUT)
    copied = Copied([], [])
    digests: dict[str, str] = {}
    for folder, pattern in SAMPLES.items():
        for path in sorted((source / folder).glob(pattern)):
            name = f"{folder}/{path.name}"
            digests[name] = _digest(path)
            there = target / name
            found = _digest(there) if there.exists() else None
            if found == digests[name]:
                continue
            if found is not None and found != before.get(name):
                digests[name] = before.get(name, "")
                copied.kept.append(name)
                continue
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
            copied.written.append(name)
    target.mkdir(parents=True, exist_ok=True)
    (target / LAID_OUT).write_bytes(msgspec.json.format(msgspec.json.encode(digests), indent=1))
    return copied


def _laid_out(path: Path) -> dict[str, str]:
    """What an earlier copy noted; nothing when there was none, or its note is no longer one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
