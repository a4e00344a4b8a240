"""What of a service can be watched: how it is read, and what tells its rows apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Watched:
    """Something that ``toolkit.watch`` looks at again and again.

    A client says what is natural to watch by an attribute ``watched``: a tuple of these.

    Attributes
    ----------
    name : str
        How a change names it: ``tasks``.
    read : callable
        Gives what is there now: a DataFrame, or a log that :func:`toolkit.iter_log` reads.
    key : tuple of str
        The columns that tell its rows apart; without, a row is itself and only comes and goes.
    is_log : bool
        Whether it is a log, whose new lines are wanted.
    ignored : tuple of str
        Columns that change at each look, such as the time of the look.

    Examples
    --------
    >>> Watched("tasks", gateway.task_statuses, ("config", "task"), ignored=("at",)).name
    'tasks'
    """

    name: str
    read: Callable[[], Any]
    key: tuple[str, ...] = ()
    is_log: bool = False
    ignored: tuple[str, ...] = ()
