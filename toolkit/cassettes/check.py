"""Looks for secrets in cassettes, anyone's: ``toolkit check FILE``.

>>> from toolkit.cassettes.check import check
>>> check("careless.yaml")[["place", "kind"]].iloc[0].tolist()
['request header Authorization', 'bearer']
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import pandas as pd

from toolkit.cassettes.interaction import Interaction
from toolkit.cassettes.redaction import Redactor
from toolkit.cassettes.redaction.inspection import Inspection, shapes_in
from toolkit.frames import Column, frame
from toolkit.outcomes import CassetteError

COLUMNS = (
    Column("cassette", about="the file's path as it was given"),
    Column("entry", "integer", about="number of the interaction, from 0; missing outside of any"),
    Column("place", about="url, request header NAME, response body, ..., line N of the file"),
    Column("kind", "category", about="what the secret is: password, token, cookie, jwt, ..."),
    Column("hint", about="length and make of the secret, never the secret"),
)

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

_ENDINGS = (".yaml", ".yml", ".json", ".har")
_LINE_END = re.compile(r"\\[nrt]|\s+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MAKES = (
    (re.compile(r"[0-9]+"), "digits"),
    (re.compile(r"[0-9a-fA-F]+"), "hex digits"),
    (re.compile(r"[A-Za-z]+"), "letters"),
    (re.compile(r"[A-Za-z0-9]+"), "letters and digits"),
    (re.compile(r"[A-Za-z0-9+/\-_.=~]+"), "letters, digits and signs"),
)


def check(paths: Paths, *, redactor: Redactor | None = None) -> pd.DataFrame:
    """Find likely secrets: one row for each place that holds one.

    Looks at URLs, header values, bodies (decompressed, inside JSON, XML, forms, multipart and
    base64) and at the bytes of the file itself. What a redactor or another tool has blanked is
    no finding.

    Parameters
    ----------
    paths : path or iterable of paths
        Cassettes in any layout (ours, vcrpy's YAML or JSON), HAR files, or folders of these.
    redactor : Redactor, optional
        One with further names, patterns or paths of secrets.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`; empty when nothing was found.

    Raises
    ------
    CassetteError
        When a file cannot be read, or a folder holds none; what was not read cannot be called
        clean.

    Examples
    --------
    >>> check(["cassettes/monday.yaml"]).empty
    True
    """
    looking = Inspection(redactor or Redactor())
    files = [file for path in _several(paths) for file in _files(path)]
    rows = [row for file in files for row in _findings(file, looking)]
    return frame(COLUMNS, rows)


def main(paths: Paths, write: Callable[[str], object] | None = None) -> int:
    """What ``toolkit check`` does: a line for each finding.

    Returns
    -------
    int
        0 when nothing was found, 1 when something was, 2 when a file could not be read.
    """
    say = write or (lambda line: print(line, file=sys.stdout))
    worst = 0
    for path in _several(paths):
        try:
            found = check(path)
        except CassetteError as error:
            say(str(error))
            worst = 2
            continue
        for row in found.to_dict("records"):
            entry = "" if pd.isna(row["entry"]) else f"entry {row['entry']}, "
            say(f"{row['cassette']}: {entry}{row['place']}: {row['kind']}, {row['hint']}")
        worst = max(worst, int(not found.empty))
    return worst


def hint(secret: str) -> str:
    """Length and make of a secret, which do not give it away.

    Examples
    --------
    >>> hint("9f86d081884c7d65"), hint("correct horse")
    ('16 characters: hex digits', '13 characters')
    """
    length = f"{len(secret)} character{'s' if len(secret) != 1 else ''}"
    if _UUID.fullmatch(secret):
        return f"{length}: a UUID"
    make = next((name for pattern, name in _MAKES if pattern.fullmatch(secret)), "")
    return f"{length}: {make}" if make else length


def _several(paths: Paths) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | os.PathLike) else [Path(one) for one in paths]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in _ENDINGS)
    if not found:
        raise CassetteError(f"{path} holds no recording ({', '.join(_ENDINGS)})")
    return found


def _findings(path: Path, looking: Inspection) -> Iterator[tuple[str, int | None, str, str, str]]:
    seen: set[bytes] = set()
    name = os.fspath(path)
    for number, interaction in enumerate(_read(path)):
        for found in looking.secrets(interaction):
            seen.add(_digest(found.secret))
            told = found.secret if found.kind == "unreadable" else hint(found.secret)
            yield name, number, found.place, found.kind, told
    # What stands in comments, in keys of other tools, between the interactions.
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            for kind, secret in shapes_in(line.decode("utf-8", "replace")):
                if _digest(secret) not in seen:
                    yield name, None, f"line {number}", kind, hint(secret)


def _read(path: Path) -> Iterator[Interaction]:
    from toolkit.cassettes.convert import read_any

    with warnings.catch_warnings():
        # A torn end is a matter for whoever replays it; all that is whole is looked at.
        warnings.simplefilter("ignore")
        yield from read_any(path)


def _digest(secret: str) -> bytes:
    # In the file a line end may be written as an escape.
    flat = _LINE_END.sub("", secret)
    return blake2b(flat.encode("utf-8", "surrogatepass"), digest_size=16).digest()
