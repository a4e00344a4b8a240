"""What a resource of confd is."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.sandbox.xivo.eras import Era
from toolkit.sandbox.xivo.fields import Field


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of item.

    Attributes
    ----------
    kind
        Name of its table in the store.
    path
        Path of the collection, without the leading slash.
    hole
        Name of the hole in the item's path.
    title
        What messages call it.
    fields
        What can be written.
    rel
        The ``rel`` of its link.
    order
        Columns that a list can be ordered by.
    default_order
        The column a list is ordered by when nothing is said.
    search
        Columns that ``search`` looks into.
    unique
        Sets of fields that only one item may have together.
    uuid
        In which era an item has a uuid: ``"both"``, ``"wazo"`` or empty.
    by_uuid
        Whether Wazo's paths have the uuid in the place of the number.
    verbs
        What can be done: C(reate), L(ist), R(ead), U(pdate), D(elete).
    era
        ``"wazo"``: there only; ``"xivo"``: everywhere else; empty: everywhere.
    hidden
        Fields that Wazo does not show (its endpoints have no ``id``).
    """

    kind: str
    path: str
    hole: str
    title: str
    fields: tuple[Field, ...] = ()
    rel: str = ""
    order: tuple[str, ...] = ("id", "name", "description")
    default_order: str = "name"
    search: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    uuid: str = ""
    by_uuid: bool = False
    verbs: str = "CLRUD"
    era: str = ""
    hidden: tuple[str, ...] = field(default=())

    def there(self, era: Era) -> bool:
        """Whether the era has it."""
        return not self.era or (self.era == "wazo") == era.tenants

    def has_uuid(self, era: Era) -> bool:
        """Whether its items have a uuid."""
        return self.uuid == "both" or (self.uuid == "wazo" and era.tenants)

    def item_hole(self, era: Era) -> str:
        """The hole in the item's path."""
        if self.by_uuid and era.tenants:
            return self.hole.removesuffix("_id").removesuffix("_uuid") + "_uuid"
        return self.hole

    @property
    def link_rel(self) -> str:
        """The ``rel`` of its link."""
        return self.rel or self.path
