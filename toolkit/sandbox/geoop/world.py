"""What the two servers share."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.sandbox.geoop.clock import Clock
from toolkit.sandbox.geoop.store import Store
from toolkit.sandbox.geoop.switches import Switches


@dataclass(frozen=True, slots=True)
class World:
    """State, time and switches.

    Attributes
    ----------
    redirect_uri
        Where a client is sent that names no address of its own: what was registered for it.
    """

    store: Store
    clock: Clock
    switches: Switches
    redirect_uri: str
