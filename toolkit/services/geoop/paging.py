"""Whole lists: page after page, until a rule says that there is no more.

Counts are off unless they are asked for (release notes of 1.1), and may be missing even then. So a
list ends at an empty page; at a page with fewer items than ``recordsPerPage``, or than were asked
for; at the page ``pagesCount``; and where a page brings nothing new, since a server may pass over
the modifier ``page``. An answer that is shorter than its ``recordsCount`` is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from toolkit.outcomes import BadReply, ServerFault, TimedOut
from toolkit.services.base.driving import Flow
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.call import Call, Item
from toolkit.services.geoop.flows import call_flow
from toolkit.services.geoop.modifiers import Query
from toolkit.services.geoop.state import State

Tell = Callable[[int, "int | None"], object]
"""Told after each page: how many items are there, and how many there will be, if that is known."""

_SMALLER = 3
_UNKNOWN_SIZE = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list, in the server's order.

    Attributes
    ----------
    total : int or None
        How many the server says that there are.
    """

    items: list[Item]
    total: int | None
    call: Call
    requests: int


class _Pages:
    """One list on its way: where it is, and what it has."""

    def __init__(self, plan: Plan, state: State, collection: str, size: int) -> None:
        self._plan, self._state, self._collection = plan, state, collection
        self._names = state.options.modifiers
        self.size = size
        self.page = 0  # from 0, whatever the server's first number is
        self.requests = 0
        self._smaller = 0
        self._given = 0  # items on a page, as the server says
        self.found: dict[Any, Item] = {}

    def next(self) -> Flow[tuple[list[Item], Call]]:
        """Ask for the page; a read that took too long is asked for again in smaller pages."""
        while True:
            number = self._names.first_page + self.page
            query: Query = (*self._plan.query, *self._names.paging(number, self.size))
            self.requests += 1
            try:
                call = yield from call_flow(replace(self._plan, query=query), self._state)
            except (TimedOut, ServerFault) as error:
                # "Long requests may be halted" (release notes of 1.2); a proxy's page is not that.
                halted = isinstance(error, TimedOut) or getattr(error, "type", "") == "system"
                if not halted or self._smaller == _SMALLER or not self._halve():
                    raise
                continue
            return call.items(self._collection), call

    def _halve(self) -> bool:
        """Half as many items a page, beginning where the page that failed began."""
        self._smaller += 1
        size = self.size or self._given or (_UNKNOWN_SIZE * 2 if self.page == 0 else 1)
        if size == 1 or (size % 2 and self.page):
            return False
        self.size, self.page = size // 2, self.page * 2
        return True

    def add(self, items: list[Item]) -> int:
        """Keep those that are new; how many they were."""
        before = len(self.found)
        for item in items:
            self.found.setdefault(_identity(item), item)
        return len(self.found) - before

    def is_last(self, count: int, metadata: dict[str, Any]) -> bool:
        """Whether a page of so many items is the last one."""
        self._given = given = _number(metadata.get("recordsPerPage")) or 0
        pages = _number(metadata.get("pagesCount"))
        size = given or self.size
        if pages is not None and self.page + 1 >= pages:
            return True
        return bool(size) and count < size


def list_flow(
    plan: Plan, state: State, collection: str, *, size: int = 0, tell: Tell | None = None
) -> Flow[Listing]:
    """A whole list, whatever the server does with pages.

    Parameters
    ----------
    size : int
        Items to ask for at once; 0 leaves it to the server.
    tell : callable, optional
        Told after each page how many items there are, and their number where it is known.

    Raises
    ------
    BadReply
        The server says that there are more items than it gives.
    """
    pages = _Pages(plan, state, collection, size)
    while True:
        items, call = yield from pages.next()
        new = pages.add(items)
        total = _number(call.metadata.get("recordsCount"))
        if tell is not None:
            tell(len(pages.found), total)
        if not new or pages.is_last(len(items), call.metadata):
            break
        pages.page += 1
    if total is not None and len(pages.found) < total:
        raise BadReply(
            f"the server says that there are {total:,} {collection} and gives {len(pages.found):,} "
            "different ones; it may not know the modifier "
            f"{state.options.modifiers.page_name!r} (see the option modifiers)",
            function=plan.function.name,
            target=plan.target,
            at=call.at,
            elapsed=call.elapsed,
        )
    return Listing(list(pages.found.values()), total, call, pages.requests)


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _identity(item: Item) -> object:
    number = item.get("id")
    return number if isinstance(number, int | str) else repr(item)
