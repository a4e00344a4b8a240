"""Options of a client: one frozen dataclass a service, single ones changed by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

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


def check_choices(options: DataclassInstance) -> None:
    """See that each option declared as a Literal has one of its values; a bool is none of them.

    Raises
    ------
    InvalidArgument
        One has another.
    """
    for name, hint in get_type_hints(type(options)).items():
        if get_origin(hint) is not Literal:
            continue
        allowed, value = get_args(hint), getattr(options, name)
        if value not in allowed or isinstance(value, bool):
            words = ", ".join(map(str, allowed))
            raise InvalidArgument(f"{name} must be one of {words}, not {value!r}")
