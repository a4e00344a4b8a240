"""The services. Each is a folder (or another distribution) with an entry point."""

from __future__ import annotations

import functools
import importlib.metadata

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.service import Service

GROUP = "toolkit.services"


@functools.cache
def load() -> dict[str, Service]:
    """All installed services by name, from the entry points of the group ``toolkit.services``."""
    entries = importlib.metadata.entry_points(group=GROUP)
    return {entry.name: entry.load() for entry in sorted(entries, key=lambda entry: entry.name)}


def get(name: str) -> Service:
    """The service of that name.

    Raises
    ------
    InvalidArgument
        No such service is installed; the sentence names those that are.
    """
    services = load()
    if name not in services:
        known = ", ".join(services) or "none"
        raise InvalidArgument(f"there is no service {name!r}; installed: {known}")
    return services[name]


def functions(service: str) -> pd.DataFrame:
    """The table of a service's functions, one row each.

    Returns
    -------
    DataFrame
        ``service`` category, ``function`` str (wire name), ``method`` str (with its arguments),
        ``arguments`` and ``results`` str (name:kind, ``*`` for zero or more), ``session``
        category (element, argument, none), ``changes``, ``destroys``, ``repeatable`` boolean,
        ``codes`` str, ``section`` str (of the service's documentation), ``summary`` str.

    Raises
    ------
    InvalidArgument
        No such service is installed.

    Examples
    --------
    >>> functions("sertainty").set_index("function").loc["taskGetStatus", "method"]
    'task.get_status(config_name, task_name)'
    """
    return get(service).functions.to_frame()


def codes(service: str) -> pd.DataFrame:
    """The table of a service's result codes: code, label, meaning, category.

    Raises
    ------
    InvalidArgument
        No such service is installed.

    Examples
    --------
    >>> codes("sertainty").set_index("code").loc[213, "label"]
    'FILE_NOT_FOUND'
    """
    return get(service).codes()
