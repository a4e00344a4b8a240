"""A collection: list, get, create, update, delete, and its actions.

What they share:

* Associations are columns with dotted names (``client.id``), read and written.
* A request that writes is atomic: either all of its items are saved, or none. Many items go in
  several requests (``chunk``), of which each is atomic by itself.
* Errors are :class:`toolkit.outcomes.CallError`: NotFound, InvalidRequest, AccessDenied ...; and
  InvalidArgument before anything is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, Generic, TypeGuard

import pandas as pd

from toolkit.cards import listed
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.client import Frame
from toolkit.services.base.decoding import Nested
from toolkit.services.geoop.functions import TABLE, function_of
from toolkit.services.geoop.items import Rows
from toolkit.services.geoop.modifiers import Filter
from toolkit.services.geoop.operations import NAME, Operations
from toolkit.services.geoop.paging import Tell

if TYPE_CHECKING:
    from toolkit.services.geoop.baseclient import BaseClient

Ids = int | Iterable[int] | pd.Series


class Collection(Generic[Frame]):
    """One collection of the API; ``geoop.jobs``, or ``geoop.collection("notes")`` for any other.

    Raises
    ------
    InvalidArgument
        A name that is not made of letters alone, as the page "API Requests" wants it.
    """

    def __init__(self, client: BaseClient[Frame, Any], name: str) -> None:
        if not NAME.fullmatch(str(name)):
            raise InvalidArgument(f"a collection's name is made of letters, such as jobs; {name!r}")
        self._client, self._name = client, name
        self._operations = Operations(client, name)

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
    ) -> Frame:
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
        return self._client.drive(
            self._operations.list(
                fields=fields,
                filter=filter,
                sort=sort,
                page=page,
                size=size,
                flags=flags,
                query=query,
                counts=counts,
                nested=nested,
                progress=progress,
            )
        )

    def get(
        self,
        id: int,  # noqa: A002 (as the service calls it)
        *,
        fields: str | Iterable[str] | None = None,
        nested: Nested = "flat",
    ) -> Frame:
        """One item, by its id: one row with the same columns as the list.

        Raises
        ------
        NotFound
            It does not exist, or this client may not see it.
        """
        return self._client.drive(self._operations.get(id, fields, nested))

    def create(self, rows: Rows | Mapping[str, Any] | None = None, /, **options: Any) -> Frame:
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

    def update(self, rows: Rows | Mapping[str, Any] | int, /, **options: Any) -> Frame:
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

    def update_one(
        self,
        id: int,  # noqa: A002 (as the service calls it)
        item: Mapping[str, Any] | None = None,
        /,
        **fields: Any,
    ) -> Frame:
        """Change one item: ``geoop.jobs.update_one(5, title="Gate")``, or its fields in a dict."""
        return self._write("update_one", None, {"id": id, **(item or {}), **fields}, id)

    def delete(self, rows: Rows | Ids, /, **options: Any) -> Frame:
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

    def delete_one(self, id: int, /, **options: Any) -> Frame:  # noqa: A002
        """Delete one item for good."""
        return self._write("delete_one", {"id": id}, options, id)

    def action(self, name: str, body: Any = None) -> Frame:
        """Run an action: ``POST /collection/name`` with a JSON body, if one is given."""
        return self._client.drive(self._operations.action(name, body))

    def _write(
        self,
        operation: str,
        rows: Any,
        options: dict[str, Any],
        id: int | None = None,  # noqa: A002
    ) -> Frame:
        return self._client.drive(self._operations.write(operation, rows, options, id))


def _is_one(rows: Any) -> TypeGuard[int]:
    """Whether it is one id; numpy has its own whole numbers."""
    return isinstance(rows, Integral) and not isinstance(rows, bool)
