"""What the methods of a collection do, as flows: what they send, and what they make of it."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from toolkit.outcomes import InvalidArgument
from toolkit.progress import Progress
from toolkit.services.base.decoding import Nested
from toolkit.services.base.driving import Flow
from toolkit.services.base.jsonbody import json_bytes
from toolkit.services.base.rest import RestFunction
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.call import Call, Item
from toolkit.services.geoop.functions import ACTION, function_of
from toolkit.services.geoop.items import Missing, check_ids, frame_of, items_of, table_of
from toolkit.services.geoop.modifiers import Filter, Query
from toolkit.services.geoop.paging import Tell, list_flow
from toolkit.services.geoop.writing import Batch

if TYPE_CHECKING:
    from toolkit.services.geoop.baseclient import BaseClient

NAME = re.compile(r"[A-Za-z]+")

OnFailure = Literal["raise", "table"]


class Operations:
    """The operations of one collection."""

    def __init__(self, client: BaseClient[Any, Any], name: str) -> None:
        self._client, self._name = client, name

    def list(
        self,
        *,
        fields: str | Iterable[str] | None,
        filter: Filter | None,  # noqa: A002 (as the service calls it)
        sort: str | Iterable[str] | None,
        page: int | None,
        size: int | None,
        flags: Iterable[str],
        query: Iterable[tuple[str, str]],
        counts: bool | None,
        nested: Nested,
        progress: Tell | None,
    ) -> Flow[pd.DataFrame]:
        """All items that match, or one page."""
        names, options = self._client.options.modifiers, self._client.options
        asked: Query = (
            *names.choosing(fields),
            *names.filtering(filter),
            *names.sorting(sort),
            *names.flagging(options.version, options.counts if counts is None else counts, flags),
            *((str(name), str(value)) for name, value in query),
        )
        step = options.page_size if size is None else size
        plan = self._plan("list", query=asked)
        if page is not None:
            plan = self._plan("list", query=(*asked, *names.paging(page, step)))
            call = yield from self._client.fetch_flow(plan)
            result = self._frame(call, call.items(self._name), nested)
            result.attrs.update(call.metadata)
            return result
        with Progress(self._name) as shown:
            found = yield from list_flow(
                plan, self._client.state, self._name, size=step, tell=progress or shown
            )
        self._client.last = found.call
        result = self._frame(found.call, found.items, nested)
        result.attrs.update(total=found.total, requests=found.requests)
        return result

    def get(
        self,
        id: int,  # noqa: A002 (as the service calls it)
        fields: str | Iterable[str] | None,
        nested: Nested,
    ) -> Flow[pd.DataFrame]:
        """One item."""
        plan = self._plan("get", id, query=self._client.options.modifiers.choosing(fields))
        call = yield from self._client.fetch_flow(plan)
        return self._frame(call, call.items(self._name), nested)

    def write(
        self,
        operation: str,
        rows: Any,
        options: dict[str, Any],
        id: int | None = None,  # noqa: A002
    ) -> Flow[pd.DataFrame]:
        """Write rows, or fields by name; what else is among the options says how."""
        how, fields = _split(options)
        if rows is None and not fields:
            raise InvalidArgument(f"{self._name}.{operation} takes rows, or fields by name")
        if rows is None:
            rows = fields
        elif fields:
            raise InvalidArgument(
                f"{self._name}.{operation} takes rows or fields, not both; what it takes beside "
                f"rows is {', '.join(_OPTIONS)}"
            )
        table = table_of(rows)
        missing: Missing = how.pop("missing", "null" if id is not None else "skip")
        removes = operation.startswith("delete")
        items = items_of(table, missing=missing, only_id=removes)
        if operation != "create":
            check_ids(items, table.index)
        return (yield from self._batch(operation, items, table.index, id, **how))

    def _batch(
        self,
        operation: str,
        items: builtins.list[Item],
        index: pd.Index[Any],
        id: int | None,  # noqa: A002
        *,
        chunk: int | None = None,
        on_error: Literal["stop", "continue"] = "stop",
        on_failure: OnFailure | None = None,
        progress: Tell | None = None,
    ) -> Flow[pd.DataFrame]:
        client = self._client
        way = client.options.on_failure if on_failure is None else on_failure
        if way not in ("raise", "table"):
            raise InvalidArgument(f"on_failure must be raise or table, not {way!r}")
        function = function_of(self._name, operation)
        batch = Batch(
            function,
            self._name,
            self._path(function, id),
            items,
            index,
            client.options.chunk if chunk is None else chunk,
            on_error,
        )
        name = f"{self._name}.{operation}"
        with Progress("items", len(items), doing=name, did=f"{name}:") as shown:
            yield from batch.flow(client.state, progress or shown)
        client.last = batch.last or client.last
        error = batch.failed()
        if error is not None and way == "raise":
            raise error
        return batch.table()

    def action(self, name: str, body: Any) -> Flow[pd.DataFrame]:
        """Run an action."""
        if not NAME.fullmatch(str(name)):
            raise InvalidArgument(f"an action's name is made of letters, not {name!r}")
        data = None if body is None else json_bytes(body)
        filled = {"collection": self._name, "action": name}
        plan = Plan(ACTION, ACTION.fill(filled), body=data, target=f"{self._name}/{name}")
        return (yield from self.act(plan))

    def act(self, plan: Plan) -> Flow[pd.DataFrame]:
        """Send an action's plan, and give the items of its answer, if it has any."""
        call = yield from self._client.fetch_flow(plan)
        has_items = isinstance(call.data, dict) and any(
            isinstance(value, list) for value in call.data.values()
        )
        return self._frame(call, call.items(self._name) if has_items else [])

    def _frame(self, call: Call, items: Sequence[Item], nested: Nested = "flat") -> pd.DataFrame:
        result = frame_of(items, self._name, nested)
        result.attrs.update(call.attrs)
        return result

    def _plan(self, operation: str, id: int | None = None, query: Query = ()) -> Plan:  # noqa: A002
        function = function_of(self._name, operation)
        target = "" if id is None else str(id)
        if "{collection}" in function.path:
            target = f"{self._name}/{target}".rstrip("/")
        return Plan(function, self._path(function, id), query, target=target)

    def _path(self, function: RestFunction, id: int | None = None) -> str:  # noqa: A002
        if id is not None and (isinstance(id, bool) or not str(id).isdecimal()):
            raise InvalidArgument(f"an id is a whole number, not {id!r}")
        return function.fill({"collection": self._name, "id": id})


_OPTIONS = ("chunk", "on_error", "on_failure", "missing", "progress")


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of a write, and what else was given by name: fields."""
    how = {name: options[name] for name in _OPTIONS if name in options}
    return how, {name: value for name, value in options.items() if name not in how}
