"""What can be done at a place of the API: list, get, create, update, delete, add, remove ...

Each method is one row of the table in ``functions.py``. They share this:

* ids come first, from left to right, as far as they are not bound: ``xivo.users.lines.add(1, 2)``
  is ``xivo.users(1).lines.add(2)``.
* ``nested`` is ``"json"`` (objects and lists as text that holds JSON), ``"flat"`` (columns with
  dotted names) or ``"drop"``; ``secrets=True`` keeps columns that hold passwords in clear.
* What changes many at once takes a DataFrame or a list of dicts, with ``at_once`` (how many
  requests at a time), ``on_error`` (``"stop"`` or ``"continue"``), ``dry_run`` and ``missing``
  (see ``bulk.Options``), and gives one row for each with its outcome.
* Errors are :class:`toolkit.outcomes.CallError`: NotFound, Conflict, InvalidRequest, AccessDenied,
  ServerFault ...; and InvalidArgument before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from numbers import Integral
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, overload

import pandas as pd

from toolkit.cards import listed
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.client import Frame
from toolkit.services.base.decoding import Nested
from toolkit.services.base.driving import Flow
from toolkit.services.base.rest import RestFunction, RestTable
from toolkit.services.xivo import bulk, calling
from toolkit.services.xivo.functions import TABLE
from toolkit.services.xivo.paging import PAGE, Tell
from toolkit.services.xivo.planning import make_plan

if TYPE_CHECKING:
    from toolkit.services.xivo.namespaces import Resources

Id = int | str
"""A number, a uuid, or the name of a place (``"busy"``)."""

Given = Id | Mapping[str, Any] | bulk.Rows
"""Ids, then perhaps the fields as a dict, or many of them as a DataFrame or a list of dicts."""

_BULK = tuple(one.name for one in fields(bulk.Options))


class Namespace(Generic[Frame]):
    """The operations of one place of the API, with the ids that are bound already."""

    _table: RestTable = TABLE

    def __init__(self, server: Resources[Frame], name: str, bound: tuple[Id, ...] = ()) -> None:
        self._server, self._name, self._bound = server, name, bound

    def __call__(self, *ids: Id) -> Self:
        """The same place with ids bound: ``xivo.users(1).lines.list()``."""
        return type(self)(self._server, self._name, (*self._bound, *ids))

    def __repr__(self) -> str:
        bound = f"({', '.join(map(repr, self._bound))})" if self._bound else ""
        words = ", ".join(self._words())
        return f"<{self._server.service_name} {self._name}{bound}: {words}>"

    def _repr_html_(self) -> str:
        start = f"{self._name}."
        own = [one for one in self._table.all if one.method.startswith(start)]
        summary = (type(self).__doc__ or "").strip().partition("\n")[0]
        title = f"{self._server.service_name} {self._name}"
        return listed(title, summary, [(one.signature, one.summary) for one in own])

    def __dir__(self) -> list[str]:
        own = (name for name in object.__dir__(self) if name.startswith("_"))
        return sorted({*own, *self._words()})

    def _words(self) -> list[str]:
        """The methods that the bound ids fit, and the places below."""
        words = []
        for word in dict.fromkeys(name for kind in type(self).__mro__ for name in vars(kind)):
            if word.startswith("_"):
                continue
            function = self._table.find(f"{self._name}.{word}")
            if function is None or len(function.holes) >= len(self._bound):
                words.append(word)
        return sorted(words)

    def _function(self, word: str) -> RestFunction:
        return self._table.get(f"{self._name}.{word}")

    def _drive(self, flow: Flow[pd.DataFrame]) -> Frame:
        return self._server.drive(flow)

    def _run(
        self,
        word: str,
        ids: tuple[Any, ...] = (),
        *,
        page: int = PAGE,
        progress: Tell | None = None,
        **named: Any,
    ) -> Frame:
        return self._drive(self._called(word, ids, named, page, progress))

    def _called(
        self,
        word: str,
        ids: tuple[Any, ...],
        named: dict[str, Any],
        page: int = PAGE,
        progress: Tell | None = None,
    ) -> Flow[pd.DataFrame]:
        """Call one function; a name of None is left out."""
        given = {name: value for name, value in named.items() if value is not None}
        values = (*self._bound, *ids)
        function, state = self._function(word), self._server.state
        call = calling.frame_flow(state, function, values, given, page=page, progress=progress)
        return (yield from call)

    def _write(self, word: str, given: tuple[Any, ...], fields: dict[str, Any]) -> Frame:
        """Create, update, delete ...: one by its fields, or many by their rows."""
        return self._drive(self._written(word, given, fields))

    def _written(
        self, word: str, given: tuple[Any, ...], fields: dict[str, Any]
    ) -> Flow[pd.DataFrame]:
        function, state = self._function(word), self._server.state
        options = bulk.Options(**{name: fields.pop(name) for name in _BULK if name in fields})
        view: dict[str, Any] = {
            name: fields.pop(name) for name in ("nested", "secrets") if name in fields
        }
        values, body = (*self._bound, *given), None
        if function.body == "csv" and len(values) == len(function.holes) + 1:
            return (yield from calling.frame_flow(state, function, values, {**view, **fields}))
        if given and not isinstance(given[-1], Integral | str):
            *first, body = values
            values = tuple(first)
        rows = _rows(body, function)
        if fields and (rows is not None or not function.body):
            raise InvalidArgument(f"{function.method} takes no {', '.join(fields)} here")
        if rows is not None:
            return (yield from bulk.run_rows(state, function, values, rows, options))
        if body is not None and not isinstance(body, Mapping):
            raise InvalidArgument(
                f"{function.method} takes ids, a dict or a DataFrame, not {type(body).__name__}"
            )
        content = {**(body or {}), **fields} if function.body else body
        if options.dry_run:
            return bulk.dry([make_plan(function, values, body=content)])
        return (yield from calling.frame_flow(state, function, values, view, body=content))


def _rows(body: Any, function: RestFunction) -> bulk.Rows | None:
    """Many: a DataFrame, a column or a list of ids, a list of dicts; None for anything else."""
    if isinstance(body, pd.DataFrame):
        return body
    hole = function.holes[-1] if function.holes else ""
    if isinstance(body, pd.Series) and not function.body:
        return body.to_frame(hole)
    if isinstance(body, list | tuple) and body:
        if all(isinstance(row, Mapping) for row in body):
            return body
        if not function.body and all(isinstance(one, Integral | str) for one in body):
            return [{hole: one} for one in body]
    return None


N = TypeVar("N", bound=Namespace[Any])


class Part(Generic[N]):
    """A place below another: an attribute that makes its namespace.

    What it makes is written beside it, since only so a type checker knows what the methods of that
    place give: ``lines: Part[Association[Frame]] = Part(Association)``.
    """

    def __init__(self, kind: type[N]) -> None:
        self._kind, self._word = kind, ""
        self.__doc__ = kind.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._word = name

    @overload
    def __get__(self, owner: None, kind: type) -> Part[N]: ...
    @overload
    def __get__(self, owner: Any, kind: type) -> N: ...
    def __get__(self, owner: Any, kind: type) -> Part[N] | N:
        if owner is None:
            return self
        if isinstance(owner, Namespace):
            return self._kind(owner._server, f"{owner._name}.{self._word}", owner._bound)
        return self._kind(owner, self._word)


class Lists(Namespace[Frame]):
    """A collection that can be listed."""

    def list(
        self,
        *ids: Id,
        search: str | None = None,
        order: str | None = None,
        direction: Literal["asc", "desc"] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        nested: Nested = "json",
        secrets: bool = False,
        page: int = PAGE,
        progress: Tell | None = None,
        **columns: Any,
    ) -> Frame:
        """All rows that match, or one page with ``limit`` or ``offset``.

        Parameters
        ----------
        search : str, optional
            A part of any of the main columns, whatever its case.
        order, direction : str, optional
            A column, and ``asc`` or ``desc``. Without, by a column of unique values.
        page : int
            How many rows to ask for at once.
        progress : callable, optional
            Called with the number of rows so far and their total; without, a bar is shown when
            it takes long.
        **columns
            Exact filters by column: ``context="default"``.

        Returns
        -------
        DataFrame
            One row an item, with the columns of ``xivo.models``; ``attrs["total"]``.

        Raises
        ------
        BadReply
            The server says that there are more rows than it gives.
        """
        return self._run(
            "list",
            ids,
            search=search,
            order=order,
            direction=direction,
            limit=limit,
            offset=offset,
            nested=nested,
            secrets=secrets,
            page=page,
            progress=progress,
            **columns,
        )


class Gets(Namespace[Frame]):
    """Something that can be read by its id."""

    def get(self, *ids: Id, nested: Nested = "json", secrets: bool = False) -> Frame:
        """One of them, by id (users also by uuid): one row, with the same columns as the list."""
        return self._run("get", ids, nested=nested, secrets=secrets)


class Creates(Namespace[Frame]):
    """Something that can be made."""

    def create(self, *given: Given, **fields: Any) -> Frame:
        """Make one, from fields by name or a dict; or many, from a DataFrame or a list of dicts.

        Returns
        -------
        DataFrame
            What was made, one row; of many one row each with its outcome (``BULK_COLUMNS``).
        """
        return self._write("create", given, fields)


class Updates(Namespace[Frame]):
    """Something that can be changed."""

    def update(self, *given: Given, **fields: Any) -> Frame:
        """Change what is given of one: ``update(1, firstname="Ada")``; or of many, by rows.

        Rows name the one that they change in a column ``id`` or ``uuid``. A missing cell leaves
        its field as it is; with ``missing="null"`` it is set to null.

        Returns
        -------
        DataFrame
            The outcome, one row each.
        """
        return self._write("update", given, fields)


class Deletes(Namespace[Frame]):
    """Something that can be deleted."""

    def delete(self, *given: Given | pd.Series[Any] | Sequence[Id], **options: Any) -> Frame:
        """Delete one by its id, or many: a list of ids, a column of them, or rows with an id."""
        return self._write("delete", given, options)


class Crud(Lists[Frame], Gets[Frame], Creates[Frame], Updates[Frame], Deletes[Frame]):
    """A collection with all five operations."""


class Adds(Namespace[Frame]):
    """Something that can be associated."""

    def add(self, *given: Given, **options: Any) -> Frame:
        """Associate: the ids from left to right, or many by rows with a column for each."""
        return self._write("add", given, options)


class Removes(Namespace[Frame]):
    """Something whose association can be ended."""

    def remove(self, *given: Given, **options: Any) -> Frame:
        """End the association: the ids from left to right, or many by rows."""
        return self._write("remove", given, options)


class Shown(Namespace[Frame]):
    """Associations that can be listed."""

    def list(self, *ids: Id, nested: Nested = "json", **columns: Any) -> Frame:
        """All of them, one row each. The server ignores ``limit`` here."""
        return self._run("list", ids, nested=nested, **columns)


class Association(Shown[Frame], Adds[Frame], Removes[Frame]):
    """What is associated with something else: ``list``, ``add``, ``remove``."""


class Replaces(Namespace[Frame]):
    """Something that is set as a whole."""

    def replace(self, *given: Given, **fields: Any) -> Frame:
        """Set all of it at once; what is not given is gone."""
        return self._write("replace", given, fields)
