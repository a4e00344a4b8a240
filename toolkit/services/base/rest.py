"""Functions of a REST service: a verb and a path with holes, found again from a request.

The name of such a function is its verb and the template of its path, ``GET /users/{user_id}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, cast
from urllib.parse import quote, unquote

from toolkit.outcomes import InvalidArgument
from toolkit.services.base.functions import Argument, Function, FunctionTable

Shape = Literal["items", "item", "keys", "rows", "none"]

_HOLE = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class RestFunction(Function):
    """One operation of a REST service.

    Attributes
    ----------
    verb, path : str
        For example ``GET`` and ``/users/{user_id}``; the path stands below the API's base.
    api : str
        The API that has it, for example ``confd``.
    acl : str
        The permission that it needs, with the same holes as the path; empty for none.
    body : str
        What it takes: ``json``, ``csv``, or empty for nothing.
    answer : str
        What comes back: ``json``, ``csv``, or empty for nothing but the status.
    paged : bool
        Whether it is a list that takes ``limit`` and ``offset``.
    order : str
        A column whose values are unique, to page by; empty when the list has none.
    resource : str
        The resource whose columns its answer has.
    shape : str
        How a JSON answer holds them: ``items`` (a list), ``item`` (one object), ``keys`` (an
        object whose keys are the rows' names), ``none``; ``rows`` are those of a CSV.
    deprecated : bool
        Whether the service's documentation says so.
    """

    verb: str = "GET"
    path: str = ""
    api: str = ""
    acl: str = ""
    body: Literal["", "json", "csv"] = ""
    answer: Literal["", "json", "csv"] = "json"
    paged: bool = False
    order: str = ""
    resource: str = ""
    shape: Shape = "item"
    deprecated: bool = False

    @property
    def holes(self) -> tuple[str, ...]:
        """The names of the path's holes, in order."""
        return tuple(_HOLE.findall(self.path))

    @property
    def queries(self) -> tuple[Argument, ...]:
        """The arguments that go into the query."""
        return tuple(one for one in self.arguments if one.kind not in ("path", "json", "csv"))

    def fill(self, values: Mapping[str, object]) -> str:
        """The path with its holes filled and percent-encoded.

        Raises
        ------
        InvalidArgument
            A value is missing, empty, or one that would lead to another path.

        Examples
        --------
        >>> one = RestFunction("s", "GET /users/{id}", "users.get", "", path="/users/{id}")
        >>> one.fill({"id": "a/b"})
        '/users/a%2Fb'
        """
        return _HOLE.sub(lambda hole: self._segment(hole[1], values.get(hole[1])), self.path)

    def permission(self, values: Mapping[str, object]) -> str:
        """The permission with its holes filled; a dot in a value becomes ``_``.

        Examples
        --------
        >>> acl = "confd.users.{id}.read"
        >>> one = RestFunction("s", "GET /users/{id}", "users.get", "", acl=acl)
        >>> one.permission({"id": "a.b"})
        'confd.users.a_b.read'
        """
        return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])).replace(".", "_"), self.acl)

    def _segment(self, name: str, value: object) -> str:
        text = "" if value is None or isinstance(value, bool) else str(value).strip()
        if text in ("", ".", ".."):
            raise InvalidArgument(f"{self.method} needs {name}: a number or a text, not {value!r}")
        return quote(text, safe="")


@dataclass(slots=True)
class _Node:
    """One place in the tree of paths: what follows it, and the functions that end here."""

    words: dict[str, _Node] = field(default_factory=dict)
    hole: _Node | None = None
    ends: dict[str, RestFunction] = field(default_factory=dict)


class RestTable(FunctionTable):
    """The functions of a REST service, found by name, by method, or by a request's verb and path.

    Where several APIs have the same verb and path, the first one is found by that name alone.
    """

    all: tuple[RestFunction, ...]

    def __init__(self, service: str, functions: Iterable[RestFunction]) -> None:
        super().__init__(service, functions)
        for function in self.all:
            self._found.setdefault(f"{function.verb} {function.path}", function)
        first: dict[str, RestFunction] = {}
        for function in self.all:
            first.setdefault(function.api, function)
        self.apis = tuple(first)

    def find(self, name: str) -> RestFunction | None:
        """The function of that name or method, or of that verb and filled path."""
        found = super().find(name)
        if isinstance(found, RestFunction):
            return found
        verb, space, path = name.partition(" ")
        matched = self.match(verb.upper(), path.strip()) if space else None
        return matched[0] if matched else None

    def get(self, name: str) -> RestFunction:
        """As :meth:`FunctionTable.get`."""
        return cast("RestFunction", super().get(name))

    def of(self, api: str) -> tuple[RestFunction, ...]:
        """The functions of one API."""
        return tuple(function for function in self.all if function.api == api)

    def match(
        self, verb: str, path: str, api: str = ""
    ) -> tuple[RestFunction, dict[str, str]] | None:
        """The function of a request, and what fills its holes; None when there is none.

        A word of a path wins over a hole. The path stands below the API's base and may be
        percent-encoded; without ``api`` the APIs are tried in the table's order.

        Examples
        --------
        >>> row = RestFunction("s", "GET /users/{id}", "users.get", "", path="/users/{id}")
        >>> RestTable("s", [row]).match("GET", "/users/7")[1]
        {'id': '7'}
        """
        words = path.strip("/").split("/")
        for name in (api,) if api else self.apis:
            root = self._trees.get(name)
            values: list[str] = []
            found = _walk(root, verb, words, 0, values) if root is not None else None
            if found is not None:
                return found, dict(zip(found.holes, values, strict=True))
        return None

    @cached_property
    def _trees(self) -> dict[str, _Node]:
        trees: dict[str, _Node] = {}
        for function in self.all:
            node = trees.setdefault(function.api, _Node())
            for word in function.path.strip("/").split("/"):
                if _HOLE.fullmatch(word):
                    node.hole = node.hole or _Node()
                    node = node.hole
                else:
                    node = node.words.setdefault(word, _Node())
            node.ends[function.verb] = function
        return trees


def _walk(
    node: _Node, verb: str, words: list[str], place: int, values: list[str]
) -> RestFunction | None:
    if place == len(words):
        return node.ends.get(verb)
    word = words[place]
    literal = node.words.get(word) or node.words.get(unquote(word))
    if literal is not None:
        found = _walk(literal, verb, words, place + 1, values)
        if found is not None:
            return found
    if node.hole is None or not word:
        return None
    values.append(unquote(word))
    found = _walk(node.hole, verb, words, place + 1, values)
    if found is None:
        values.pop()
    return found
