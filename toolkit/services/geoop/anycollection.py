"""Any collection by its name, those that no page of the vendor's names too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic

from toolkit.cards import listed
from toolkit.services.base.client import Frame
from toolkit.services.geoop.collections import Collection, Ids
from toolkit.services.geoop.functions import COLLECTIONS, TABLE
from toolkit.services.geoop.items import Rows

if TYPE_CHECKING:
    from toolkit.services.geoop.baseclient import BaseClient


class AnyCollection(Generic[Frame]):
    """Any collection: ``geoop.collection("notes").list()``, or ``geoop.collection.list("notes")``.

    Each method is that of a :class:`~toolkit.services.geoop.collections.Collection`, with the
    collection's name before its own arguments.
    """

    def __init__(self, client: BaseClient[Frame, Any]) -> None:
        self._client = client

    def __call__(self, name: str) -> Collection[Frame]:
        """Give the collection of that name.

        Raises
        ------
        InvalidArgument
            The name is not made of letters alone.
        """
        found = getattr(self._client, str(name)) if name in COLLECTIONS else None
        return found if isinstance(found, Collection) else Collection(self._client, name)

    def __repr__(self) -> str:
        return "<geoop collection of any name>"

    def _repr_html_(self) -> str:
        own = [one for one in TABLE.all if one.method.startswith("collection.")]
        rows = [(one.signature, one.summary) for one in own]
        return listed("geoop, any collection", "each gives a DataFrame", rows)

    def list(self, collection: str, /, **modifiers: Any) -> Frame:
        """All items that match, or one page."""
        return self(collection).list(**modifiers)

    def get(self, collection: str, id: int, /, **modifiers: Any) -> Frame:  # noqa: A002
        """One item, by its id."""
        return self(collection).get(id, **modifiers)

    def create(
        self, collection: str, rows: Rows | Mapping[str, Any] | None = None, /, **options: Any
    ) -> Frame:
        """Make items."""
        return self(collection).create(rows, **options)

    def update(
        self, collection: str, rows: Rows | Mapping[str, Any] | int, /, **options: Any
    ) -> Frame:
        """Change items."""
        return self(collection).update(rows, **options)

    def update_one(
        self,
        collection: str,
        id: int,  # noqa: A002 (as the service calls it)
        item: Mapping[str, Any] | None = None,
        /,
        **fields: Any,
    ) -> Frame:
        """Change one item."""
        return self(collection).update_one(id, item, **fields)

    def delete(self, collection: str, rows: Rows | Ids, /, **options: Any) -> Frame:
        """Delete items for good."""
        return self(collection).delete(rows, **options)

    def delete_one(self, collection: str, id: int, /, **options: Any) -> Frame:  # noqa: A002
        """Delete one item for good."""
        return self(collection).delete_one(id, **options)

    def action(self, collection: str, name: str, body: Any = None) -> Frame:
        """Run an action: ``POST /collection/name``."""
        return self(collection).action(name, body)
