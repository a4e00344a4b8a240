"""The sandbox of NICE Uptivity's API server: Web API, command socket and event socket.

A second reading of the protocol, made from the vendor's pages and not from the toolkit's client.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from toolkit.sandbox.uptivity.box import UptivityBox
from toolkit.sandbox.uptivity.clock import MANUAL_START
from toolkit.sandbox.uptivity.codes import LABELS
from toolkit.sandbox.uptivity.faults import Fault
from toolkit.sandbox.uptivity.incidents import Incident
from toolkit.sandbox.uptivity.invented import Agent
from toolkit.sandbox.uptivity.switches import Switches
from toolkit.sandbox.uptivity.truth import Truth
from toolkit.sandbox.uptivity.workload import Day, Step


def start(
    path: str | Path | None = None,
    *,
    agents: int = 12,
    clock: Literal["manual", "real"] = "manual",
    port: int = 0,
    tcp_port: int = 0,
    event_port: int = 0,
    process: bool = False,
    **switches: Any,
) -> UptivityBox:
    """Start an API server on 127.0.0.1, one engine behind three doors.

    Parameters
    ----------
    path
        Database file: the state survives a restart. None: it vanishes with the box.
    agents
        Invented agents, each with a phone and a workstation (see `Agent`).
    clock
        ``"manual"``: starts on Monday 2026-03-02 at 13:00 UTC (or where the file left it) and moves
        by `UptivityBox.advance` only. ``"real"``: the computer's clock.
    port, tcp_port, event_port
        Of the Web API (a real one's 2012), the command socket (5620) and the event socket (5621);
        0 for any free port.
    process
        Run it in a process of its own (for benchmarks, and to kill it).
    **switches
        Any of `Switches` by name.

    Returns
    -------
    UptivityBox

    Raises
    ------
    ValueError
        For an unknown switch or a wrong value, or a file that cannot be used.
    OSError
        If a port is taken.

    Examples
    --------
    >>> import socket
    >>> from toolkit import sandbox
    >>> with sandbox.start("uptivity") as box, socket.create_connection(box.tcp) as connection:
    ...     _ = connection.send(b"<REQUEST><TYPE>TEST</TYPE><REQUESTID>1</REQUESTID></REQUEST>")
    ...     b"<RESULTCODE>20</RESULTCODE>" in connection.recv(4096)
    True
    """
    from toolkit.sandbox.uptivity.running import run  # uvicorn costs 0.2 s to import

    if "host" in switches:
        raise ValueError("the sandbox listens on 127.0.0.1 only: there is no host to choose")
    if agents < 0:
        raise ValueError(f"agents must not be below 0, not {agents}")
    return run(
        path=path,
        agents=agents,
        clock=clock,
        port=port,
        tcp_port=tcp_port,
        event_port=event_port,
        process=process,
        switches=Switches().changed(**switches),
    )


__all__ = [
    "LABELS",
    "MANUAL_START",
    "Agent",
    "Day",
    "Fault",
    "Incident",
    "Step",
    "Switches",
    "Truth",
    "UptivityBox",
    "start",
]
