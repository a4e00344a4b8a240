"""Puts the two servers on their ports: in threads here, or in a process of their own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from toolkit.sandbox.geoop.api import Api
from toolkit.sandbox.geoop.app import GeoopApp, Watch
from toolkit.sandbox.geoop.box import GeoopBox
from toolkit.sandbox.geoop.clock import Clock
from toolkit.sandbox.geoop.controls import Controls
from toolkit.sandbox.geoop.invented import begin
from toolkit.sandbox.geoop.login import Login
from toolkit.sandbox.geoop.store import Store
from toolkit.sandbox.geoop.switches import Switches
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.web import Service
from toolkit.sandbox.geoop.world import World
from toolkit.sandbox.process import ProcessRunner
from toolkit.sandbox.server import LoopbackServer


class ThreadRunner:
    """Both servers in threads of this process."""

    def __init__(
        self,
        *,
        path: str | Path | None,
        jobs: int,
        users: int,
        seed: int,
        port: int,
        login_port: int,
        redirect_uri: str,
        switches: Switches,
    ) -> None:
        self.world = World(Store(path), Clock(), switches, redirect_uri)
        self._servers: list[LoopbackServer] = []
        try:
            if self.world.store.get("seed") is None:
                begin(self.world.store, jobs=jobs, users=users, seed=seed)
            tokens, watch = Tokens(self.world), Watch()
            self.url = self._serve(Api(self.world, tokens), watch, port)
            login_url = self._serve(Login(self.world, tokens), watch, login_port)
        except BaseException:
            self.close()
            raise
        places = {"login_url": login_url, "redirect_uri": redirect_uri}
        self._controls = Controls(self.world, tokens, watch, places)

    def _serve(self, service: Service, watch: Watch, port: int) -> str:
        self._servers.append(LoopbackServer(GeoopApp(service, watch), port=port))
        return self._servers[-1].url.rstrip("/")

    def send(self, control: str, **arguments: Any) -> Any:
        """Use one control."""
        return getattr(self._controls, control)(**arguments)

    def close(self) -> None:
        """End the servers, then close the database."""
        for server in self._servers:
            server.close()
        self.world.store.close()


def run(*, process: bool, switches: Switches, **options: Any) -> GeoopBox:
    """A box around new servers."""
    if not process:
        return GeoopBox(ThreadRunner(switches=switches, **options))
    path = options.pop("path")
    options |= dataclasses.asdict(switches)
    options["path"] = None if path is None else str(path)
    return GeoopBox(ProcessRunner("geoop", options))
