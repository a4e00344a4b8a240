"""The sandbox of Sertainty's Data Protector gateway (Web API guide V3.4.0).

A second reading of the protocol, made from the guide and not from the toolkit's client.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from toolkit.sandbox.sertainty.box import SertaintyBox
from toolkit.sandbox.sertainty.clock import MANUAL_START
from toolkit.sandbox.sertainty.demo import (
    ACTIVE_CONFIG,
    DEMO_ANSWERS,
    DEMO_ROUNDS,
    DEMO_USER,
    OPEN_USER,
)
from toolkit.sandbox.sertainty.faults import Fault
from toolkit.sandbox.sertainty.filler import filler, write_big_log
from toolkit.sandbox.sertainty.runs import Change
from toolkit.sandbox.sertainty.switches import Switches
from toolkit.sandbox.sertainty.truth import Truth
from toolkit.sandbox.sertainty.workload import Workload


def start(
    path: str | Path | None = None,
    *,
    seed: int = 0,
    clock: Literal["manual", "real"] = "manual",
    workload: Workload | float | Mapping[str, Any] | None = None,
    log_size: int = 0,
    port: int = 0,
    process: bool = False,
    **switches: Any,
) -> SertaintyBox:
    """Start a gateway on 127.0.0.1.

    Parameters
    ----------
    path
        Database file: the state survives a restart. None: it vanishes with the box.
    seed
        Decides what tasks do, the workload and the machine; an existing file keeps its own.
    clock
        ``"manual"``: starts on Monday 2026-03-02 at 08:00 UTC (or where the file left it) and moves
        by `SertaintyBox.tick` and `SertaintyBox.advance` only. ``"real"``: the computer's clock.
    workload
        History of a new gateway: a `Workload`, its fields as a mapping, or a number of days.
    log_size
        Bytes of invented entries in the master log beside the real ones.
    port
        0 for any free port.
    process
        Run it in a process of its own (for benchmarks, and to kill it).
    **switches
        Any of `Switches` by name.

    Returns
    -------
    SertaintyBox

    Raises
    ------
    ValueError
        For an unknown switch or a wrong value, or a file that cannot be used.
    OSError
        If the port is taken.

    Examples
    --------
    >>> from toolkit import sandbox
    >>> with sandbox.start("sertainty", workload=1, alter_style="args") as box:
    ...     len(box.truth.bursts)
    2
    """
    from toolkit.sandbox.sertainty.running import run  # uvicorn costs 0.2 s to import

    if "host" in switches:
        raise ValueError("the sandbox listens on 127.0.0.1 only: there is no host to choose")
    if isinstance(workload, Mapping):
        workload = Workload(**workload)
    elif workload is not None and not isinstance(workload, Workload):
        workload = Workload(days=float(workload)) if workload else None
    return run(
        path=path,
        seed=seed,
        clock=clock,
        workload=workload,
        log_size=log_size,
        port=port,
        process=process,
        switches=Switches().changed(**switches),
    )


__all__ = [
    "ACTIVE_CONFIG",
    "DEMO_ANSWERS",
    "DEMO_ROUNDS",
    "DEMO_USER",
    "MANUAL_START",
    "OPEN_USER",
    "Change",
    "Fault",
    "SertaintyBox",
    "Switches",
    "Truth",
    "Workload",
    "filler",
    "start",
    "write_big_log",
]
