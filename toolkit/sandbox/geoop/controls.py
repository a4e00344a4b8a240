"""What the one who started the servers can do to them, in values that JSON can carry."""

from __future__ import annotations

import dataclasses
from typing import Any

from toolkit.sandbox.geoop.app import Watch
from toolkit.sandbox.geoop.faults import Fault
from toolkit.sandbox.geoop.people import CLIENTS
from toolkit.sandbox.geoop.schema import COLLECTIONS
from toolkit.sandbox.geoop.tokens import Tokens
from toolkit.sandbox.geoop.world import World

Json = dict[str, Any]


class Controls:
    """The controls of one sandbox; each public method is one."""

    def __init__(self, world: World, tokens: Tokens, watch: Watch, places: dict[str, str]) -> None:
        self._world = world
        self._tokens = tokens
        self._watch = watch
        self._places = places

    def places(self) -> Json:
        """The addresses."""
        return self._places

    def now(self) -> float:
        """The server's time in seconds since 1970."""
        return self._world.clock.now

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        if seconds < 0:
            raise ValueError(f"the clock goes forward only, not by {seconds} s")
        self._world.clock.ahead += seconds

    def switch(self, switches: Json) -> None:
        """Change switches."""
        self._world.switches.take(self._world.switches.changed(**switches))

    def switches(self) -> Json:
        """The switches as they are."""
        return dataclasses.asdict(self._world.switches)

    def fault(self, **fault: Any) -> None:
        """Set a fault."""
        self._watch.faults.add(Fault(**fault))

    def clear_faults(self) -> None:
        """Take all faults back."""
        self._watch.faults.clear()

    def calls(self) -> list[Json]:
        """The last 10,000 requests."""
        return list(self._watch.calls)

    def token(self, user: str, client: str) -> Json:
        """The reply of the token endpoint for a person, without any sign-in."""
        if client not in CLIENTS:
            raise ValueError(f"no client {client!r}: there are {', '.join(CLIENTS)}")
        with self._world.store.transaction():
            for item in self._world.store.items["users"].values():
                if item["login"] == user:
                    refresh = CLIENTS[client].confidential
                    return self._tokens.grant(client, item["id"], refresh=refresh)
        raise ValueError(f"no user has the login {user!r}")

    def drop_tokens(self, *, refresh: bool) -> int:
        """Take all tokens back; gives how many access tokens were alive."""
        return self._tokens.revoke_all(refresh=refresh)

    def items(self, collection: str) -> Json:
        """The items of a collection as they are kept, by id; what nobody is shown has a ``_``."""
        if collection not in COLLECTIONS:
            known = ", ".join(sorted(COLLECTIONS))
            raise ValueError(f"no collection {collection!r}: there are {known}")
        with self._world.store.lock:
            found = self._world.store.items[collection]
            return {str(key): dict(item) for key, item in sorted(found.items())}
