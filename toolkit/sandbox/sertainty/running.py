"""Puts a gateway on a server: in a thread here, or in a process of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Literal

from toolkit.sandbox.process import ProcessRunner
from toolkit.sandbox.sertainty.app import GatewayApp
from toolkit.sandbox.sertainty.box import SertaintyBox
from toolkit.sandbox.sertainty.controls import Controls
from toolkit.sandbox.sertainty.gateway import Gateway
from toolkit.sandbox.sertainty.switches import Switches
from toolkit.sandbox.sertainty.workload import Workload
from toolkit.sandbox.server import LoopbackServer


class ThreadRunner:
    """A gateway in a thread of this process."""

    def __init__(
        self,
        *,
        path: str | Path | None,
        seed: int,
        clock: Literal["manual", "real"],
        workload: Workload | None,
        log_size: int,
        port: int,
        switches: Switches,
    ) -> None:
        self.gateway = Gateway(path, seed=seed, clock=clock, switches=switches, workload=workload)
        try:
            if log_size:
                self.gateway.logs.grow(log_size, self.gateway.clock.now)
            app = GatewayApp(self.gateway)
            self._controls = Controls(self.gateway, app)
            self._server = LoopbackServer(app, port=port)
        except BaseException:
            self.gateway.close()
            raise
        self.url = self._server.url

    def send(self, control: str, **arguments: Any) -> Any:
        """Use one control."""
        return getattr(self._controls, control)(**arguments)

    def close(self) -> None:
        """End the server, then close the database."""
        self._server.close()
        self.gateway.close()


def run(
    *, process: bool, workload: Workload | None, switches: Switches, **options: Any
) -> SertaintyBox:
    """A box around a new gateway."""
    if not process:
        return SertaintyBox(ThreadRunner(workload=workload, switches=switches, **options))
    path = options.pop("path")
    options |= dataclasses.asdict(switches)
    options["workload"] = None if workload is None else dataclasses.asdict(workload)
    options["path"] = None if path is None else str(path)
    return SertaintyBox(ProcessRunner("sertainty", options))
