"""What a client takes where its caller said nothing: the environment, the profile file."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from toolkit.configuration.layers import Found, Layers, find
from toolkit.configuration.table import LIMITS, SETTINGS
from toolkit.outcomes import InvalidArgument

if TYPE_CHECKING:
    import ssl

    from _typeshed import DataclassInstance

    Verify = bool | str | os.PathLike[str] | ssl.SSLContext | None
    LimitsKind = TypeVar("LimitsKind", bound=DataclassInstance)


def chosen(name: str, argument: Any = None, layers: Layers | None = None) -> Found:
    """The value of one setting, and which layer gave it.

    Raises
    ------
    InvalidArgument
        The value that wins, or the profile file, is not usable.

    Examples
    --------
    >>> chosen("read", 20).value, chosen("read").source
    (20.0, 'default')
    """
    return find(SETTINGS[name], layers or Layers.here({name: argument}))


def chosen_limits(
    given: LimitsKind | None, default: LimitsKind, layers: Layers | None = None
) -> LimitsKind:
    """The limits of a client: those given whole, else the default with what settings change.

    Parameters
    ----------
    given : Limits or None
    default : Limits
        The service's own; the environment and the profile file win over them.

    Raises
    ------
    InvalidArgument
        A setting is not usable, or what is given is no Limits.

    Examples
    --------
    >>> chosen_limits(None, toolkit.Limits(read=30)).read
    30
    """
    if given is not None:
        if not isinstance(given, type(default)):
            raise InvalidArgument(
                f"limits is a toolkit.Limits, such as toolkit.Limits(read=20), not {given!r}"
            )
        return given
    layers = layers or Layers.here()
    known = {one.name for one in fields(default)}
    found = (find(SETTINGS[name], layers) for name in LIMITS if name in known)
    return replace(
        default, **{one.setting.name: one.value for one in found if one.source != "default"}
    )


def chosen_verify(given: Verify) -> Any:
    """Whom TLS trusts: as given; else the CA file that ``TOOLKIT_VERIFY`` names; else True.

    Nothing but an argument, or a profile that one names, switches the verification off.

    Raises
    ------
    InvalidArgument
        The variable names no file, or would switch the verification off.
    """
    return given if given is not None else find(SETTINGS["verify"], _outside()).value


def chosen_proxy(given: str | None) -> str | None:
    """The proxy: as given (empty for none); else the one that ``TOOLKIT_PROXY`` names; else None.

    Raises
    ------
    InvalidArgument
        What the variable holds is no address.
    """
    return (given if given is not None else find(SETTINGS["proxy"], _outside()).value) or None


def _outside() -> Layers:
    """The environment alone: what belongs to one server is not in the file's defaults."""
    return Layers(environ=os.environ)
