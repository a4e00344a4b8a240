"""A folder without settings, a profile file in it, and a keyring in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest

from tests.keyrings import Memory


@pytest.fixture
def ring() -> Iterator[Memory]:
    """The system's keyring, for one test."""
    before, memory = keyring.get_keyring(), Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, below a home folder, with no profile file anywhere."""
    home = tmp_path / "home"
    here = home / "project" / "notebooks"
    here.mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home / "config"))
    monkeypatch.delenv("TOOLKIT_PROFILES", raising=False)
    monkeypatch.chdir(here)
    return here


@pytest.fixture
def write(folder: Path) -> Callable[[str], Path]:
    """Writes the profile file."""

    def written(text: str) -> Path:
        path = folder / "toolkit.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written
