"""Whole lists, safely: no row is lost and none comes twice.

confd sorts by one column and breaks no ties, so pages of a list that is sorted by a column with
equal values may lose rows and give others twice (seen from 16.15: 208 users in pages of 50 gave
208 rows but 172 different users). So a list is read like this:

1. one page; when the server says that there are no more, that is all;
2. pages by a column whose values are unique, or by the one that was asked for; each page begins
   with the last row of the page before, which shows that nothing moved in between;
3. the different ids are counted and compared with ``total``; when they disagree, or when something
   moved, the pages are read again by the unique column, and at last everything at once, without
   ``limit``.

An answer that is shorter than its ``total`` even then is an error, never a shorter list.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from toolkit.collector import without_collector
from toolkit.outcomes import BadReply, InvalidRequest
from toolkit.services.base.decoding import Item
from toolkit.services.base.driving import Flow
from toolkit.services.base.rest import RestFunction
from toolkit.services.xivo.answers import items_of
from toolkit.services.xivo.call import Call, Plan
from toolkit.services.xivo.flows import call_flow
from toolkit.services.xivo.state import State

PAGE = 250
"""Rows that are asked for at once: a real 16.15 took 9 seconds for 208 users with all of theirs."""

Tell = Callable[[int, int], object]
"""Told after each page: how many rows are there, and how many there will be."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list.

    Attributes
    ----------
    items : list of dict
        In the server's order.
    total : int or None
        How many the server says that there are; None where it says nothing.
    call : Call
        The last one that was sent.
    requests : int
        How many were sent.
    """

    items: list[Item]
    total: int | None
    call: Call
    requests: int


class _Moved(Exception):
    """The pages do not fit together."""


class _Lister:
    """One list: what was asked for, and how many requests it has taken."""

    def __init__(self, plan: Plan, state: State, page: int, progress: Tell | None) -> None:
        self.plan, self.state, self.page = plan, state, page
        self.tell = progress or _tell_nobody
        self.asked = dict(plan.query)
        self.requests = 0

    def ask(self, **query: str) -> Flow[tuple[list[Item], int | None, Call]]:
        """One request: its items, the total, and the call."""
        asked = {**self.asked, **query}
        kept = ((name, text) for name, text in asked.items() if text or name in self.asked)
        plan = replace(self.plan, query=tuple(kept))
        self.requests += 1
        call = yield from call_flow(plan, self.state)
        with without_collector():
            return items_of(call), total_of(call.data), call

    def pages(self, order: str, direction: str) -> Flow[tuple[list[Item], int | None, Call]]:
        """All pages in one order.

        Raises
        ------
        _Moved
            Rows came twice, too few came, or the list changed in between.
        """
        items, total, call = yield from self._page(order, direction, 0)
        if total is None:
            if len(items) >= self.page:
                raise _Moved  # there may be more, and nobody says how many
            total = len(items)
        seen = {_identity(item) for item in items}
        while len(seen) == len(items) < total:
            self.tell(len(items), total)
            more, now, call = yield from self._page(order, direction, len(items) - 1)
            if now != total or len(more) < 2 or _identity(more[0]) != _identity(items[-1]):
                raise _Moved
            items += more[1:]
            seen.update(map(_identity, more))
        if not len(seen) == len(items) == total:
            raise _Moved
        self.tell(len(items), total)
        return items, total, call

    def _page(
        self, order: str, direction: str, offset: int
    ) -> Flow[tuple[list[Item], int | None, Call]]:
        # A page after the first one begins with the row that the page before ended with.
        limit = self.page + (offset > 0)
        place = str(offset) if offset else ""
        return self.ask(order=order, direction=direction, limit=str(limit), offset=place)


def list_flow(
    plan: Plan, state: State, *, page: int = PAGE, progress: Tell | None = None
) -> Flow[Listing]:
    """A whole list, whatever the server does with pages.

    Parameters
    ----------
    plan : Plan
        Of a function that gives ``items``. With ``limit`` or ``offset`` in its query it is one
        request, as it stands.
    page : int
        Rows to ask for at once.
    progress : callable, optional
        Called with the number of rows so far and their total.

    Raises
    ------
    BadReply
        The server says that there are more rows than it gives.
    """
    lister = _Lister(plan, state, max(page, 2), progress)
    function, asked = plan.function, dict(plan.query)
    if "limit" in asked or "offset" in asked or "skip" in asked:
        items, total, call = yield from lister.ask()
        return Listing(items, total, call, lister.requests)
    order, direction = asked.get("order", ""), asked.get("direction", "")
    for column, way in _orders(function, order, direction):
        try:
            found = yield from lister.pages(column, way)
        except _Moved:
            continue
        except InvalidRequest:
            if order == column:  # the caller's own, so the server's message is for the caller
                raise
            break
        sorted_ = found if order in ("", column) else _sorted(found, order, direction)
        if sorted_ is not None:
            return Listing(*sorted_, lister.requests)
    items, total, call = yield from _at_once(lister)
    return Listing(items, total, call, lister.requests)


Found = tuple[list[Item], "int | None", Call]


def _orders(function: RestFunction, order: str, direction: str) -> list[tuple[str, str]]:
    """The columns to page by, one after the other, each with its direction."""
    unique = function.order
    if not function.paged:
        return []
    if not order or order == unique:
        return [(unique, direction)] * 2 if unique else []
    return [(order, direction), *([(unique, "")] if unique else [])]


def _at_once(lister: _Lister) -> Flow[Found]:
    """Everything in one request without limit."""
    items, total, call = yield from lister.ask()
    unique = items
    if all("id" in item or "uuid" in item for item in items):
        unique = list({_identity(item): item for item in items}.values())
    lister.tell(len(unique), len(unique))
    if total is None or len(unique) == total:
        return unique, total, call
    said = (
        f"the server says that there are {total:,}, and gives {len(unique):,} different ones "
        f"({len(items):,} rows) even when asked for all at once"
    )
    if len(unique) < total:
        raise BadReply(
            f"{said}; limit= and offset= read single pages as they come",
            function=call.function.name,
            target=call.target,
            at=call.at,
            elapsed=call.elapsed,
        )
    warnings.warn(f"{call.function.name}: {said}", RuntimeWarning, stacklevel=2)
    return unique, total, call


def _sorted(found: Found, order: str, direction: str) -> Found | None:
    """The rows in the order that was asked for; None where they do not hold its column."""
    items, total, call = found
    if not all(order in item and not isinstance(item[order], dict | list) for item in items):
        return None
    texts = any(isinstance(item[order], str) for item in items)

    def key(item: Item) -> tuple[bool, Any]:
        value = item[order]
        if value is None:
            return True, ("", "") if texts else 0
        return False, _collated(str(value)) if texts else value

    return sorted(items, key=key, reverse=direction == "desc"), total, call


def _collated(text: str) -> tuple[str, str]:
    """As a database in a European language sorts: accents and case come second."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one)), text


def total_of(data: Any) -> int | None:
    """How many rows match: ``filtered`` where the server has it, else ``total``.

    In a list of Wazo's that has a ``filtered``, the ``total`` is that before the search.

    Examples
    --------
    >>> total_of({"items": [], "total": 9, "filtered": 3})
    3
    """
    if not isinstance(data, dict):
        return None
    for name in ("filtered", "total"):
        value = data.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _tell_nobody(_done: int, _total: int) -> None:
    pass


def _identity(item: Item) -> object:
    """What tells one item from another: its id, its uuid, or all of it."""
    for name in ("id", "uuid"):
        value = item.get(name)
        if isinstance(value, int | str):
            return value
    return repr(item)
