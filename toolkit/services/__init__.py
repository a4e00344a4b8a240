"""The services. Each is a folder (or another distribution) with an entry point."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
from typing import Any

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.service import Service

GROUP = "toolkit.services"


@functools.cache
def load() -> dict[str, Service]:
    """All installed services by name, from the entry points of the group ``toolkit.services``."""
    entries = sorted(importlib.metadata.entry_points(group=GROUP), key=lambda entry: entry.name)
    _modules.update((entry.name, entry.module) for entry in entries)
    return {entry.name: entry.load() for entry in entries}


_modules: dict[str, str] = {}  # name of a service: its entry point's module


def offered(name: str, what: str) -> Any:
    """What a service offers beside its table: an attribute of its object, else of its module.

    Parameters
    ----------
    what : str
        ``connect``, ``connect_async``, ``Options`` or ``LIMITS``; see
        :class:`~toolkit.services.base.service.Service`.

    Returns
    -------
    object
        None where it has none.

    Raises
    ------
    InvalidArgument
        No such service is installed.

    Examples
    --------
    >>> offered("sertainty", "connect") is toolkit.sertainty.connect
    True
    """
    found = getattr(get(name), what, None)
    if found is not None:
        return found
    return getattr(importlib.import_module(_modules[name]), what, None)


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
