"""Whose failure is whose: from ``invalidItems`` and ``failures`` to the rows that were sent.

The page "API Responses" says that ``invalidItems`` lists indices into the request's items and that
``failures`` stand in the same order; it does not say whether the first index is 0 or 1.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from toolkit.services.geoop.answers import Failure, Problem, Reading
from toolkit.services.geoop.call import Item
from toolkit.services.geoop.state import State


def assign(
    reading: Reading, sent: Sequence[Item], state: State
) -> tuple[dict[int, tuple[Problem, ...]], list[Problem]]:
    """The errors of each refused item by its place (from 0), and those that fit no item.

    Where ``invalidItems`` is missing, an item is found by what the service read of it.
    """
    metadata = reading.metadata or {}
    invalid = _indices(metadata.get("invalidItems"))
    base = _base(reading, invalid, sent, state)
    places: dict[int, tuple[Problem, ...]] = {}
    rest: list[Problem] = []
    for number, failure in enumerate(reading.failures):
        place = invalid[number] - base if number < len(invalid) else _found(failure, sent, places)
        if place is None or not 0 <= place < len(sent):
            rest += failure.problems
        else:
            places[place] = (*places.get(place, ()), *failure.problems)
    for index in invalid[len(reading.failures) :]:
        if 0 <= index - base < len(sent):
            places.setdefault(index - base, ())
    return places, rest


def _indices(value: Any) -> list[int]:
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, int) and not isinstance(one, bool)]


def _base(reading: Reading, invalid: list[int], sent: Sequence[Item], state: State) -> int:
    """0 or 1: as the option says, or as the answer itself shows."""
    option = state.options.index_base
    if option != "detect":
        return option
    metadata = reading.metadata or {}
    named = {*invalid, *_indices(metadata.get("validItems"))}
    if not named:
        return 0
    if 0 in named:
        base = 0
    elif max(named) >= len(sent):
        base = 1
    else:
        base = _by_content(reading.failures, invalid, sent, state.index_base)
    if base == 1 and state.index_base != 1:
        warnings.warn(
            "this server counts invalidItems from 1; the option index_base=1 says so at once",
            RuntimeWarning,
            stacklevel=2,
        )
    state.index_base = base
    return base


def _by_content(
    failures: Sequence[Failure], invalid: list[int], sent: Sequence[Item], known: int | None
) -> int:
    """The base with which more failures meet the item that the service read; else the known one."""
    scores = [0, 0]
    for failure, index in zip(failures, invalid, strict=False):
        for base in (0, 1):
            if 0 <= index - base < len(sent):
                scores[base] += _same(failure.raw, sent[index - base])
    if scores[0] == scores[1]:
        return known or 0
    return int(scores[1] > scores[0])


def _found(
    failure: Failure, sent: Sequence[Item], taken: dict[int, tuple[Problem, ...]]
) -> int | None:
    places = (
        place for place, item in enumerate(sent) if place not in taken and _same(failure.raw, item)
    )
    return next(places, None)


def _same(raw: Item, item: Item) -> bool:
    """Whether the service read this item: all that both have is the same."""
    common = raw.keys() & item.keys()
    return bool(common) and all(raw[name] == item[name] for name in common)
