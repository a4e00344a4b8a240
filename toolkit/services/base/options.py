"""Options of a client: one frozen dataclass a service, single ones changed by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from toolkit.outcomes import InvalidArgument

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Options = TypeVar("Options", bound=DataclassInstance)


def changed(kind: type[Options], options: Options | None, changes: Mapping[str, Any]) -> Options:
    """The options with some changed; the defaults of their kind where there are none.

    Raises
    ------
    InvalidArgument
        A name that is no option, or a value that none takes.
    """
    known = {field.name for field in fields(kind)}
    unknown = sorted(set(changes) - known)
    if unknown:
        raise InvalidArgument(
            f"no option is called {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        )
    return replace(options if options is not None else kind(), **changes)
