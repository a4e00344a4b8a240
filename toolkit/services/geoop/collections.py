"""A collection: list, get, create, update, delete, and its actions.

What they share:

* Associations are columns with dotted names (``client.id``), read and written.
* A request that writes is atomic: either all of its items are saved, or none. Many items go in
  several requests (``chunk``), of which each is atomic by itself.
* Errors are :class:`toolkit.outcomes.CallError`: NotFound, InvalidRequest, AccessDenied ...; and
  InvalidArgument before anything is sent.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

import pandas as pd

from toolkit.cards import listed
from toolkit.outcomes import InvalidArgument
from toolkit.progress import Progress
from toolkit.services.base.decoding import Nested
from toolkit.services.base.jsonbody import json_bytes
from toolkit.services.base.rest import RestFunction
from toolkit.services.base.restcall import Plan
from toolkit.services.geoop.call import Item
from toolkit.services.geoop.functions import ACTION, TABLE, function_of
from toolkit.services.geoop.items import Missing, Rows, check_ids, frame_of, items_of, table_of
from toolkit.services.geoop.modifiers import Filter, Query
from toolkit.services.geoop.paging import Tell, list_flow
from toolkit.services.geoop.writing import Batch

if TYPE_CHECKING:
    from toolkit.services.geoop.client import Client

NAME = re.compile(r"[A-Za-z]+")

Ids = int | Iterable[int] | pd.Series
OnFailure = Literal["raise", "table"]


class Collection:
    """One collection of the API; ``geoop.jobs``, or ``geoop.collection("notes")`` for any other.

    Raises
    ------
    InvalidArgument
        A name that is not made of letters alone, as the page "API Requests" wants it.
    """

    def __init__(self, client: Client, name: str) -> None:
        if not NAME.fullmatch(str(name)):
            raise InvalidArgument(f"a collection's name is made of letters, such as jobs; {name!r}")
        self._client, self._name = client, name

    def __repr__(self) -> str:
        return f"<geoop collection {self._name}>"

    def _repr_html_(self) -> str:
        prefix = function_of(self._name, "list").method.partition(".")[0]
        own = [one for one in TABLE.all if one.method.startswith(f"{prefix}.")]
        rows = [(one.signature, one.summary) for one in own]
        return listed(f"geoop {self._name}", "each gives a DataFrame", rows)

    def list(
        self,
        *,
        fields: str | Iterable[str] | None = None,
        filter: Filter | None = None,  # noqa: A002 (as the service calls it)
        sort: str | Iterable[str] | None = None,
        page: int | None = None,
        size: int | None = None,
        flags: Iterable[str] = (),
        query: Iterable[tuple[str, str]] = (),
        counts: bool | None = None,
        nested: Nested = "flat",
        progress: Tell | None = None,
    ) -> pd.DataFrame:
        """All items that match, or one page with ``page``.

        Parameters
        ----------
        fields : str or list of str, optional
            Names of fields, or ``"*"`` for everything.
        filter : str or mapping, optional
            ``{"firstName": ("contains", "sam"), "active": 1}``, or the text as it is sent.
        sort : str or list of str, optional
            Names; a leading minus for descending.
        size : int, optional
            Items to ask for at once; without, as the option ``page_size`` says.
        flags : list of str
            Such as ``"accountSharing"`` (version 1.2 and later).
        query : list of pairs
            Further parameters, sent as they are: the names above are guesses but for ``flags``.
        nested : {"flat", "json", "drop"}
            Associations as columns with dotted names, as text that holds JSON, or left out.
        progress : callable, optional
            Told how many items there are by now, and how many there will be, if that is known;
            without, a bar is shown when it takes long.

        Returns
        -------
        DataFrame
            One row an item: of users the columns of ``models``, of others what arrives.
            ``attrs["total"]`` is what the server says, ``attrs["requests"]`` how many it took.

        Raises
        ------
        BadReply
            The server says that there are more items than it gives.

        Examples
        --------
        >>> with toolkit.sandbox.start("geoop") as box:
        ...     with toolkit.geoop.connect(box.url, login_url=box.login_url,
        ...             client_id=box.client_id, client_secret=box.client_secret) as geoop:
        ...         session = geoop.login_with()
        ...         users = geoop.users.list(fields=["id", "firstName"], sort="id", size=5)
        >>> users.columns.tolist()[:2], users["id"].iloc[:1].tolist()
        (['id', 'firstName'], [12])
        """
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
            call = self._client.fetch(plan)
            result = frame_of(call.items(self._name), self._name, nested)
            result.attrs.update(call.metadata)
            return result
        with Progress(self._name) as shown:
            flow = list_flow(
                plan, self._client.state, self._name, size=step, tell=progress or shown
            )
            found = self._client.drive(flow)
        self._client.last = found.call
        result = frame_of(found.items, self._name, nested)
        result.attrs.update(total=found.total, requests=found.requests)
        return result

    def get(
        self,
        id: int,  # noqa: A002 (as the service calls it)
        *,
        fields: str | Iterable[str] | None = None,
        nested: Nested = "flat",
    ) -> pd.DataFrame:
        """One item, by its id: one row with the same columns as the list.

        Raises
        ------
        NotFound
            It does not exist, or this client may not see it.
        """
        plan = self._plan("get", id, query=self._client.options.modifiers.choosing(fields))
        return frame_of(self._client.fetch(plan).items(self._name), self._name, nested)

    def create(
        self, rows: Rows | Mapping[str, Any] | None = None, /, **options: Any
    ) -> pd.DataFrame:
        """Make items: of a DataFrame, a list of dicts, a dict, or fields by name.

        Parameters
        ----------
        rows : DataFrame, list of dict, or dict
        chunk, on_error, on_failure, missing, progress
            See :meth:`update`.

        Returns
        -------
        DataFrame
            One row an item with the caller's own index (``writing.COLUMNS``): ``chunk`` Int64,
            ``saved`` boolean, ``fate`` category, ``id`` Int64, and of its first error ``type``,
            ``code``, ``message``, ``description``, ``field``; ``errors`` has all of them as text
            that holds JSON. ``attrs["report"]`` says which chunks were saved.

        Raises
        ------
        InvalidRequest
            Items were refused; ``error.table`` is the same table.
        CallError
            A chunk was not processed at all; ``error.table`` says what was saved before.
        """
        return self._write("create", rows, options)

    def update(self, rows: Rows | Mapping[str, Any] | int, /, **options: Any) -> pd.DataFrame:
        """Change items: of rows with a column ``id``; or one by its id and fields by name.

        Parameters
        ----------
        rows : DataFrame, list of dict, dict, or int
        chunk : int
            Items of one request; without, as the option says.
        on_error : {"stop", "continue"}
            Whether a refused chunk keeps the later ones from being sent.
        on_failure : {"raise", "table"}
            Whether refused items raise, or come back as a table; without, as the option says.
        missing : {"skip", "null"}
            Whether a missing cell leaves its field as it is, or sets it to null.
        progress : callable, optional
            Told how many were sent, and how many there are.

        Returns
        -------
        DataFrame
            As :meth:`create`.
        """
        if _is_one(rows):
            return self.update_one(rows, **options)
        return self._write("update", rows, options)

    def update_one(self, id: int, /, **fields: Any) -> pd.DataFrame:  # noqa: A002
        """Change one item: ``geoop.jobs.update_one(5, title="Gate")``."""
        return self._write("update_one", None, {"id": id, **fields}, id)

    def delete(self, rows: Rows | Ids, /, **options: Any) -> pd.DataFrame:
        """Delete items for good: one id, a list or a column of them, or rows with an id.

        ``update(id, deleted=True)`` marks an item instead.

        Returns
        -------
        DataFrame
            As :meth:`create`.
        """
        if _is_one(rows):
            return self.delete_one(rows, **options)
        return self._write("delete", rows, options)

    def delete_one(self, id: int, /, **options: Any) -> pd.DataFrame:  # noqa: A002
        """Delete one item for good."""
        return self._write("delete_one", {"id": id}, options, id)

    def action(self, name: str, body: Any = None) -> pd.DataFrame:
        """Run an action: ``POST /collection/name`` with a JSON body, if one is given."""
        if not NAME.fullmatch(str(name)):
            raise InvalidArgument(f"an action's name is made of letters, not {name!r}")
        data = None if body is None else json_bytes(body)
        filled = {"collection": self._name, "action": name}
        return self._act(
            Plan(ACTION, ACTION.fill(filled), body=data, target=f"{self._name}/{name}")
        )

    # --- the way of a call ---------------------------------------------------------------------

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

    def _write(
        self,
        operation: str,
        rows: Any,
        options: dict[str, Any],
        id: int | None = None,  # noqa: A002
    ) -> pd.DataFrame:
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
        return self._send(operation, items, table.index, id, **how)

    def _send(
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
    ) -> pd.DataFrame:
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
            client.drive(batch.flow(client.state, progress or shown))
        client.last = batch.last or client.last
        error = batch.failed()
        if error is not None and way == "raise":
            raise error
        return batch.table()

    def _act(self, plan: Plan) -> pd.DataFrame:
        call = self._client.fetch(plan)
        has_items = isinstance(call.data, dict) and any(
            isinstance(value, list) for value in call.data.values()
        )
        return frame_of(call.items(self._name) if has_items else [], self._name)


def _is_one(rows: Any) -> TypeGuard[int]:
    """Whether it is one id; numpy has its own whole numbers."""
    return isinstance(rows, Integral) and not isinstance(rows, bool)


_OPTIONS = ("chunk", "on_error", "on_failure", "missing", "progress")


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of a write, and what else was given by name: fields."""
    how = {name: options[name] for name in _OPTIONS if name in options}
    return how, {name: value for name, value in options.items() if name not in how}
