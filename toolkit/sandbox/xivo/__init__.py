"""The sandbox of XiVO: xivo-auth 0.1 and xivo-confd 1.1 of 15.18 and 16.15, and Wazo's.

A second reading of the protocol, made from what real servers answered and not from the toolkit's
client.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.sandbox.xivo.box import XivoBox
from toolkit.sandbox.xivo.eras import ERAS, find_era
from toolkit.sandbox.xivo.faults import Fault
from toolkit.sandbox.xivo.switches import Switches


def start(
    path: str | Path | None = None,
    *,
    era: str = "16.15",
    users: int = 0,
    seed: int = 0,
    port: int = 0,
    auth_port: int = 0,
    utc_offset: float = 0.0,
    process: bool = False,
    **switches: Any,
) -> XivoBox:
    """Start xivo-auth and xivo-confd on 127.0.0.1.

    Parameters
    ----------
    path
        Database file: the state survives a restart. None: it vanishes with the box.
    era
        ``"15.18"``, ``"16.15"`` or ``"wazo"``: which server it is like.
    users
        Invented people that a new server begins with; the first one can log in.
    seed
        Decides what is invented; an existing file keeps its own.
    port, auth_port
        Of confd and xivo-auth; 0 for any free port. Wazo has one port.
    utc_offset
        Hours by which the server's local time differs from UTC: xivo-auth writes times without
        a zone.
    process
        Run it in a process of its own (for benchmarks, and to kill it).
    **switches
        Any of `Switches` by name.

    Returns
    -------
    XivoBox

    Raises
    ------
    ValueError
        For an unknown era or switch, a wrong value, or a file that cannot be used.
    OSError
        If a port is taken.

    Examples
    --------
    >>> import httpx
    >>> from toolkit import sandbox
    >>> with sandbox.start("xivo", users=1) as box:
    ...     reply = httpx.post(
    ...         f"{box.auth}/token", auth=(box.user, box.password), json={"backend": "xivo_service"}
    ...     )
    ...     token = reply.json()["data"]["token"]
    ...     found = httpx.get(f"{box.confd}/users", headers={"X-Auth-Token": token}).json()
    >>> found["total"], found["items"][0]["firstname"]
    (1, 'Alice')
    """
    from toolkit.sandbox.xivo.running import run  # uvicorn costs 0.2 s to import

    if "host" in switches:
        raise ValueError("the sandbox listens on 127.0.0.1 only: there is no host to choose")
    if users < 0:
        raise ValueError(f"users must not be below 0, not {users}")
    return run(
        path=path,
        era=find_era(era).name,
        users=users,
        seed=seed,
        port=port,
        auth_port=auth_port,
        utc_offset=utc_offset,
        process=process,
        switches=Switches().changed(**switches),
    )


__all__ = ["ERAS", "Fault", "Switches", "XivoBox", "start"]
