"""The profile file: where it is, and what it says.

A TOML file with defaults and named servers. It holds no secret::

    [defaults]
    read = 20

    [profiles.prod-gateway]
    service = "sertainty"
    url = "https://gateway.example/dp"
    user = "ada"
    verify = "gateway-ca.pem"      # beside this file

The first of these that is there is read: the file that ``TOOLKIT_PROFILES`` names (``off``: none);
``toolkit.toml`` in the working directory or in a folder above it, up to the home folder, as long as
these have the same owner; ``profiles.toml`` in the user's configuration folder.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit.configuration.table import SETTINGS, unknown
from toolkit.outcomes import InvalidArgument

NAME = "toolkit.toml"
"""The file's name in a folder that one works in."""
USERS_NAME = "profiles.toml"
"""The file's name in the user's configuration folder."""
APPLICATION = "session-toolkit"
"""The name of that folder."""

OFF = "off"
"""What ``TOOLKIT_PROFILES`` says where no profile file is to be read."""

_TABLES = ("defaults", "profiles")


@dataclass(frozen=True, slots=True)
class Profile:
    """One named server.

    Attributes
    ----------
    name : str
    values : mapping
        What its table says; no secret.
    path : Path or None
        The file; None for one that was given as a mapping.
    """

    name: str
    values: Mapping[str, Any]
    path: Path | None = None

    @property
    def service(self) -> str:
        """Whose server it is."""
        return str(self.values.get("service", ""))

    @property
    def user(self) -> str | None:
        """Who logs in, where the profile says so."""
        return self.values.get("user")

    @property
    def where(self) -> str:
        """Its place, as an error and ``toolkit.settings`` name it."""
        if self.path is None:
            return f"profile {self.name}"
        return f"{self.path} [profiles.{self.name}]"

    @property
    def folder(self) -> Path | None:
        """What its relative paths are taken from."""
        return self.path.parent if self.path else None


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What the profile file says; of none at all, nothing."""

    path: Path | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The place of its defaults."""
        return f"{self.path} [defaults]"

    def profile(self, name: str) -> Profile:
        """The profile of that name.

        Raises
        ------
        InvalidArgument
            There is none; the sentence names the nearest, or says how to make one.
        """
        if name in self.profiles:
            return self.profiles[name]
        if "://" in name:  # it may hold a password, and is not repeated
            raise InvalidArgument(
                "a profile's name is expected, not an address; the connect of a service takes one, "
                "such as toolkit.sertainty.connect(url)"
            )
        if self.path is None:
            raise InvalidArgument(
                f"there is no profile {name!r}, for there is no profile file; a file {NAME} in "
                f"this folder with a table [profiles.{name}] would be one"
            )
        raise unknown(f"{self.path} has no profile", name, self.profiles)


def find_file(environ: Mapping[str, str] | None = None) -> Path | None:
    """The profile file that counts here, or None.

    Raises
    ------
    InvalidArgument
        ``TOOLKIT_PROFILES`` names a file that is not there.
    """
    environ = os.environ if environ is None else environ
    setting = SETTINGS["profiles"]
    named = environ.get(setting.variable, "")
    if named.casefold() == OFF:
        return None
    if named:
        path = Path(named).expanduser().absolute()
        if not path.is_file():
            raise InvalidArgument(
                f"the environment variable {setting.variable}: {setting.expected} is expected, and "
                f"{named!r} is not there"
            )
        return path
    here = Path.cwd()
    home, owner = _home(), _owner(here)
    for folder in (here, *here.parents):
        # Whoever may write into a shared folder above must not say where one logs in to.
        if _owner(folder) != owner:
            break
        if (folder / NAME).is_file():
            return folder / NAME
        if folder == home:
            break
    users = _users_folder() / USERS_NAME
    return users if users.is_file() else None


def read_file(path: Path | None) -> ProfileFile:
    """Read a profile file. Of no file, nothing is set.

    The names of the tables and the keys of ``[defaults]`` are checked here; a profile's keys where
    its service is known.

    Raises
    ------
    InvalidArgument
        It cannot be read, is no TOML, or has a table or a key that means nothing.
    """
    if path is None:
        return ProfileFile()
    try:
        text = path.read_bytes().decode()
        tables = tomllib.loads(text)
    except OSError as error:
        raise InvalidArgument(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidArgument(f"{path} is no TOML: it is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidArgument(f"{path} is no TOML: {error}") from None
    for name in tables:
        if name not in _TABLES:
            raise unknown(f"{path} has a table or key that means nothing here:", name, _TABLES)
    defaults, profiles = (tables.get(name, {}) for name in _TABLES)
    for name, table in (("defaults", defaults), ("profiles", profiles)):
        if not isinstance(table, dict):
            raise InvalidArgument(f"{path}: {name} must be a table, [{name}]")
    allowed = [one.name for one in SETTINGS.values() if "defaults" in one.layers]
    for name in defaults:
        if name in allowed:
            continue
        if name in SETTINGS and "profile" in SETTINGS[name].layers:
            raise InvalidArgument(
                f"{path} [defaults]: {name} belongs to one server; it stands in a profile, or in "
                f"the environment variable {SETTINGS[name].variable}"
            )
        raise unknown(f"{path} [defaults] has a key that means nothing:", name, allowed)
    made = {}
    for name, table in profiles.items():
        if not isinstance(table, dict):
            raise InvalidArgument(f"{path}: profiles.{name} must be a table, [profiles.{name}]")
        made[name] = Profile(name, table, path)
    return ProfileFile(path, defaults, made)


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without one
        return None


def _owner(folder: Path) -> int:
    """Whose folder it is; on Windows all are alike."""
    return folder.stat().st_uid


def _users_folder() -> Path:
    import platformdirs

    return platformdirs.user_config_path(APPLICATION, appauthor=False)
