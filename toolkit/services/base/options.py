"""Options of a client: one frozen dataclass a service, single ones changed by name.

An options class that says whose it is (``service = "geoop"``, a ``ClassVar``) takes what nobody
gave from the environment: ``TOOLKIT_GEOOP_PAGE_SIZE``.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from toolkit.configuration import Found, Layers, Setting, find
from toolkit.configuration.table import variable
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.described import described

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    Options = TypeVar("Options", bound=DataclassInstance)


def changed(kind: type[Options], options: Options | None, changes: Mapping[str, Any]) -> Options:
    """The options with some changed; the environment's and the defaults where there are none.

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
    if options is not None:
        return replace(options, **changes)
    return kind(**{**_outside(kind), **changes})


@functools.cache
def option_settings(kind: type[DataclassInstance], service: str = "") -> Mapping[str, Setting]:
    """The rows of a service's options in the table of settings, by name.

    Examples
    --------
    >>> from toolkit.services.sertainty import Options
    >>> row = option_settings(Options)["alter_style"]
    >>> row.variable, row.default, row.expected
    ('TOOLKIT_SERTAINTY_ALTER_STYLE', 'both', 'one of both, args, session')
    """
    owner = service or str(getattr(kind, "service", ""))
    hints, about = get_type_hints(kind), described(kind)
    rows = {}
    for one in fields(kind):
        rows[one.name] = Setting(
            one.name,
            hints[one.name],
            _default(one),
            about.get(one.name, f"option of {owner}"),
            expected(hints[one.name]),
            variable(owner, one.name),
            frozenset(("argument", "environment", "profile")),
        )
    return rows


def expected(hint: Any) -> str:
    """What a value of a type is, in words.

    Examples
    --------
    >>> expected(bool), expected(Literal["form", "basic"])
    ('true or false', 'one of form, basic')
    """
    if get_origin(hint) is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    if dataclasses.is_dataclass(hint):
        return f"a table of {', '.join(one.name for one in fields(hint))}"
    return _WORDS.get(hint, "a table")


_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def _default(one: dataclasses.Field[Any]) -> Any:
    if one.default is not dataclasses.MISSING:
        return one.default
    return None if one.default_factory is dataclasses.MISSING else one.default_factory()


def _outside(kind: type[DataclassInstance]) -> dict[str, Any]:
    """What the environment says of the options of a class that names its service."""
    owner = str(getattr(kind, "service", ""))
    if not owner or not any(name.startswith(f"{variable(owner)}_") for name in os.environ):
        return {}
    layers = Layers(environ=os.environ)
    found = (find(row, layers) for row in option_settings(kind).values())
    given = [one for one in found if one.source == "environment"]
    for one in given:
        check_option(kind, one)
    return {one.setting.name: one.value for one in given}


def check_option(kind: type[DataclassInstance], found: Found) -> None:
    """See that an option that a file or the environment gave is one that the options take.

    Raises
    ------
    InvalidArgument
        It is not; the sentence names its source.
    """
    try:
        kind(**{found.setting.name: found.value})
    except InvalidArgument as error:
        raise InvalidArgument(f"{found.where}: {error}") from None


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
