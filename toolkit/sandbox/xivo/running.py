"""Puts the two services on their ports: in threads here, or in a process of their own."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from toolkit.sandbox.process import ProcessRunner
from toolkit.sandbox.server import LoopbackServer
from toolkit.sandbox.xivo.app import Api, Watch, XivoApp
from toolkit.sandbox.xivo.authapi import Auth
from toolkit.sandbox.xivo.box import XivoBox
from toolkit.sandbox.xivo.call import World
from toolkit.sandbox.xivo.clock import Clock
from toolkit.sandbox.xivo.confd import Confd
from toolkit.sandbox.xivo.controls import Controls
from toolkit.sandbox.xivo.eras import Era, find_era
from toolkit.sandbox.xivo.invented import begin
from toolkit.sandbox.xivo.listing import Lists
from toolkit.sandbox.xivo.resources import BY_KIND, resources
from toolkit.sandbox.xivo.store import Store
from toolkit.sandbox.xivo.switches import Switches
from toolkit.sandbox.xivo.tokens import Tokens
from toolkit.sandbox.xivo.views import Views
from toolkit.sandbox.xivo.wazoauth import WazoAuth


class ThreadRunner:
    """Both services in threads of this process."""

    def __init__(
        self,
        *,
        path: str | Path | None,
        era: str,
        users: int,
        seed: int,
        port: int,
        auth_port: int,
        utc_offset: float,
        switches: Switches,
    ) -> None:
        self.world = _world(Store(path), era, users, seed, utc_offset, switches)
        self._servers: list[LoopbackServer] = []
        try:
            self._serve(port, auth_port)
        except BaseException:
            self.close()
            raise

    def _serve(self, port: int, auth_port: int) -> None:
        world, era, watch = self.world, self.world.era, Watch()
        tokens = Tokens(world.store, world.clock)
        confd = Confd(world, tokens)
        auth = WazoAuth(world, tokens) if era.tenants else Auth(world, tokens)

        def serve(apis: list[Api], number: int, *, trusted: bool = False) -> str:
            app = XivoApp(apis, watch, server=era.server, modern=era.tenants, trusted=trusted)
            self._servers.append(LoopbackServer(app, port=number))
            return self._servers[-1].url.rstrip("/")

        if era.one_port:
            url = auth_url = serve([confd, auth], port)
            open_url = ""
        else:
            url, auth_url = serve([confd], port), serve([auth], auth_port)
            open_url = serve([confd], 0, trusted=True)
        places = {"url": url, "auth_url": auth_url, "open_url": open_url}
        self._controls = Controls(world, tokens, watch, places)
        self.url = url

    def send(self, control: str, **arguments: Any) -> Any:
        """Use one control."""
        return getattr(self._controls, control)(**arguments)

    def close(self) -> None:
        """End the servers, then close the database."""
        for server in self._servers:
            server.close()
        self.world.store.close()


def _world(
    store: Store, era: str, users: int, seed: int, utc_offset: float, switches: Switches
) -> World:
    try:
        found = _era(store, era)
        seed = int(store.get("seed", seed))
        views = Views(store, found)
        lists = Lists(views, seed)
        lists.loses = switches.losing_pages
        world = World(store, found, views, lists, Clock(utc_offset), switches, seed)
        if store.get("era") is None:
            with store.transaction():
                store.set("era", era)
                begin(world, users)
        for resource in resources(found):
            for names in resource.unique:
                store.declare_unique(resource.kind, names)
        views.refresh()
        for column in ("id", "lastname"):  # the first request is not to pay for all views
            lists.groups(BY_KIND["users"], column)
    except BaseException:
        store.close()
        raise
    return world


def _era(store: Store, name: str) -> Era:
    kept = store.get("era", name)
    if kept != name:
        raise ValueError(f"the file is that of a server of era {kept}, not {name}")
    return find_era(kept)


def run(*, process: bool, switches: Switches, **options: Any) -> XivoBox:
    """A box around new servers."""
    if not process:
        return XivoBox(ThreadRunner(switches=switches, **options))
    path = options.pop("path")
    options |= dataclasses.asdict(switches)
    options["path"] = None if path is None else str(path)
    return XivoBox(ProcessRunner("xivo", options))
