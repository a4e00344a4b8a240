"""Which row of which service's table a callable is, so that a table can be matched to it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toolkit import services
from toolkit.cassettes.redaction.names import Names
from toolkit.frames import Column, Kind
from toolkit.services.base.closing import AsyncClosing
from toolkit.services.base.functions import Argument, Function, Result
from toolkit.services.base.outcomerow import outcome_columns
from toolkit.services.base.rest import RestFunction

_BY_NAME = ("call", "send")
"""Methods of a client whose first argument names the function."""
_SECRETS = Names()
_KINDS: dict[str, Kind] = {
    "binary": "binary",
    "category": "category",
    "integer": "integer",
    "time": "time",
    "boolean": "boolean",
    "number": "number",
}
_OUTCOME = outcome_columns(
    function="its name", code="the service's", label="of the code", message="the service's"
)


@dataclass(frozen=True, slots=True)
class Method:
    """What is known of a callable.

    Attributes
    ----------
    name : str
        How to speak of it: ``sertainty taskGetStatus``, or the callable's own name.
    client : object or None
        Whose method it is.
    function : Function or None
        Its row in the service's table; None for what no table has.
    arguments : tuple of Argument
        Those of the row that the caller has still to give.
    """

    name: str
    client: Any = None
    function: Function | None = None
    arguments: tuple[Argument, ...] = ()

    @classmethod
    def of(cls, callable_: Callable[..., Any]) -> Method:
        """What is known of a bound method, a ``functools.partial`` of one, or any callable.

        Examples
        --------
        >>> Method.of(gateway.task.get_status).name
        'sertainty taskGetStatus'
        >>> Method.of(functools.partial(gateway.call, "taskPause")).function.changes
        True
        >>> Method.of(len)
        Method(name='len', client=None, function=None, arguments=())
        """
        inner: Any = callable_
        given: tuple[Any, ...] = ()
        named: dict[str, Any] = {}
        while isinstance(inner, functools.partial):
            given, named = (*inner.args, *given), {**inner.keywords, **named}
            inner = inner.func
        owner = getattr(inner, "__self__", None)
        word = getattr(inner, "__name__", type(inner).__name__)
        owner = _closed_over(inner) if owner is None else owner
        client = _client(owner)
        service = services.load().get(str(getattr(client, "service_name", "")))
        if service is None:
            return cls(word, client)
        if owner is client and word in _BY_NAME and given:
            function, given = service.functions.find(str(given[0])), given[1:]
        else:
            names = (f"{_prefix(owner)}.{word}", getattr(inner, "__qualname__", word), word)
            function = next(filter(None, map(service.functions.find, names)), None)
            given = (*getattr(owner, "_bound", ()), *given)
        if function is None:
            return cls(f"{service.name} {word}", client)
        left = [one for one in function.given[len(given) :] if one.parameter not in named]
        return cls(f"{service.name} {function.name}", client, function, tuple(left))

    @property
    def awaited(self) -> bool:
        """Whether it is a method of an async client."""
        return isinstance(self.client, AsyncClosing)

    @property
    def changes(self) -> bool:
        """Whether it changes state on the server; what is not known is taken to do so."""
        return self.function is None or self.function.changes

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that its DataFrame is declared to have, as far as the table tells them.

        Examples
        --------
        >>> [column.name for column in Method.of(gateway.agent.get_status).columns][:2]
        ['agent_status', 'application_name']
        """
        function = self.function
        if function is None:
            return ()
        if not function.results:
            silent = function.changes
            if isinstance(function, RestFunction):
                silent = not function.answer
            return _OUTCOME if silent else ()
        first = function.results[0]
        if first.kind in ("xml", "json"):
            return first.records
        if isinstance(function, RestFunction):
            shown = [one for one in function.results if _SECRETS.kind(one.name) is None]
            return tuple(map(_column, shown))
        if first.repeated:
            return (_column(first),)
        keys = [Column(one.name.removesuffix("-name")) for one in function.given if one.names]
        if first.kind == "binary":
            return (
                *keys, Column("contents", "binary"), Column("size", "integer"), Column("sha256"),
            )  # fmt: skip
        return (*keys, *map(_column, function.results))


def _column(result: Result) -> Column:
    return Column(result.column or result.name, _KINDS.get(result.kind, "text"), result.choices)


def _closed_over(function: Any) -> Any:
    """The owner of a method that is made when it is asked for."""
    variables = getattr(function, "__closure__", None) or ()
    found = (cell.cell_contents for cell in variables)
    return next((one for one in found if _client(one) is not None), None)


def _client(owner: Any) -> Any:
    """The client that an object is, or is a part of."""
    if owner is None or inspect.isclass(owner) or inspect.ismodule(owner):
        return None
    if hasattr(owner, "service_name") and hasattr(owner, "url"):
        return owner
    parts = getattr(owner, "__dict__", {}).values()
    return next((one for one in parts if hasattr(one, "service_name")), None)


def _prefix(owner: Any) -> str:
    """The place that an owner's methods have in the table."""
    own = getattr(owner, "_prefix", None) or getattr(owner, "_name", None)
    return str(own or type(owner).__name__.casefold())
