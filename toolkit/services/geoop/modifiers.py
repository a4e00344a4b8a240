"""The modifiers of a list: their names and forms, in one table that can be replaced.

Public are that there are pages (with their size in the same modifier), a choice of fields, filters
and an order (examples and items pages), ``recordsCount=true`` (release notes of 1.1) and ``flags``
(release notes of 1.2). How the rest is written is not public: the forms here are guesses, and what
stands in ``query=`` goes out as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.outcomes import InvalidArgument

COUNTS: dict[str, tuple[str, str] | None] = {"1.0": None, "1.1": ("recordsCount", "true")}
"""How each version is asked for counts: 1.0 always gives them; from 1.2 on by a flag."""

Query = tuple[tuple[str, str], ...]
Filter = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Modifiers:
    """How a list is asked for.

    Attributes
    ----------
    page, sized : str
        The values of ``page_name`` without and with a size.
    first_page : int
        The number of the first page.
    condition : str
        One condition of a filter; several are joined by ``conditions``.
    everything : str
        The value that asks for all fields.

    Examples
    --------
    >>> Modifiers(page_name="p").paging(2, 50)
    (('p', '2,50'),)
    """

    page_name: str = "page"
    page: str = "{number}"
    sized: str = "{number},{size}"
    first_page: int = 1
    fields_name: str = "fields"
    everything: str = "*"
    filter_name: str = "filter"
    condition: str = "{field}:{operator}:{value}"
    conditions: str = ";"
    operators: tuple[str, ...] = ("eq", "ne", "lt", "le", "gt", "ge", "contains", "in")
    sort_name: str = "sort"
    descending: str = "-{field}"
    flags_name: str = "flags"
    counts_flag: str = "recordsCount"

    def paging(self, number: int, size: int) -> Query:
        """The modifier of one page; a size of 0 leaves it to the server."""
        form = self.sized if size else self.page
        return ((self.page_name, form.format(number=number, size=size)),)

    def choosing(self, fields: str | Iterable[str] | None) -> Query:
        """The modifier that chooses fields: a text, or their names."""
        if fields is None:
            return ()
        text = fields if isinstance(fields, str) else ",".join(fields)
        return ((self.fields_name, self.everything if text == "*" else text),)

    def filtering(self, wanted: Filter | None) -> Query:
        """The modifier of a filter: a text as it is, or conditions by field.

        Raises
        ------
        InvalidArgument
            An operator that there is not.

        Examples
        --------
        >>> Modifiers().filtering({"firstName": ("contains", "sam"), "active": 1})
        (('filter', 'firstName:contains:sam;active:eq:1'),)
        """
        if wanted is None:
            return ()
        if isinstance(wanted, str):
            return ((self.filter_name, wanted),)
        parts = [self._condition(field, value) for field, value in wanted.items()]
        return ((self.filter_name, self.conditions.join(parts)),) if parts else ()

    def _condition(self, field: str, value: Any) -> str:
        operator = "eq"
        if isinstance(value, tuple) and len(value) == 2:
            operator, value = value
        elif isinstance(value, list | tuple):
            operator = "in"
        if operator not in self.operators:
            known = ", ".join(self.operators)
            raise InvalidArgument(f"a condition's operator is one of {known}, not {operator!r}")
        if isinstance(value, list | tuple):
            value = ",".join(map(str, value))
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return self.condition.format(field=field, operator=operator, value=text)

    def sorting(self, sort: str | Iterable[str] | None) -> Query:
        """The modifier of an order: names, a leading minus for descending.

        Examples
        --------
        >>> Modifiers(descending="{field} desc").sorting(["lastName", "-id"])
        (('sort', 'lastName,id desc'),)
        """
        if sort is None:
            return ()
        names = sort.split(",") if isinstance(sort, str) else list(sort)
        words = [
            self.descending.format(field=name[1:]) if name.startswith("-") else name
            for name in names
        ]
        return ((self.sort_name, ",".join(words)),)

    def flagging(self, version: str, counts: bool, flags: Iterable[str] = ()) -> Query:
        """The modifiers for counts and for flags, as the version has them."""
        wanted = list(flags)
        found: list[tuple[str, str]] = []
        if counts and version in COUNTS:
            found += [pair] if (pair := COUNTS[version]) else []
        elif counts and self.counts_flag not in wanted:
            wanted.insert(0, self.counts_flag)
        if wanted:
            found.append((self.flags_name, ",".join(wanted)))
        return tuple(found)
