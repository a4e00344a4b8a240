"""``toolkit.settings()``: every setting, its value, and which layer gave it."""

from __future__ import annotations

import contextlib
import difflib
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import pandas as pd

from toolkit.configuration import SETTINGS, Found, Layers, ProfileFile, Setting, Source, find
from toolkit.configuration.layers import KEYRING
from toolkit.configuration.profilefile import NAME
from toolkit.configuration.table import PREFIX, unknown, variable
from toolkit.configuration.values import shown
from toolkit.frames import Column, frame
from toolkit.outcomes import LoginError
from toolkit.services import load, offered
from toolkit.services.base.keeping import Address, Kept, asks_nobody
from toolkit.services.base.options import option_settings
from toolkit.services.connecting import Named, Prepared, prepared
from toolkit.services.profiles import profile_file

COLUMNS = (
    Column("setting", about="as an argument and as a key of the profile file"),
    Column("value", about='as text; a secret is "set"; missing where there is none'),
    Column("source", "category", get_args(Source), about="the layer that gave it"),
    Column("where", about="the argument, the variable, the file and its table"),
    Column("variable", about="the environment variable that would set it"),
    Column("about", about="what it is"),
)


def settings(profile: Named | None = None, **arguments: Any) -> pd.DataFrame:
    """Every setting with its value, and which layer gave it.

    The first that gives a setting wins: an argument, the environment, the profile file (the
    profile, then ``[defaults]``), for a secret the system's keyring, the default.

    Parameters
    ----------
    profile : str or mapping, optional
        As :func:`toolkit.connect` takes it: then those of its service are there, too.
    **arguments
        As ``connect`` would be given them.

    Returns
    -------
    DataFrame
        One row a setting: ``setting`` str, ``value`` str (a secret is "set"), ``source`` category
        (argument, environment, profile, keyring, default), ``where`` str (the argument, the
        variable, or the file and its table), ``variable`` str (the environment variable that
        would set it), ``about`` str.

    Raises
    ------
    InvalidArgument
        A value is not usable, or there is no such profile or argument.

    Notes
    -----
    The keyring is looked into for a profile alone, for the secrets that nothing else gives, and
    only where it is unlocked: this never asks anybody.

    A variable of the environment that is nearly one of these, and so means nothing, is warned of.

    Examples
    --------
    >>> table = toolkit.settings(read=20).set_index("setting")
    >>> table.loc["read", ["value", "source", "variable"]].tolist()
    ['20', 'argument', 'TOOLKIT_READ']
    """
    found = list(_found(profile, arguments))
    _warn_of_misspelt({one.setting.variable for one in found})
    return frame(COLUMNS, map(_row, found))


def _warn_of_misspelt(known: set[str]) -> None:
    """Say which variables nobody reads, where their names are nearly those of settings."""
    known = known | {row.variable for name in load() for row in _options(name)}
    others = tuple(f"{variable(name)}_" for name in profile_file().profiles)
    for name in os.environ:
        if not name.startswith(PREFIX) or name in known or name.startswith(others):
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        if near:
            warnings.warn(
                f"the environment variable {name} means nothing; did you mean {near[0]}?",
                stacklevel=3,
            )


def _options(service: str) -> Iterable[Setting]:
    options = offered(service, "Options")
    return () if options is None else option_settings(options, service).values()


def _found(profile: Named | None, arguments: Mapping[str, Any]) -> Iterator[Found]:
    file = profile_file()
    for name in arguments:
        if profile is None and name not in SETTINGS:
            raise unknown("there is no setting", name, SETTINGS)
    environ = dict(os.environ)
    made = None if profile is None else prepared(profile, arguments, quiet=True)
    if made is not None:
        yield from made.found.values()
        yield from _answers(made)
    layers = Layers(arguments, environ, file)
    for name, row in SETTINGS.items():
        if made is not None and name in made.found:
            continue
        yield _file(file, environ) if name == "profiles" else find(row, layers)


_ANSWERS = Setting(
    "answers", str, None, "Answers of the login that the keyring has", secret=True,
    layers=frozenset(("keyring",)),
)  # fmt: skip


def _answers(made: Prepared) -> Iterator[Found]:
    """Whether the keyring has answers of the profile's user that may be sent."""
    user, url = made.profile.user, made.found["url"].value
    if user is None or not url:
        return
    has = False
    if asks_nobody():
        with contextlib.suppress(LoginError):
            has = Kept(Address(made.profile.service, url), user).usable
    if has:
        yield Found(_ANSWERS, True, "keyring", KEYRING)
    else:
        yield Found(_ANSWERS, None, "default", "")


def _file(file: ProfileFile, environ: Mapping[str, str]) -> Found:
    """Which profile file is read, and why that one."""
    row = SETTINGS["profiles"]
    value = None if file.path is None else str(file.path)
    if environ.get(row.variable):
        return Found(row, value or "off", "environment", row.variable)
    if file.path is None:
        return Found(row, None, "default", "")
    here = (
        "the working directory, or one above it" if file.path.name == NAME else "the user's folder"
    )
    return Found(row, value, "default", here)


def _row(found: Found) -> tuple[str | None, ...]:
    row = found.setting
    return (
        row.name,
        shown(row, found.value),
        found.source,
        found.where or None,
        row.variable or None,
        row.about,
    )
