"""Lists: the parameters with their refusals, order, filters, search, and the page that loses rows.

A real server orders by one column and breaks no ties: rows that are equal in it come in an order
that differs from one page to the next, so that paging gives some twice and others never (seen
from a real xivo-confd 16.15: 208 users in pages of 7 by lastname gave 166 different ones).
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.refusals import Refusal, bad_input, not_positive, written
from toolkit.sandbox.xivo.resource import Resource
from toolkit.sandbox.xivo.store import Key
from toolkit.sandbox.xivo.views import Views, unaccented

_DIGITS = re.compile(r"[0-9]+")
_EXTENSION_TYPES = {"internal": "internal", "incall": "incall", "outcall": "outcall"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a list."""

    order: str
    descending: bool = False
    limit: int | None = None
    offset: int = 0
    search: str = ""


def _number(query: Mapping[str, str], name: str, least: int, era: Era) -> int | None:
    if name not in query:
        return None
    text = query[name]
    if _DIGITS.fullmatch(text) and int(text) >= least:
        return int(text)
    if era.limit_by_schema and text != "0":
        if re.fullmatch(r"-?[0-9]+", text):
            said: Any = [
                {
                    "constraint_id": "range",
                    "constraint": {"min": 0},
                    "message": "Must be greater than or equal to 0.",
                }
            ]
        else:
            said = {
                "message": "Not a valid integer.",
                "constraint_id": "type",
                "constraint": "integer",
            }
        raise bad_input(f"{name}: {written(said, era)}")
    raise not_positive(name)


def asked(query: Mapping[str, str], resource: Resource, era: Era) -> Asked:
    """Read the parameters; unknown ones are ignored, wrong ones refused."""
    limit = _number(query, "limit", 1, era)
    offset = _number(query, "offset", 0, era)
    skip = _number(query, "skip", 0, era)
    direction = query.get("direction", "asc")
    if direction not in ("asc", "desc"):
        raise bad_input("direction: must be 'asc' or 'desc'")
    order = query.get("order", resource.default_order)
    if order not in resource.order and order != resource.default_order:
        raise bad_input(f"order: column '{order}' was not found")
    return Asked(
        order,
        direction == "desc",
        limit,
        (offset or 0) if skip is None else skip,
        query.get("search", query.get("q", "")),
    )


class Lists:
    """Orders and pages the items of a store."""

    def __init__(self, views: Views, seed: int) -> None:
        self.views = views
        self.seed = seed
        self.loses = True
        self._sorted: dict[tuple[str, str], tuple[int, list[list[Key]]]] = {}

    def groups(self, resource: Resource, column: str) -> list[list[Key]]:
        """All keys in ascending order, those that are equal together."""
        version = self.views.store.version
        kept = self._sorted.get((resource.kind, column))
        if kept is not None and kept[0] == version:
            return kept[1]
        views = self.views
        keys = list(views.store.items[resource.kind])
        ranks = {key: _rank(views.view(resource.kind, key).columns.get(column)) for key in keys}
        groups: list[list[Key]] = []
        last: Any = None
        for key in sorted(keys, key=ranks.__getitem__):
            if not groups or ranks[key] != last:
                groups.append([])
                last = ranks[key]
            groups[-1].append(key)
        self._sorted[resource.kind, column] = version, groups
        return groups

    def page(
        self, resource: Resource, ask: Asked, query: Mapping[str, str], allowed: set[str] | None
    ) -> tuple[list[Key], int]:
        """The keys of a page and the count of all that match."""
        groups = self._matching(resource, ask, query, allowed)
        total = sum(map(len, groups))
        if ask.descending:
            groups = groups[::-1]
        end = total if ask.limit is None else ask.offset + ask.limit
        paged = ask.limit is not None or ask.offset > 0
        taken: list[Key] = []
        begin = 0
        for number, group in enumerate(groups):
            if begin >= end:
                break
            if begin + len(group) > ask.offset:
                row = self._shuffled(group, ask, number) if paged else group
                taken += row[max(ask.offset - begin, 0) : end - begin]
            begin += len(group)
        return taken, total

    def _shuffled(self, group: list[Key], ask: Asked, number: int) -> list[Key]:
        """Ties in an order of this page's own: the same when it is asked again."""
        if len(group) == 1 or not self.loses:
            return group
        chance = random.Random(f"{self.seed} {ask} {number}")  # noqa: S311 - no secret
        return chance.sample(group, len(group))

    def _matching(
        self, resource: Resource, ask: Asked, query: Mapping[str, str], allowed: set[str] | None
    ) -> list[list[Key]]:
        groups = self.groups(resource, ask.order)
        columns = {name: query[name] for name in resource.order if name in query}
        if resource.kind == "users" and "username" in query:
            columns["username"] = query["username"]
        kind = (
            _EXTENSION_TYPES.get(query.get("type", "")) if resource.kind == "extensions" else None
        )
        if not (ask.search or columns or allowed is not None or kind):
            return groups
        text = self.views.folded(ask.search)
        kept: list[list[Key]] = []
        for group in groups:
            row = [
                key
                for key in group
                if self._matches(resource, key, text, columns, allowed)
                and (kind is None or self._context_type(key) == kind)
            ]
            if row:
                kept.append(row)
        return kept

    def _matches(
        self,
        resource: Resource,
        key: Key,
        text: str,
        columns: Mapping[str, str],
        allowed: set[str] | None,
    ) -> bool:
        view = self.views.view(resource.kind, key)
        if text and text not in view.text:
            return False
        if allowed is not None and view.columns.get("tenant_uuid") not in {*allowed, None}:
            return False
        return all(_equal(view.columns.get(name), value) for name, value in columns.items())

    def _context_type(self, key: Key) -> str:
        store = self.views.store
        name = store.items["extensions"][key]["context"]
        for context in store.items["contexts"].values():
            if context["name"] == name:
                return str(context["type"])
        return "internal"


def check_view(query: Mapping[str, str], views: Sequence[str]) -> str:
    """The ``view`` of a list of users; an unknown one is refused."""
    view = query.get("view", "")
    if view and view not in views:
        raise Refusal(400, f"Input Error - view '{view}' does not exist")
    return view


def _rank(value: Any) -> tuple[int, Any]:
    """Nothing comes last; texts go without case and accents, as a database's collation has it."""
    if value is None:
        return (2, "")
    if isinstance(value, str):
        return (1, unaccented(value))
    return (0, value)


def _equal(value: Any, text: str) -> bool:
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    return value is not None and str(value) == text
