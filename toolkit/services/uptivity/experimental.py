"""Commands that must exist but whose names nobody has confirmed: off unless asked for.

The result codes and parameters of the vendor's pages imply that the server can do these things;
what the commands are called there is not public. **The names here are invented.** A real server
will most likely answer 10 (API_UNKNOWN_MESSAGE_TYPE). Whoever knows a real name uses
``server.send(name, ...)``, which needs none of this.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit.frames import Column, frame
from toolkit.outcomes import InvalidArgument
from toolkit.services.base.client import Frame
from toolkit.services.uptivity.namespaces import Namespace

INVENTED: dict[str, tuple[str, str]] = {
    "RECORDSTART": ("start recording on demand", "codes 0, 1, 2, 3, 9, 18"),
    "RECORDSTOP": ("stop recording on demand", "codes 12, 13"),
    "RECORDUPDATE": ("change a recording's data", "codes 37, 40"),
    "BLACKOUTSTART": ("begin a stretch that is not recorded", "code 38"),
    "BLACKOUTSTOP": ("end a stretch that is not recorded", "code 38"),
    "AGENTLOGON": ("put an agent at a device", "codes 24, 25, 57"),
    "AGENTLOGOFF": ("take an agent from a device", "codes 24, 25"),
    "AGENTADD": ("add an agent", "code 42"),
    "AGENTLIST": ("list agents", "parameters COUNT, AGENTID"),
    "CHANNELLIST": ("list channels and their states", "the table of channel states"),
    "EVENTREGISTER": ("register for events", "codes 30, 31, 33"),
    "MONITORSTART": ("listen to a call", "codes 29, 32, 43"),
    "MONITORSTOP": ("stop listening to a call", "codes 29, 32"),
    "RECORDINGLIST": ("search recordings", "codes 40, 41; the fields of a recording"),
    "RECORDINGGET": ("fetch a recording", "codes 40, 41"),
    "ARCHIVE": ("archive a recording", "parameter ARCHIVEACTION"),
    "IMPORTROLE": ("administer roles", "codes 50, 51, 52"),
}
"""Invented name -> what it would do, and what implies that something of the kind exists."""


class Experimental(Namespace[Frame]):
    """Commands under invented names: ``server.experimental.recordstart(deviceid="1001")``.

    Each takes parameters by name and gives a DataFrame, as ``server.send`` does; none is ever
    repeated after a lost answer. Only with ``connect(..., experimental=True)``.
    """

    def __getattr__(self, name: str) -> Any:
        kind = name.upper()
        if kind not in INVENTED:
            raise AttributeError(f"there is no experimental command {name!r}")

        def command(**parameters: Any) -> Frame:
            return self._server.send(kind, **parameters)

        command.__name__ = command.__qualname__ = name
        command.__doc__ = f"{INVENTED[kind][0].capitalize()} (the name {kind} is invented)."
        return command

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *(name.lower() for name in INVENTED)])

    def names(self) -> pd.DataFrame:
        """The invented names: ``type``, ``purpose``, ``implied_by`` str."""
        return frame(
            [Column("type"), Column("purpose"), Column("implied_by")],
            [(kind, purpose, why) for kind, (purpose, why) in INVENTED.items()],
        )


def refused() -> InvalidArgument:
    """Why ``server.experimental`` is not there."""
    return InvalidArgument(
        "the experimental commands have invented names and are off; "
        "connect(..., experimental=True) turns them on"
    )
