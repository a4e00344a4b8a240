"""The columns of a table to the arguments of a function, row by row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.running.cells import is_missing
from toolkit.services.base.methods import Method

_PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)

Chosen = Mapping[str, str] | Sequence[str] | None
"""Which columns are given to the function: their names, or parameter -> column."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One argument of the function, and the column that fills it.

    ``how``: ``placed`` (by its place), ``several`` (the rest of the places), ``named``.
    """

    name: str
    how: str
    needed: bool
    column: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What one row gives to the function."""

    places: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


class Matching:
    """Which column fills which argument.

    Parameters
    ----------
    function : callable
    method : Method
        What is known of it.
    over : DataFrame
    chosen : list of str, or mapping of parameter to column, optional
        Without, every column must be an argument.

    Raises
    ------
    InvalidArgument
        A column is no argument, or an argument that is needed has no column.

    Examples
    --------
    >>> over = pd.DataFrame({"config": ["Nightly"], "task": ["ingest"]})
    >>> function = gateway.task.get_status
    >>> Matching(function, Method.of(function), over, None).rows(over)
    [Given(places=(), named={'config_name': 'Nightly', 'task_name': 'ingest'})]
    """

    def __init__(
        self, function: Callable[..., Any], method: Method, over: pd.DataFrame, chosen: Chosen
    ) -> None:
        self.slots, open_ended = _slots(function, method)
        self._method = method
        columns = [str(name) for name in over.columns]
        if len(set(columns)) < len(columns):
            twice = next(name for name in columns if columns.count(name) > 1)
            raise InvalidArgument(f"the table has two columns {twice!r}; give each its own name")
        wanted = self._wanted(columns, chosen)
        filled: list[Slot] = []
        for slot in self.slots:
            name = next((word for word in _words(slot, method) if word in wanted), None)
            column = wanted.pop(name) if name is not None else ""
            filled.append(Slot(slot.name, slot.how, slot.needed, column))
        if open_ended:
            filled += [Slot(name, "named", needed=False, column=at) for name, at in wanted.items()]
            wanted = {}
        if wanted:
            raise self._unknown(wanted)
        missing = [slot.name for slot in filled if slot.needed and not slot.column]
        if missing:
            have = ", ".join(columns) or "no columns"
            raise InvalidArgument(
                f"{method.name} needs {' and '.join(missing)}, and the table has {have}; name the "
                f"column: arguments={{{missing[0]!r}: ...}}"
            )
        self.filled = [slot for slot in filled if slot.column]

    def rows(self, over: pd.DataFrame) -> list[Given]:
        """What each row gives; a cell that is missing leaves its argument out.

        Raises
        ------
        InvalidArgument
            A cell is missing that is needed.
        """
        cells = [_cells(over[slot.column]) for slot in self.filled]
        return [
            self._row(place, [column[place] for column in cells], over.index)
            for place in range(len(over))
        ]

    def _row(self, place: int, cells: list[Any], index: pd.Index) -> Given:
        places: list[Any] = []
        named: dict[str, Any] = {}
        left_out = ""
        for slot, cell in zip(self.filled, cells, strict=True):
            if is_missing(cell):
                if slot.needed:
                    raise InvalidArgument(
                        f"{self._method.name} needs {slot.name}, and row {index[place]!r} has "
                        f"none in {slot.column!r}; nothing was sent"
                    )
                left_out = left_out or slot.name
            elif slot.how == "named":
                named[slot.name] = cell
            elif left_out:
                raise InvalidArgument(
                    f"row {index[place]!r} has {slot.name} but not {left_out}, which stands before "
                    "it; nothing was sent"
                )
            elif slot.how == "several":
                places += cell if isinstance(cell, list | tuple) else [cell]
            else:
                places.append(cell)
        return Given(tuple(places), named)

    def _wanted(self, columns: list[str], chosen: Chosen) -> dict[str, str]:
        """Parameter (as it is called here) -> column."""
        if chosen is None:
            return {name: name for name in columns}
        if isinstance(chosen, str):
            chosen = [chosen]
        wanted = dict(chosen) if isinstance(chosen, Mapping) else {name: name for name in chosen}
        for column in wanted.values():
            if column not in columns:
                raise InvalidArgument(
                    f"the table has no column {column!r}; it has {', '.join(columns) or 'none'}"
                )
        return wanted

    def _unknown(self, wanted: Iterable[str]) -> InvalidArgument:
        takes = ", ".join(slot.name for slot in self.slots) or "nothing"
        return InvalidArgument(
            f"{self._method.name} takes {takes}; it does not know {', '.join(map(repr, wanted))}. "
            "Say which columns are meant: arguments=[...], or arguments={parameter: column}"
        )


def _slots(function: Callable[..., Any], method: Method) -> tuple[list[Slot], bool]:
    """The arguments of a function, and whether it takes any further by name."""
    if not callable(function):
        raise InvalidArgument(
            "run takes a function itself, such as gateway.task.get_status without brackets, not a "
            f"{type(function).__name__}"
        )
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise InvalidArgument(f"{method.name} does not say what arguments it takes") from None
    several = next((one for one in parameters if one.kind is one.VAR_POSITIONAL), None)
    open_ended = any(one.kind is one.VAR_KEYWORD for one in parameters)
    slots: list[Slot] = []
    known = {argument.parameter: argument for argument in method.arguments}
    for one in parameters:
        if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL):
            continue
        if several is not None and known and one.name not in known and one.kind in _PLACED:
            continue  # a wire name or the like, whose place comes first
        by_place = one.kind is one.POSITIONAL_ONLY or (several is not None and one.kind in _PLACED)
        how = "placed" if by_place else "named"
        slots.append(Slot(one.name, how, one.default is one.empty))
    have = {slot.name for slot in slots}
    if several is not None and not known:
        slots.append(Slot(several.name, "several", needed=False))
    elif several is not None or open_ended:
        slots += [
            _of_row(argument, placed=several is not None)
            for argument in method.arguments
            if argument.parameter not in have and argument.kind not in ("json", "csv")
        ]
    return slots, open_ended


def _of_row(argument: Any, *, placed: bool) -> Slot:
    """What the row of the table says of an argument that the method does not name."""
    if argument.repeated:
        return Slot(argument.parameter, "several", needed=False)
    needed = not argument.optional
    return Slot(argument.parameter, "placed" if placed and needed else "named", needed)


def _words(slot: Slot, method: Method) -> list[str]:
    """What a column may be called to fill an argument.

    A function's own results call what ``config_name`` names ``config``.
    """
    names = {argument.parameter for argument in method.arguments if argument.names}
    words = [slot.name]
    if slot.name in names and slot.name.endswith("_name"):
        words.append(slot.name.removesuffix("_name"))
    return words


def _cells(column: pd.Series[Any]) -> list[Any]:
    """A column's cells as Python has them, not as arrays do."""
    return [cell.item() if isinstance(cell, np.generic) else cell for cell in column.array]
