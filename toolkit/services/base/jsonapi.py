"""A JSON service described by data: its functions, its columns, its codes, and where they are.

What is left to say of such a service is a table of functions, the fields of its resources, its
codes, and two small functions: what an answer means (``outcome``), and where in it the items are
(``items``). Requests, DataFrames, exceptions and the reading of recorded traffic follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import quote, urlencode

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.http import Answer
from toolkit.outcomes import (
    BadReply,
    CallError,
    Category,
    InvalidArgument,
    NotRecorded,
    Outcome,
    error_for,
)
from toolkit.services.base.decoding import Item, typed
from toolkit.services.base.driving import Flow, Send
from toolkit.services.base.explaining import explain
from toolkit.services.base.functions import Argument, Result, ResultKind, SessionPlace
from toolkit.services.base.jsonbody import json_bytes
from toolkit.services.base.models import EMPTY, Model
from toolkit.services.base.outcomerow import outcome_columns, outcome_row
from toolkit.services.base.rest import RestFunction, RestTable
from toolkit.services.base.restcall import JSON, Plan, RestCall

OUTCOME_COLUMNS = outcome_columns(
    function="verb and path",
    code="the service's code",
    label="its label",
    message="the service's text",
)
"""Of a function that answers with nothing but its outcome."""

Headers = tuple[tuple[str, str], ...]


def json_function(
    service: str,
    name: str,
    method: str,
    summary: str,
    *arguments: Argument,
    of: Model = EMPTY,
    many: bool = False,
    needs_session: bool = True,
    **more: Any,
) -> RestFunction:
    """A row of the table: whatever is no GET changes state, and a DELETE destroys.

    Parameters
    ----------
    name : str
        Verb and path, ``"GET /books/{id}"``.
    of : Model
        What it answers with; without, nothing but the outcome.
    many : bool
        Whether that is a list.
    **more
        Further attributes of :class:`~toolkit.services.base.rest.RestFunction`: ``lost_reply``
        of one that changes state, ``section``, ``login``.

    Examples
    --------
    >>> json_function("s", "DELETE /books/{id}", "books.delete", "").destroys
    True
    """
    verb, _, path = name.partition(" ")
    results = (
        Result(
            one.name,
            "json" if one.nested else cast("ResultKind", one.column.kind),
            repeated=many,
            choices=one.column.choices,
        )
        for one in of.fields
    )
    return RestFunction(
        service,
        name,
        method,
        summary,
        arguments,
        tuple(results),
        session=SessionPlace.HEADER if needs_session else SessionPlace.NONE,
        changes=verb not in ("GET", "HEAD"),
        destroys=verb == "DELETE",
        verb=verb,
        path=path,
        resource=of.name,
        shape=("items" if many else "item") if of.fields else "none",
        **more,
    )


@dataclass(frozen=True, slots=True)
class Code:
    """One row of a service's table of codes."""

    code: int
    label: str
    meaning: str
    category: Category


CODE_COLUMNS = (
    Column("code", "integer", about="as the service has it"),
    Column("label", about="its name"),
    Column("meaning", about="what it says"),
    Column("category", "category", tuple(Category), "what a call with it is"),
)


class Codes:
    """The codes of a service, found by number.

    Examples
    --------
    >>> codes = Codes([Code(0, "OK", "done", Category.SUCCESS)])
    >>> codes.outcome(0).ok, codes.outcome(9, "?").label
    (True, 'CODE_9')
    """

    def __init__(self, rows: Iterable[Code]) -> None:
        self._rows = {row.code: row for row in rows}

    def outcome(self, code: int | None, message: str = "") -> Outcome:
        """What a code means; one that the table has not is unknown, and keeps its number."""
        row = self._rows.get(code) if code is not None else None
        if row is None:
            return Outcome(code, f"CODE_{code}", message, Category.UNKNOWN)
        return Outcome(code, row.label, message or row.meaning, row.category)

    def to_frame(self) -> pd.DataFrame:
        """The table, as ``toolkit.codes`` gives it."""
        rows = self._rows.values()
        return frame(CODE_COLUMNS, [(r.code, r.label, r.meaning, r.category.value) for r in rows])


@dataclass(frozen=True)
class JsonApi:
    """A JSON service.

    Attributes
    ----------
    table : RestTable
    base : str
        The path before those of the table, for example ``/api/v1``. It tells the service's
        requests from others', so it should be its own.
    models : mapping of str to Model
        The columns of each resource.
    codes : Codes
    outcome : callable
        ``outcome(status, document)`` says what an answer means, by the service's own rule; it
        raises BadReply for a document that is none of the service's.
    items : callable
        ``items(function, document)`` gives the objects of a success, one for each row.
    """

    table: RestTable
    base: str
    models: Mapping[str, Model]
    codes: Codes
    outcome: Callable[[int, Any], Outcome]
    items: Callable[[RestFunction, Any], list[Item]]

    def plan(
        self, function: RestFunction, arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> Plan:
        """What a call sends: arguments in the table's order, or by name.

        Names that are no arguments are fields of the JSON body, where the function takes one.

        Raises
        ------
        InvalidArgument
            They do not fit the function.
        """
        given = dict(zip((one.parameter for one in function.given), arguments, strict=False))
        if len(arguments) > len(function.given) or given.keys() & named.keys():
            raise InvalidArgument(f"{function.signature} is how {function.name} is called")
        known = {one.parameter for one in function.given}
        fields = {name: value for name, value in named.items() if name not in known}
        given |= {name: value for name, value in named.items() if name in known}
        body = next((one.parameter for one in function.given if one.kind == "json"), None)
        if fields and body is None:
            raise InvalidArgument(f"{function.method} has no parameter {', '.join(fields)}")
        if body is not None and fields:
            given[body] = {**(given.get(body) or {}), **fields}
        for one in function.given:
            if not one.optional and given.get(one.parameter) is None:
                raise InvalidArgument(f"{function.method} needs {one.parameter}")
        query = [(one.name, given.get(one.parameter)) for one in function.queries]
        return Plan(
            function,
            self.base + function.fill({hole: given.get(hole) for hole in function.holes}),
            tuple((name, _text(value)) for name, value in query if value is not None),
            json_bytes(given[body]) if body is not None else None,
            target="/".join(str(given[one.parameter]) for one in function.given if one.names),
        )

    def call_flow(
        self, plan: Plan, url: str, headers: Headers = (), secrets: tuple[str, ...] = ()
    ) -> Flow[RestCall]:
        """One call, sent once; only a read is repeated after a lost connection.

        Raises
        ------
        CallError
            Any of its kinds, without the secrets, which the server may have told back.
        """
        try:
            call = yield from self._exchange(plan, url, headers)
            outcome = self.outcome_of(call)
            if not outcome.ok:
                raise error_for(outcome, at=call.at, elapsed=call.elapsed)
        except NotRecorded as error:
            raise NotRecorded(f"{plan.function.name}({plan.target}): {error}") from error
        except CallError as error:
            for secret in filter(None, secrets):
                error.message = error.message.replace(secret, "…")
            explain(error, plan.function.name, plan.target, plan.function.when_lost)
            raise
        return call

    def _exchange(self, plan: Plan, url: str, headers: Headers) -> Flow[RestCall]:
        kind = (("Content-Type", plan.content_type),) if plan.body is not None else ()
        query = urlencode(plan.query, quote_via=quote)
        answer = yield Send(
            plan.body or b"",
            repeatable=not plan.function.changes,
            method=plan.function.verb,
            url=f"{url.rstrip('/')}{plan.path}{'?' * bool(query)}{query}",
            headers=(("Accept", JSON), *kind, *headers),
        )
        if not isinstance(answer, Answer):
            raise TypeError("a Send is answered by an Answer")
        return self.call_of(plan, answer)

    def call_of(self, plan: Plan, answer: Answer) -> RestCall:
        """The call that an answer makes of a plan; live or recorded."""
        unread = RestCall(
            plan.function,
            plan.target,
            Outcome(None, "", "", Category.UNKNOWN),
            answer.status,
            answer.headers,
            answer.body,
            answer.at,
            answer.elapsed,
        )
        try:
            outcome = self.outcome(answer.status, unread.data)
        except CallError as error:
            outcome = Outcome(None, type(error).__name__, error.message, error.category)
        return replace(unread, outcome=outcome)

    def outcome_of(self, call: RestCall) -> Outcome:
        """Its outcome.

        Raises
        ------
        BadReply
            What came is not in the service's language.
        """
        outcome = call.outcome
        if outcome.category is Category.BAD_REPLY:
            raise BadReply(outcome.message, at=call.at, elapsed=call.elapsed)
        return outcome

    def frame(self, call: RestCall) -> pd.DataFrame:
        """The DataFrame of a call that succeeded: the columns of its resource, or one row."""
        function = call.function
        if function.shape == "none":
            name, target, outcome = function.name, call.target, call.outcome
            result = outcome_row(OUTCOME_COLUMNS, name, target, outcome, call.elapsed, call.at)
        else:
            items = self.items(function, call.data)
            result = typed(items, self.models.get(function.resource, EMPTY))
        result.attrs.update(call.attrs)
        return result


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
