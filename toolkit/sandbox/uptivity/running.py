"""Puts an engine behind its three doors: in threads here, or in a process of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Literal

from toolkit.sandbox.process import ProcessRunner
from toolkit.sandbox.server import LoopbackServer
from toolkit.sandbox.uptivity.box import UptivityBox
from toolkit.sandbox.uptivity.controls import Controls
from toolkit.sandbox.uptivity.desk import Desk
from toolkit.sandbox.uptivity.engine import Engine
from toolkit.sandbox.uptivity.sockets import SocketServer
from toolkit.sandbox.uptivity.switches import Switches
from toolkit.sandbox.uptivity.web import PATH, WebApp


class ThreadRunner:
    """An API server in threads of this process."""

    def __init__(
        self,
        *,
        path: str | Path | None,
        agents: int,
        clock: Literal["manual", "real"],
        port: int,
        tcp_port: int,
        event_port: int,
        switches: Switches,
    ) -> None:
        self.engine = Engine(path, agents=agents, clock=clock, switches=switches)
        self._sockets: SocketServer | None = None
        self._web: LoopbackServer | None = None
        try:
            desk = Desk(self.engine)
            self._sockets = SocketServer(desk, port=tcp_port, event_port=event_port)
            self._web = LoopbackServer(WebApp(desk), port=port)
        except BaseException:
            self.close()
            raise
        self.url = self._web.url.rstrip("/") + PATH
        self._controls = Controls(desk, self._sockets, self.url)

    def send(self, control: str, **arguments: Any) -> Any:
        """Use one control."""
        return getattr(self._controls, control)(**arguments)

    def close(self) -> None:
        """End the doors, then close the database."""
        if self._web is not None:
            self._web.close()
        if self._sockets is not None:
            self._sockets.close()
        self.engine.close()


def run(*, process: bool, switches: Switches, **options: Any) -> UptivityBox:
    """A box around a new server."""
    if not process:
        return UptivityBox(ThreadRunner(switches=switches, **options))
    path = options.pop("path")
    options |= dataclasses.asdict(switches)
    options["path"] = None if path is None else str(path)
    return UptivityBox(ProcessRunner("uptivity", options))
