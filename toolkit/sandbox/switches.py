"""What the switches of every sandbox share; each service's are a dataclass of its own."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, Self


class Changeable:
    """A dataclass whose values are changed by name."""

    __slots__ = ()

    if TYPE_CHECKING:  # a dataclass has it; an annotation for all would be taken for a switch
        __dataclass_fields__: ClassVar[dict[str, Any]]

    def changed(self, **switches: Any) -> Self:
        """The same switches but for the given ones; an unknown name raises ValueError."""
        known = {field.name for field in dataclasses.fields(self)}
        for name in switches:
            if name not in known:
                raise ValueError(f"no switch {name!r}: the switches are {', '.join(sorted(known))}")
        return dataclasses.replace(self, **switches)


class Held(Changeable):
    """Switches that several parts of a server hold at once, and see change."""

    __slots__ = ()

    def take(self, other: Self) -> None:
        """Become like another, for all who hold this one."""
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(other, field.name))
