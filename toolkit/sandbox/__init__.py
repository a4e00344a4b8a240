"""Embedded servers on loopback that behave as the services do.

Each is a second, independent reading of its protocol: nothing here imports a client of the
toolkit, so that one misreading cannot hide in both.

Examples
--------
>>> from toolkit import sandbox
>>> with sandbox.start("sertainty") as box:
...     box.url.startswith("http://127.0.0.1:")
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Literal, overload

from toolkit.sandbox.box import Box

if TYPE_CHECKING:
    from toolkit.sandbox.geoop import GeoopBox
    from toolkit.sandbox.sertainty import SertaintyBox
    from toolkit.sandbox.uptivity import UptivityBox
    from toolkit.sandbox.xivo import XivoBox

# Service name -> module whose ``start(**options)`` opens a box. A fifth server is one more line.
SERVICES = {
    "geoop": "toolkit.sandbox.geoop",
    "sertainty": "toolkit.sandbox.sertainty",
    "uptivity": "toolkit.sandbox.uptivity",
    "xivo": "toolkit.sandbox.xivo",
}


@overload
def start(service: Literal["sertainty"], **options: Any) -> SertaintyBox: ...
@overload
def start(service: Literal["uptivity"], **options: Any) -> UptivityBox: ...
@overload
def start(service: Literal["xivo"], **options: Any) -> XivoBox: ...
@overload
def start(service: Literal["geoop"], **options: Any) -> GeoopBox: ...
@overload
def start(service: str, **options: Any) -> Box: ...
def start(service: str, **options: Any) -> Box:
    """Start the sandbox of a service on 127.0.0.1 and give its box.

    Parameters
    ----------
    service
        Name of the service: one of ``toolkit.sandbox.SERVICES``.
    **options
        The service's own options; see its ``start``, e.g. ``toolkit.sandbox.sertainty.start``.

    Returns
    -------
    Box
        A context manager with ``.url``, ``.close()`` and the service's controls.

    Raises
    ------
    ValueError
        If no such service has a sandbox, or an option is wrong.

    Examples
    --------
    >>> import httpx
    >>> from toolkit import sandbox
    >>> ping = "<Request><Function>agentPing</Function></Request>"
    >>> with sandbox.start("sertainty") as box:
    ...     httpx.post(box.url, content=ping).text
    '<Response><Status>1</Status><StatusMessage>Success</StatusMessage></Response>'
    """
    if service not in SERVICES:
        known = ", ".join(sorted(SERVICES))
        raise ValueError(f"no sandbox for {service!r}: it must be one of {known}")
    box: Box = importlib.import_module(SERVICES[service]).start(**options)
    return box


__all__ = ["SERVICES", "Box", "start"]
