"""The sandbox of GeoOp: the API, versions 1.0 to 1.3, and its authorization server.

A second reading of the protocol, made from the vendor's pages and not from the toolkit's client.
The pages leave much open; what is open has a default of ours behind one of the `Switches`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toolkit.sandbox.geoop.box import GeoopBox
from toolkit.sandbox.geoop.faults import Fault
from toolkit.sandbox.geoop.switches import VERSIONS, Switches


def start(
    path: str | Path | None = None,
    *,
    jobs: int = 20,
    users: int = 4,
    seed: int = 0,
    port: int = 0,
    login_port: int = 0,
    redirect_uri: str = "http://127.0.0.1:8080/callback",
    process: bool = False,
    **switches: Any,
) -> GeoopBox:
    """Start the API and the authorization server on 127.0.0.1.

    Parameters
    ----------
    path
        Database file: the state survives a restart. None: it vanishes with the box.
    jobs
        Invented jobs that the administrator of a new server sees; strangers have three more.
    users
        Invented people beside the four who can sign in.
    seed
        Decides what is invented; an existing file keeps its own.
    port, login_port
        Of the API and the authorization server; 0 for any free port.
    redirect_uri
        Where a client is sent that names no address of its own.
    process
        Run it in a process of its own (for benchmarks, and to kill it).
    **switches
        Any of `Switches` by name.

    Returns
    -------
    GeoopBox

    Raises
    ------
    ValueError
        For an unknown switch, a wrong value, or a file that cannot be used.
    OSError
        If a port is taken.

    Examples
    --------
    >>> import httpx
    >>> from toolkit import sandbox
    >>> with sandbox.start("geoop", jobs=3) as box:
    ...     form = {
    ...         "grant_type": "client_credentials",
    ...         "client_id": box.client_id,
    ...         "client_secret": box.client_secret,
    ...     }
    ...     token = httpx.post(f"{box.login_url}/oauth2/token", data=form).json()["access_token"]
    ...     headers = {"Authorization": f"Bearer {token}", "X-Version": "1.3"}
    ...     found = httpx.get(f"{box.url}/jobs", headers=headers).json()
    >>> found["result"], found["jobs"][0]["id"], found["metadata"]
    ('success', 1001, {'page': 1, 'recordsPerPage': 50})
    """
    from toolkit.sandbox.geoop.running import run  # uvicorn costs 0.2 s to import

    if "host" in switches:
        raise ValueError("the sandbox listens on 127.0.0.1 only: there is no host to choose")
    for name, number in (("jobs", jobs), ("users", users)):
        if number < 0:
            raise ValueError(f"{name} must not be below 0, not {number}")
    return run(
        path=path,
        jobs=jobs,
        users=users,
        seed=seed,
        port=port,
        login_port=login_port,
        redirect_uri=redirect_uri,
        process=process,
        switches=Switches().changed(**switches),
    )


__all__ = ["VERSIONS", "Fault", "GeoopBox", "Switches", "start"]
