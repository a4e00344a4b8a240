"""A folder of cassettes: what a person calls each, and what it is called on the disk."""

from __future__ import annotations

import os
from pathlib import Path

from toolkit.outcomes import CassetteError

SUFFIXES = (".yaml", ".yml", ".json")
FOLDER = "cassettes"


class CassetteFolder:
    """A folder of cassettes.

    Examples
    --------
    >>> folder = CassetteFolder("cassettes")
    >>> folder.path("monday").as_posix(), folder.path("other/monday.yml").as_posix()
    ('cassettes/monday.yaml', 'other/monday.yml')
    """

    def __init__(self, folder: str | os.PathLike[str] = FOLDER) -> None:
        self.folder = Path(folder)

    def path(self, name: str) -> Path:
        """A name without a folder is in this one; one without a suffix is a YAML file.

        Raises
        ------
        CassetteError
            The name is empty.
        """
        name = name.strip().strip("\"'")
        if not name:
            raise CassetteError("Give the cassette a name, for example monday.")
        path = Path(name)
        if path.suffix.lower() not in SUFFIXES:
            path = path.with_name(f"{path.name}.yaml")
        return path if path.is_absolute() or len(path.parts) > 1 else self.folder / path

    def name(self, path: Path) -> str:
        """What a person calls it."""
        if path.parent != self.folder:
            return path.as_posix()
        return path.stem if path.suffix == ".yaml" else path.name

    def names(self) -> list[str]:
        """The names of all cassettes in the folder."""
        if not self.folder.is_dir():
            return []
        found = (path for path in self.folder.iterdir() if path.suffix.lower() in SUFFIXES)
        return sorted(self.name(path) for path in found if path.is_file())
