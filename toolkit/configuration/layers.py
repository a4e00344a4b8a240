"""Which layer wins: argument, environment, profile file, keyring, default; in this order."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from toolkit.configuration.profilefile import Profile, ProfileFile, find_file, read_file
from toolkit.configuration.table import Setting
from toolkit.configuration.values import converted

Source = Literal["argument", "environment", "profile", "keyring", "default"]
"""What a setting's value can come from, the strongest first."""

KEYRING = "the system's keyring"
"""Where a setting came from that the keyring gave."""


@dataclass(frozen=True, slots=True)
class Found:
    """The value of a setting, and which layer gave it."""

    setting: Setting
    value: Any
    source: Source
    where: str


@dataclass(frozen=True, slots=True)
class Layers:
    """What is given, layer by layer.

    Attributes
    ----------
    arguments : mapping
        By name; None is as good as not given.
    environ : mapping
        The environment; an empty variable is as good as none.
    file : ProfileFile
    profile : Profile or None
        The profile in use.
    keyring : callable or None
        Gives a secret's value by the setting's name, or None. Called last, and for secrets only.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    file: ProfileFile = field(default_factory=ProfileFile)
    profile: Profile | None = None
    keyring: Callable[[str], Any] | None = None

    @classmethod
    def here(cls, arguments: Mapping[str, Any] | None = None) -> Layers:
        """Those of this process, in its working directory.

        Raises
        ------
        InvalidArgument
            The profile file cannot be read.
        """
        environ = dict(os.environ)
        return cls(arguments or {}, environ, read_file(find_file(environ)))


def find(setting: Setting, layers: Layers) -> Found:
    """The value of one setting, of the first layer that has it.

    Raises
    ------
    InvalidArgument
        The value that wins is not of the setting's kind; the sentence names its source.

    Examples
    --------
    >>> from toolkit.configuration.table import SETTINGS
    >>> found = find(SETTINGS["read"], Layers(environ={"TOOLKIT_READ": "20"}))
    >>> found.value, found.source, found.where
    (20.0, 'environment', 'TOOLKIT_READ')
    """
    name, allowed, profile = setting.name, setting.layers, layers.profile
    if "argument" in allowed and layers.arguments.get(name) is not None:
        value = converted(setting, layers.arguments[name], f"the argument {name}")
        return Found(setting, value, "argument", f"{name}=")
    if "environment" in allowed and layers.environ.get(setting.variable):
        where = f"the environment variable {setting.variable}"
        text = layers.environ[setting.variable]
        return Found(setting, converted(setting, text, where), "environment", setting.variable)
    if "profile" in allowed and profile is not None and name in profile.values:
        where = f"{profile.where} {name}"
        value = converted(setting, profile.values[name], where, profile.folder)
        return Found(setting, value, "profile", profile.where)
    if "defaults" in allowed and name in layers.file.defaults and layers.file.path is not None:
        file = layers.file
        where = f"{file.where} {name}"
        value = converted(setting, file.defaults[name], where, layers.file.path.parent)
        return Found(setting, value, "profile", file.where)
    if "keyring" in allowed and layers.keyring is not None:
        value = layers.keyring(name)
        if value is not None:
            return Found(setting, value, "keyring", KEYRING)
    return Found(setting, setting.default, "default", "")
